"""Reads what somebody typed into the search box.

Words are searched as text; `who:`, `about:`, `what:`, `when:`, `source:`, `outcome:` and `flag:` narrow.
Values with spaces stand in quotes. What is not understood is named, and never silently dropped: a reader
who asked for refused payments must not take a list of all payments for the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from indelible.events.folding import fold
from indelible.events.vocabulary import OUTCOMES

from .periods import Period, period_of
from .query import QUALIFIERS, Query, part_text, parts, query_text, without
from .terms import reading_of

LATER_QUALIFIERS = ("rule",)
"""Part of the language, and understood once rules exist."""

_TOKEN = re.compile(r'\s*(?:(?P<name>[A-Za-z_]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))', re.UNICODE)
_OUTCOME_WORDS = {
    "ok": "success", "succeeded": "success", "successful": "success",
    "failed": "failure", "refused": "denied", "rejected": "denied", "waiting": "pending",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the reading, to be shown and taken away by itself."""

    qualifier: str  # who, about, what, when, source, outcome, flag, or words
    value: str
    text: str  # as one would type it
    reading: str  # what it was taken for: a verb, kind or category of the word list, else the value
    rest: str  # the whole question without this part, as text


@dataclass(frozen=True, slots=True)
class Leftover:
    """A part that was not understood.

    `code`: `unknown-qualifier` (searched as text instead), `unknown-period`, `unknown-outcome`,
    `no-value`, `nothing-to-search`, `second-period`, `later` (a qualifier that this version does not know).
    """

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The question as understood, its parts, and what could not be understood."""

    query: Query
    chips: tuple[Chip, ...]
    leftovers: tuple[Leftover, ...]

    @property
    def understood(self) -> bool:
        """Whether every part was understood."""
        return not self.leftovers


def parse_query(text: str, now: datetime, zone: tzinfo) -> ParsedQuery:
    """Read a question as typed by somebody in `zone` at the instant `now` (which "today" means)."""
    read = _Reading(now, zone)
    for name, value, source in _tokens(text):
        read.take(name, value, source)
    query = Query(
        **{key: tuple(dict.fromkeys(values)) for key, values in read.values.items()}, when=read.when
    )
    return ParsedQuery(query, chips_of(query), tuple(read.leftovers))


def chips_of(query: Query) -> tuple[Chip, ...]:
    """Return the parts of a query, each with the text of the query that is left without it."""
    return tuple(
        Chip(
            qualifier,
            value,
            part_text(qualifier, value),
            reading_of(qualifier, value),
            query_text(without(query, qualifier, value)),
        )
        for qualifier, value in parts(query)
    )


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (qualifier or nothing, value, as typed) of each part."""
    for match in _TOKEN.finditer(text):
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        yield (match["name"] or "").lower(), value, match[0].strip()


class _Reading:
    """What has been read so far."""

    def __init__(self, now: datetime, zone: tzinfo) -> None:
        self.now = now
        self.zone = zone
        self.values: dict[str, list[str]] = {name: [] for name in ("words", *QUALIFIERS) if name != "when"}
        self.when: Period | None = None
        self.leftovers: list[Leftover] = []

    def take(self, name: str, value: str, source: str) -> None:
        """Take in one part, or name it as left over."""
        if not name:
            self._take_words(value, source)
        elif name in LATER_QUALIFIERS:
            self.leftovers.append(Leftover(source, "later"))
        elif name not in QUALIFIERS:
            self.leftovers.append(Leftover(source, "unknown-qualifier"))
            self._take_words(source.replace('"', ""), source)
        elif not fold(value).strip():
            self.leftovers.append(Leftover(source, "no-value"))
        elif name == "when":
            self._take_period(value, source)
        elif name == "outcome":
            self._take_outcome(value, source)
        elif name == "flag":
            self.values["flag"].append("_".join(value.lower().replace("-", " ").replace("_", " ").split()))
        else:
            self.values[name].append(value.strip())

    def _take_words(self, value: str, source: str) -> None:
        if fold(value).strip():
            self.values["words"].append(value.strip())
        else:
            self.leftovers.append(Leftover(source, "nothing-to-search"))

    def _take_period(self, value: str, source: str) -> None:
        period = period_of(value, self.now, self.zone)
        if period is None:
            self.leftovers.append(Leftover(source, "unknown-period"))
        elif self.when is not None:
            self.leftovers.append(Leftover(source, "second-period"))
        else:
            self.when = period

    def _take_outcome(self, value: str, source: str) -> None:
        outcome = _OUTCOME_WORDS.get(value.lower(), value.lower())
        if outcome in OUTCOMES:
            self.values["outcome"].append(outcome)
        else:
            self.leftovers.append(Leftover(source, "unknown-outcome"))
