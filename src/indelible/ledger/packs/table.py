"""`3 Entries.csv`: what the entries say, so that it can be compared to the byte.

The columns follow from the entries alone, so two passes are made: one gathers the columns, the next writes
rows. Nobody could check a table that was laid out by taste.
Source: docs/formats/pack.md section 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .. import canonical
from .lines import ASKED, erased_by

BYTE_ORDER_MARK = "\ufeff"
HIDDEN, ERASED = "[hidden]", "[erased]"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Row(Protocol):
    """What a row is made of: a line, or a line of which only some details are believed."""

    @property
    def index(self) -> int:
        """The entry's index."""
        ...

    @property
    def role(self) -> str:
        """The line's role."""
        ...

    @property
    def at(self) -> str:
        """When the entry was recorded."""
        ...

    @property
    def closed(self) -> Mapping[str, str]:
        """Field name to why it is closed."""
        ...

    @property
    def values(self) -> Mapping[str, Any]:
        """Field name to value of what is open."""
        ...


class Columns:
    """The columns of a pack's table, gathered from its asked entries."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str] | None] = {}  # None: one column; a set: one for each of these keys
        self._names: set[str] = set()
        self._order: list[tuple[str, list[str] | None]] | None = None

    def add(self, line: Row) -> None:
        """Count in a line; those of other roles have no row. Raises MalformedInput as the line does."""
        if line.role != ASKED:
            return
        self._order = None
        self._names |= line.closed.keys()
        for name, value in line.values.items():
            self._names.add(name)
            if not isinstance(value, dict):
                self._keys[name] = None
            elif (known := self._keys.setdefault(name, set())) is not None:
                known.update(value)

    def header(self) -> str:
        """Return the byte order mark and the first row."""
        titles = ["number", "recorded_at"]
        for name, keys in self._columns():
            titles += [name] if keys is None else [f"{name}.{key}" for key in keys]
        return BYTE_ORDER_MARK + _row(titles)

    def row(self, line: Row) -> str:
        """Return the row of an asked entry. Raises MalformedInput as the line does."""
        cells = [str(line.index + 1), line.at]
        values = line.values
        for name, keys in self._columns():
            width = 1 if keys is None else len(keys)
            if name in line.closed:
                cells += [HIDDEN if erased_by(line.closed[name]) is None else ERASED] * width
            elif name not in values:
                cells += [""] * width
            elif keys is None:
                cells.append(_cell(values[name]))
            else:
                value = values[name]
                cells += [_cell(value[key]) if key in value else "" for key in keys]
        return _row(cells)

    def _columns(self) -> list[tuple[str, list[str] | None]]:
        if self._order is None:
            self._order = []
            for name in sorted(self._names):
                keys = self._keys.get(name)
                self._order.append((name, None if keys is None else sorted(keys)))
        return self._order


def _cell(value: Any) -> str:
    if not isinstance(value, str):
        return canonical.encode(value).decode("utf-8")
    return f"'{value}" if value.startswith(_FORMULA) else value


def _row(cells: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"
