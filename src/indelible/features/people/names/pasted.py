"""A list of logins as people paste it from a spreadsheet or an export: login, name, and from which day.

Read whole or not at all: a line that cannot be read, or that cannot hold, is named, and nothing of the list is said.
Dates are read with the year first only.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from indelible.events.event import Context
from indelible.explanations import explain
from indelible.features.people.changing import change
from indelible.features.people.models import User
from indelible.features.people.names.days import Days
from indelible.features.people.names.joining import NamesError, Said, join
from indelible.features.people.names.whom import person_called

MOST_CHARACTERS: Final = 200_000
MOST_LINES: Final = 500
_HEADINGS: Final = frozenset({"login", "user", "username", "user name", "account", "login name", "id"})


class PastedNamesError(Exception):
    """What was pasted cannot be taken; says in words why, and in which line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    number: int
    login: str
    name: str
    since: date | None


def read_names(text: str) -> list[Line]:
    """Return the lines of a pasted list: commas, semicolons or tabs between. Raises PastedNamesError."""
    if len(text) > MOST_CHARACTERS:
        raise PastedNamesError(_("Up to %(n)s lines can be pasted at once") % {"n": MOST_LINES})
    first = next((line for line in text.splitlines() if line.strip()), "")
    sign = max("\t;,", key=first.count)
    lines: list[Line] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=sign))]
        if not lines and cells[0].casefold() in _HEADINGS:
            continue
        lines.append(_line(number, cells))
        if len(lines) > MOST_LINES:
            raise PastedNamesError(_("Up to %(n)s lines can be pasted at once") % {"n": MOST_LINES})
    if not lines:
        raise PastedNamesError(_("There is no login in this. Write a login and a name in each line"))
    return lines


def _line(number: int, cells: list[str]) -> Line:
    if len(cells) < 2 or not cells[0] or not cells[1]:
        raise PastedNamesError(_("Line %(n)s lacks a login or a name") % {"n": number})
    if any(cells[3:]):
        raise PastedNamesError(
            _("Line %(n)s has more than a login, a name and a day. Put a name with a comma in quotes")
            % {"n": number}
        )
    since = None
    if len(cells) > 2 and cells[2]:
        try:
            since = date.fromisoformat(cells[2])
        except ValueError:
            raise PastedNamesError(_("Line %(n)s: write the day as 2025-03-01") % {"n": number}) from None
    return Line(number, cells[0], cells[1], since)


def join_all(lines: list[Line], by: User, context: Context, *, meant: bool = False) -> int:
    """Join every login of a list, or none. Returns how many. Raises PastedNamesError."""
    with change():
        for line in lines:
            try:
                person = person_called(line.name, by, context)
                join(person, Said(line.login, days=Days(line.since), meant=meant), by, context)
            except NamesError as refusal:
                told = explain(refusal.code, **refusal.facts)
                raise PastedNamesError(
                    _("Line %(n)s: %(title)s %(meaning)s")
                    % {"n": line.number, "title": told.title, "meaning": told.meaning}
                ) from None
    return len(lines)
