"""One entry as its line in a pack: what is open, what stays closed and why (docs/formats/pack.md section 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from indelible.features.packs.reading import Read
from indelible.features.packs.withholding import Withheld
from indelible.ledger.leaf import Leaf
from indelible.ledger.packs.lines import ASKED, EDGE, ERASURE, MAKING, OPEN_ROLES, OTHER, UNASKED, Line

_encode = msgspec.json.Encoder(order="sorted").encode
_PROVES: Final = frozenset({"extra"})  # open there whatever is withheld: it proves the pack, or an erasure
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Closed:
    """A line, and what the tables and counts want of it besides."""

    line: Line
    text: bytes  # the line as it is written
    at: str  # when it was recorded
    values: dict[str, Any]  # of what is open


class Closer:
    """Makes the lines of one pack."""

    def __init__(self, sequences: Iterable[str], withheld: Withheld) -> None:
        self._numbers = frozenset(f"numbers/{name}" for name in sequences)
        self._withheld = withheld

    def close(self, read: Read, role: str) -> Closed:
        """Return the line of an entry in this role."""
        content, erased = read.content, read.erased()
        always = _PROVES if role in (MAKING, ERASURE) else _NONE
        names = content.keys() if role in OPEN_ROLES else self._shown(role) & content.keys()
        why = self._withheld.closed(content, names, always) if self._withheld else {}
        why |= {name: UNASKED for name in content if name not in names}
        for name, by in erased.items():
            shown = role in OPEN_ROLES or name in self._shown(role)
            why[name] = f"erased:{by}" if shown else UNASKED
        opened = tuple(text for name, text in read.texts.items() if name not in why)
        values = {name: value for name, value in content.items() if name not in why}
        line = Line(read.index, read.leaf.decode("ascii"), opened, why, role)
        return Closed(line, line_bytes(line), read.entry.recorded_at, values)

    def _shown(self, role: str) -> frozenset[str]:
        """Return what is open of an entry that was not asked for."""
        return {
            EDGE: self._numbers,
            OTHER: self._numbers | {"occurred_at"},
            ERASURE: _PROVES | {"action"},
        }[role]


def line_bytes(line: Line) -> bytes:
    """Return what `Line.text` gives, without looking anew at what was sealed as canonical JSON."""
    value = {
        "closed": line.closed,
        "index": line.index,
        "leaf": line.leaf,
        "open": line.open,
        "role": line.role,
    }
    return _encode(value) + b"\n"


def known(line: Line, at: str, values: dict[str, Any]) -> Line:
    """Return a line that knows its own time and values, so that the table need not read them anew."""
    line.__dict__["data"] = Leaf(at, (), ())
    line.__dict__["values"] = values
    return line


def is_asked(closed: Closed) -> bool:
    """Whether the entry was asked for."""
    return closed.line.role == ASKED
