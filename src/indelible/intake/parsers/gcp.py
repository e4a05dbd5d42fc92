"""Google Cloud: a change of a policy is a list of what was added and what was taken away."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Change
from indelible.intake.fields import text_at
from indelible.intake.parsers.registry import Draft, finishes

_SIDES = {"ADD": "after", "REMOVE": "before"}
_PLACES = ("serviceData", "metadata")


@finishes
def gcp_policy_delta(draft: Draft) -> None:
    """Give each role that a policy change touched with the members that lost it and those that got it."""
    payload = draft.record.get("protoPayload")
    if not isinstance(payload, dict):
        return
    changes: dict[str, dict[str, list[str]]] = {}
    for place in _PLACES:
        for delta in _deltas(payload.get(place)):
            side = _SIDES.get(text_at(delta, "action"))
            role, member = text_at(delta, "role"), text_at(delta, "member")
            if side and role and member:
                changes.setdefault(role, {}).setdefault(side, []).append(member)
    if changes:
        draft.event["changes"] = [_change(role, sides) for role, sides in changes.items()]


def _change(role: str, sides: dict[str, list[str]]) -> Change:
    change: Change = {"field": role}
    if "before" in sides:
        change["before"] = sides["before"]
    if "after" in sides:
        change["after"] = sides["after"]
    return change


def _deltas(data: Any) -> list[dict[str, Any]]:
    policy = data.get("policyDelta") if isinstance(data, dict) else None
    deltas = policy.get("bindingDeltas") if isinstance(policy, dict) else None
    return [delta for delta in deltas if isinstance(delta, dict)] if isinstance(deltas, list) else []
