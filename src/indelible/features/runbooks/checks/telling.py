"""How findings write counts, moments, names and lists of names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from indelible.web.numbers import written

from .ground import Ground

MOST_NAMED: Final = 5


def number(count: int) -> str:
    """Return a count with its separators."""
    return written(count)


def at(ground: Ground, moment: datetime) -> str:
    """Return a moment with its zone, as the organisation writes it: "30 November 2026, 14:32 (UTC+01:00)"."""
    reader = ground.reader
    return f"{reader.moment(moment, seconds=False)} ({reader.offset(moment)})"


def several(names: Sequence[str]) -> str:
    """Return names in a row, the first few of many: "SAP, Payroll and 3 more"."""
    shown = ", ".join(names[:MOST_NAMED])
    if len(names) <= MOST_NAMED:
        return shown
    return _("%(names)s and %(n)s more") % {"names": shown, "n": number(len(names) - MOST_NAMED)}


def step_title(ground: Ground, key: str) -> str:
    """Return what a step is called; its key where the document has none of that key."""
    try:
        return ground.document.step(key).title
    except KeyError:
        return key


def field_label(ground: Ground, key: str) -> str:
    """Return what a field is called; its key where the document has none of that key."""
    for step in ground.document.steps:
        for one in step.fields:
            if one.key == key:
                return one.label
    return key
