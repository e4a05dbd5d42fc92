"""Which column says what: the roles that a column can have, and a person's choice of them.

A guess (roles.py) or a profile proposes, a person decides. The choice is kept as JSON (docs/formats/mapping.md),
so that the same export is read the same way next month: `{"columns": {"<column>": "<role>"}}`. Columns that it
does not name keep the role that was proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from indelible.intake.fields import plain_name

KEEP = "keep"
LEAVE_OUT = "leave_out"
# The column that we add to rows we give back to be mended. It is ours, so a file that brings it again is still
# the same kind of file, and what stands in it is no fact.
WHY_COLUMN = "Why it was left out"

# Role -> whether one column at most can have it.
ROLES: AnyMapping[str, bool] = {
    "occurred_at": True,
    "actor": True,
    "actor_id": True,
    "actor_email": True,
    "on_behalf_of": True,
    "action": True,
    "target": True,
    "target_id": True,
    "target_kind": True,
    "field": True,
    "before": True,
    "after": True,
    "outcome": True,
    "reason": True,
    "source_id": True,
    "ip": True,
    "device": True,
    "location": True,
    "session": True,
    "amount": True,
    "currency": True,
    "approver": True,
    "sequence": True,
    "sequence_of": True,
    KEEP: False,
    LEAVE_OUT: False,
}


# What may be said once for every row, where no column says it.
CONSTANTS = ("action", "currency")
LONGEST_CONSTANT = 120
MOST_LAYOUTS = 100
_EXPECTED = 'expected {"columns": {"<column>": "<role>"}}'


class MappingError(ValueError):
    """A mapping that cannot be used. `code` is a key of explanations.toml."""

    def __init__(self, code: str, detail: str, **facts: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.facts = facts


class RoleTwiceError(MappingError):
    """Two columns have a role that only one can have."""

    def __init__(self, first: str, second: str, role: str) -> None:
        detail = f"{first}, {second}: {role}"
        super().__init__("mapping-role-twice", detail, first=first, second=second, role=role)
        self.first, self.second, self.role = first, second, role


@dataclass(frozen=True, slots=True)
class Layout:
    """A person's choice for one set of columns: column -> role, and what holds for every row where no column says it.

    A constant's key is a role (CONSTANTS).
    """

    columns: AnyMapping[str, str] = field(default_factory=dict)
    constants: AnyMapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        told = {"constants": dict(self.constants)} if self.constants else {}
        return {"columns": dict(self.columns), **told}


@dataclass(frozen=True, slots=True)
class Mapping:
    """A person's choice: column -> role, and `layouts` for other sets of columns that come with these.

    A workbook may hold two sheets of different layout, and an archive several files. Each table is read by the
    layout that its own columns fit best.
    """

    columns: AnyMapping[str, str] = field(default_factory=dict)
    constants: AnyMapping[str, str] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()

    @classmethod
    def from_json(cls, value: Any) -> Mapping:
        """Read the JSON form; nothing but what it knows may stand there.

        Raises MappingError: `mapping-unreadable` for another shape, `mapping-unknown-role`, and
        `mapping-role-twice` where two columns have a role that only one can have.
        """
        if not isinstance(value, dict):
            raise MappingError("mapping-unreadable", _EXPECTED)
        _only(value, "columns", "constants", "layouts")
        more = value.get("layouts", [])
        if not isinstance(more, list) or len(more) > MOST_LAYOUTS:
            raise MappingError("mapping-unreadable", f'"layouts" is no list of at most {MOST_LAYOUTS}')
        first = _layout(value)
        return cls(first.columns, first.constants, tuple(map(_layout, more)))

    @classmethod
    def of(cls, layouts: Sequence[Layout]) -> Mapping:
        """Put layouts together; the first is that of the mapping itself."""
        first, *more = layouts or [Layout()]
        return cls(first.columns, first.constants, tuple(more))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        more = {"layouts": [each.as_json() for each in self.layouts]} if self.layouts else {}
        return {**Layout(self.columns, self.constants).as_json(), **more}

    def every(self) -> tuple[Layout, ...]:
        """Return all layouts, the first one included."""
        return (Layout(self.columns, self.constants), *self.layouts)

    def for_columns(self, names: Iterable[str]) -> Layout | None:
        """Return the layout that a table of these columns is read by: the one that shares most of them with it.

        None where the table lacks more than half of what that layout names: it is about another table then.
        """
        here = {plain_name(name) for name in names}
        best = max(self.every(), key=lambda layout: likeness(layout.columns, here))
        ours = {plain_name(name) for name in best.columns}
        return best if 2 * len(ours & here) >= len(ours) else None


def likeness(columns: Iterable[str], names: Iterable[str]) -> float:
    """Return which part of all columns, of both sets, both have: 1 where they are the same."""
    ours, theirs = {plain_name(name) for name in columns}, {plain_name(name) for name in names}
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0


def _layout(value: Any) -> Layout:
    if not isinstance(value, dict):
        raise MappingError("mapping-unreadable", _EXPECTED)
    _only(value, "columns", "constants", "layouts")
    columns, constants = _texts(value, "columns"), _texts(value, "constants")
    taken: dict[str, str] = {}
    for column, role in columns.items():
        if role not in ROLES:
            raise MappingError("mapping-unknown-role", role)
        if ROLES[role] and role in taken:
            raise RoleTwiceError(taken[role], column, role)
        taken[role] = column
    for role, text in constants.items():
        if role not in CONSTANTS:
            raise MappingError("mapping-unreadable", f'"{role}" cannot be the same for every row')
        if not text.strip() or len(text) > LONGEST_CONSTANT:
            raise MappingError("mapping-unreadable", f'"{role}" is empty, or too long')
    return Layout(columns, {role: text.strip() for role, text in constants.items()})


def _texts(value: AnyMapping[str, Any], key: str) -> dict[str, str]:
    found = value.get(key, {} if key != "columns" else None)
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise MappingError("mapping-unreadable", _EXPECTED)
    return dict(found)


def _only(value: AnyMapping[str, Any], *known: str) -> None:
    if unknown := [str(key) for key in value if key not in known]:
        raise MappingError("mapping-unreadable", f'it has "{unknown[0]}", which means nothing here')


@dataclass(slots=True)
class Column:
    """One column (or place in a JSON record) as the page about columns shows it.

    `certainty` is "sure" (a profile of the system, or the person, says so), "likely" (the header says so
    and the values agree), or "none" (kept as it is, for want of a better idea).
    """

    name: str
    samples: list[str]
    role: str = KEEP
    guess: bool = False
    certainty: str = "none"
