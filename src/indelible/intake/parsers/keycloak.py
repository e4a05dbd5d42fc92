"""Keycloak: the state that a thing was given, or had when it was taken away, is JSON within a text."""

from __future__ import annotations

from indelible.intake.changes import changes_of
from indelible.intake.fields import json_inside
from indelible.intake.parsers.registry import Draft, finishes

_TAKES_AWAY = "DELETE"


@finishes
def keycloak_representation(draft: Draft) -> None:
    """Take the representation for what a thing is now; of a deletion, for what it was."""
    text = draft.record.get("representation")
    if not isinstance(text, str) or not text.strip():
        return
    state = json_inside(text)
    sides = (state, None) if draft.record.get("operationType") == _TAKES_AWAY else (None, state)
    if found := changes_of(*sides):
        draft.event["changes"] = found
