"""An event as the Elastic Common Schema has it.

Source: the ECS field reference, version 9; categories and types in `ecs.toml`. What the schema has no
field for stands under `indelible`, by our own names.
"""

from __future__ import annotations

from typing import Any, Final

from indelible.events.mapping.common import entry_id, left_over, present, table
from indelible.events.sentence import tell
from indelible.events.shape import Event

_TABLE: Final = table("ecs.toml")
_PLACED: Final = frozenset({"occurred_at", "actor", "action", "outcome", "reason", "source"})


def to_ecs(
    event: Event, *, origin: str | None = None, index: int | None = None, recorded_at: str | None = None
) -> dict[str, Any]:
    """Return the event in ECS. Where it has no instant of its own, `@timestamp` is when it was recorded.

    `origin`, `index` and `recorded_at` are the entry's; without them it is not named.
    """
    action, source, actor = event.get("action", {}), event.get("source", {}), event.get("actor", {})
    ours = present({"verb": action.get("verb"), "said": action.get("said"), **left_over(event, _PLACED)})
    if "occurred_at" not in event and recorded_at is not None:
        ours["time_is"] = "when it was recorded"
    return present(
        {
            "@timestamp": event.get("occurred_at") or recorded_at,
            "ecs": {"version": _TABLE["version"]},
            "message": tell(event, index=index).text,
            "event": present(
                {
                    "kind": "event",
                    "action": action.get("verb") or action.get("said"),
                    "category": ecs_category(action.get("category"), action.get("verb")),
                    "type": _types(event),
                    "outcome": _TABLE["outcome"][event.get("outcome", "unknown")],
                    "created": recorded_at,
                    "id": entry_id(origin, index),
                    "reason": event.get("reason"),
                    "provider": source.get("system"),
                    "dataset": source.get("name"),
                }
            ),
            "user": present(
                {"id": actor.get("id"), "full_name": actor.get("name"), "email": actor.get("email")}
            ),
            "source": present({"ip": event.get("context", {}).get("ip")}),
            "labels": present({"indelible_category": action.get("category")}),
            "indelible": ours,
        }
    )


def ecs_category(category: str | None, verb: str | None) -> list[str]:
    """Return the schema's categories for one of ours; empty where it has none."""
    if category is None:
        return []
    special = _TABLE["categories_by_verb"].get(category, {}).get(verb)
    return list(special if special is not None else _TABLE["categories"][category])


def _types(event: Event) -> list[str]:
    """Return `event.type`: what the verb is, "admin" for strong rights, "denied" for what was refused."""
    verb = event.get("action", {}).get("verb")
    types = list(_TABLE["types"][verb]) if verb else ["info"]
    kinds = {target.get("kind") for target in event.get("targets", [])}
    if verb in _TABLE["strong"]["verbs"] and kinds & set(_TABLE["strong"]["kinds"]):
        types.append("admin")
    if event.get("outcome") == "denied" and "denied" not in types:
        types.append("denied")
    return types
