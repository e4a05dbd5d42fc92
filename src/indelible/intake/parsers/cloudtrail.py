"""AWS CloudTrail: six kinds of identity, each of which names itself elsewhere."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Party
from indelible.intake.fields import text_at
from indelible.intake.parsers.registry import Draft, finishes
from indelible.intake.parties import party

_KINDS = {"Root": "person", "IAMUser": "person", "AWSService": "service", "IdentityCenterUser": "person"}


@finishes
def cloudtrail_identity(draft: Draft) -> None:
    """Say who acted, from `userIdentity`; a role's session is named by whoever took the role on."""
    identity = draft.record.get("userIdentity")
    if not isinstance(identity, dict):
        return
    kind = text_at(identity, "type")
    if kind == "AssumedRole":
        actor = _session(identity)
    elif kind == "AWSService":
        actor = party(name=text_at(identity, "invokedBy") or text_at(draft.record, "sourceIPAddress"))
    elif kind == "Root":
        actor = party(id=text_at(identity, "principalId"), name="root")
    else:
        actor = party(
            id=text_at(identity, "principalId") or text_at(identity, "accountId"),
            name=text_at(identity, "userName") or (text_at(identity, "arn") if kind != "AWSAccount" else ""),
        )
    if actor:
        if kind in _KINDS:
            actor["kind"] = _KINDS[kind]  # type: ignore[typeddict-item]
        draft.event["actor"] = actor
    if not draft.event.get("context", {}).get("session") and (key := text_at(identity, "accessKeyId")):
        draft.event.setdefault("context", {})["session"] = key


def _session(identity: dict[str, Any]) -> Party:
    """`AROA...:grace@example.com`: the part after the colon is the session's own name."""
    principal = text_at(identity, "principalId")
    name = principal.partition(":")[2] or text_at(identity, "arn").rpartition("/")[2]
    return party(id=principal, name=name)
