"""Who is told what, when: from facts alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.reminding.planning import (
    Known,
    Letter,
    Notice,
    Open,
    Person,
    Task,
    clock_moments,
    clock_warning,
    last_day,
    letters,
    soon_day,
    stage,
    stage_moments,
)

MADRID = WorkCalendar("Europe/Madrid", holidays=frozenset({date(2025, 5, 1), date(2025, 5, 2)}))
HERE = ZoneInfo("Europe/Madrid")
PEOPLE = {
    "user 1": Person("user 1", "Europe/Madrid"),
    "user 2": Person("user 2", "America/New_York"),
    "user 3": Person("user 3", "Pacific/Auckland"),
    "user 4": Person("user 4", "Europe/Madrid"),
    "user 9": Person("user 9", "Europe/Madrid"),
}
BOSS = ("user 9",)


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


DUE = here("2025-06-12T18:00")  # a Thursday


def task(**more: Any) -> Task:
    told: dict[str, Any] = {"key": "7.1.do", "run": 88, "step": "look", "due_at": DUE, "holders": ("user 1",)}
    return Task(**{**told, "owners": ("user 4",), **more})


def at(text: str, *tasks: Task, known: dict[str, Known] | None = None, **more: Any) -> dict[str, Letter]:
    found = Open(PEOPLE, tasks or (task(),), organisation=BOSS, **more)
    return {one.person: one for one in letters(found, known or {}, MADRID, here(text))}


def kinds(text: str, *tasks: Task, known: dict[str, Known] | None = None) -> dict[str, list[str]]:
    return {key: [one.kind for one in letter.items] for key, letter in at(text, *tasks, known=known).items()}


def after(*text: str, person: str = "user 1", of: Task | None = None) -> dict[str, Known]:
    """Return what is known after the letters that were written at some moments."""
    known: dict[str, Known] = {}
    for moment in text:
        for key, letter in at(moment, of or task(), known=known).items():
            known[key] = Known(letter.day, letter.told)
    return known


def test_a_task_is_told_when_it_comes_two_days_before_on_the_day_and_daily_once_overdue() -> None:
    known = after("2025-06-02T08:00")
    assert kinds("2025-06-02T08:00") == {"user 1": ["yours"]}
    assert kinds("2025-06-03T08:00", known=known) == {}
    assert kinds("2025-06-10T08:00", known=known) == {"user 1": ["soon"]}
    known = after("2025-06-02T08:00", "2025-06-10T08:00")
    assert kinds("2025-06-11T08:00", known=known) == {}
    assert kinds("2025-06-12T08:00", known=known) == {"user 1": ["today"]}
    known = after("2025-06-02T08:00", "2025-06-10T08:00", "2025-06-12T08:00")
    assert kinds("2025-06-12T17:59", known=known) == {}
    for day in ("13", "16", "17"):
        late = kinds(f"2025-06-{day}T08:00", known=known)
        assert late["user 1"] == ["overdue"] and late["user 4"] == ["late"]
    assert kinds("2025-06-14T08:00", known=known) == {}  # a Saturday


def test_one_letter_a_day_gathers_everything() -> None:
    others = (task(key="8.1.do", due_at=here("2025-06-20T18:00")), task(key="9.1.sign", due_at=None))
    (letter,) = at("2025-06-12T08:30", task(), *others).values()
    assert [(one.kind, one.task.key) for one in letter.items if one.task] == [
        ("today", "7.1.do"),
        ("yours", "8.1.do"),
        ("yours", "9.1.sign"),
    ]
    known = {"user 1": Known(letter.day, letter.told)}
    assert at("2025-06-12T09:30", task(), *others, task(key="10.1.do"), known=known) == {}
    assert kinds("2025-06-13T09:30", task(key="10.1.do", due_at=None), known=known) == {"user 1": ["yours"]}


def test_what_was_told_once_is_told_anew_only_where_it_changed() -> None:
    known = after("2025-06-10T08:00")
    assert kinds("2025-06-11T08:00", known=known) == {}
    assert kinds("2025-06-11T08:00", task(due_at=here("2025-06-13T18:00")), known=known) == {
        "user 1": ["soon"]
    }
    assert kinds("2025-06-11T08:00", task(key="7.2.do"), known=known) == {"user 1": ["soon"]}  # sent back
    assert kinds("2025-06-11T08:00", task(holders=("user 4",)), known=known) == {"user 4": ["soon"]}


@pytest.mark.parametrize(
    ("zone", "due", "soon", "last"),
    [
        ("Europe/Madrid", "2025-06-12T18:00", "2025-06-10", "2025-06-12"),
        ("America/New_York", "2025-06-12T18:00", "2025-06-10", "2025-06-12"),
        ("America/New_York", "2025-06-12T13:00", "2025-06-09", "2025-06-11"),  # over before they begin
        ("Pacific/Auckland", "2025-06-12T18:00", "2025-06-10", "2025-06-12"),  # 4 in the morning of the 13th
        ("Europe/Madrid", "2025-06-15T23:59", "2025-06-11", "2025-06-13"),  # a Sunday
        ("Europe/Madrid", "2025-06-10T18:00", "2025-06-06", "2025-06-10"),  # two days before is a Sunday
        ("Europe/Madrid", "2025-05-05T18:00", "2025-04-30", "2025-05-05"),  # holidays before it
        ("Europe/Madrid", "2025-03-31T18:00", "2025-03-28", "2025-03-31"),  # the clock is put forward between
    ],
)
def test_days_are_those_of_the_person(zone: str, due: str, soon: str, last: str) -> None:
    person = Person("user 7", zone)
    assert last_day(person, MADRID, here(due)) == date.fromisoformat(last)
    assert soon_day(person, MADRID, date.fromisoformat(last)) == date.fromisoformat(soon)


def test_people_are_told_in_their_own_office_hours() -> None:
    all_of_them = task(holders=("user 1", "user 2", "user 3"))
    told = {
        moment: sorted(at(f"2025-06-{moment}", all_of_them))
        for moment in ("11T08:00", "11T14:00", "11T23:00")
    }
    assert told == {
        "11T08:00": ["user 1"],
        "11T14:00": ["user 1", "user 2"],
        "11T23:00": ["user 2", "user 3"],
    }
    assert at("2025-06-11T23:00", all_of_them)["user 3"].day == date(2025, 6, 12)
    # Before and after New York puts its clock forward, three weeks before Madrid.
    for moment, works in (
        ("03-07T13:59", False),
        ("03-07T14:00", True),
        ("03-10T12:59", False),
        ("03-10T13:00", True),
    ):
        assert ("user 2" in at(f"2025-{moment}", all_of_them)) is works
    assert at("2025-05-01T10:00", all_of_them) == {}  # a holiday


def test_a_stand_in_is_told_once_it_is_overdue_and_who_owns_nothing_leaves_it_to_the_organisation() -> None:
    one = task(stand_ins=("user 2",), owners=())
    assert set(kinds("2025-06-12T15:00", one)) == {"user 1"}
    assert kinds("2025-06-13T15:00", one) == {
        "user 1": ["overdue"],
        "user 2": ["overdue"],
        "user 9": ["late"],
    }


def test_escalation_goes_up_on_the_first_third_and_tenth_working_day() -> None:
    due = here("2025-04-30T18:00")  # two holidays and a weekend follow
    wanted = [here(f"2025-05-{day}T08:00") for day in ("05", "07", "16")]
    assert stage_moments(due, MADRID) == wanted
    assert [stage(due, MADRID, moment) for moment in wanted] == [1, 2, 3]
    assert [stage(due, MADRID, moment - timedelta(seconds=1)) for moment in wanted] == [0, 1, 2]
    one, known = task(due_at=due, owners=("user 4",)), dict[str, Known]()
    told = {}
    for day in range(1, 20):
        for key, letter in at(f"2025-05-{day:02}T09:00", one, known=known).items():
            known[key] = Known(letter.day, letter.told)
            told.setdefault(key, []).append((day, letter.items[0].kind))
    assert [day for day, kind in told["user 1"] if kind == "overdue"] == [
        5,
        6,
        7,
        8,
        9,
        12,
        13,
        14,
        15,
        16,
        19,
    ]
    assert [day for day, kind in told["user 4"] if kind == "late"] == [5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19]
    assert told["user 9"] == [(7, "escalated"), (16, "escalated")]


def test_a_text_is_to_be_looked_at_again_on_its_day_and_once_more_a_month_later() -> None:
    notice = Notice("book3.2025-06-12", "look_again", 3, date(2025, 6, 12), ("user 1",))
    known, told = dict[str, Known](), []
    for count in range(60):
        day = date(2025, 6, 1) + timedelta(days=count)
        found = Open(PEOPLE, (), (notice,), BOSS)
        for letter in letters(found, known, MADRID, here(f"{day}T09:00")):
            known[letter.person] = Known(letter.day, letter.told)
            told.append(day.isoformat())
    assert told == ["2025-06-12", "2025-07-14"]


def test_a_clock_warns_at_any_hour_each_time_once_and_at_its_end() -> None:
    end = here("2025-06-15T03:00")  # a Sunday night
    spans = ("PT24H", "PT4H")
    wanted = [here("2025-06-14T03:00"), here("2025-06-14T23:00"), end]
    assert clock_moments(end, spans, MADRID) == wanted

    def told(moment: datetime) -> str | None:
        found = clock_warning(5, end, spans, MADRID, moment)
        return found.key.rpartition(" ")[2] if found else None

    second = timedelta(seconds=1)
    assert [told(moment) for moment in (wanted[0] - second, *wanted, end + second)] == [
        None, "PT24H", "PT4H", "PT4H", "over"
    ]  # fmt: skip
    moved = clock_warning(5, end + timedelta(days=1), spans, MADRID, wanted[2])
    first = clock_warning(5, end, spans, MADRID, wanted[0])
    assert moved is not None and first is not None and moved.key != first.key


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]),
    st.frozensets(st.dates(date(2024, 1, 1), date(2026, 1, 1)), max_size=20),
)
def test_nobody_is_told_soon_after_the_last_day_nor_told_the_last_day_too_late(
    due: datetime, zone: str, holidays: frozenset[date]
) -> None:
    calendar, person = WorkCalendar("Europe/Madrid", holidays=holidays), Person("user 1", zone)
    last = last_day(person, calendar, due)
    soon = soon_day(person, calendar, last)
    assert soon <= last - timedelta(days=2)
    begins = datetime.combine(last, datetime.min.time(), ZoneInfo(zone)).replace(hour=8)
    assert begins < due
    moments = stage_moments(due, calendar)
    assert due < moments[0] < moments[1] < moments[2]
