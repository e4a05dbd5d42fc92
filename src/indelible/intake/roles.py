"""Guessing which column says what, from the words above the columns and what stands below them.

The words are data (`roles.toml`, several languages). A header word alone is no proof: a column called
"Time" whose values are no times, or "ID" whose values repeat, is left alone. Whatever is decided here is
shown to people as a guess, and they can change it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from indelible.intake.addresses import looks_like_address
from indelible.intake.fields import as_text, plain_name

_MAY_BE_OBJECTS = {"before", "after"}
_TIME_LIKE = re.compile(
    r"\d{1,4}\D{1,4}\d{1,2}\D|\d{1,2}[:.]\d{2}|^['+-]?\d{8,20}|^\d{5}\.\d|[A-Za-z]{3,9}\.? \d{1,2}|^[-+]?\d+$"
)
_SAMPLES = 200  # values looked at
_SHOWN = 5
_SHOWN_LENGTH = 200


@dataclass(slots=True)
class Place:
    """One column or path, with the values that the first records have there.

    `header` is the column's name as written, which several columns may share.
    """

    path: str
    header: str
    values: list[Any] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The values that are not empty, as text."""
        return [text for value in self.values if (text := as_text(value)).strip()]

    @property
    def shown(self) -> list[str]:
        """The first few different values, long ones by their beginning."""
        return list(dict.fromkeys(_beginning(text) for text in self.texts[:50]))[:_SHOWN]


def _beginning(text: str) -> str:
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…"


@cache
def _vocabulary() -> tuple[dict[str, dict[str, int]], dict[str, list[str]], dict[str, list[str]]]:
    """Return (role -> plain name -> rank), (role -> beginnings), (name -> roles of its two columns)."""
    data = tomllib.loads((files("indelible.intake") / "roles.toml").read_text(encoding="utf-8"))
    ranks = {
        role: {plain_name(name): rank for rank, name in reversed(list(enumerate(entry["names"])))}
        for role, entry in data["roles"].items()
    }
    begins = {role: entry.get("begins", []) for role, entry in data["roles"].items()}
    return ranks, begins, data["twice"]


def places_of(records: Sequence[Mapping[str, Any]], headers: Mapping[str, str] | None = None) -> list[Place]:
    """Return every column or path of the first records, nested ones included, in order of appearance."""
    found: dict[str, Place] = {}
    for record in records[:_SAMPLES]:
        _collect(record, "", found, headers or {})
    return list(found.values())


def _collect(
    value: Mapping[str, Any], prefix: str, found: dict[str, Place], headers: Mapping[str, str]
) -> None:
    for key, inner in value.items():
        path = prefix + key
        place = found.get(path)
        if place is None:
            place = found[path] = Place(path, headers.get(path, path))
        place.values.append(inner)
        if isinstance(inner, dict):
            _collect(inner, path + ".", found, headers)


def guess_roles(places: Iterable[Place]) -> dict[str, str]:
    """Return path -> role for the places whose name and values fit one."""
    places = list(places)
    ranks, _begins, twice = _vocabulary()
    roles: dict[str, str] = _roles_of_twins(places, twice)
    for role in ranks:
        if role in roles.values():
            continue
        free = [place for place in places if not _is_within(place.path, roles)]
        ranked = [
            (rank, order, place)
            for order, place in enumerate(free)
            if (rank := _rank(place, role)) is not None
        ]
        best = next(
            (place for _, _, place in sorted(ranked, key=lambda r: r[:2]) if _fits(place, role)), None
        )
        if best is not None:
            roles[best.path] = role
    return roles


def _roles_of_twins(places: list[Place], twice: Mapping[str, list[str]]) -> dict[str, str]:
    """Two columns of one name are told apart by their order: Name and Name, Value and Value."""
    roles: dict[str, str] = {}
    for name, pair in twice.items():
        twins = [place for place in places if place.header.strip().casefold() == name]
        if len(twins) == 2:
            roles |= {place.path: role for place, role in zip(twins, pair, strict=True)}
    return roles


def _is_within(path: str, roles: Mapping[str, str]) -> bool:
    return path in roles or any(path.startswith(taken + ".") for taken in roles)


def _rank(place: Place, role: str) -> int | None:
    """Return how surely the name says this role (0 is best), None if it does not."""
    ranks, begins, _ = _vocabulary()
    whole = plain_name(place.header)
    if (rank := ranks[role].get(whole)) is not None:
        return rank
    lowered = place.header.strip().casefold()
    if any(lowered.startswith(beginning) for beginning in begins[role]):
        return 200
    leaf = plain_name(place.header.rpartition(".")[2])
    if (
        leaf != whole
        and leaf not in ("id", "name", "type", "status")
        and (rank := ranks[role].get(leaf)) is not None
    ):
        return 400 + rank
    return None


def _fits(place: Place, role: str) -> bool:
    objects = [value for value in place.values if isinstance(value, dict | list) and value]
    if objects:
        return role in _MAY_BE_OBJECTS
    texts = place.texts
    if role == "occurred_at":
        return not texts or 2 * sum(bool(_TIME_LIKE.search(text)) for text in texts) >= len(texts)
    if role == "ip":
        return not texts or 2 * sum(map(looks_like_address, texts)) >= len(texts)
    if role == "source_id":
        return len(texts) == len(place.values) and len(set(texts)) == len(texts)
    if role == "amount":
        return any(character.isdigit() for text in texts for character in text)
    return True
