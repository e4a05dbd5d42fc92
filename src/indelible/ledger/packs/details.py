"""Does what a line opens belong to its entry, and is the rest closed for a reason that there is?

A detail belongs to an entry only by the digest at the place of its own name in the leaf. What does not
belong is told and then treated as if it were not there: no later check may rest on it.
Source: docs/formats/pack.md section 7, "Entries".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import LedgerError, MalformedInput
from ..fields import SALT_CHARACTERS, digests_of
from ..leaf import Leaf
from ..opening import check_disclosure
from .claims import Claims
from .lines import OPEN_ROLES, REPEATS, UNASKED, WITHHELD, Line, erased_by, read_details

OWN_NUMBER = "numbers/sources/0"
_NUMBERS = "numbers/"


@dataclass(frozen=True, slots=True)
class Opened:
    """A line whose details were compared with its leaf: only those that belong are in `values`."""

    line: Line
    leaf: Leaf
    values: dict[str, Any]

    @property
    def index(self) -> int:
        """The entry's index."""
        return self.line.index

    @property
    def role(self) -> str:
        """The line's role."""
        return self.line.role

    @property
    def closed(self) -> Mapping[str, str]:
        """Field name to why it is closed."""
        return self.line.closed

    @property
    def at(self) -> str:
        """When the entry was recorded."""
        return self.leaf.at

    @property
    def is_own(self) -> bool:
        """Whether the entry is one of Indelible's own: no record from outside has a number of source 0."""
        return OWN_NUMBER in self.leaf.names


Fault = tuple[str, str | None]  # finding code and field


def open_line(line: Line, claims: Claims) -> tuple[Opened, list[Fault]]:
    """Return what the line opens lawfully, and what is wrong with the rest.

    Raises MalformedInput where the leaf cannot be read.
    """
    leaf = line.data
    values, faults = _opened_at_once(line, leaf) or _opened_one_by_one(line, leaf)
    altered = {name for _code, name in faults if name is not None}
    faults += _unaccounted(line, leaf, values, altered)
    faults += _closed_wrongly(line, leaf, claims)
    return Opened(line, leaf, values), faults


def _opened_at_once(line: Line, leaf: Leaf) -> tuple[dict[str, Any], list[Fault]] | None:
    """Return the values where everything is as it should be, which is nearly always; else None."""
    try:
        details = read_details(line.open)
        texts = [text.encode("utf-8") for text in line.open]
    except (MalformedInput, UnicodeEncodeError):
        return None
    names = [detail[1] for detail in details]
    expected = dict(zip(leaf.names, leaf.digests, strict=True))
    if any(len(detail[0]) != SALT_CHARACTERS for detail in details) or names != sorted(set(names)):
        return None
    if digests_of(texts) != [expected.get(name) for name in names]:
        return None
    return {name: value for _salt, name, value in details}, []


def _opened_one_by_one(line: Line, leaf: Leaf) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    last = ""
    for text in line.open:
        try:
            name, value = check_disclosure(leaf, text)
        except (LedgerError, UnicodeEncodeError):
            faults.append(("detail-differs", _name_in(text)))
            continue
        if name in values or name <= last:
            faults.append(("detail-twice", name))
        last = max(name, last)
        values.setdefault(name, value)
    return values, faults


def _name_in(text: str) -> str | None:
    """Return the name that a text would open, if it can be read at all."""
    try:
        return str(read_details([text])[0][1])
    except MalformedInput:
        return None


def _unaccounted(line: Line, leaf: Leaf, values: dict[str, Any], altered: set[str]) -> Iterator[Fault]:
    """Yield names that are told twice, and those of which the line says nothing, neither rightly nor wrongly."""
    spoken_of = values.keys() | line.closed.keys()
    if len(spoken_of) != len(values) + len(line.closed):
        for name in sorted(values.keys() & line.closed.keys()):
            yield "detail-twice", name
    for name in leaf.names:
        if name not in spoken_of and name not in altered:
            yield "detail-unaccounted", name


def _closed_wrongly(line: Line, leaf: Leaf, claims: Claims) -> Iterator[Fault]:
    for name, why in line.closed.items():
        if name not in leaf.names or not _may_be_closed(line, name, why, claims):
            yield "closed-wrongly", name


def _may_be_closed(line: Line, name: str, why: str, claims: Claims) -> bool:
    if why == UNASKED:
        return line.role not in OPEN_ROLES
    if name.startswith(_NUMBERS):
        return False
    if why == REPEATS:
        return bool(claims.withhold)
    by = erased_by(why)
    return why == WITHHELD if by is None else by > line.index
