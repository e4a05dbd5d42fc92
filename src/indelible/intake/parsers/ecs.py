"""Elastic Common Schema: keys are nested, dotted or both; a hit of a search holds its event within."""

from __future__ import annotations

from typing import Any

from indelible.intake.fields import Record
from indelible.intake.parsers.registry import Unpacked, unpacks


@unpacks
def ecs_nested(record: Record) -> list[Unpacked]:
    """Return the event with every dotted key nested as well; what is told twice keeps its first account."""
    source = record.get("_source")
    event: dict[str, Any] = dict(source) if isinstance(source, dict) else dict(record)
    if isinstance(source, dict) and record.get("_id") is not None:
        event["_id"] = record["_id"]
    nested: dict[str, Any] = {}
    for key, value in event.items():
        _put(nested, key.split(".") if "." in key.strip(".") else [key], value)
    return [Unpacked({**event, **nested})]


def _put(into: dict[str, Any], steps: list[str], value: Any) -> None:
    *above, last = steps
    for step in above:
        inner = into.setdefault(step, {})
        if not isinstance(inner, dict):  # a plain value stands where further facts would: both are kept
            into[".".join(steps)] = value
            return
        into = inner
    if isinstance(value, dict):
        held = into.setdefault(last, {})
        if isinstance(held, dict):
            for key, inner in value.items():
                _put(held, key.split(".") if "." in key.strip(".") else [key], inner)
    else:
        into.setdefault(last, value)
