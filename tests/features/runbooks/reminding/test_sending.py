"""What is told, to whom and in which words; and that it goes out, once, or is tried again."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from indelible.events.office import WorkCalendar
from tests.features.runbooks.starting.books import (
    Check,
    Clock,
    Due,
    Role,
    Schedule,
    Wait,
    document,
    in_force,
    person,
    second,
    step,
)

MADRID = WorkCalendar("Europe/Madrid")
NOW = datetime(2025, 6, 10, 7, tzinfo=UTC)  # a Tuesday, nine in Madrid
DAY = timedelta(days=1)


def open_run(row: Any, by: Any, now: datetime = NOW, **more: Any) -> Any:
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    return open_run(row, Doer.of_user(by), now, cause_key=f"{row.pk} {now}", **more)


def tell(book: Any, now: datetime) -> int:
    from indelible.features.runbooks.reminding import courier, making

    making.make(book, now, MADRID)
    return courier.carry(now)


def finish(run: Any, key: str, by: Any, now: datetime) -> None:
    from indelible.features.runbooks.models import RunStep
    from indelible.features.runbooks.running import doing
    from indelible.features.runbooks.running.doers import Doer

    doing.finish(RunStep.objects.get(run=run, key=key), Doer.of_user(by), now, note="Done.")


def test_a_letter_says_in_plain_words_and_in_their_own_time_what_waits_and_where(
    book: Any, ana: Any, post: list[Any], settings: Any
) -> None:
    from indelible.features.alarms.channelling import channel_of_person

    channel_of_person(book, ana, NOW, base="https://audit.example/")
    kim = person("Kim Lee", "America/New_York")
    close = in_force(book, document(title="Month-end close"), owner=ana, people={"doer": kim, "signer": ana})
    other = in_force(
        book,
        document("RB-2", "Access review", steps=[step("look", due=Due(within="P2D"))]),
        people={"doer": kim},
    )
    open_run(close, ana, about="May", due_at=datetime(2025, 6, 12, 16, tzinfo=UTC))
    open_run(other, ana)
    assert tell(book, NOW) == 0  # three in the morning in New York
    assert tell(book, NOW + timedelta(hours=6)) == 1 and tell(book, NOW + timedelta(hours=7)) == 0
    (mail,) = post
    assert mail.to == ["kim.lee@northwind.example"] and mail.from_email.endswith("<audit@northwind.example>")
    assert mail.subject == "Indelible, Northwind Trading Ltd: 2 steps wait for you"
    assert "Good day Kim Lee." in mail.body
    assert (
        "- Month-end close: May: step 1, Look. Due Thursday 12 June 2025 at 12:00 (New York time (UTC-04:00))"
        in mail.body
    )
    assert "https://audit.example/runs/" in mail.body and "/steps/look/" in mail.body
    assert "open Indelible yourself" in mail.body and "Ana" not in mail.body
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"


def test_whoever_has_to_sign_is_told_and_whoever_has_signed_is_not(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from indelible.features.runbooks.models import RunStep
    from indelible.features.runbooks.running import signing
    from indelible.features.runbooks.running.doers import Doer

    ben, chloe, dora = person("Ben"), person("Chloe"), person("Dora")
    roles = {key: Role(title=key.title()) for key in ("owner", "doer", "chair", "secretary")}
    text = document(roles=roles, steps=[step("look"), second("agree", "chair", also=("secretary",))])
    row = in_force(book, text, owner=ana, people={"doer": ben, "chair": chloe, "secretary": dora})
    run = open_run(row, ana, due_at=NOW + 8 * DAY + timedelta(hours=5))
    tell(book, NOW)
    assert [mail.to[0].partition("@")[0] for mail in post] == ["ben"]
    finish(run, "look", ben, NOW)
    tell(book, NOW + timedelta(minutes=1))
    told = [mail.to[0].partition("@")[0] for mail in post[1:]]
    assert sorted(told) == ["chloe", "dora"]  # in whatever order they sign
    signing.sign(RunStep.objects.get(run=run, key="agree"), Doer.of_user(chloe), NOW + timedelta(minutes=2))
    tell(book, NOW + DAY)
    assert post[3:] == []
    tell(book, NOW + 8 * DAY)  # the last day
    assert [mail.to[0].partition("@")[0] for mail in post[3:]] == ["dora"]
    assert "step 2, Agree, to be signed" in post[3].body


def test_a_paused_run_reminds_nobody_and_goes_on_where_it_was(book: Any, ana: Any, post: list[Any]) -> None:
    from indelible.features.runbooks.running import altering
    from indelible.features.runbooks.running.doers import Doer

    ben = person("Ben")
    run = open_run(in_force(book, document(), owner=ana, people={"doer": ben}), ana, due_at=NOW)
    run = altering.pause(run, Doer.of_user(ana), "The bank is closed.", NOW)
    assert tell(book, NOW + DAY) == 0 and post == []
    altering.resume(run, Doer.of_user(ana), NOW + 2 * DAY)
    assert tell(book, NOW + 2 * DAY) == 2
    assert {mail.to[0].partition("@")[0] for mail in post} == {"ben", "ana"}
    assert all("1 step is overdue" in mail.subject for mail in post)


def test_a_handed_over_step_is_told_to_whom_it_went(book: Any, ana: Any, post: list[Any]) -> None:
    from indelible.features.runbooks.running import roles
    from indelible.features.runbooks.running.doers import Doer

    ben, chloe = person("Ben"), person("Chloe")
    run = open_run(in_force(book, document(), owner=ana, people={"doer": ben}), ana)
    tell(book, NOW)
    roles.fill(
        run, "doer", Doer.of_user(ana), NOW, user=chloe, told="Ben is ill; the papers are in the safe."
    )
    tell(book, NOW + DAY)
    assert [mail.to[0].partition("@")[0] for mail in post] == ["ben", "chloe"]


def test_waits_are_nobodys_and_end_by_themselves(book: Any, ana: Any, post: list[Any]) -> None:
    from indelible.features.runbooks.models import RunStep, StepState
    from indelible.features.runbooks.starting import going_on

    ben = person("Ben")
    steps = [step("cool", "system", kind="wait", wait=Wait(within="P3D", working=True)), step("release")]
    run = open_run(in_force(book, document(steps=steps), owner=ana, people={"doer": ben}), ana)
    assert tell(book, NOW + DAY) == 0
    assert going_on.advance_due(NOW + 2 * DAY) == 0
    assert going_on.advance_due(NOW + 3 * DAY) == 1
    assert RunStep.objects.get(run=run, key="cool").state == StepState.DONE
    assert tell(book, NOW + 3 * DAY) == 1 and "step 2, Release" in post[0].body


def test_what_indelible_looked_at_by_itself_is_its_owners_where_it_did_not_pass(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from indelible.features.runbooks.models import RunStep, StepCheck

    boss = person("Boss")
    check = Check(key="rules", says="Rules are in force.", kind="installed", settings={"what": "rules_on"})
    steps = [step("system_looks", "system", kind="check", checks=(check,)), step("look")]
    run = open_run(in_force(book, document(steps=steps), owner=boss, people={"owner": boss}), ana)
    assert StepCheck.objects.filter(step__run=run).exclude(result="passed").exists()
    tell(book, NOW)
    assert [mail.to[0].partition("@")[0] for mail in post] == ["boss"]
    assert "step 1, System looks" in post[0].body
    StepCheck.objects.filter(step__run=run).delete()
    assert RunStep.objects.get(run=run, key="system_looks").state == "open"


def test_a_clock_warns_at_night_and_its_end_is_on_the_record(
    book: Any, ana: Any, post: list[Any], told: Callable[[str], list[str]]
) -> None:
    from indelible.features.runbooks.models import RunEntry

    ben, boss = person("Ben"), person("Boss", "", "owner")
    clock = Clock(
        key="regulator", title="Tell the regulator", clause="GDPR 33(1)", within="PT72H", met_by="look",
        warn=("PT24H", "PT4H"),
    )  # fmt: skip
    start = datetime(2025, 6, 13, 1, tzinfo=UTC)  # three at night, a Friday: it ends in the night to Monday
    row = in_force(book, document(clocks=[clock]), owner=ana, people={"doer": ben})
    run = open_run(row, ana, start)
    hours = {}
    for hour in (0, 24, 47, 48, 49, 67, 68, 69, 71, 73, 74):
        tell(book, start + timedelta(hours=hour))
        hours[hour] = sum("deadline" in mail.subject for mail in post)
    warned = [mail for mail in post if "deadline" in mail.subject]
    assert [mail.to[0].partition("@")[0] for mail in warned] == ["ben", "ana"] * 2 + ["ben", "ana", "boss"]
    assert hours == {0: 0, 24: 0, 47: 0, 48: 2, 49: 2, 67: 2, 68: 4, 69: 4, 71: 4, 73: 7, 74: 7}
    assert "Monday 16 June 2025 at 03:00 (Madrid time (UTC+02:00)) (2025-06-16 01:00 UTC)" in warned[0].body
    assert "the deadline is over: Tell the regulator" in warned[-1].subject
    assert told("ran out") == [
        "The clock Tell the regulator of “Monthly review” ran out at 2025-06-16 01:00 UTC"
    ]
    assert RunEntry.objects.filter(run=run, said="clock_ran_out").count() == 1
    finish(run, "look", ben, start + timedelta(hours=90))
    before = len(post)
    tell(book, start + timedelta(hours=100))
    assert all("deadline" not in mail.subject for mail in post[before:]) and boss.pk


def test_somebody_from_outside_is_told_at_their_address_and_never_their_link(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from indelible.features.runbooks.running import roles
    from indelible.features.runbooks.running.doers import Doer

    outside = {**document().roles, "doer": Role(title="Auditor", outsider=True)}
    run = open_run(in_force(book, document(roles=outside), owner=ana), ana, due_at=NOW + 30 * DAY)
    outsider, key, _pin = roles.invite_outsider(
        run, "doer", "Ingrid Holm", "ingrid@audit.example", Doer.of_user(ana), NOW
    )
    assert tell(book, NOW) == 1
    (mail,) = post
    assert mail.to == ["ingrid@audit.example"] and "Use the link that you were given" in mail.body
    assert key not in mail.body and "http" not in mail.body
    roles.end_outsider(outsider, Doer.of_user(ana), "The audit is over.", NOW)
    assert tell(book, NOW + 30 * DAY) == 0 and post[1:] == []


def test_escalations_are_entries_once_each(
    book: Any, ana: Any, post: list[Any], told: Callable[[str], list[str]]
) -> None:
    ben, chloe = person("Ben"), person("Chloe")
    run = open_run(in_force(book, document(), owner=chloe, people={"doer": ben}), ana, due_at=NOW)
    for day in range(20):
        for _worker in range(2):
            tell(book, NOW + day * DAY + timedelta(hours=1))
    said = told("is overdue")
    assert len(said) == 3
    assert said[0] == (
        "“Monthly review” is overdue at step 1 (Look) since 2025-06-10 07:00 UTC, as was told to Chloe"
    )
    assert said[1].endswith("as was told to Ana Ruiz") and run.pk
    finish(run, "look", ben, NOW + 20 * DAY)
    tell(book, NOW + 21 * DAY)
    assert len(told("at step 1")) == 3


def test_what_does_not_go_is_tried_again_and_overtaken_by_the_next_day(
    book: Any, ana: Any, post: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.mail.backends import locmem

    from indelible.features.runbooks.models import Mailing
    from indelible.features.runbooks.reminding import courier

    ben, chloe = person("Ben"), person("Chloe")
    row = in_force(book, document(), owner=ana, people={"doer": ben})
    open_run(row, ana, due_at=NOW)
    open_run(in_force(book, document("RB-2"), owner=ana, people={"doer": chloe}), ana, due_at=NOW + 60 * DAY)
    taken = locmem.EmailBackend.send_messages

    def away(self: Any, mails: Any) -> int:
        if mails[0].to[0].startswith("ben"):
            raise smtplib.SMTPRecipientsRefused({"ben": (550, b"no such mailbox")})
        return int(taken(self, mails))

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", away)
    start = NOW + timedelta(minutes=10)
    assert tell(book, start) == 1  # Chloe's goes, though Ben's does not
    first = Mailing.objects.get(user=ben)
    assert (first.tries, first.problem, first.next_try_at) == (1, "mail-refused", start + courier.FIRST_WAIT)
    assert courier.carry(start + timedelta(seconds=10)) == 0 and Mailing.objects.get(pk=first.pk).tries == 1
    courier.carry(start + courier.FIRST_WAIT)
    assert Mailing.objects.get(pk=first.pk).next_try_at == start + 3 * courier.FIRST_WAIT
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", taken)
    tell(book, start + DAY)
    first.refresh_from_db()
    assert first.problem == "reminder-overtaken" and first.sent_at is None
    assert [mail.to[0] for mail in post].count("ben@northwind.example") == 1


def test_without_a_mail_server_everything_waits_and_goes_once_there_is_one(
    book: Any, ana: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    from indelible.features.runbooks.models import Mailing
    from indelible.features.settings import mail

    open_run(in_force(book, document(), owner=ana, people={"doer": person("Ben")}), ana)
    assert tell(book, NOW) == 0
    assert Mailing.objects.get(kind="letter").problem == "mail-not-set-up"
    monkeypatch.setattr(mail, "BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    settings.INDELIBLE_MAIL, settings.INDELIBLE_MAIL_FROM = (
        "smtp://127.0.0.1:25/?tls=none",
        "a@northwind.example",
    )
    assert tell(book, NOW + timedelta(hours=1)) == 1 and len(mailoutbox) == 1


def test_texts_to_look_at_again_and_runs_that_could_not_begin_are_told(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from indelible.features.runbooks.models import Mailing, Runbook

    ben = person("Ben")
    row = in_force(book, document(title="Month-end close"), owner=ben)
    Runbook.objects.filter(pk=row.pk).update(look_again_on=date(2025, 6, 11))
    Mailing.objects.create(
        logbook=book, runbook=row, once="not opened 1", kind="not_opened", made_at=NOW, sent_at=NOW,
        facts={"title": "Month-end close, May 2025", "why": "Ben cannot be both.", "cause": "schedule", "key": "x"},
    )  # fmt: skip
    for day in range(3):
        tell(book, NOW + day * DAY)
    anas, bens = post
    assert anas.to == [ana.email] and "Month-end close, May 2025: Ben cannot be both." in anas.body
    assert "a runbook could not be started" in anas.subject
    assert "- Month-end close, by 11 June 2025" in bens.body and "looked at again" in bens.subject


def test_old_letters_are_forgotten_and_marks_of_escalations_are_not(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from django.utils import timezone

    from indelible.features.runbooks.jobs import tidy_reminders
    from indelible.features.runbooks.models import Mailing

    open_run(in_force(book, document(), owner=ana, people={"doer": person("Ben")}), ana, due_at=NOW)
    for day in range(5):
        tell(book, NOW + day * DAY + timedelta(hours=1))
    assert Mailing.objects.filter(kind="letter").exists()
    assert timezone.now() - NOW > timedelta(days=121)
    tidy_reminders.func()
    assert {row.kind for row in Mailing.objects.all()} == {"escalated"}


def test_workers_find_every_part_of_it_and_it_runs_over_an_installation(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from importlib import import_module

    from indelible.features.runbooks.models import Run
    from indelible.web.jobs import periodic_jobs, tickers

    import_module("indelible.features.runbooks.jobs")
    ours = [one for name, one in tickers.items() if name.startswith("indelible.features.runbooks.jobs.")]
    assert len(ours) == 6 and "indelible.features.runbooks.jobs.tidy_reminders" in periodic_jobs
    today = datetime.now(UTC).date()
    schedule = [Schedule(every="day", covers="previous")]
    in_force(
        book, document(schedule=schedule), owner=ana, people={"doer": ana}, since=today - DAY, published=NOW
    )
    for one in ours * 2:
        one.run()
    runs = Run.objects.order_by("pk")
    assert [run.state for run in runs] in (["missed", "open"], ["missed", "open", "open"])
    assert all(run.cause == "schedule" for run in runs)
