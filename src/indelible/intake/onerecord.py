"""Whether a JSON object is a record, or a page that holds a list of records.

Both may hold lists: an event names its targets, a page its events. Taken for the other, an event would
fall apart into its targets, and a page of a thousand events would count as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from indelible.intake.documents import LIST_NAMES, Skimmed
from indelible.intake.jsontext import JsonFault, parse_json
from indelible.intake.profile import recognised
from indelible.intake.roles import guess_roles, places_of

_TELLS_AN_EVENT = {"occurred_at", "actor", "action"}


def is_record(found: Skimmed, where: tuple[str, ...]) -> bool:
    """Tell whether a document with a list at `where` is itself the record (or the first of several).

    It is one if a system is known by its names; else where its list has no name that lists of records
    have, and it either says when, who and what, or is followed by further values.
    """
    names = [*_names(found.envelope), *(".".join(path) for path in found.lists)]
    known = recognised(names, "object")
    if known is not None:
        return not known.settings.not_events
    return where[-1] not in LIST_NAMES and (found.values > 1 or _tells_an_event(found.envelope))


def list_of_pages(lines: Iterable[str]) -> tuple[str, ...]:
    """Return where the list of records is within each line of a file, () where the lines are the records."""
    objects = list(_objects(lines))
    for name in LIST_NAMES:
        if objects and all(_is_list_of_objects(value.get(name)) for value in objects):
            beside = {key: inner for key, inner in objects[0].items() if key != name}
            names = [*_names(beside), name]
            return () if recognised(names, "object") or _tells_an_event(beside) else (name,)
    return ()


def _objects(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            value = parse_json(line)[0]
        except JsonFault:
            continue
        if isinstance(value, dict):
            yield value


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _names(facts: Mapping[str, Any]) -> Iterator[str]:
    for key, value in facts.items():
        yield key
        if isinstance(value, dict):
            yield from (f"{key}.{inner}" for inner in value)


def _tells_an_event(facts: Mapping[str, Any]) -> bool:
    return set(guess_roles(places_of([facts])).values()) >= _TELLS_AN_EVENT
