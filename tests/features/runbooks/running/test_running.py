"""A run from its start to its end: what is asked, what is refused, what the log tells of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.features.runbooks.running.conftest import NOON

HOUR = timedelta(hours=1)


def step(run: Any, key: str) -> Any:
    from indelible.features.runbooks.models import RunStep

    return RunStep.objects.select_related("run__runbook", "run__version", "run__logbook").get(
        run=run, key=key
    )


def opened(book: Any, by: Any, key: str = "1") -> Any:
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    return open_run(book, Doer.of_user(by), NOON, cause_key=key, about="Harrow Freight")


def story(run: Any) -> list[str]:
    """Return what the log tells of a run, act by act."""
    from indelible.events.sentence import tell
    from indelible.features.runbooks.models import RunEntry
    from indelible.storage.database.reads import find_entries

    rows = list(RunEntry.objects.filter(run=run).order_by("index"))
    entries = find_entries(run.logbook, [row.index for row in rows])
    return [tell(entries[row.index].event).text for row in rows]


ANSWERS = {"supplier": "Harrow Freight", "signs": "no", "untouched": "yes"}


def to_approval(run: Any, people: dict[str, Any]) -> None:
    from indelible.features.runbooks.running import doing, signing
    from indelible.features.runbooks.running.doers import Doer

    ben, carla = Doer.of_user(people["ben"]), Doer.of_user(people["carla"])
    doing.finish(step(run, "request"), ben, NOON + HOUR, values=ANSWERS)
    signing.sign(step(run, "request"), ben, NOON + HOUR)
    doing.open_step(step(run, "look"), ben, NOON + HOUR)
    doing.finish(step(run, "look"), ben, NOON + 2 * HOUR)
    doing.finish(step(run, "call_back"), carla, NOON + 2 * HOUR, values={"number": "+34 1"})
    signing.sign(step(run, "call_back"), carla, NOON + 2 * HOUR)


def test_a_run_goes_from_its_start_to_its_end_and_the_log_tells_it(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.models import RunState
    from indelible.features.runbooks.running import doing, moving, queries, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.signoffs.still import still_there

    run = opened(supplier_change, people["ana"])
    assert run.due_at.isoformat() == "2026-12-08T17:00:00+00:00"  # five working days on, 18:00 in Madrid
    assert [w.step.key for w in queries.waiting_for(people["ben"], NOON)] == ["request"]
    to_approval(run, people)
    assert [w.step.key for w in queries.waiting_for(people["dora"], NOON)] == ["approve"]
    dora = Doer.of_user(people["dora"])
    signed = signing.sign(step(run, "approve"), dora, NOON + 3 * HOUR)
    assert set(signed.sign_off.covers["steps"][0]["answers"]) == set(ANSWERS)
    waiting = step(run, "wait")
    assert waiting.state == "open" and waiting.wait_until > NOON + timedelta(days=2)
    moving.advance(run, NOON + timedelta(days=1))
    assert step(run, "wait").state == "open"
    later = waiting.wait_until + HOUR
    moving.advance(run, later)
    assert step(run, "wait").state == "done"
    doing.finish(step(run, "release"), Doer.of_user(people["carla"]), later)
    run.refresh_from_db()
    assert run.state == RunState.CLOSED and run.end_entry is not None
    thing = "“Supplier change: Harrow Freight”"
    told = story(run)
    assert told[0] == f"Ana Ruiz started {thing} (SUP-1 version 1)"
    assert told[1] == f"Ben Osei did step 1 (Open the request) of {thing}"
    assert "Dora Silva signed" in told[6]
    assert told[-3:] == [
        f"Indelible did step 5 (Wait three working days) of {thing}",
        f"Carla Roth did step 6 (Release) of {thing}",
        f"{thing} was finished",
    ]
    assert still_there(signed.sign_off).verdict == "matches"
    view = queries.view_of(run, later)
    assert (view.done, view.all) == (6, 6)


def test_nobody_signs_their_own_work_whichever_way_they_come(
    supplier_change: Any, people: dict[str, Any], sentences: Callable[[], list[str]]
) -> None:
    from indelible.features.people.models import KnownPerson
    from indelible.features.runbooks.models import RunRole
    from indelible.features.runbooks.running import roles, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import Barred, RunError

    run = opened(supplier_change, people["ana"])
    to_approval(run, people)
    at = NOON + 3 * HOUR

    def refused(user: Any, code: str) -> None:
        with pytest.raises(Barred) as why:
            signing.sign(step(run, "approve"), Doer.of_user(user), at)
        assert why.value.code == code

    refused(people["ben"], "run-step-not-yours")
    with pytest.raises(RunError, match="run-role-twice"):  # not even by naming them
        roles.fill(run, "head", Doer.of_user(people["ana"]), at, user=people["ben"], told="x")
    with pytest.raises(RunError, match="run-role-twice"):
        roles.fill(
            run,
            "head",
            Doer.of_user(people["ana"]),
            at,
            user=people["dora"],
            stand_in=people["carla"],
            told="x",
        )
    # The same by the back door: whoever writes the table, what somebody did still counts.
    RunRole.objects.filter(run=run, role="head").update(user=people["ben"])
    refused(people["ben"], "run-own-work")
    RunRole.objects.filter(run=run, role="head").update(user=people["dora"], stand_in=people["carla"])
    refused(people["carla"], "run-own-work")
    # A second account whose mail arrives in the same box, and one that a known person has.
    RunRole.objects.filter(run=run, role="head").update(user=people["ben2"], stand_in=people["emil"])
    refused(people["ben2"], "run-own-work")
    KnownPerson.objects.create(name="Carla Roth", email=people["emil"].email, account=people["carla"])
    refused(people["emil"], "run-own-work")
    # A role that changed hands mid-run: whoever wrote something of it is out, though another finished it.
    RunRole.objects.filter(run=run, role="head").update(user=people["dora"], stand_in=None)
    tried = [one for one in sentences() if "was refused" in one]
    assert len(tried) == 5
    assert tried[0].startswith("Ben Osei tried to sign or do step 4 (Approve the change)")


def test_whoever_had_a_hand_in_it_before_handing_over_does_not_sign(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.models import RunRole
    from indelible.features.runbooks.running import doing, roles, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import Barred

    run = opened(supplier_change, people["ana"])
    emil = Doer.of_user(people["emil"])
    RunRole.objects.filter(run=run, role="clerk_a").update(user=people["emil"])
    doing.save(step(run, "request"), emil, {"supplier": "Harrow"}, NOON)
    roles.fill(run, "clerk_a", emil, NOON, user=people["ben"], told="The message lies on my desk")
    assert "Emil Weber handed the part of Clerk A" in story(run)[-1]
    to_approval(run, people)
    RunRole.objects.filter(run=run, role="head").update(user=people["emil"])
    with pytest.raises(Barred) as why:
        signing.sign(step(run, "approve"), emil, NOON + 3 * HOUR)
    assert why.value.code == "run-own-work"


def test_whom_it_is_about_does_not_sign(supplier_change: Any, people: dict[str, Any]) -> None:
    from indelible.features.runbooks.models import Run
    from indelible.features.runbooks.running import signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import Barred

    run = opened(supplier_change, people["ana"])
    to_approval(run, people)
    Run.objects.filter(pk=run.pk).update(about="dora silva")
    with pytest.raises(Barred) as why:
        signing.sign(step(run, "approve"), Doer.of_user(people["dora"]), NOON + 3 * HOUR)
    assert why.value.code == "run-about-you"


def test_an_outsider_signs_by_their_link_unless_they_are_somebody_who_did_it(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.running import roles, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError

    run = opened(supplier_change, people["ana"])
    to_approval(run, people)
    ana = Doer.of_user(people["ana"])
    for name, email in (("B. O.", "ben+x@northwind.example"), ("Carla Roth", "")):
        with pytest.raises(RunError, match="run-role-twice"):
            roles.invite_outsider(run, "head", name, email, ana, NOON)
    outsider, key, pin = roles.invite_outsider(run, "head", "Ingrid Holm", "ingrid@holm.example", ana, NOON)
    assert roles.outsider_by_key(key + "x", NOON) is None
    assert roles.outsider_by_key(key, NOON + timedelta(days=31)) is None
    found = roles.outsider_by_key(key, NOON)
    assert found == outsider
    wrong = "000000" if pin != "000000" else "111111"
    assert roles.check_pin(outsider, wrong, NOON) == 4
    assert roles.check_pin(outsider, pin, NOON) is None
    signed = signing.sign(step(run, "approve"), Doer.of_outsider(outsider), NOON + 3 * HOUR)
    assert signed.sign_off.by_name == "Ingrid Holm" and signed.sign_off.outsider == outsider.tag
    assert [roles.check_pin(outsider, wrong, NOON) for _ in range(6)] == [4, 3, 2, 1, 0, 0]
    assert roles.check_pin(outsider, pin, NOON) == 0  # none fits any more


def test_sending_back_keeps_both_versions_and_makes_signatures_old(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.models import StepSignature, StepWork
    from indelible.features.runbooks.running import doing, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError

    run = opened(supplier_change, people["ana"])
    to_approval(run, people)
    dora, ben = Doer.of_user(people["dora"]), Doer.of_user(people["ben"])
    with pytest.raises(RunError, match="step-back-why"):
        signing.send_back(step(run, "approve"), dora, " ", NOON + 3 * HOUR, to="request")
    signing.send_back(step(run, "approve"), dora, "Which supplier?", NOON + 3 * HOUR, to="request")
    assert step(run, "request").state == "sent_back"
    assert step(run, "approve").state == "waiting"
    assert step(run, "call_back").state == "signed"  # its own signature does not cover the request
    with pytest.raises(RunError, match="step-not-open"):
        signing.sign(step(run, "approve"), dora, NOON + 4 * HOUR)
    doing.finish(
        step(run, "request"),
        ben,
        NOON + 4 * HOUR,
        values={"supplier": "Harrow Freight Ltd"},
        note="Name put right",
    )
    signing.sign(step(run, "request"), ben, NOON + 4 * HOUR)
    signed = signing.sign(step(run, "approve"), dora, NOON + 5 * HOUR)
    first = signed.sign_off.covers["steps"][0]
    assert (first["attempt"], first["answers"]["supplier"]) == (2, "Harrow Freight Ltd")
    works = StepWork.objects.filter(step__key="request").order_by("attempt")
    assert [work.values["supplier"] for work in works] == ["Harrow Freight", "Harrow Freight Ltd"]
    assert works[0].ended["why"] == "Which supplier?"
    stale = StepSignature.objects.filter(step__key="request").order_by("pk").values_list("stale", flat=True)
    assert list(stale) == [True, False]


def test_a_statement_answered_with_no_and_lateness_need_words(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.running import doing, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError

    run = opened(supplier_change, people["ana"])
    ben = Doer.of_user(people["ben"])
    late = NOON + timedelta(days=3)
    with pytest.raises(RunError, match="step-missing"):
        doing.finish(step(run, "request"), ben, NOON, values={"supplier": "Harrow", "signs": "no"})
    with pytest.raises(RunError, match="step-missing"):
        doing.finish(step(run, "request"), ben, NOON, values={**ANSWERS, "untouched": "no"})
    said_no = {**ANSWERS, "untouched": "no", "untouched.why": "Forwarded by a colleague"}
    with pytest.raises(RunError, match="step-late-why"):
        doing.finish(step(run, "request"), ben, late, values=said_no)
    with pytest.raises(RunError, match="step-done-on"):
        doing.finish(
            step(run, "request"),
            ben,
            late,
            values=said_no,
            note="Ill",
            done_on=(late + timedelta(days=1)).date(),
        )
    row = doing.finish(step(run, "request"), ben, late, values=said_no, note="Ill", done_on=NOON.date())
    assert row.done_on == NOON.date() and row.done_at == late
    signed = signing.sign(step(run, "request"), ben, late)
    told = signed.sign_off.covers["steps"][0]
    assert {one["result"] for one in told["checks"]} == {"passed", "failed"}
    assert "which they say was done on 2026-12-01" in story(run)[1]


def test_what_a_page_showed_before_somebody_else_was_quicker_is_not_done(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.models import Run
    from indelible.features.runbooks.running import doing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError

    run = opened(supplier_change, people["ana"])
    ben = Doer.of_user(people["ben"])
    seen = Run.objects.get(pk=run.pk).stamp
    doing.finish(step(run, "request"), ben, NOON, values=ANSWERS, seen=seen)
    with pytest.raises(RunError, match="run-changed-meanwhile"):
        doing.finish(step(run, "request"), ben, NOON, values=ANSWERS, seen=seen)
    assert len([one for one in story(run) if "did step 1" in one]) == 1
    assert opened(supplier_change, people["ana"]).pk == run.pk  # the same cause opens one run


def test_going_on_without_a_signed_step_takes_two_people_and_is_looked_at_again(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.people.second import services as second
    from indelible.features.people.second.kinds import SecondRefused
    from indelible.features.runbooks.models import Run
    from indelible.features.runbooks.running import doing, overriding, signing
    from indelible.features.runbooks.running.doers import Doer

    run = opened(supplier_change, people["ana"])
    ben, carla = Doer.of_user(people["ben"]), Doer.of_user(people["carla"])
    doing.finish(step(run, "request"), ben, NOON, values=ANSWERS)
    signing.sign(step(run, "request"), ben, NOON)
    doing.open_step(step(run, "look"), ben, NOON)
    doing.finish(step(run, "look"), ben, NOON)
    asked = overriding.ask_override(step(run, "call_back"), carla, "Supplier closed until January", NOON)
    with pytest.raises(SecondRefused):
        second.approve(asked, people["carla"], {}, now=NOON + HOUR)
    second.approve(asked, people["dora"], {}, now=NOON + HOUR)
    assert step(run, "call_back").state == "skipped" and step(run, "approve").state == "open"
    assert any(
        "overrode step 3 (Call the supplier back)" in one and "together with Dora Silva" in one
        for one in story(run)
    )
    follow = Run.objects.get(follows_up=run)
    assert follow.runbook.key == "FOLLOW-UP" and follow.due_at == NOON + HOUR + timedelta(days=30)


def test_files_stand_on_the_record_from_the_moment_they_are_attached(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.running import doing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError
    from indelible.storage.database.reads import get_entry

    run = opened(supplier_change, people["ana"])
    ben = Doer.of_user(people["ben"])
    row = doing.attach(
        step(run, "request"), ben, BytesIO(b"Dear all, new account"), "mail.txt", "text/plain", NOON
    )
    event = get_entry(run.logbook, row.entry).event
    assert event["attachments"][0]["sha256"] == row.sha256
    assert event["refers_to"] == {"entry": run.entry, "as": "run"}
    with pytest.raises(RunError, match="step-file-secrets"):
        doing.attach(
            step(run, "request"), ben, BytesIO(b"card 4111 1111 1111 1111"), "c.txt", "text/plain", NOON
        )
    doing.withdraw_file(step(run, "request"), ben, row.pk, NOON)
    assert "took mail.txt back" in story(run)[-1]


def test_a_run_can_rest_and_end_without_an_end_with_words(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.models import RunState
    from indelible.features.runbooks.running import altering, doing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError

    run = opened(supplier_change, people["ana"])
    ana, ben = Doer.of_user(people["ana"]), Doer.of_user(people["ben"])
    with pytest.raises(RunError, match="run-why"):
        altering.pause(run, ana, "", NOON)
    altering.pause(run, ana, "Supplier on holiday", NOON)
    with pytest.raises(RunError, match="run-not-open"):
        doing.finish(step(run, "request"), ben, NOON, values=ANSWERS)
    altering.resume(run, ana, NOON)
    with pytest.raises(RunError, match="run-not-yours"):
        altering.end(run, Doer.of_user(people["ben2"]), RunState.NOT_CONCLUDED, "x", NOON)
    altering.end(run, ana, RunState.NOT_CONCLUDED, "The supplier took the request back", NOON)
    run.refresh_from_db()
    assert run.state == RunState.NOT_CONCLUDED and run.end_entry is not None
    assert story(run)[-1].startswith("Ana Ruiz ended “Supplier change: Harrow Freight” as not concluded")


def test_one_person_leaves_out_with_words_what_nobody_signs_and_nothing_else(
    supplier_change: Any, people: dict[str, Any]
) -> None:
    from indelible.features.runbooks.running import doing, signing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import RunError

    run = opened(supplier_change, people["ana"])
    ben = Doer.of_user(people["ben"])
    with pytest.raises(RunError, match="step-skip-signed"):
        doing.skip(step(run, "request"), ben, "No time", NOON)
    doing.finish(step(run, "request"), ben, NOON, values=ANSWERS)
    signing.sign(step(run, "request"), ben, NOON)
    with pytest.raises(RunError, match="step-skip-why"):
        doing.skip(step(run, "look"), ben, " ", NOON)
    doing.skip(step(run, "look"), ben, "First change of this supplier", NOON)
    assert step(run, "call_back").state == "open"
    assert story(run)[-1].endswith(
        "skipped step 2 (Look at former changes) of “Supplier change: Harrow Freight”: “First change of this supplier”"
    )


def test_a_month_of_law_moves_for_public_holidays_and_not_for_days_we_alone_are_closed(
    put_in_force: Callable[..., Any], people: dict[str, Any]
) -> None:
    from datetime import UTC, date, datetime

    from indelible.features.runbooks.models import RunClock
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run
    from indelible.features.settings import services as settings

    settings.choose_country("ES", "", people["ana"], {})
    settings.add_holidays({date(2027, 1, 7): "Our own day"}, people["ana"], {})
    text = (Path(__file__).parent / "supplier.toml").read_text(encoding="utf-8")
    clock = '\n[[clocks]]\nkey = "answer"\ntitle = "Answer"\nclause = "GDPR 12(3)"\n'
    clock += 'within = "P1M"\nmet_by = "approve"\n'
    book = put_in_force(text.replace("SUP-1", "SUP-2").replace("\n[[steps]]", clock + "\n[[steps]]", 1))
    ends = {}
    for day in (5, 6):  # of December: a month later is Epiphany's eve, and Epiphany
        began = datetime(2026, 12, day, 10, tzinfo=UTC)
        run = open_run(book, Doer.of_user(people["ana"]), began, cause_key=str(day))
        ends[day] = RunClock.objects.get(run=run).due_at.date()
    assert ends == {5: date(2027, 1, 5), 6: date(2027, 1, 7)}
