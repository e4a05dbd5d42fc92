"""The claims of a pack, read: what was asked for, of which period, with what withheld.

Source: docs/formats/pack.md section 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import MalformedInput
from ..keys import check_key_name
from .manifest import SELECTION, WHOLE

RECORDED, HAPPENED = "recorded", "happened"

_TEXTS = ("name", "origin", "organisation", "kind", "zone", "made_at", "software")
_KEYS = {*_TEXTS, "question", "sequences", "withhold", "asked"}
_NAME = re.compile(r"[0-9a-f]{16}")
_SECOND = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z")
_SEQUENCE = re.compile(r"sources/(?:0|[1-9][0-9]*)|rules/(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time: `since` is in it, `until` is not; either may be open."""

    by: str  # recorded or happened
    since: str | None
    until: str | None

    def place_of(self, instant: str) -> int:
        """Return -1 for an instant before the period, 0 for one in it, 1 for one behind it.

        Instants are UTC text that ends in Z, the bounds without a fraction: so their text is their order.
        """
        plain = instant.removesuffix("Z")
        if self.since is not None and plain < self.since.removesuffix("Z"):
            return -1
        return 1 if self.until is not None and plain >= self.until.removesuffix("Z") else 0


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims as far as checks need them."""

    whole: bool
    kind: str
    name: str
    origin: str
    sequences: tuple[str, ...]
    period: Period | None
    withhold: frozenset[str]
    asked: int

    @property
    def by_recorded(self) -> bool:
        """Whether this is of a period of recording."""
        return self.period is not None and self.period.by == RECORDED

    @property
    def by_happened(self) -> bool:
        """Whether this is of a period in which things happened."""
        return self.period is not None and self.period.by == HAPPENED

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> Claims:
        """Read claims. Raises MalformedInput (`bad-claims`, `bad-key-name`)."""
        keys = set(value)
        if keys - {"period"} != _KEYS or not all(isinstance(value[name], str) for name in _TEXTS):
            raise MalformedInput("bad-claims", f"keys {sorted(keys)[:20]!a}")
        if value["kind"] not in (WHOLE, SELECTION) or not _NAME.fullmatch(value["name"]):
            raise MalformedInput("bad-claims", f"kind {value['kind'][:20]!a}, name {value['name'][:40]!a}")
        question = value["question"]
        if not isinstance(question, dict) or question.keys() != {"words", "code"}:
            raise MalformedInput("bad-claims", "the question")
        if not _SECOND.fullmatch(value["made_at"]) or type(value["asked"]) is not int or value["asked"] < 0:
            raise MalformedInput("bad-claims", "when it was made, or how many were asked for")
        return cls(
            value["kind"] == WHOLE,
            value["kind"],
            value["name"],
            check_key_name(value["origin"]),
            _sequences(value["sequences"], value["kind"]),
            _period(value["period"]) if "period" in value else None,
            _withhold(value["withhold"]),
            value["asked"],
        )


def _sequences(value: object, kind: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise MalformedInput("bad-claims", "sequences")
    if value != sorted(set(value)) or bool(value) != (kind == WHOLE):
        raise MalformedInput("bad-claims", f"{len(value)} sequences of a {kind} pack, unsorted, or doubled")
    if not all(map(_SEQUENCE.fullmatch, value)):
        raise MalformedInput("bad-claims", "a sequence that is none")
    return tuple(value)


def _period(value: object) -> Period:
    if not isinstance(value, dict) or not {"by"} <= value.keys() <= {"by", "from", "until"}:
        raise MalformedInput("bad-claims", "the period")
    if value["by"] not in (RECORDED, HAPPENED):
        raise MalformedInput("bad-claims", "a period by neither recording nor happening")
    for bound in ("from", "until"):
        if bound in value and not (isinstance(value[bound], str) and _SECOND.fullmatch(value[bound])):
            raise MalformedInput("bad-claims", f"the period's {bound}")
    return Period(value["by"], value.get("from"), value.get("until"))


def _withhold(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise MalformedInput("bad-claims", "what is withheld")
    names = []
    for item in value:
        if not isinstance(item, dict) or item.keys() != {"field", "reason"}:
            raise MalformedInput("bad-claims", "what is withheld")
        if not isinstance(item["field"], str) or not isinstance(item["reason"], str):
            raise MalformedInput("bad-claims", "what is withheld")
        names.append(item["field"])
    if names != sorted(set(names)):
        raise MalformedInput("bad-claims", "what is withheld is unsorted or doubled")
    return frozenset(names)
