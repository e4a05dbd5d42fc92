"""In what two accounts of one record disagree.

The same event comes as JSON with all its details and as CSV with some; that is no disagreement. Only what
both state is compared, so an export that says less never contradicts one that says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indelible.events.event import Event
from indelible.events.instants import sort_key


def facts_differ(held: Event, new: Event) -> list[str]:
    """Return the names of the fields that both events state, and state differently.

    Compared are who, for whom, what, to which things, what changed, when, with what outcome, why, from
    which address, and the facts in `extra` that both have as text. An outcome that is implied or unknown
    states nothing.
    """
    differing = []
    if _instants_differ(held, new):
        differing.append("occurred_at")
    if _objects_differ(held.get("actor"), new.get("actor")):
        differing.append("actor")
    if _objects_differ(held.get("on_behalf_of"), new.get("on_behalf_of")):
        differing.append("on_behalf_of")
    if _both(held.get("action", {}).get("said"), new.get("action", {}).get("said")):
        differing.append("action")
    if _targets_differ(held, new):
        differing.append("targets")
    if _changes_differ(held, new):
        differing.append("changes")
    if _both(_outcome(held), _outcome(new)):
        differing.append("outcome")
    if _both(held.get("reason"), new.get("reason")):
        differing.append("reason")
    if _both(held.get("context", {}).get("ip"), new.get("context", {}).get("ip")):
        differing.append("context")
    if _extras_differ(held, new):
        differing.append("extra")
    return differing


def _both(held: Any, new: Any) -> bool:
    return held is not None and new is not None and held != new


def _instants_differ(held: Event, new: Event) -> bool:
    first, second = held.get("occurred_at"), new.get("occurred_at")
    if first is None or second is None or first == second:
        return False
    return sort_key(first) != sort_key(second)


def _objects_differ(held: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    if not held or not new:
        return False
    return any(held[key] != new[key] for key in held.keys() & new.keys() if key != "kind")


def _targets_differ(held: Event, new: Event) -> bool:
    return any(
        _objects_differ(first, second)
        for first, second in zip(held.get("targets", ()), new.get("targets", ()), strict=False)
    )


def _changes_differ(held: Event, new: Event) -> bool:
    before = {change.get("field", ""): change for change in held.get("changes", ())}
    after = {change.get("field", ""): change for change in new.get("changes", ())}
    return any(_objects_differ(before[field], after[field]) for field in before.keys() & after.keys())


def _outcome(event: Event) -> str | None:
    outcome = event.get("outcome")
    stated = outcome != "unknown" and "outcome_implied" not in event.get("flags", ())
    return outcome if stated else None


def _extras_differ(held: Event, new: Event) -> bool:
    first, second = held.get("extra", {}), new.get("extra", {})
    return any(
        first[name] != second[name]
        for name in first.keys() & second.keys()
        if isinstance(first[name], str) and isinstance(second[name], str)
    )
