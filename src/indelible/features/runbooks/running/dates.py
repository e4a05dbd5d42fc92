"""By when things of a run are due, in instants: counted from its moments, its answers and its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from indelible.events.office import WorkCalendar
from indelible.features.people import queries as people
from indelible.features.runbooks.document.runbook import Due
from indelible.features.runbooks.models import Run, RunStep, StepWork
from indelible.features.runbooks.timetable import due_by
from indelible.features.settings import services as settings


@dataclass(frozen=True, slots=True)
class Moments:
    """What spans of a run are counted from."""

    run: Run
    done: dict[str, datetime]  # by the key of a step
    values: dict[str, Any]  # by the key of a field
    calendar: WorkCalendar

    def at(self, after: str, opened_at: datetime | None) -> datetime | None:
        """Return the moment that `Due.after` names, None where it is not known yet."""
        kind, _, key = after.partition(":")
        if kind == "start":
            return self.run.opened_at
        if kind == "due":
            return self.run.due_at
        if kind == "open":
            return opened_at
        if kind == "step":
            return self.done.get(key)
        return moment_of(self.values.get(key), ZoneInfo(self.calendar.zone))

    def due(self, due: Due | None, opened_at: datetime | None = None) -> datetime | None:
        """Return by when something is due, None where nothing says so or what it counts from is not known yet."""
        start = self.at(due.after, opened_at) if due is not None else None
        if due is None or start is None:
            return None
        return due_by(start, due.within, self.calendar, working=due.working)


def moments_of(run: Run) -> Moments:
    """Return what is known of a run by now."""
    steps = RunStep.objects.filter(run=run).exclude(done_at=None).values_list("key", "done_at")
    return Moments(run, {key: at for key, at in steps if at}, values_of(run), settings.calendar())


def values_of(run: Run) -> dict[str, Any]:
    """Return everything that was filled in, by field; of each step its newest attempt."""
    found: dict[str, Any] = {}
    for work in StepWork.objects.filter(step__run=run).order_by("step__place", "attempt"):
        found.update(work.values)
    return found


def moment_of(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the moment that was filled in (text: ISO 8601; a day means its beginning in the organisation's zone)."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) == len("2026-03-03"):
            return datetime.combine(date.fromisoformat(value), time(), zone)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def zone_of_organisation() -> ZoneInfo:
    """Return the zone in which days of runs are meant."""
    organisation = people.organisation()
    return ZoneInfo(organisation.zone if organisation else "UTC")


def is_day_over(moment: datetime, now: datetime) -> bool:
    """Whether the day of a moment is over, in the organisation's zone."""
    zone = zone_of_organisation()
    return now.astimezone(zone).date() > moment.astimezone(zone).date()
