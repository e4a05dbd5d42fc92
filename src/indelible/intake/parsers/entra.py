"""Microsoft Entra: what changed is a list of properties within each thing that changed, values as JSON text."""

from __future__ import annotations

from typing import Any

from indelible.intake.changes import one_change
from indelible.intake.fields import json_inside
from indelible.intake.parsers.registry import Draft, finishes

_NOT_A_CHANGE = {"Included Updated Properties", "TargetId.UserType"}


@finishes
def entra_modified_properties(draft: Draft) -> None:
    """Take before and after from `modifiedProperties` of all target resources."""
    changes = []
    for resource in _objects(draft.record.get("targetResources")):
        for entry in _objects(resource.get("modifiedProperties")):
            name = entry.get("displayName")
            before, after = _opened(entry.get("oldValue")), _opened(entry.get("newValue"))
            if isinstance(name, str) and name not in _NOT_A_CHANGE and before != after:
                changes.append(one_change(name, before, after))
    if found := [change for change in changes if change]:
        draft.event["changes"] = found


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _opened(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    bare = value.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"' and "\\" not in bare and '"' not in bare[1:-1]:
        return bare[1:-1]
    return json_inside(value)
