"""Slack: actor and entity stand under a key that is their own type; old and new values in pairs of names."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Target
from indelible.intake.changes import changes_in_pairs
from indelible.intake.fields import text_at
from indelible.intake.parsers.registry import Draft, finishes
from indelible.intake.parties import party

# The kinds of things that have one of our own, by Slack's type; a channel or a message has none.
_KINDS = {
    "user": "user_account",
    "file": "file",
    "canvas": "file",
    "app": "api_key",
    "role": "role",
    "usergroup": "role",
    "workspace": "system_setting",
    "enterprise": "system_setting",
}


@finishes
def slack_parties(draft: Draft) -> None:
    """Say who acted and on what."""
    kind, actor = typed(draft.record.get("actor"))
    if found := party(id=text_at(actor, "id"), name=text_at(actor, "name"), email=text_at(actor, "email")):
        system = found.get("name", "").casefold() == "slackbot"
        found["kind"] = "system" if system else "person" if kind == "user" else "service"
        draft.event["actor"] = found
    kind, entity = typed(draft.record.get("entity"))
    target: Target = {"kind": _KINDS[kind]} if kind in _KINDS else {}
    if id := text_at(entity, "id"):
        target["id"] = id
    if name := text_at(entity, "email") or text_at(entity, "name") or text_at(entity, "title"):
        target["name"] = name
    if not (target.keys() - {"kind"}):
        return
    # A word may name a thing beside the one that is told: the right that an account was given.
    others = [
        each for each in draft.event.get("targets", []) if each.get("kind") not in (None, target.get("kind"))
    ]
    draft.event["targets"] = [target, *others]


@finishes
def slack_details(draft: Draft) -> None:
    """Take before and after from the details: `previous_value` beside `new_value`, and others so named."""
    details = draft.record.get("details")
    if isinstance(details, dict) and (changes := changes_in_pairs(details)):
        draft.event["changes"] = changes


def typed(value: Any) -> tuple[str, dict[str, Any]]:
    """Return the type that an object states, and what stands under the key of that name."""
    if not isinstance(value, dict):
        return "", {}
    kind = value.get("type")
    inner = value.get(kind) if isinstance(kind, str) else None
    return (str(kind) if isinstance(kind, str) else "", inner if isinstance(inner, dict) else {})
