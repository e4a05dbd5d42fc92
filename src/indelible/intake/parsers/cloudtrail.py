"""AWS CloudTrail: six kinds of identity, each of which names itself elsewhere."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Party
from indelible.intake.parsers.registry import Draft, finishes
from indelible.intake.parties import party

_KINDS = {"Root": "person", "IAMUser": "person", "AWSService": "service", "IdentityCenterUser": "person"}


@finishes
def cloudtrail_identity(draft: Draft) -> None:
    """Say who acted, from `userIdentity`; a role's session is named by whoever took the role on."""
    identity = draft.record.get("userIdentity")
    if not isinstance(identity, dict):
        return
    kind = _text(identity, "type")
    if kind == "AssumedRole":
        actor = _session(identity)
    elif kind == "AWSService":
        actor = party(name=_text(identity, "invokedBy") or _text(draft.record, "sourceIPAddress"))
    elif kind == "Root":
        actor = party(id=_text(identity, "principalId"), name="root")
    else:
        actor = party(
            id=_text(identity, "principalId") or _text(identity, "accountId"),
            name=_text(identity, "userName") or (_text(identity, "arn") if kind != "AWSAccount" else ""),
        )
    if actor:
        if kind in _KINDS:
            actor["kind"] = _KINDS[kind]  # type: ignore[typeddict-item]
        draft.event["actor"] = actor
    if not draft.event.get("context", {}).get("session") and (key := _text(identity, "accessKeyId")):
        draft.event.setdefault("context", {})["session"] = key


def _session(identity: dict[str, Any]) -> Party:
    """`AROA...:grace@example.com`: the part after the colon is the session's own name."""
    principal = _text(identity, "principalId")
    name = principal.partition(":")[2] or _text(identity, "arn").rpartition("/")[2]
    return party(id=principal, name=name)


def _text(record: Any, key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
