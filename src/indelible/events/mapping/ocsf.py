"""An event as the Open Cybersecurity Schema Framework has it.

Source: schema.ocsf.io, 1.8.0, and 1.9 where a class was retired; classes and activities in `ocsf.toml`.
`type_uid` is the class number times 100, plus the activity number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from indelible.events.instants import sort_key
from indelible.events.mapping.common import entry_id, left_over, present, table
from indelible.events.sentence import tell
from indelible.events.shape import Event, Party, Target

Version = Literal["1.8", "1.9"]

_TABLE: Final = table("ocsf.toml")
_OTHER: Final = 99
_PLACED: Final = frozenset({"occurred_at", "actor", "action", "outcome", "targets", "reason", "source"})
_USER_KIND: Final = {"person": 1, "system": 3, "service": 4}


def ocsf_type(verb: str | None, kinds: list[str], version: Version = "1.8") -> tuple[int, int]:
    """Return the class and activity numbers of an act on things of these kinds.

    An act without a verb of ours is a Base Event with activity 99, as the schema has it for what it lacks.
    """
    if verb is None:
        return 0, _OTHER
    row = _TABLE["verbs"][verb]
    if version == "1.9":
        row = _TABLE["verbs_next"].get(verb, row)
    for group, class_uid, activity in row.get("when", []):
        if any(kind in _TABLE["groups"][group] for kind in kinds):
            return class_uid, activity
    class_uid, activity = row["default"]
    return class_uid, activity


def to_ocsf(
    event: Event,
    *,
    origin: str | None = None,
    index: int | None = None,
    recorded_at: str | None = None,
    version: Version = "1.8",
) -> dict[str, Any]:
    """Return the event in OCSF. Where it has no instant of its own, `time` is when it was recorded.

    `origin`, `index` and `recorded_at` are the entry's; without them the metadata does not name it.
    """
    action = event.get("action", {})
    kinds = [target["kind"] for target in event.get("targets", []) if "kind" in target]
    class_uid, activity = ocsf_type(action.get("verb"), kinds, version)
    activity_name = _activity_name(class_uid, activity, event)
    category = class_uid // 1000
    class_name = _TABLE["classes"][str(class_uid)]
    status_id, status = _TABLE["status"][event.get("outcome", "unknown")]
    happened, logged = event.get("occurred_at"), recorded_at
    return present(
        {
            "activity_id": activity,
            "activity_name": activity_name,
            "category_uid": category,
            "category_name": _TABLE["categories"][str(category)],
            "class_uid": class_uid,
            "class_name": class_name,
            "type_uid": class_uid * 100 + activity,
            "type_name": f"{class_name}: {activity_name}",
            "severity_id": 1,
            "severity": "Informational",
            "status_id": status_id,
            "status": status,
            "status_detail": "denied" if event.get("outcome") == "denied" else event.get("reason"),
            "time": _milliseconds(happened or logged),
            "message": tell(event, index=index).text,
            "metadata": present(
                {
                    "version": _TABLE["versions"][version],
                    "product": {"name": "Indelible", "vendor_name": "Indelible"},
                    "uid": entry_id(origin, index),
                    "logged_time": _milliseconds(logged),
                    "original_time": event.get("time", {}).get("said"),
                    "event_code": action.get("said"),
                    "log_name": event.get("source", {}).get("name"),
                    "log_provider": event.get("source", {}).get("system"),
                    "original_event_uid": event.get("source", {}).get("id"),
                }
            ),
            "actor": {"user": user} if (user := _user(event.get("actor", {}))) else None,
            "src_endpoint": {"ip": ip} if (ip := event.get("context", {}).get("ip")) else None,
            **_placed_targets(event, class_uid),
            "unmapped": _unmapped(event, happened is None and logged is not None),
        }
    )


def _activity_name(class_uid: int, activity: int, event: Event) -> str:
    """Return the schema's own name of the activity, or for "Other" ours, else the source's word."""
    if activity != _OTHER:
        name: str = _TABLE["activities"][str(class_uid)][str(activity)]
        return name
    action = event.get("action", {})
    return action.get("verb") or action.get("said") or "Other"


def _milliseconds(instant: str | None) -> int | None:
    return None if instant is None else sort_key(instant) // 1_000_000


def _user(party: Party) -> dict[str, Any]:
    if not party:
        return {}
    kind = _USER_KIND.get(party.get("kind", ""), 0)
    return present(
        {"uid": party.get("id"), "name": party.get("name"), "email_addr": party.get("email"), "type_id": kind}
    )


def _thing(target: Target) -> dict[str, Any]:
    return present({"uid": target.get("id"), "name": target.get("name"), "type": target.get("kind")})


def _placed_targets(event: Event, class_uid: int) -> Mapping[str, Any]:
    """Return the things under the name that the class has for them."""
    targets = [_thing(target) for target in event.get("targets", [])]
    if not targets:
        return {"user": _user(event.get("actor", {}))} if class_uid == 3002 else {}
    if class_uid in (3001, 3002, 3005, 3007):
        person = present({"uid": targets[0].get("uid"), "name": targets[0].get("name"), "type_id": 0})
        return {"user": person, "resources": targets[1:]}
    if class_uid == 3004:
        return {"entity": targets[0], "resources": targets[1:]}
    if class_uid == 6006:
        file = present({"uid": targets[0].get("uid"), "name": targets[0].get("name"), "type_id": 0})
        return {"file": file, "resources": targets[1:]}
    return {"web_resources" if class_uid == 6001 else "resources": targets}


def _unmapped(event: Event, time_is_recording: bool) -> dict[str, Any]:
    rest = left_over(event, _PLACED)
    if event.get("outcome") == "denied" and "reason" in event:
        rest["reason"] = event["reason"]
    if time_is_recording:
        rest["time_is"] = "when it was recorded"
    for key in ("verb", "category"):
        if word := event.get("action", {}).get(key):
            rest[key] = word
    return rest
