"""A year of 40 runbooks for 25 people in three zones, against a reckoning of its own.

The reckoning goes through the same moments with lists and loops, and knows nothing of the product: what is a working
day, when each run is due, who has what to do, who must be told. At the end both must have said the same: each due
date, each letter with each line, each escalation; and each letter went out once.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar
from tests.features.runbooks.starting.books import Due, Schedule, document, in_force, person, step

DAY = timedelta(days=1)
MADRID = ZoneInfo("Europe/Madrid")
ZONES = ("Europe/Madrid", "America/New_York", "Pacific/Auckland")
FREE = {
    date(2025, *day)
    for day in (
        (1, 1), (1, 6), (4, 17), (4, 18), (5, 1), (5, 2), (7, 25), (8, 15), (10, 31), (11, 10),
        (12, 8), (12, 25), (12, 26),
    )
}  # fmt: skip
OFFICE = WorkCalendar("Europe/Madrid", holidays=frozenset(FREE))
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
LEFT = {5: date(2025, 4, 10), 9: date(2025, 9, 1)}  # people whose accounts end
OWNERS = (0, 1, 2)  # of the organisation


# The runbooks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A runbook as the reckoning knows it. People go by their numbers."""

    number: int
    kind: str
    doer: int
    signer: int
    owner: int | None
    stand_in: int | None
    early: bool  # its first step is due two days before the run

    @property
    def title(self) -> str:
        return f"Runbook {self.number}"


SCHEDULES = {
    "fifth": Schedule(every="month", on="working 5", opens="P4D", working=True, covers="previous"),
    "last": Schedule(every="month", on="last working", opens="P3D", covers="current"),
    "fifteenth": Schedule(every="month", on="15", holiday="before", opens="P2D", working=True),
    "quarter": Schedule(every="quarter", on="working 10", opens="P10D", covers="previous"),
    "quarter end": Schedule(every="quarter", on="last working", opens="P5D", working=True),
    "half year": Schedule(every="half_year", on="first", opens="P7D"),
    "may": Schedule(every="year", on="31", months=(5,), opens="P1M"),
    "august": Schedule(every="year", on="31", months=(8,), opens="P1M"),
    "weeks": Schedule(every="week", on="fri", months=(3, 10), holiday="before", opens="P1D"),
}
KINDS = (
    ["fifth", "last", "fifteenth", "weeks"] + ["quarter"] * 2 + ["quarter end"] * 2 + ["half year"] * 8
    + ["may", "august"] * 12
)  # fmt: skip
PLANS = [
    Plan(
        number,
        kind,
        doer=3 + number % 22,
        signer=3 + (number * 7 + 5) % 22,
        owner=None if number % 20 == 13 else (number * 3) % 25,
        stand_in=3 + (number * 5 + 11) % 22 if number % 3 else None,
        early=number % 4 == 1,
    )
    for number, kind in enumerate(KINDS)
]


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in FREE


def month_days(year: int, month: int) -> list[date]:
    return [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)]


def working_days_back(day: date, count: int) -> date:
    while count:
        day -= DAY
        count -= works(day)
    return day


def next_work(day: date, step: timedelta = DAY) -> date:
    while not works(day):
        day += step
    return day


def due_days(kind: str) -> Iterator[tuple[date, date]]:
    """Yield when a runbook is due in the year, and when it opens, the plain way."""
    for month in range(1, 13):
        all_days = month_days(2025, month)
        working = [day for day in all_days if works(day)]
        if kind == "fifth":
            yield working[4], working_days_back(working[4], 4)
        elif kind == "last":
            yield working[-1], working[-1] - 3 * DAY
        elif kind == "fifteenth":
            day = next_work(date(2025, month, 15), -DAY)
            yield day, working_days_back(day, 2)
        elif kind == "quarter" and month in (1, 4, 7, 10):
            yield working[9], working[9] - 10 * DAY
        elif kind == "quarter end" and month in (3, 6, 9, 12):
            yield working[-1], working_days_back(working[-1], 5)
        elif kind == "half year" and month in (1, 7):
            day = next_work(all_days[0])
            yield day, day - 7 * DAY
        elif (kind, month) in (("may", 5), ("august", 8)):
            day = next_work(all_days[-1])
            yield day, date(day.year, day.month - 1, min(day.day, monthrange(day.year, day.month - 1)[1]))
        elif kind == "weeks" and month in (3, 10):
            # The Fridays of weeks whose Friday lies in the month; free ones are brought forward.
            for friday in (day for day in all_days if day.weekday() == 4):
                day = next_work(friday, -DAY)
                yield day, day - DAY
    if kind == "half year":
        yield date(2026, 1, 1), date(2025, 12, 25)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MADRID).astimezone(UTC)


def evening(day: date) -> datetime:
    """When something due on a day is due: with the office hours, or with the day where it is free."""
    at = time(18) if works(day) else time(23, 59, 59)
    return datetime.combine(day, at, MADRID).astimezone(UTC)


# The reckoning ---------------------------------------------------------------------------------------------


@dataclass
class Going:
    """A run, as the reckoning goes along."""

    plan: Plan
    due: datetime
    opens: datetime
    look_on: date = FIRST  # when its doer does it, and its signer after that
    agree_after: int = 0
    opened: bool = False
    looked: datetime | None = None
    agreed: datetime | None = None

    @cached_property
    def name(self) -> str:
        return f"{self.plan.title} {self.due:%Y-%m-%d}"

    @property
    def step(self) -> str:
        return "look" if self.looked is None else "agree"

    @property
    def is_open(self) -> bool:
        return self.opened and self.agreed is None

    @property
    def step_due(self) -> datetime:
        if self.step == "look" and self.plan.early:
            return evening(self.due.astimezone(MADRID).date() - 2 * DAY)
        return self.due


@dataclass
class Reckoning:
    """What must have been said by the end of the year."""

    zones: list[str]
    runs: list[Going] = field(default_factory=list)
    letters: dict[tuple[int, date], tuple[datetime, Counter[tuple[str, str, str]]]] = field(
        default_factory=dict
    )
    once: set[tuple[int, str, str, str]] = field(default_factory=set)
    escalated: set[tuple[str, str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for plan in PLANS:
            for count, (day, opens) in enumerate(due_days(plan.kind)):
                chance = Random(f"{plan.number} {count}")
                late = chance.choice([0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 8])
                self.runs.append(
                    Going(
                        plan,
                        evening(day),
                        midnight(opens),
                        look_on=max(opens, FIRST) + late * DAY,
                        agree_after=chance.choice([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 16]),
                    )
                )

    def active(self, who: int, now: datetime) -> bool:
        return who not in LEFT or now < midnight(LEFT[who])

    def at_work(self, who: int, now: datetime) -> date | None:
        local = now.astimezone(ZoneInfo(self.zones[who]))
        return local.date() if works(local.date()) and 8 <= local.hour < 18 else None

    def people(self, run: Going, now: datetime) -> tuple[list[int], list[int]]:
        """Return who does the step now, and who stands in."""
        first = run.plan.doer if run.step == "look" else run.plan.signer
        second = run.plan.stand_in if run.step == "look" else None
        stands = [second] if second is not None and self.active(second, now) else []
        return ([first], stands) if self.active(first, now) else (stands, [])

    def tell(self, now: datetime) -> None:
        """Write the letters of a moment, and escalate."""
        for run in self.runs:
            if not run.is_open or now <= run.step_due:
                continue
            days, day = list[date](), run.step_due.astimezone(MADRID).date()
            while len(days) < 10:
                day = next_work(day + DAY)
                days.append(day)
            for stage, place in enumerate((0, 2, 9), 1):
                if now >= datetime.combine(days[place], time(8), MADRID):
                    self.escalated.add((run.name, run.step, stage))
        for who in range(len(self.zones)):
            today = self.at_work(who, now) if self.active(who, now) else None
            if today is None or (who, today) in self.letters:
                continue
            lines = Counter[tuple[str, str, str]]()
            seen = []
            for run in (run for run in self.runs if run.is_open):
                kind = self.line(run, who, today, now)
                if kind:
                    lines[kind, run.name, run.step] += 1
                seen.append(run)
            if lines:
                self.letters[who, today] = now, lines
                for run in seen:
                    self.remember(run, who, today, now)

    def line(self, run: Going, who: int, today: date, now: datetime) -> str:
        """Return what one person is told of one run, empty for nothing."""
        first, second = self.people(run, now)
        due = run.step_due
        owners = (
            [run.plan.owner]
            if run.plan.owner is not None and self.active(run.plan.owner, now)
            else list(OWNERS)
        )
        stages = self.stages(run)
        if now > due:
            if who in first + second:
                return "overdue"
            if who in owners:
                return "late" if stages else ""
            new = {
                stage
                for stage in stages
                if stage > 1 and (who, run.name, run.step, str(stage)) not in self.once
            }
            return "escalated" if who in OWNERS and new else ""
        if who not in first:
            return ""
        if today == self.last_chance(who, due):
            return "today"
        two_days = self.last_chance(who, due) - 2 * DAY
        if today >= next_work(two_days, -DAY) and (who, run.name, run.step, "soon") not in self.once:
            return "soon"
        return "" if (who, run.name, run.step, "yours") in self.once else "yours"

    def stages(self, run: Going) -> set[int]:
        """Return how far it was told upwards that the step is late."""
        return {stage for stage in (1, 2, 3) if (run.name, run.step, stage) in self.escalated}

    def remember(self, run: Going, who: int, today: date, now: datetime) -> None:
        first, _second = self.people(run, now)
        stages = self.stages(run)
        if who in OWNERS and now > run.step_due:
            self.once |= {(who, run.name, run.step, str(stage)) for stage in stages if stage > 1}
        if who in first:
            self.once.add((who, run.name, run.step, "yours"))
            last = self.last_chance(who, run.step_due)
            if now <= run.step_due and next_work(last - 2 * DAY, -DAY) <= today < last:
                self.once.add((who, run.name, run.step, "soon"))

    def last_chance(self, who: int, due: datetime) -> date:
        """Return the last day on which somebody is at work before something is due."""
        zone = ZoneInfo(self.zones[who])
        day = due.astimezone(zone).date()
        while not (works(day) and datetime.combine(day, time(8), zone) < due):
            day -= DAY
        return day


# The year --------------------------------------------------------------------------------------------------


def moments(opens: set[datetime]) -> list[datetime]:
    """Return every moment at which something can become due: mornings everywhere, and midnights at which runs open."""
    found = set(opens)
    day = FIRST
    while day <= LAST:
        for zone in ZONES if works(day) else ZONES[:1] if day.day % 5 == 0 else ():
            found.add(datetime.combine(day, time(8), ZoneInfo(zone)).astimezone(UTC))
        day += DAY
    return sorted(moment for moment in found if midnight(FIRST) <= moment < midnight(LAST + DAY))


def test_a_year_of_runs_letters_and_escalations_is_as_a_plain_reckoning_has_it(
    book: Any, ana: Any, post: list[Any]
) -> None:
    from indelible.features.people.models import User
    from indelible.features.runbooks.models import Run, RunStep
    from indelible.features.runbooks.reminding import courier, making
    from indelible.features.runbooks.running import doing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.starting import by_calendar

    zones = [ZONES[number % 3] for number in range(25)]
    people = [
        ana,
        *(person(f"Person {n}", zones[n], "owner" if n in OWNERS else "member") for n in range(1, 25)),
    ]
    for plan in PLANS:
        early = {"due": Due(within="-P2D", after="due")} if plan.early else {}
        text = document(
            f"RB-{plan.number}",
            plan.title,
            [step("look", **early), step("agree", "signer")],
            schedule=[SCHEDULES[plan.kind]],
        )
        told = {"doer": people[plan.doer], "signer": people[plan.signer]}
        stands = {"doer": people[plan.stand_in]} if plan.stand_in is not None else {}
        in_force(
            book,
            text,
            owner=people[plan.owner] if plan.owner is not None else None,
            people=told,
            stand_ins=stands,
            since=FIRST,
            published=midnight(FIRST),
        )
    reckoning = Reckoning(zones)
    keys: dict[str, int] = {}
    for number, now in enumerate(moments({run.opens for run in reckoning.runs})):
        for who, day in LEFT.items():
            if midnight(day) <= now:
                User.objects.filter(pk=people[who].pk, is_active=True).update(is_active=False)
        for run in reckoning.runs:
            run.opened = run.opened or run.opens <= now
        while by_calendar.open_due(now, OFFICE) == by_calendar.MOST_AT_ONCE:
            pass
        for key, title, due in Run.objects.filter(opened_at=now).values_list(
            "pk", "runbook__title", "due_at"
        ):
            keys[f"{title} {due:%Y-%m-%d}"] = key
        if (
            now.astimezone(ZoneInfo(ZONES[1])).hour == 8
        ):  # people do their work when it is morning in New York
            _work(reckoning, keys, people, now, Doer, doing, RunStep)
        reckoning.tell(now)
        for _worker in range(2 if number % 40 == 0 else 1):
            making.make(book, now, OFFICE)
            while courier.carry(now):
                pass
    _compare(reckoning, keys, people, post)


def _work(
    reckoning: Reckoning,
    keys: dict[str, int],
    people: list[Any],
    now: datetime,
    Doer: Any,
    doing: Any,
    RunStep: Any,
) -> None:
    today = now.astimezone(MADRID).date()
    for run in reckoning.runs:
        if not run.is_open:
            continue
        due_to = (
            run.look_on
            if run.looked is None
            else run.looked.astimezone(MADRID).date() + run.agree_after * DAY
        )
        first, second = reckoning.people(run, now)
        if today < due_to or not first + second:
            continue
        row = RunStep.objects.select_related("run__runbook", "run__version", "run__logbook").get(
            run=keys[run.name], key=run.step
        )
        doing.finish(row, Doer.of_user(people[(first + second)[0]]), now, note="It took longer.")
        if run.looked is None:
            run.looked = now
        else:
            run.agreed = now


def _compare(reckoning: Reckoning, keys: dict[str, int], people: list[Any], post: list[Any]) -> None:
    from indelible.features.runbooks.models import Mailing, Run, RunEntry

    names = {key: name for name, key in keys.items()}
    # Each run, each due date.
    opened = {run.name for run in reckoning.runs if run.opened}
    assert set(keys) == opened and Run.objects.count() == len(opened)
    assert {names[key]: due for key, due in Run.objects.values_list("pk", "due_at")} == {
        run.name: run.due for run in reckoning.runs if run.opened
    }
    # Each letter, with each of its lines, at its moment.
    number = {user.pk: place for place, user in enumerate(people)}
    written = {}
    for row in Mailing.objects.filter(kind="letter"):
        lines = Counter((one["kind"], names[one["run"]], one["step"]) for one in row.facts["items"])
        written[number[row.user_id], date.fromisoformat(row.facts["day"])] = row.made_at, lines
        assert row.sent_at == row.made_at and row.given_up_at is None
    assert written == reckoning.letters
    # Each escalation, once, and on the record.
    marks = {
        (names[row.run_id], row.step, row.facts["stage"]) for row in Mailing.objects.filter(kind="escalated")
    }
    assert marks == reckoning.escalated
    assert RunEntry.objects.filter(said="run_escalated").count() == len(marks)
    # Each letter went out once, to whom it is for.
    addresses = {user.pk: user.email for user in people}
    assert Counter(mail.to[0] for mail in post) == Counter(
        addresses[people[who].pk] for who, _day in reckoning.letters
    )
    assert len({mail.extra_headers["Message-ID"] for mail in post}) == len(post)
    assert len(post) > 250 and {stage for _run, _step, stage in reckoning.escalated} == {1, 2, 3}
    told = Counter(line[0] for _at, lines in reckoning.letters.values() for line in lines)
    assert set(told) == {"yours", "soon", "today", "overdue", "late", "escalated"}
