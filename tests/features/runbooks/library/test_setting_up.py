"""RB-00: setting up the audit log. Each step knows from the system itself whether it is so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.features.runbooks.library.playing import Stage
from tests.features.runbooks.library.reading_back import acts, checked

NO_WORDS = "step-check-why"
STEPS = ("what", "seals", "people", "alarms", "keep", "review", "test", "train")
LATER = ["keep.copied", "keep.times_kept", "test.restored"]


def gone_through(stage: Stage, *, sign: bool = True) -> Any:
    play = stage.play("RB-00")
    for step in STEPS:
        play.do(step, sign=sign)
    return play


def test_eight_steps_lead_from_an_empty_record_to_one_that_others_rely_on(stage: Stage) -> None:
    play = gone_through(stage, sign=False)
    assert [step.key for step in play.document.steps] == list(STEPS)
    # Nothing has been set up but one source and some people: no step takes anybody's word for more.
    assert play.found("failed") == [
        "what.rules_on",
        "seals.witness",
        "seals.sheet",
        "people.two_owners",
        "people.second_person",
        "people.rules_two",
        "alarms.alarms_on",
        "alarms.mail",
        "keep.hours",
        "review.planned",
    ]
    assert play.found("unchecked") == [
        "what.covered",
        "seals.untouched",
        "seals.held",
        "people.reads",
        "alarms.none_open",
        "keep.times_said",
        "keep.copied",
        "keep.times_kept",
        "test.untouched",
        "test.drilled",
        "test.restored",
        "train.gone_through",
    ]
    play.refused(NO_WORDS, lambda: play.sign("train", reasons=False))
    play.sign("train")
    assert acts(play) == [
        "Ana Ruiz: opened",
        *(f"lead: done {step}" for step in STEPS),
        "lead: signed train, approved",
        "Indelible: closed",
    ]
    told = play.check_story()
    assert told[1] == "Ben Osei did step 1 (Say what to log) of “Setting up the audit log”"
    assert (
        told[-2]
        == "Ben Osei signed “Setting up the audit log: step 8, Train people, and keep this current” as approved"
    )


def test_what_is_put_in_place_is_seen_by_itself(stage: Stage) -> None:
    from indelible.features.runbooks import setting_up
    from indelible.features.runbooks.checks.looks.house import LOOKS

    put_in_place(stage)
    play = gone_through(stage)
    # Mail goes out through a server, and the sheet is printed by a person: neither is there in a test.
    assert {"mail", "recovery_sheet", "alarms_on"} <= set(LOOKS)
    assert play.found("failed") == ["seals.sheet", "alarms.alarms_on", "alarms.mail"]
    assert play.found("unchecked") == LATER
    found = setting_up.setting_up(stage.book, stage.now, fresh=True)
    so = [one.part.key for one in found.steps if one.is_so]
    assert so == ["what", "people", "keep", "review", "test", "train"]
    play.check_story()


def put_in_place(stage: Stage) -> None:
    """Do what the steps ask, as far as it is a matter of tables."""
    from indelible.features.alarms.models import Alarm
    from indelible.features.record import looks
    from indelible.features.rules.models import RuleSettings, RuleVersion
    from indelible.features.runbooks.books import keeping
    from indelible.features.runbooks.models import Run
    from indelible.features.seals.models import Drill, Witness
    from indelible.features.settings.models import OfficeHours
    from indelible.ledger.checkpoints import bare
    from indelible.storage.database import outside, reads
    from indelible.storage.database.models import Holding
    from tests.features.coverage.conftest import begin_rule

    book, now = stage.book, stage.now
    rule = begin_rule(book, verbs=["change"], things=["supplier.bank_account"])
    RuleVersion.objects.filter(rule=rule).update(duties={"keep": "P7Y"})
    RuleSettings.objects.create(pk=1, two_people=True)
    OfficeHours.objects.create(pk=1, hours={day: [["09:00", "18:00"]] for day in "01234"}, country="ES")
    ben = stage.people["Ben Osei"]
    ben.role = "owner"
    ben.save()
    Alarm.objects.create(logbook=book, sign="silence", made_at=now, begun_entry=0)
    Drill.objects.create(logbook=book, state="done", asked_at=now, finished_at=now,
                         certificate={"alterations": 9, "found": 9})  # fmt: skip
    Witness.objects.create(logbook=book, name="Paula", key="k", url="https://w.example/")
    checked(stage)
    looks.look(book, stage.ana, [0, 1], now, "everything")
    looks.tell_due(book, now + timedelta(minutes=2))
    monthly = stage.runbook("RB-01")
    keeping.set_owner(monthly, stage.ana, stage.ana)
    keeping.schedule(monthly, now.date(), stage.ana, now)
    review = stage.play("RB-01")
    Run.objects.filter(pk=review.key).update(state="closed", ended_at=now)
    book.refresh_from_db()
    note = bare(reads.get_checkpoint(book).note, book.origin)
    outside.hold(book, note, Holding.Kind.WITNESS, "Paula", b"")
