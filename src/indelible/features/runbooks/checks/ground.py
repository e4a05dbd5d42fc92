"""What a check is given to look at, and what it gives back.

The engine gathers a `Ground` once for all checks of a step. A check reads what it needs besides (entries, tables) by
itself, within bounds, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar
from indelible.features.people.models import User
from indelible.features.people.queries import house
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.runbooks.models import Result, Run, RunStep
from indelible.language.world import NOWHERE, World
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader

MOST_INDEXES: Final = 50
"""So many entries a finding names at most; its count says how many there are."""


@dataclass(frozen=True, slots=True)
class Times:
    """When a step of a run could begin, and when it was done."""

    opened_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True)
class Ground:
    """A run as it stands, for the checks of one of its steps."""

    run: Run
    step: RunStep | None
    document: Runbook
    logbook: Logbook
    now: datetime
    values: Mapping[str, Any] = field(default_factory=dict)  # by key of the field: done steps and this one
    doers: Mapping[str, Sequence[User | str]] = field(
        default_factory=dict
    )  # by key of the step: accounts, and tags of outsiders ("outsider 7")
    times: Mapping[str, Times] = field(default_factory=dict)  # by key of the step
    lists: Mapping[str, int] = field(default_factory=dict)  # by key of the step: the frozen list it shows
    world: World = NOWHERE
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    period: tuple[date, date] | None = None  # what the run is about, both days included

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's zone."""
        return ZoneInfo(self.calendar.zone)

    @property
    def reader(self) -> Reader:
        """How the organisation writes days and times: findings are kept, so they are nobody's own."""
        known = house()
        style = known.date_style if known else "day"
        return Reader(zone=self.calendar.zone, date_style=style)

    def midnight(self, day: date) -> datetime:
        """Return the moment at which a day begins for the organisation."""
        return datetime.combine(day, time(), self.zone)

    def bounds(self) -> tuple[datetime, datetime] | None:
        """Return the moments of the run's period, the second not included; None where it has none."""
        if self.period is None:
            return None
        return self.midnight(self.period[0]), self.midnight(self.period[1] + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: a `Result`, one sentence about it, and the figures behind it.

    In `facts`, "entries" are indexes (at most `MOST_INDEXES`), "lists" keys of frozen lists; so a page can link what is
    counted to what stands behind it.
    """

    result: str
    says: str
    facts: dict[str, Any] = field(default_factory=dict)


class CannotTell(Exception):
    """Something could not be looked up. The text is the reason, in words for people."""

    def __init__(self, says: str, **facts: Any) -> None:
        super().__init__(says)
        self.says = says
        self.facts = facts


def passed(says: str, **facts: Any) -> Found:
    """Return that it is so."""
    return Found(Result.PASSED.value, says, facts)


def failed(says: str, **facts: Any) -> Found:
    """Return that it is not so."""
    return Found(Result.FAILED.value, says, facts)


def unchecked(says: str, **facts: Any) -> Found:
    """Return that it could not be looked up, and why."""
    return Found(Result.UNCHECKED.value, says, facts)


def judged(so: bool, says: str, **facts: Any) -> Found:
    """Return passed or failed, with the same sentence."""
    return passed(says, **facts) if so else failed(says, **facts)
