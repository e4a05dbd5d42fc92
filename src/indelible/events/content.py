"""An event cut into disclosures, and put together again.

What may be withheld or erased alone stands alone: each target, change, attachment and running number,
and each listed fact of `extra`, is a disclosure of its own; the other fields are one each. The names
form a closed list, so that the leaf, which shows them to everybody, tells nothing of the contents. How
disclosures become a leaf is `ledger.entries`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from indelible.events.shape import Event, EventError
from indelible.events.vocabulary import SEPARATE_FACTS

_LISTS: Final = frozenset({"targets", "changes", "attachments"})
_FIELDS: Final = frozenset(Event.__annotations__)


def to_content(event: Event) -> dict[str, object]:
    """Return disclosure name -> value. Values are the event's own objects, not copies."""
    content: dict[str, object] = {}
    for name, value in event.items():
        if name in _SPLIT:
            _SPLIT[name](content, value)
        else:
            content[name] = value
    return content


def from_content(content: Mapping[str, object]) -> Event:
    """Return the event that `content` was made from, less what has been erased or withheld since.

    Raises EventError for a disclosure name that no event gives.
    """
    event: dict[str, Any] = {}
    rows: dict[str, dict[int, object]] = {}
    for name, value in content.items():
        field, slash, rest = name.partition("/")
        if field not in _FIELDS or not is_disclosure_name(name):
            raise EventError("content-unknown-name", f"no event gives a disclosure named {name[:80]!r}")
        if field in _LISTS:
            rows.setdefault(field, {})[int(rest)] = value
        elif field == "numbers":
            family, _, number_of = rest.partition("/")
            event.setdefault("numbers", {}).setdefault(family, {})[number_of] = value
        elif slash:
            event.setdefault("extra", {})[rest] = value
        elif field == "extra":
            if not isinstance(value, dict):
                raise EventError("content-wrong-type", "extra is not an object")
            event.setdefault("extra", {}).update(value)
        else:
            event[field] = value
    for field, places in rows.items():
        event[field] = [places[place] for place in sorted(places)]
    return cast(Event, event)


def is_disclosure_name(name: str) -> bool:
    """Whether some event gives a disclosure of this name: the closed list, so that names tell nothing."""
    field, slash, rest = name.partition("/")
    if not slash:
        return field in _FIELDS and field not in _LISTS and field != "numbers"
    if field in _LISTS:
        return rest.isascii() and rest.isdecimal() and (rest == "0" or rest[0] != "0") and len(rest) < 7
    if field == "numbers":
        family, _, number_of = rest.partition("/")
        return family in NUMBER_IDS and NUMBER_IDS[family](number_of)
    return field == "extra" and rest in SEPARATE_FACTS


def is_source_id(text: str) -> bool:
    """Whether `text` is the id of a source or rule, in the one way to write it."""
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def is_rule_version(text: str) -> bool:
    """Whether `text` is a rule's id and its version, as "3.2"."""
    rule, dot, version = text.partition(".")
    return bool(dot) and is_source_id(rule) and is_source_id(version)


NUMBER_IDS: Final[dict[str, Callable[[str], bool]]] = {"sources": is_source_id, "rules": is_rule_version}


def _place_names(field: str) -> list[str]:
    return [f"{field}/{place}" for place in range(64)]


def _split_list(field: str) -> Callable[[dict[str, object], Any], None]:
    ready = _place_names(field)  # names made once: this runs for every event recorded

    def split(content: dict[str, object], rows: list[object]) -> None:
        if len(rows) == 1:
            content[ready[0]] = rows[0]
            return
        for place, row in enumerate(rows):
            content[ready[place] if place < 64 else f"{field}/{place}"] = row

    return split


def _split_extra(content: dict[str, object], extra: dict[str, object]) -> None:
    rest: dict[str, object] = {}
    for name, value in extra.items():
        if name in SEPARATE_FACTS:
            content["extra/" + name] = value
        else:
            rest[name] = value
    if rest:
        content["extra"] = rest


def _split_numbers(content: dict[str, object], numbers: dict[str, dict[str, int]]) -> None:
    for family, given in numbers.items():
        for number_of, number in given.items():
            content[f"numbers/{family}/{number_of}"] = number


_SPLIT: Final[dict[str, Callable[[dict[str, object], Any], None]]] = {
    **{field: _split_list(field) for field in _LISTS},
    "extra": _split_extra,
    "numbers": _split_numbers,
}
