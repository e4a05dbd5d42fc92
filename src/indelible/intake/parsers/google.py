"""Google Workspace: one activity holds several events, and an event's facts are a list of pairs."""

from __future__ import annotations

from typing import Any

from indelible.intake.changes import changes_of
from indelible.intake.fields import Record
from indelible.intake.parsers.registry import Draft, Unpacked, finishes, unpacks

_VALUE_KEYS = ("value", "intValue", "boolValue", "multiValue", "multiIntValue", "messageValue")


@unpacks
def google_events(record: Record) -> list[Unpacked]:
    """Return each event of an activity as a record with `event`, and its parameters by name."""
    events = record.get("events")
    if not isinstance(events, list) or not events:
        return [Unpacked(dict(record))]
    shared = {key: value for key, value in record.items() if key != "events"}
    return [
        Unpacked({**shared, "event": event, "parameters": _parameters(event)}, part=str(place))
        for place, event in enumerate(events)
        if isinstance(event, dict)
    ]


def _parameters(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in event.get("parameters") or ():
        if isinstance(pair, dict) and isinstance(pair.get("name"), str):
            found[pair["name"]] = next((pair[key] for key in _VALUE_KEYS if key in pair), None)
    return found


@finishes
def google_changes(draft: Draft) -> None:
    """Take before and after from OLD_VALUE and NEW_VALUE, or from the unit that a user left."""
    parameters = draft.record.get("parameters")
    if not isinstance(parameters, dict):
        return
    before, after = parameters.get("OLD_VALUE"), parameters.get("NEW_VALUE")
    if before is None and draft.event.get("action", {}).get("said", "").startswith("MOVE_"):
        before = parameters.get("ORG_UNIT_NAME")
    setting = parameters.get("SETTING_NAME")
    named = next((target.get("name") for target in draft.event.get("targets", [])), None)
    field = setting if isinstance(setting, str) and setting != named else ""
    if found := changes_of(before, after, field):
        draft.event["changes"] = found


@finishes
def google_prior_visibility(draft: Draft) -> None:
    """Take before and after from Drive's two columns; without the prior one nothing was changed by this act."""
    columns = {name.casefold(): value for name, value in draft.record.items()}
    prior = columns.get("prior visibility")
    if prior:
        draft.event["changes"] = changes_of(prior, columns.get("visibility"), "Visibility")
