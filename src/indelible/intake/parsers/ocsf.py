"""OCSF: who signed in may be told as the user alone, and a changed thing as it was and as it is."""

from __future__ import annotations

from typing import Any

from indelible.intake.changes import changes_of
from indelible.intake.fields import text_at
from indelible.intake.parsers.registry import Draft, finishes
from indelible.intake.parties import party

_AUTHENTICATION = "3002"


@finishes
def ocsf_actor(draft: Draft) -> None:
    """Where a sign-in names no actor, its user is the one."""
    if "actor" in draft.event or str(draft.record.get("class_uid")) != _AUTHENTICATION:
        return
    user = draft.record.get("user")
    if isinstance(user, dict) and (
        found := party(id=text_at(user, "uid"), name=text_at(user, "name"), email=text_at(user, "email_addr"))
    ):
        draft.event["actor"] = found


@finishes
def ocsf_entity(draft: Draft) -> None:
    """Take before and after from an entity and what became of it."""
    before, after = (_data(draft.record.get(name)) for name in ("entity", "entity_result"))
    if after is not None and (found := changes_of(before, after)):
        draft.event["changes"] = found


def _data(entity: Any) -> Any:
    return entity.get("data") if isinstance(entity, dict) else None
