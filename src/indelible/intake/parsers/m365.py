"""Microsoft 365: the record proper is JSON inside a cell, and some of its values are JSON once more."""

from __future__ import annotations

import re
from typing import Any

from indelible.events.event import Change
from indelible.intake.changes import one_change
from indelible.intake.fields import Record, as_text, json_inside
from indelible.intake.parsers.registry import Draft, Unpacked, finishes, unpacks

_CELL = "AuditData"
_TIME_INSIDE = re.compile(r'"CreationTime":"([^"]+)"')
# Lists the names of the properties that follow; a table of contents, not a change.
_NOT_A_CHANGE = {"Included Updated Properties"}
# Properties that name the right given or taken away; it is a thing of the act, not a detail of one.
_RIGHTS = {"Role.DisplayName", "Group.DisplayName"}
_ONLY_LOOKS = ("Get-", "Search-", "Test-")  # commands whose parameters say what was asked, not what was set


@unpacks
def m365_audit_data(record: Record) -> list[Unpacked]:
    """Open the AuditData cell; where it is cut off, keep the columns and say so."""
    cell = next((name for name in record if name.casefold() == _CELL.casefold()), None)
    text = record.get(cell) if cell else None
    if not isinstance(text, str) or not text.strip():
        return [Unpacked(dict(record))]
    inner = json_inside(text)
    if isinstance(inner, dict):
        return [Unpacked({**record, str(cell): inner})]
    return [Unpacked({**record, **_kept_time(record, text)}, flags=("payload_truncated",))]


def _kept_time(record: Record, cut: str) -> dict[str, Any]:
    """Return the column of the time as the cut text gives it, where both tell the same second.

    The column pads with seven zeros; whole records are read by the time inside, which has none.
    """
    column = next((name for name in record if name.casefold() == "creationdate"), "")
    match = _TIME_INSIDE.search(cut)
    same = match is not None and re.fullmatch(re.escape(match[1]) + r"\.0+Z\s*", as_text(record.get(column)))
    return {column: match[1]} if match is not None and same else {}


@finishes
def m365_changes(draft: Draft) -> None:
    """Take before and after from ModifiedProperties, or what was set from a command's Parameters."""
    data = _data(draft.record)
    if not data:
        if "payload_truncated" in draft.flags:
            _distrust(draft)
        return
    found: list[Change | None] = []
    for entry in _pairs(data.get("ModifiedProperties")):
        before, after = _opened(entry.get("OldValue")), _opened(entry.get("NewValue"))
        if entry["Name"] in _RIGHTS and isinstance(right := after or before, str) and right:
            _put_right(draft, right)
        elif entry["Name"] not in _NOT_A_CHANGE and before != after:
            found.append(one_change(entry["Name"], before, after))
    if not _said(draft).startswith(_ONLY_LOOKS):
        found += [
            one_change(entry["Name"], None, entry.get("Value")) for entry in _pairs(data.get("Parameters"))
        ]
    if changes := [change for change in found if change]:
        draft.event.setdefault("changes", []).extend(changes)


def _put_right(draft: Draft, name: str) -> None:
    """Name the right among the things; the word for the act has already said that there is one."""
    targets = [target for target in draft.event.get("targets", []) if target != {"kind": "role"}]
    draft.event["targets"] = [*targets, {"kind": "role", "name": name}]


def _said(draft: Draft) -> str:
    return draft.event.get("action", {}).get("said", "")


def _data(record: Record) -> dict[str, Any]:
    for name, value in record.items():
        if name.casefold() == _CELL.casefold() and isinstance(value, dict):
            return value
    return {}


def _pairs(value: Any) -> list[dict[str, Any]]:
    entries = value if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("Name"), str)]


def _opened(value: Any) -> Any:
    """Return a property's value: `["x"]` and `"x"` as text are a list and a text."""
    if not isinstance(value, str):
        return value
    bare = value.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"' and '"' not in bare[1:-1] and "\\" not in bare:
        return bare[1:-1]
    return json_inside(value)


def _distrust(draft: Draft) -> None:
    """A record cut off may have ended with a failure: what it does not say is not implied."""
    if "outcome_implied" in draft.flags:
        draft.flags.remove("outcome_implied")
        draft.event["outcome"] = "unknown"
