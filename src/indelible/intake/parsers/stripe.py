"""Stripe: an event holds the whole object as it is now, and only the values before of what changed."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Change
from indelible.intake.changes import changes_of
from indelible.intake.parsers.registry import Draft, finishes


@finishes
def stripe_previous_attributes(draft: Draft) -> None:
    """Pair `previous_attributes` with the object; null there means that the attribute was absent."""
    data = draft.record.get("data")
    if not isinstance(data, dict):
        return
    before, now = data.get("previous_attributes"), data.get("object")
    if isinstance(before, dict) and isinstance(now, dict) and (changes := _compared(before, now)):
        draft.event["changes"] = changes


def _compared(before: dict[str, Any], now: dict[str, Any], prefix: str = "") -> list[Change]:
    changes: list[Change] = []
    for name, old in before.items():
        new = now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            changes += _compared(old, new, f"{prefix}{name}.")
        else:
            changes += changes_of(old, new, prefix + name, empty_is_value=True)
    return changes
