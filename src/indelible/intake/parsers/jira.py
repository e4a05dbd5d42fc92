"""Jira and Confluence: one record holds the list of all details that were changed."""

from __future__ import annotations

from typing import Any

from indelible.intake.changes import one_change
from indelible.intake.parsers.registry import Draft, finishes

_NAMES = ("fieldName", "name", "key")
_BEFORE = ("changedFrom", "oldValue", "from")
_AFTER = ("changedTo", "newValue", "to")


@finishes
def jira_changed_values(draft: Draft) -> None:
    """Take before and after from `changedValues`; a side that is missing is untold, an empty one was empty."""
    entries = draft.record.get("changedValues")
    if not isinstance(entries, list):
        return
    found = [
        one_change(str(_first(entry, _NAMES) or ""), _first(entry, _BEFORE), _first(entry, _AFTER), True)
        for entry in entries
        if isinstance(entry, dict)
    ]
    if changes := [change for change in found if change]:
        draft.event["changes"] = changes


def _first(entry: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)
