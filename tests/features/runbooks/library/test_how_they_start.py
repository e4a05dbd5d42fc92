"""When the ready runbooks begin: by the calendar, by an entry, by an alarm. What becomes of a day that was missed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.document.runbook import Schedule
from indelible.features.runbooks.library import all_ready, ready
from indelible.features.runbooks.timetable import due_dates
from tests.features.runbooks.library.playing import Play, Stage
from tests.features.runbooks.library.reading_back import acts

MADRID = WorkCalendar("Europe/Madrid", holidays=frozenset({date(2026, 1, 6), date(2026, 5, 1)}))
NEW_YEAR = date(2026, 1, 1)


def due(schedule: Schedule, count: int) -> list[tuple[str, str, str]]:
    """Return the next days: when it opens, when it is due, what it is about."""
    found = due_dates(schedule, MADRID, NEW_YEAR, count)
    zone = ZoneInfo(MADRID.zone)
    return [(f"{one.opens_at.astimezone(zone):%d %b}", f"{one.day:%d %b %Y}", one.label) for one in found]


@pytest.mark.parametrize(
    ("key", "place", "expected"),
    [
        ("RB-18", 0, ("01 Jan", "15 Jan 2026", "first quarter of 2026")),
        ("RB-19", 0, ("03 Jan", "27 Feb 2026", "2025")),
        ("RB-21", 0, ("17 Jun", "01 Jul 2026", "2026")),
        ("RB-21", 1, ("17 Sep", "01 Oct 2026", "2026")),
        ("RB-21", 2, ("05 Nov", "19 Nov 2026", "2026")),
        ("RB-23", 0, ("31 Dec", "08 Jan 2026", "December 2025")),
        ("RB-24", 0, ("02 Jan", "02 Jan 2026", "2 January 2026")),
        ("RB-26", 0, ("15 Jan", "22 Jan 2026", "fourth quarter of 2025")),
    ],
)
def test_its_days_are_those_of_its_words(key: str, place: int, expected: tuple[str, str, str]) -> None:
    schedule = ready(key).starts.schedule[place]
    assert due(schedule, 1) == [expected]


def test_the_daily_check_goes_from_working_day_to_working_day() -> None:
    (schedule,) = ready("RB-24").starts.schedule
    assert [day for _opens, day, _label in due(schedule, 4)] == [
        "02 Jan 2026",
        "05 Jan 2026",
        "07 Jan 2026",  # the 6th is a holiday
        "08 Jan 2026",
    ]


def test_every_schedule_there_is_comes_round() -> None:
    for key, runbook in all_ready().items():
        for schedule in runbook.starts.schedule:
            assert len(due_dates(schedule, MADRID, NEW_YEAR, 3)) == 3, key


# In a record -------------------------------------------------------------------------------------------------


def newest(stage: Stage, people: dict[str, Any]) -> Play:
    """Go on with the run that opened last."""
    from indelible.features.runbooks.models import Run
    from indelible.features.runbooks.running.queries import document_of

    run = Run.objects.order_by("-pk").first()
    return Play(stage, run, document_of(run), people)


def appointed(stage: Stage, key: str) -> dict[str, Any]:
    """Put a ready runbook in force, and name who does what in it."""
    from indelible.features.runbooks.books import appointing

    names = iter(stage.people.values())
    people = {role: next(names) for role in ready(key).roles}
    filled = {role: appointing.Filled(user, None) for role, user in people.items()}
    appointing.appoint_all(stage.runbook(key), filled, stage.ana, stage.now)
    return people


def test_whoever_uses_the_emergency_account_starts_its_runbook(stage: Stage) -> None:
    from indelible.features.runbooks.starting import by_entry

    people = appointed(stage, "RB-22")
    stage.tell("sign_in", "user_account", "maria")
    index = stage.tell("sign_in", "shared_account", "root")
    while by_entry.open_due(stage.book, stage.now):
        pass
    play = newest(stage, people)
    assert (play.run.title, play.run.about, play.run.cause_entry) == ("Emergency access: root", "root", index)
    assert play.run.runbook.runs.count() == 1
    play.do("ask", account="root").do("approve").do("take_out")
    assert "take_out.on_record" not in play.found("failed")
    assert acts(play)[0] == "Indelible: opened"


def test_a_silence_that_was_told_starts_the_runbook_for_outages(stage: Stage) -> None:
    from indelible.features.alarms.models import Alarm, Notice
    from indelible.features.runbooks.starting import by_alarm

    people = appointed(stage, "RB-17")
    index = stage.tell("detect", "log.gap", "Systems of Northwind")
    alarm = Alarm.objects.create(logbook=stage.book, sign="silence", made_at=stage.now, begun_entry=0)
    stage.wait(minutes=1)
    moments = {"first_at": stage.now, "last_at": stage.now, "made_at": stage.now, "since": stage.now}
    hour = int(stage.now.timestamp()) // 3600
    Notice.objects.create(logbook=stage.book, alarm=alarm, fold="a", entries=[index], hour=hour, **moments)
    assert by_alarm.open_due(stage.book, stage.now) == 1
    assert by_alarm.open_due(stage.book, stage.now) == 0
    play = newest(stage, people)
    assert (play.run.title, play.run.cause) == ("Outage: Systems of Northwind", "alarm")
    assert play.state("confirm") == "open"


def test_a_day_on_which_nobody_looked_is_missed_and_stays_so(stage: Stage) -> None:
    from indelible.features.runbooks.books import keeping
    from indelible.features.runbooks.running import altering
    from indelible.features.runbooks.running.errors import RunError
    from indelible.features.runbooks.starting import by_calendar
    from indelible.features.settings.services import calendar

    people = appointed(stage, "RB-24")
    keeping.schedule(stage.runbook("RB-24"), stage.now.date(), stage.ana, stage.now)
    assert by_calendar.open_due(stage.now, calendar()) == 1
    first = newest(stage, people)
    assert first.run.title == "Daily log check, 28 February to 2 March 2026"  # the weekend is part of it
    assert by_calendar.end_missed(stage.now + timedelta(hours=3), calendar()) == 0
    stage.wait(days=1)
    assert by_calendar.end_missed(stage.now, calendar()) == 1
    with pytest.raises(RunError, match="run-not-open"):
        first.do("alive")
    altering.late_reason(first.run, first.holders["security_lead"], "Nobody was on duty", stage.now)
    assert first.run.state == "missed"
    assert acts(first) == ["Indelible: opened", "Indelible: missed late", "security_lead: late explained"]
    # The day after is a run of its own. It was begun and not ended: it is no longer to be done, only to be given up.
    assert by_calendar.open_due(stage.now, calendar()) == 1
    second = newest(stage, people)
    second.do("alive")
    stage.wait(days=1)
    assert by_calendar.end_missed(stage.now, calendar()) == 0
    second.refused("run-lapsed", lambda: second.do("integrity"))
    second.refused("run-lapsed", lambda: second.do("sign_day"))
    altering.end(
        second.run, second.holders["security_lead"], "not_concluded", "Called away at noon", stage.now
    )
    assert second.run.state == "not_concluded"
    assert acts(second)[-1] == "security_lead: not concluded late"
