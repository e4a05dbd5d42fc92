"""What a detail was and what it became, out of the ways in which sources say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from indelible.events.event import Change
from indelible.intake.fields import lawful

_PREVIOUS = ("previous_", "prev_", "old_")


def changes_of(before: Any, after: Any, field: str = "", *, empty_is_value: bool = False) -> list[Change]:
    """Return the changes that a value before and one after tell.

    Where both sides (or the one there is) are objects, each name in them is a change of its own: the
    source has named the fields. None is "not told"; empty text is too, unless `empty_is_value`.
    """
    if _is_object(before) and _is_object(after) and (before or after):
        names = dict.fromkeys([*(before or {}), *(after or {})])
        pairs = [(name, (before or {}).get(name), (after or {}).get(name)) for name in names]
        prefix = f"{field}." if field else ""
        return [
            change
            for name, old, new in pairs
            if old != new and (change := one_change(prefix + name, old, new, empty_is_value))
        ]
    change = one_change(field, before, after, empty_is_value)
    return [change] if change else []


def changes_in_prose(text: str, patterns: Iterable[re.Pattern[str]]) -> list[Change]:
    """Return the change that a sentence such as "Due date changed from 1 May to 3 May" tells.

    The first pattern that fits decides; its groups are `before`, `after` and perhaps `field`.
    """
    for pattern in patterns:
        if match := pattern.search(text[:2000]):
            found = match.groupdict()
            change = one_change((found.get("field") or "").strip(), found.get("before"), found.get("after"))
            return [change] if change else []
    return []


def changes_in_pairs(details: Mapping[str, Any]) -> list[Change]:
    """Return the changes that pairs of names tell: `previous_scopes` beside `new_scopes`.

    The field is what the two names share; `value` alone names none. A new value without a previous one
    is a change too, unless it is the only sign of one (`new_...` may just be a name).
    """
    found: list[Change] = []
    for key, before in details.items():
        word = next((word for word in _PREVIOUS if key.startswith(word)), "")
        name = key[len(word) :]
        after = details.get(f"new_{name}", details.get(name))
        if word and (before is not None or after is not None):
            found += changes_of(before, after, "" if name == "value" else name)
    if not found and "new_value" in details:
        found = changes_of(None, details["new_value"])
    return found


def _is_object(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def one_change(field: str, before: Any, after: Any, empty_is_value: bool = False) -> Change | None:
    """Return one change with the sides that are told, None where neither is. Values are not looked into."""
    change: Change = {}
    if field:
        change["field"] = str(field)  # a name may be a number that is kept as text, which is a kind of text
    for side, value in (("before", before), ("after", after)):
        if value is not None and (empty_is_value or value != ""):
            change[side] = lawful(value)  # type: ignore[literal-required]
    return change if len(change) > bool(field) else None
