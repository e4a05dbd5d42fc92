"""Checks of the record itself: its seals, its sources, its rules, alarms, packs and readers; each in its results."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from .conftest import Place, bank_change, period


def test_the_record_is_untouched(place: Place) -> None:
    from indelible.events.instants import from_datetime
    from indelible.features.seals import minutes
    from indelible.features.seals.models import Authority, Check, Drill, Witness
    from indelible.ledger.checkpoints import bare
    from indelible.storage.database import outside, reads
    from indelible.storage.database.models import Holding

    result, now, book = place.result, place.now, place.book

    def checked(ago: timedelta, verdict: str = "matches", **report: Any) -> Any:
        Check.objects.all().delete()
        at = now - ago
        row = {
            "asked_at": at,
            "started_at": at,
            "finished_at": at,
            "verdict": verdict,
            "report": report,
            "size": 9,
        }
        return Check.objects.create(logbook=book, state="done", kind="everything", **row)

    assert result("verified") == result("numbers_whole") == "unchecked"
    checked(timedelta(hours=2))
    assert result("verified") == result("numbers_whole") == "passed"
    assert result("verified", after="step:ask") == "unchecked"  # made before it
    checked(timedelta(minutes=2))
    assert result("verified", after="step:ask") == "passed"
    assert result("verified", days=True) == "unchecked"
    today = now.astimezone(place.ground.zone).date()
    assert result("verified", replace(place.ground, period=(today, today)), days=True) == "passed"
    longer = replace(place.ground, period=(today - timedelta(days=2), today))
    assert result("verified", longer, days=True) == "unchecked"
    yesterday = {"asked_at": now - timedelta(days=1), "finished_at": now - timedelta(days=1)}
    Check.objects.create(logbook=book, state="done", verdict="does not match", **yesterday)
    assert result("verified", longer, days=True) == "failed"
    checked(timedelta(days=3))
    assert result("verified") == result("numbers_whole") == "unchecked"
    assert result("verified", within="P7D") == "passed"
    checked(timedelta(hours=1), "could not be checked", findings=[])
    assert result("verified") == result("numbers_whole") == "unchecked"
    checked(timedelta(hours=1), "does not match", findings=[{"kind": "altered", "accuses": True}])
    assert result("verified") == "failed"
    assert result("numbers_whole") == "unchecked"
    checked(timedelta(hours=1), "does not match", findings=[{"kind": "number_missing"}])
    assert result("numbers_whole") == "failed"
    checked(timedelta(hours=2))
    part = {"asked_at": now, "finished_at": now, "verdict": "does not match", "report": {"findings": []}}
    Check.objects.create(logbook=book, state="done", kind="since_last", **part)
    assert result("verified") == "failed"  # a newer check of what came since found something
    Check.objects.all().delete()

    assert result("held_outside") == result("stamped") == "unchecked"  # nobody is set up
    Witness.objects.create(logbook=book, name="Paula", key="k", url="https://w.example/")
    Authority.objects.create(logbook=book, name="Stamps", url="https://s.example/", roots="")
    assert result("held_outside") == result("stamped") == "failed"
    note = bare(reads.get_checkpoint(book).note, book.origin)
    outside.hold(book, note, Holding.Kind.WITNESS, "Paula", b"")
    outside.hold(
        book, note, Holding.Kind.STAMP, "Stamps", b"", held_at=from_datetime(now - timedelta(days=9))
    )
    assert result("held_outside") == "passed"
    assert result("held_outside", least=2) == "failed"
    assert result("held_outside", least=2, within="P30D") == "passed"
    assert result("stamped") == "failed"
    assert result("stamped", within="P30D") == "passed"

    seal = reads.get_checkpoint(book)
    words = minutes.words_of(book, seal)
    ground = place.with_values(words=words.listed, why=str(seal.size))
    assert result("seal_words", field="words") == "unchecked"  # nothing typed
    assert result("seal_words", ground, field="words") == "passed"
    wrong = place.with_values(words=words.listed.replace(words.words[3], words.words[4]))
    assert result("seal_words", wrong, field="words") == "failed"
    assert result("seal_words", place.with_values(words="one two"), field="words") == "unchecked"
    assert result("seal_kept", ground, field="why") == "passed"
    assert result("seal_kept", ground, field="words") == "passed"
    assert result("seal_kept", place.with_values(why="999,999"), field="why") == "unchecked"
    from indelible.storage.database.models import Conflict

    checked(timedelta(hours=1))
    Conflict.objects.create(
        logbook=book, kind="fork", holder="Paula", size=1, their_note="", seen_at=from_datetime(now)
    )
    assert result("verified") == result("held_outside", within="P30D") == "failed"  # two histories
    Conflict.objects.all().delete()
    checked(timedelta(hours=1), "does not match", findings=[])
    assert result("seal_kept", ground, field="why") == "failed"
    assert result("seal_words", ground, field="words") == "failed"

    assert result("drilled") == "unchecked"
    drill = Drill.objects.create(
        logbook=book, state="done", asked_at=now, finished_at=now, certificate={"alterations": 9, "found": 9}
    )
    assert result("drilled") == "passed"
    Drill.objects.filter(pk=drill.pk).update(finished_at=now - timedelta(days=400))
    assert result("drilled") == "unchecked"
    Drill.objects.filter(pk=drill.pk).update(finished_at=now, certificate={"alterations": 9, "found": 8})
    assert result("drilled") == "failed"


def test_sources_and_gaps(place: Place) -> None:
    from indelible.features.runbooks.models import Run
    from indelible.features.signoffs import freezing
    from indelible.features.sources.models import Gap, Health, KeptMessage, Source

    result, now = place.result, place.now
    whats = ("alive", "listed", "waiting_none", "clocks", "nothing_missing")
    assert {result("sources", what=what) for what in whats} == {"unchecked"}  # none is connected
    assert result("gaps", what="none") == "unchecked"
    xero = place.source()
    named = place.with_values(supplier="xero of northwind", why="Xero of Northwind, SAP")
    assert result("sources") == "passed"
    assert result("sources", named, field="supplier") == "passed"
    assert result("sources", place.with_values(supplier="SAP"), field="supplier") == "unchecked"
    Source.objects.filter(pk=xero.pk).update(kind="web")
    assert result("sources") == "unchecked"  # never heard
    Health.objects.update_or_create(source=xero, defaults={"first_at": now, "last_at": now, "clock_ms": 900})
    assert result("sources") == "passed"
    assert result("sources", what="clocks") == "passed"
    assert result("sources", what="clocks", seconds=0) == "failed"
    Source.objects.filter(pk=xero.pk).update(state="paused")
    assert result("sources") == "failed"
    Source.objects.filter(pk=xero.pk).update(state="on")
    assert result("sources", what="waiting_none") == "passed"
    KeptMessage.objects.create(source=xero, received_at=now, payload=b"")
    assert result("sources", what="waiting_none") == "failed"
    assert result("sources", named, what="listed", field="supplier") == "passed"
    assert result("sources", named, what="listed", field="why") == "failed"
    assert result("sources", what="listed") == "unchecked"
    for names, wanted in ((["Xero of Northwind"], "passed"), (["Payroll"], "failed")):
        lines = [{"source": name} for name in names]
        shown = freezing.freeze_lines(place.book, lines, None, now, title="S", code={"list": "sources"})
        assert result("sources", replace(place.ground, lists={"ask": shown.pk}), what="listed") == wanted
    assert result("sources", what="nothing_missing") == "unchecked"

    assert {result("gaps", what=what) for what in ("none", "explained", "followed", "closed")} == {"passed"}
    assert result("gaps", what="opened") == "failed"
    gap = Gap.objects.create(
        source=xero, kind="silent", began_at=now - timedelta(hours=2), noticed_at=now, began_entry=0
    )
    found = place.check("gaps", what="opened")
    assert (found.result, found.facts["entries"]) == ("passed", [0])
    assert "120 minutes" in found.says
    assert {result("gaps", what=what) for what in ("none", "explained", "followed", "closed")} == {"failed"}
    assert result("sources", what="nothing_missing") == "failed"
    Run.objects.filter(pk=place.run.pk).update(about="Xero of Northwind")
    assert result("gaps", what="followed", runbook="RB-90") == "passed"
    Gap.objects.filter(pk=gap.pk).update(explained_entry=1, explanation="Known", ended_at=now)
    assert result("gaps", what="explained", over="P7D") == "passed"
    assert result("gaps", what="closed", over="P7D") == "passed"
    assert result("gaps", what="none", over="P7D") == "failed"
    long_ago = replace(place.ground, period=period("2020-01-01", "2020-01-31"))
    assert result("gaps", long_ago, what="none") == "passed"


def test_rules_alarms_packs_and_readers(place: Place) -> None:
    from indelible.features.alarms.models import Alarm, Notice
    from indelible.features.packs.models import HandOver, Pack
    from indelible.features.people.models import User
    from indelible.features.record import looks
    from indelible.features.record.models import PendingLook
    from indelible.features.rules.models import Rule
    from tests.features.coverage.conftest import begin_rule

    result, now, ana, book = place.result, place.now, place.owner, place.book
    assert result("coverage") == "unchecked"  # no rule
    row = begin_rule(book, verbs=["change"], things=["supplier.bank_account"])
    Rule.objects.filter(pk=row.pk).update(catalogue="FIN-01")
    assert result("coverage") == "unchecked"  # new, untested
    assert result("coverage", rules=["FIN-02"]) == "unchecked"
    assert result("coverage", rules=["FIN-01"], states=["new", "untested", "unshown"]) == "passed"
    Rule.objects.filter(pk=row.pk).update(state="off", state_since=now)
    assert result("coverage", rules=["FIN-01"]) == "failed"

    assert result("alarms") == "unchecked"
    alarm = Alarm.objects.create(logbook=book, sign="rare", made_at=now, begun_entry=0)
    assert result("alarms") == "passed"
    moments = {"first_at": now, "last_at": now, "made_at": now, "since": now}
    notice = Notice.objects.create(logbook=book, alarm=alarm, fold="a", **moments)
    found = place.check("alarms")
    assert (found.result, found.facts) == ("failed", {"count": 1, "notices": [notice.pk]})
    assert result("alarms", most_open=1) == "passed"
    Notice.objects.update(state="case")
    assert result("alarms") == "failed"
    assert result("alarms", owned=True) == "passed"
    assert (
        result("alarms", replace(place.ground, period=period("2020-01-01", "2020-02-01")), over="period")
        == "passed"
    )

    assert result("pack") == "failed"
    pack = Pack.objects.create(logbook=book, name="p", state="done", finished_at=now, making=0, sha256="aa")
    assert result("pack") == "passed"
    assert result("pack", handed=True) == "failed"
    HandOver.objects.create(pack=pack, to="Auditor", by=ana)
    assert result("pack", handed=True) == "passed"
    assert result("pack", within="period") == "unchecked"

    ben = User.objects.create_user("ben@northwind.example", "Ben Osei", role="member")
    ground = replace(place.ground, doers={"ask": [ana], "approve": [ben]})
    assert result("read_logged", ground, step="look") == "unchecked"
    assert result("read_logged", ground, step="ask") == "failed"
    looks.look(book, ana, [0, 1], now, "changes")
    assert "within a minute" in place.check("read_logged", ground, step="ask").says
    looks.tell_due(book, now + timedelta(minutes=2))
    assert not PendingLook.objects.exists()
    found = place.check("read_logged", ground, step="ask")
    assert found.result == "passed"
    assert found.facts["entries"]
    assert result("read_logged", ground, step="approve") == "failed"
    assert result("read_logged") == "passed"


def test_how_indelible_is_set_up(place: Place) -> None:
    from indelible.features.people.models import User
    from indelible.features.rules.models import Rule, RuleSettings, RuleVersion
    from indelible.features.runbooks.checks.looks.house import LOOKS
    from indelible.features.seals.models import Recipient, Witness
    from indelible.features.settings.models import OfficeHours
    from tests.features.coverage.conftest import begin_rule

    def missing() -> set[str]:
        return {what for what in LOOKS if place.result("installed", what=what) != "passed"}

    assert missing() == {*LOOKS} - {"organisation"}
    assert place.result("installed", what="retention_said") == "unchecked"
    assert place.result("installed", what="reads_recorded") == "unchecked"
    assert place.result("installed", what="rules_on") == "failed"
    place.source()
    row = begin_rule(place.book, verbs=["change"])
    assert place.result("installed", what="retention_said") == "failed"
    RuleVersion.objects.filter(rule=row).update(duties={"keep": "P7Y"})
    RuleSettings.objects.create(pk=1, two_people=True)
    Witness.objects.create(logbook=place.book, name="Paula", key="k", url="https://w.example/")
    Recipient.objects.create(logbook=place.book, name="Rita", email="rita@outside.example")
    OfficeHours.objects.create(pk=1, hours={}, country="ES")
    twin = User.objects.create_user("ana+2@northwind.example", "A. Ruiz", role="owner")
    assert {"two_owners", "second_person", "roles_set"} <= missing()  # both are Ana
    User.objects.create_user("ben@northwind.example", "Ben Osei", role="owner")
    twin.role = "member"
    twin.save()
    assert missing() == {"recovery_sheet", "mail", "reads_recorded", "alarms_on"}
    assert Rule.objects.count() == 1

    assert place.result("account", field="who") == "unchecked"
    ben = place.with_values(who="ben osei")
    assert place.result("account", ben, field="who") == "failed"
    assert place.result("account", ben, field="who", what="active") == "passed"
    assert place.result("account", ben, field="who", what="reviewer") == "failed"
    User.objects.filter(name="Ben Osei").update(is_active=False)
    assert place.result("account", ben, field="who") == "passed"


def test_runs(place: Place) -> None:
    from indelible.features.runbooks.models import (
        Run,
        RunClock,
        StepCheck,
        StepSignature,
    )
    from indelible.features.signoffs.models import SignOff

    from .conftest import document

    result, now, run = place.result, place.now, place.run
    assert result("run", runbook="RB-09") == "unchecked"  # not among the runbooks
    assert result("run", runbook="RB-90") == "failed"  # this one does not count
    assert result("run", runbook="RB-90", expect="none") == "passed"
    other = place.new_run(about="Somebody", period_from=date(2026, 4, 1), period_to=date(2026, 4, 30))
    found = place.check("run", runbook="RB-90", states=["open"], since="P1D")
    assert (found.result, found.facts["runs"]) == ("passed", [other.pk])
    assert result("run", runbook="RB-90", about=True) == "failed"
    assert result("run", runbook="RB-90", states=["closed"]) == "failed"

    assert result("scheduled", runbook="RB-09") == "failed"
    assert result("scheduled", runbook="RB-90") == "failed"
    place.runbook.owner = place.owner
    place.runbook.scheduled_from = date(2026, 1, 1)
    place.runbook.save()
    assert result("scheduled", runbook="RB-90") == "passed"

    assert result("period_follows") == "unchecked"
    later = place.new_run()
    for first, wanted in (("2026-05-01", "passed"), ("2026-05-02", "failed"), ("2026-04-30", "failed")):
        assert (
            result("period_follows", replace(place.ground, run=later, period=period(first, "2026-05-31")))
            == wanted
        )
    assert (
        result("period_follows", replace(place.ground, period=period("2026-03-01", "2026-03-31"))) == "passed"
    )

    clocks = [{"key": "law", "title": "Tell them", "clause": "33", "within": "PT72H", "met_by": "done"}]
    ground = replace(place.ground, document=document(clocks=clocks))
    assert result("clock", ground, key="law") == "unchecked"
    assert result("clock", ground, key="law", what="started") == "failed"
    clock = RunClock.objects.create(run=run, key="law", starts_at=now, due_at=now + timedelta(hours=72))
    assert result("clock", ground, key="law", what="started") == "passed"
    assert result("clock", ground, key="law") == "unchecked"  # not due
    assert (
        result("clock", replace(ground, step=place.steps["done"]), key="law") == "passed"
    )  # met with this step
    assert result("clock", replace(ground, now=now + timedelta(hours=73)), key="law") == "failed"
    clock.met_at = now
    clock.save()
    assert result("clock", ground, key="law") == "passed"
    RunClock.objects.update(met_at=now + timedelta(hours=73))
    assert result("clock", ground, key="law") == "failed"

    assert result("all_green") == "unchecked"
    row = StepCheck.objects.create(
        step=place.steps["ask"], attempt=1, key="c", result="failed", says="No", at=now
    )
    assert result("all_green") == "failed"
    StepCheck.objects.filter(pk=row.pk).update(reason="Known, and accepted")
    assert "did not pass" in place.check("all_green").says
    assert result("all_green") == "passed"
    StepCheck.objects.create(step=place.steps["ask"], attempt=1, key="c", result="passed", says="Yes", at=now)
    assert "passed" in place.check("all_green").says
    assert result("all_green", steps=["done"]) == "unchecked"

    assert result("signed") == "unchecked"  # none asks for it
    assert result("signed", steps=["ask"]) == "failed"
    sign_off = SignOff.objects.create(
        logbook=place.book, subject="s", title="t", means="checked", by_name="Ana", at=now, entry=0, digest=""
    )
    signature = StepSignature.objects.create(step=place.steps["ask"], attempt=1, sign_off=sign_off)
    assert result("signed", steps=["ask"]) == "passed"
    signature.stale = True
    signature.save()
    assert "earlier state" in place.check("signed", steps=["ask"]).says
    assert Run.objects.count() == 3


def test_what_waits_for_later_work_says_so(place: Place) -> None:
    from indelible.features.runbooks.checks.looks.later import WHAT

    for what in WHAT:
        found = place.check("later", what=what)
        assert found.result == "unchecked"
        assert "Indelible cannot look this up yet" in found.says
    assert place.check("guess").result == "unchecked"
    assert place.check("files", lest=1).result == "unchecked"
    assert bank_change(None)["outcome"] == "success"
