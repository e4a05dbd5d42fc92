"""The clocks of law that run for a run: in hours and days, with their end in the reader's zone and in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from indelible.features.runbooks.models import RunClock
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import Desk


def clocks_of(desk: Desk, *, may_act: bool) -> list[dict[str, Any]]:
    """Return the clocks of law that run for a run, with the time that is left in hours and days."""
    rows = {row.key: row for row in RunClock.objects.filter(run=desk.run)}
    parts = ((clock, rows.get(clock.key)) for clock in desk.document.clocks)
    return [_clock(desk, clock, row, may_act) for clock, row in parts if row is not None]


def _clock(desk: Desk, clock: Any, row: Any, may_act: bool) -> dict[str, Any]:
    now, reader = desk.now, desk.reader
    started = row.starts_at is not None or row.met_at is not None
    stopped = bool(row.stops) and not row.stops[-1].get("to")
    utc = f"{row.due_at:%Y-%m-%d %H:%M} UTC" if row.due_at else ""
    told = {
        "key": clock.key,
        "title": clock.title,
        "clause": clock.clause,
        "due_at": row.due_at,
        "utc": utc,
        "started": started,
    }
    told |= {
        "late_reason": row.late_reason,
        "stops": [_stop(one, reader) for one in row.stops],
        "can_act": False,
    }
    if row.met_at is not None:
        late = words.late_by(row.due_at, row.met_at)
        when = reader.moment(row.met_at, seconds=False)
        if late is not None:
            says = _("Met %(when)s, %(late)s late.") % {"when": when, "late": words.span(late)}
            return told | {"says": says, "state": "due", "word": _("Met late"), **_late(told, may_act)}
        return told | {"says": _("Met %(when)s.") % {"when": when}, "state": "done", "word": _("Met")}
    if row.starts_at is None:
        return told | {"says": _("It has not started to run."), "state": "waiting", "word": _("Not yet")}
    if stopped:
        stop = {"can_act": may_act, "act": _("Let it run on"), "does": "go_on"}
        return told | {"says": _("It stands still."), "state": "paused", "word": _("Stopped"), **stop}
    if row.due_at is not None and row.due_at < now:
        says = _("Over for %(late)s.") % {"late": words.span(now - row.due_at)}
        told["presses"] = f"{clock.title}: {says}"
        return told | {"says": says, "state": "due", "word": _("Over"), **_late(told, may_act)}
    stop = {"can_act": may_act and desk.run.ended_at is None, "act": _("Stop the clock"), "does": "stop"}
    left = words.span(row.due_at - now) if row.due_at else ""
    told["presses"] = _("%(what)s: %(left)s left") % {"what": clock.title, "left": left}
    return told | {
        "says": _("%(left)s left.") % {"left": left},
        "state": "running",
        "word": _("Runs"),
        **stop,
    }


def _late(told: dict[str, Any], may_act: bool) -> dict[str, Any]:
    can = may_act and not told["late_reason"]
    return {"can_act": can, "act": _("Say why it is late"), "does": "late"}


def _stop(one: dict[str, Any], reader: Any) -> str:
    begin = reader.moment(datetime.fromisoformat(one["from"]), seconds=False)
    why = one.get("why", "")
    if one.get("to"):
        end = reader.moment(datetime.fromisoformat(one["to"]), seconds=False)
        return _("Stood still from %(begin)s to %(end)s: %(why)s") % {"begin": begin, "end": end, "why": why}
    return _("Stands still since %(begin)s: %(why)s") % {"begin": begin, "why": why}
