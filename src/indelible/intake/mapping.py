"""Which column says what: the roles that a column can have, and a person's choice of them.

A guess (roles.py) or a profile proposes, a person decides. The choice is kept as JSON, so that the same
export is read the same way next month: `{"columns": {"<column>": "<role>"}}`. Columns that it does not
name keep the role that was proposed.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

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
    KEEP: False,
    LEAVE_OUT: False,
}


class MappingError(ValueError):
    """A mapping that cannot be used. `code` is a key of explanations.toml."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Mapping:
    """A person's choice: column -> role."""

    columns: AnyMapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: Any) -> Mapping:
        """Read the JSON form.

        Raises MappingError: `mapping-unreadable` for another shape, `mapping-unknown-role`, and
        `mapping-role-twice` where two columns have a role that only one can have.
        """
        columns = value.get("columns") if isinstance(value, dict) else None
        if not isinstance(columns, dict) or not all(isinstance(role, str) for role in columns.values()):
            raise MappingError("mapping-unreadable", 'expected {"columns": {"<column>": "<role>"}}')
        taken: dict[str, str] = {}
        for column, role in columns.items():
            if role not in ROLES:
                raise MappingError("mapping-unknown-role", role)
            if ROLES[role] and role in taken:
                raise MappingError("mapping-role-twice", f"{taken[role]}, {column}: {role}")
            taken[role] = column
        return cls(dict(columns))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"columns": dict(self.columns)}


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
