"""Google Cloud: a change of a policy is a list of what was added and what was taken away."""

from __future__ import annotations

from typing import Any

from indelible.intake.changes import one_change
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
    found = [one_change(role, sides.get("before"), sides.get("after")) for role, sides in changes.items()]
    if found:
        draft.event["changes"] = [change for change in found if change]


def _deltas(data: Any) -> list[dict[str, Any]]:
    policy = data.get("policyDelta") if isinstance(data, dict) else None
    deltas = policy.get("bindingDeltas") if isinstance(policy, dict) else None
    return [delta for delta in deltas if isinstance(delta, dict)] if isinstance(deltas, list) else []
