"""What stands for the blanks of a sentence: words of our own, or a value that is given to the pattern.

Only what Indelible writes itself (days, moments, numbers that are numbers) is words of our own; a name or a text is
always a value, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.events.instants import from_datetime
from indelible.features.runbooks.document.runbook import Field, Runbook

from .ground import CannotTell, Ground
from .named import fields_of
from .telling import field_label, step_title

_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?", re.ASCII)


class NotUnderstood(CannotTell):
    """A sentence that says nothing that can be looked for."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands for a blank: words of our own (`literal`), or a value that is given to the pattern."""

    literal: str = ""
    value: str = ""


def filling_of(blank: str, ground: Ground, line: Mapping[str, Any] | None = None) -> Filling:
    """Return what a run fills in for a blank. Raises CannotTell where it does not know it yet."""
    first, _dot, rest = blank.partition(".")
    if first == "line" and line is not None:
        if not str(line.get(rest, "")).strip():
            raise CannotTell(_("A line has no %(column)s.") % {"column": rest})
        return Filling(value=str(line[rest]))
    if blank == "period":
        return Filling(literal=_period(ground))
    if blank == "run.about":
        if not ground.run.about.strip():
            raise CannotTell(_("It is not said yet whom or what this run is about."))
        return Filling(value=ground.run.about)
    if blank == "run.opened_at":
        return _moment(ground.run.opened_at)
    if first == "step" and rest.endswith(".done_at"):
        key = rest.removesuffix(".done_at")
        times = ground.times.get(key)
        if times is None or times.done_at is None:
            raise CannotTell(_("“%(step)s” is not done yet.") % {"step": step_title(ground, key)})
        return _moment(times.done_at)
    if first == "field":
        return _field(rest, ground)
    raise NotUnderstood(_("Nothing of a run is called {%(blank)s}.") % {"blank": blank})


def _field(key: str, ground: Ground) -> Filling:
    known = fields_of(ground.document).get(key)
    if known is None:
        raise NotUnderstood(_("There is no field “%(key)s”.") % {"key": key})
    told = text_of(ground, key)
    if known.kind == "number":
        if not _NUMBER.fullmatch(told):
            raise CannotTell(_("“%(field)s” is no number.") % {"field": known.label})
        return Filling(literal=told)
    if known.kind == "date":
        return Filling(literal=day_of(told, known.label).isoformat())
    if known.kind == "moment":
        return _moment(moment_of(told, known.label, ground))
    return Filling(value=told)


def text_of(ground: Ground, key: str) -> str:
    """Return what was filled in at a field, as text. Raises CannotTell where nothing was."""
    value = ground.values.get(key)
    told = "" if value is None else str(value).strip()
    if not told:
        raise CannotTell(_("“%(field)s” is not filled in yet.") % {"field": field_label(ground, key)})
    return told


def day_of(told: str, label: str) -> date:
    """Return the day that was filled in."""
    try:
        return date.fromisoformat(told[:10])
    except ValueError:
        raise CannotTell(_("“%(field)s” is no day.") % {"field": label}) from None


def moment_of(told: str, label: str, ground: Ground) -> datetime:
    """Return the moment that was filled in; one without a zone is the organisation's time."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise CannotTell(_("“%(field)s” is no moment.") % {"field": label}) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ground.zone)


def _moment(moment: datetime) -> Filling:
    return Filling(literal=from_datetime(moment.astimezone(UTC).replace(microsecond=0)))


def _period(ground: Ground) -> str:
    if ground.period is None:
        raise CannotTell(_("This run has no period."))
    return f"between {ground.period[0].isoformat()} and {ground.period[1].isoformat()}"


def flaw_of_blank(blank: str, document: Runbook) -> str:
    first, _dot, rest = blank.partition(".")
    if blank in ("period", "run.about", "run.opened_at"):
        return ""
    if first == "field":
        return "" if rest in fields_of(document) else _("There is no field “%(key)s”.") % {"key": rest}
    if first == "step" and rest.endswith(".done_at"):
        key = rest.removesuffix(".done_at")
        known = any(step.key == key for step in document.steps)
        return "" if known else _("There is no step “%(key)s”.") % {"key": key}
    return _("Nothing of a run is called {%(blank)s}.") % {"blank": blank}


def sample_of(blank: str, fields: Mapping[str, Field]) -> Filling:
    """Return what would stand for a blank of that kind."""
    if blank == "period":
        return Filling(literal="between 2026-05-01 and 2026-05-31")
    if blank in ("run.about",):
        return Filling(value="Harrow")
    if blank == "run.opened_at" or blank.endswith(".done_at"):
        return Filling(literal="2026-06-01T10:00:00Z")
    known = fields.get(blank.removeprefix("field."))
    kind = known.kind if known else "text"
    literal = {"number": "1000", "date": "2026-06-01", "moment": "2026-06-01T10:00:00Z"}.get(kind, "")
    return Filling(literal=literal, value="" if literal else "Harrow")
