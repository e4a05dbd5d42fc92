"""CEF and LEEF: an action of the device (`allowed`, `blocked`) is how it ended, not what was done."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Change
from indelible.intake.changes import one_change
from indelible.intake.parsers.registry import Draft, finishes

# What a device did about it, in the words of `act`.
_DEVICE_ACTIONS = {
    "allow": "success", "allowed": "success", "accept": "success", "accepted": "success", "permit": "success",
    "permitted": "success", "pass": "success", "passed": "success", "deny": "denied", "denied": "denied",
    "block": "denied", "blocked": "denied", "drop": "denied", "dropped": "denied", "reject": "denied",
    "rejected": "denied", "refused": "denied",
}  # fmt: skip
_USED = set(
    "rt devTime end start suser usrName outcome reason src act duser fname filePath resource msg".split()
)


@finishes
def cef_leef_rest(draft: Draft) -> None:
    """Put changes, the device's action and every name that has no place of its own."""
    event, record = draft.event, draft.record
    pairs: dict[str, str] = record.get("pairs", {})
    header: dict[str, str] = record.get("header", {})
    found: list[Change | None] = [one_change(name, value, None) for name, value in _side(record, "before")]
    found += [one_change(name, None, value) for name, value in _side(record, "after")]
    if changes := [change for change in found if change]:
        event["changes"] = changes
    outcome = _DEVICE_ACTIONS.get(pairs.get("act", "").casefold())
    name = header.get("name") or header.get("signature")
    if outcome and name and "action" in event:
        event["action"] = {"said": name}
        if not pairs.get("outcome"):
            event["outcome"] = outcome  # type: ignore[typeddict-item]
            draft.flags[:] = [flag for flag in draft.flags if flag != "outcome_implied"]
    extra: dict[str, Any] = event.setdefault("extra", {})
    extra |= {key: value for key, value in header.items() if value}
    labels: dict[str, str] = record.get("labels", {})
    customs = {key for key in pairs if key.endswith("Label") or f"{key}Label" in pairs}
    extra |= {key: value for key, value in pairs.items() if value and key not in _USED | customs}
    extra |= labels
    if message := pairs.get("msg"):
        extra["message"] = message
    if around := record.get("line"):
        extra["sent_by"] = around


def _side(record: Any, side: str) -> list[tuple[str, str]]:
    found = record.get(side)
    return list(found.items()) if isinstance(found, dict) else []
