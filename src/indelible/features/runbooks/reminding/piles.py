"""Many small things of one kind that are told together: "3 entries to look at", with what is due first.

A person is told of those that are overdue or due today on every day, and of each that is due soon once. So that this
costs one mark however many there are, the mark says up to which number they were known; a thing is new to somebody
where its number is higher, or where it was not near yet on the day of their last letter. Pure: no tables, no clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from indelible.events.office import WorkCalendar
from indelible.features.runbooks.reminding.days import Person, last_day, soon_day


@dataclass(frozen=True, slots=True)
class Thing:
    """One of them. `number` grows with those that come later; `since` is when it came into this state."""

    number: int
    due_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits for the same people. People go by their keys."""

    key: str  # without a blank
    further: str  # what they are: see `further`
    holders: tuple[str, ...]
    things: Sequence[Thing]
    own: Mapping[str, frozenset[int]] = field(
        default_factory=dict
    )  # by person: numbers that are not for them
    daily: bool = False  # whether it is told on every day, however far away it is due
    more: bool = False  # whether there are more than these

    def of(self, person: str) -> list[Thing]:
        """Return what waits for one of the holders, what is due first at the top."""
        kept = self.own.get(person, frozenset())
        mine = [one for one in self.things if one.number not in kept]
        return sorted(mine, key=lambda one: (one.due_at, one.number))


Told = dict[Literal["overdue", "today", "soon", "yours"], list[Thing]]


def told_of(
    pile: Pile,
    person: Person,
    day: date,
    last_letter: date | None,
    marks: frozenset[str],
    calendar: WorkCalendar,
    now: datetime,
) -> tuple[Told, str]:
    """Return what somebody is told of a pile on their `day`, and the mark that stands for it from then on."""
    mine = pile.of(person.key)
    upto = max(
        (int(mark.rpartition(" ")[2]) for mark in marks if mark.startswith(f"{pile.key} ")), default=-1
    )
    late = bisect_left(mine, now, key=lambda one: one.due_at)
    rest = mine[late:]

    def last(one: Thing) -> date:
        return last_day(person, calendar, one.due_at)

    def near(one: Thing) -> date:
        return soon_day(person, calendar, last(one))

    today = bisect_right(rest, day, key=last)
    soon = today + bisect_right(rest[today:], day, key=near)
    new = [
        one for one in rest[today:soon] if one.number > upto or last_letter is None or near(one) > last_letter
    ]
    told: Told = {"overdue": mine[:late], "today": rest[:today]}
    told["yours" if pile.daily else "soon"] = rest[today:] if pile.daily else new
    mark = f"{pile.key} {max((one.number for one in mine), default=upto)}"
    return {kind: things for kind, things in told.items() if things}, mark
