"""Runs by the calendar: each occurrence opens one, late where the machine was off, and a day that passed is missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from indelible.events.office import WorkCalendar
from tests.features.runbooks.starting.books import Role, Schedule, document, in_force, person, step
from tests.features.runbooks.starting.conftest import MADRID


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs() -> list[Any]:
    from indelible.features.runbooks.models import Run

    return list(Run.objects.order_by("pk").select_related("runbook", "version", "logbook"))


def monthly(**more: Any) -> Any:
    schedule = Schedule(every="month", on="working 5", opens="P4D", working=True, covers="previous")
    return document(schedule=[schedule], **more)


def test_an_occurrence_opens_one_run_when_it_is_to_open_and_never_again(book: Any, ana: Any) -> None:
    from indelible.features.runbooks.starting import by_calendar

    in_force(book, monthly(), owner=ana, people={"doer": ana}, since=date(2025, 5, 1))
    assert by_calendar.open_due(at("2025-05-01T12:00"), MADRID) == 1
    (run,) = runs()
    assert run.title == "Monthly review, April 2025" and run.cause == "schedule"
    assert (run.period_from, run.period_to) == (date(2025, 4, 1), date(2025, 4, 30))
    assert run.due_at == at("2025-05-07T16:00") and run.opened_at == at("2025-05-01T12:00")
    for later in ("2025-05-01T12:01", "2025-05-07T17:00", "2025-06-01T12:00"):
        assert by_calendar.open_due(at(later), MADRID) == 0
    # Whatever a holiday that is added later does to the day: it is the run of that month.
    moved = WorkCalendar("Europe/Madrid", holidays=frozenset({date(2025, 5, 7)}))
    assert by_calendar.open_due(at("2025-05-08T12:00"), moved) == 0
    assert by_calendar.open_due(at("2025-06-02T12:00"), moved) == 1
    assert [one.title for one in runs()] == ["Monthly review, April 2025", "Monthly review, May 2025"]


def test_what_was_missed_while_the_machine_was_off_is_opened_late_and_says_so(
    book: Any, ana: Any, told: Callable[[str], list[str]]
) -> None:
    from indelible.features.runbooks.models import RunEntry
    from indelible.features.runbooks.starting import by_calendar

    in_force(book, monthly(), owner=ana, since=date(2025, 1, 10))
    assert by_calendar.open_due(at("2025-02-05T12:00"), MADRID) == 1
    back = at("2025-06-20T12:00")
    assert by_calendar.open_due(back, MADRID) == 4 and by_calendar.open_due(back, MADRID) == 0
    assert [one.title.partition(", ")[2] for one in runs()] == [
        "January 2025",
        "February 2025",
        "March 2025",
        "April 2025",
        "May 2025",
    ]
    assert all(one.opened_at == back for one in runs()[1:])  # nothing is dated back
    late = told("started late")
    assert len(late) == 5 and late[1] == (
        "“Monthly review, February 2025” was to begin at 2025-03-02 23:00 UTC and was started late"
    )
    assert RunEntry.objects.filter(run=runs()[1], said="run_opened_late").count() == 1


def test_nothing_is_opened_for_days_before_a_runbook_was_in_force_by_the_calendar(
    book: Any, ana: Any
) -> None:
    from indelible.features.runbooks.models import Runbook, RunbookState
    from indelible.features.runbooks.starting import by_calendar

    now = at("2025-06-20T12:00")
    in_force(book, document("RB-A", schedule=[Schedule(every="day")]), since=date(2025, 6, 19))
    in_force(book, document("RB-B", schedule=[Schedule(every="day")]), since=None)
    in_force(book, document("RB-C", schedule=[Schedule(every="day")]), since=date(2025, 6, 21))
    retired = in_force(book, document("RB-D", schedule=[Schedule(every="day")]), since=date(2025, 6, 1))
    Runbook.objects.filter(pk=retired.pk).update(state=RunbookState.RETIRED)
    assert by_calendar.open_due(now, MADRID) == 2
    assert [one.cause_key for one in runs()] == ["day 2025-06-19 first", "day 2025-06-20 first"]


def test_a_long_absence_is_caught_up_in_bounds(book: Any, ana: Any, monkeypatch: Any) -> None:
    from indelible.features.runbooks.starting import by_calendar

    monkeypatch.setattr(by_calendar, "MOST_AT_ONCE", 5)
    schedule = [Schedule(every="week", on="mon"), Schedule(every="month", on="first", holiday="keep")]
    in_force(book, document(steps=[step("look")], schedule=schedule), since=date(2020, 1, 1))
    monkeypatch.setattr(by_calendar, "FARTHEST", timedelta(days=60))
    now, opened = at("2025-06-20T12:00"), []
    while count := by_calendar.open_due(now, MADRID):
        opened.append(count)
    assert opened == [5, 5] and len({(one.cause_key) for one in runs()}) == 10
    assert min(one.due_at for one in runs()) > now - timedelta(days=61)


def test_a_day_that_nobody_began_is_missed_and_one_that_somebody_began_is_not(
    book: Any, ana: Any, told: Callable[[str], list[str]]
) -> None:
    from indelible.features.runbooks.models import RunStep
    from indelible.features.runbooks.running import doing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.starting import by_calendar

    text = document(
        "RB-24", "Daily review", steps=[step("look"), step("say")], schedule=[Schedule(every="working_day")]
    )
    in_force(book, text, owner=ana, people={"doer": ana}, since=date(2025, 6, 19))
    in_force(book, monthly(), since=date(2025, 6, 1))
    by_calendar.open_due(at("2025-06-19T10:00"), MADRID)
    by_calendar.open_due(at("2025-06-20T10:00"), MADRID)
    first = RunStep.objects.get(run__cause_key="working_day 2025-06-20 first", key="look")
    doing.finish(first, Doer.of_user(ana), at("2025-06-20T15:00"))
    assert by_calendar.end_missed(at("2025-06-19T21:59"), MADRID) == 0  # it is not midnight in Madrid yet
    assert by_calendar.end_missed(at("2025-06-19T22:00"), MADRID) == 1
    assert by_calendar.end_missed(at("2025-06-23T12:00"), MADRID) == 0  # begun, and a month is no day
    states = {one.cause_key: one.state for one in runs()}
    assert states["working_day 2025-06-19 first"] == "missed"
    assert states["working_day 2025-06-20 first"] == "open"
    assert told("missed") == [
        "“Daily review, 19 June 2025” was missed: “Nobody began it by the end of its day.”"
    ]


def test_a_run_that_cannot_be_opened_is_on_record_once_and_holds_up_no_other(
    book: Any, ana: Any, told: Callable[[str], list[str]]
) -> None:
    from indelible.features.runbooks.models import Mailing
    from indelible.features.runbooks.starting import by_calendar

    roles = {
        "owner": Role(title="Owner"),
        "doer": Role(title="Doer", not_=("signer",)),
        "signer": Role(title="Signer"),
    }
    schedule = [Schedule(every="month", on="first")]
    ben = person("Ben Osei")
    in_force(
        book,
        document("RB-A", roles=roles, schedule=schedule),
        people={"doer": ben, "signer": ben},
        since=date(2025, 6, 1),
    )
    in_force(book, document("RB-B", "Other", schedule=schedule), since=date(2025, 6, 1))
    for _again in range(3):
        by_calendar.open_due(at("2025-06-02T10:00"), MADRID)
    assert [one.title for one in runs()] == ["Other, June 2025"]
    (said,) = told("could not be started")
    assert said.startswith("“Monthly review, June 2025” could not be started: ") and "Ben Osei" in said
    assert Mailing.objects.get(kind="not_opened").facts["title"] == "Monthly review, June 2025"
