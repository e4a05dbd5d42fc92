"""Sentences in the settings of checks: filled in with what the run knows, and read.

What is filled in can never change what the sentence means. A name or text of a run is put into no sentence at all: its
place is held by a word that nobody uses, the sentence is read with that, and the value then takes the word's place in
the pattern, as the name or text that it is. Only what Indelible writes itself (days, moments, numbers that are
numbers) goes into the sentence as it stands.

A search on a page takes words that it does not know as text to look for. A check does not: a word that was mistyped
would find nothing, for ever, and a check that expects nothing would pass. Whoever wants to look for words puts them in
quotation marks.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.events.folding import fold
from indelible.events.instants import from_datetime
from indelible.features.runbooks.document.runbook import Runbook
from indelible.language.matching_words import is_address, words_of
from indelible.language.pattern import NO_DUTIES, Condition, Pattern, When, Who
from indelible.language.reading import understand
from indelible.language.rendering import render
from indelible.language.understanding import Understanding
from indelible.language.world import NOWHERE, World

from .filling import Filling, NotUnderstood, filling_of, flaw_of_blank, sample_of, text_of
from .ground import CannotTell, Ground
from .named import fields_of, flaws_of_fields

MOST_FILLED: Final = 8
LONGEST: Final = 200
_BLANK: Final = re.compile(r"\{([^{}]*)\}")
_WHOLE: Final = re.compile(r"\{sentence\.([a-z0-9_]{1,40})\}", re.ASCII)
_ALONE: Final = re.compile(r"\{field\.[^{}]*\}", re.ASCII)
_QUOTED_BLANK: Final = re.compile(r"[\"“']\s*(\{[^{}]*\})\s*[\"”']")
_IN_PERIOD: Final = re.compile(r"(?:\b(?:in|during|within|over|for)\s+)?\{period\}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”")
_HOLDER: Final = "Zq" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _each in range(10))
"""What words that hold a place begin with: made anew by each process, so that nothing here can be named like it."""
_SOME_DAY: Final = datetime(2026, 6, 15, 12, tzinfo=UTC)
_BY_WORDS: Final = ("named", "text", "said", "systems", "not_systems")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was read: what it means, and the same in the language's own words."""

    pattern: Pattern
    words: str


def read(text: str, ground: Ground, *, line: Mapping[str, Any] | None = None) -> Sentence:
    """Return what a sentence means in this run; `line` is the line of a list that it speaks of ({line.COLUMN}).

    Raises CannotTell with what is not known yet or not understood.
    """
    if whole := _WHOLE.fullmatch(text.strip()):
        return _typed(text_of(ground, whole[1]), ground)
    return _read(text, ground.world, ground.now, lambda blank: filling_of(blank, ground, line))


def _typed(text: str, ground: Ground) -> Sentence:
    """Return what a sentence means that somebody filled in as a sentence; what it says of duties finds nothing."""
    if _BLANK.search(text):
        raise NotUnderstood(_("A sentence that is filled in has no blanks."))
    return _read(text, ground.world, ground.now, lambda _blank: Filling(), with_duties=True)


_known_world: ContextVar[World] = ContextVar("known_world", default=NOWHERE)


@contextmanager
def in_world(world: World) -> Iterator[None]:
    """Have flaws told by the words of an organisation until the block ends."""
    before = _known_world.set(world)
    try:
        yield
    finally:
        _known_world.reset(before)


def flaws_of_sentence(
    text: str, document: Runbook, world: World | None = None, *, line: bool = False
) -> Iterator[str]:
    """Say what keeps a sentence of a document from being understood, whatever is filled in."""
    world = _known_world.get() if world is None else world
    if whole := _WHOLE.fullmatch(text.strip()):
        yield from flaws_of_fields(document, [whole[1]])
        return
    if _ALONE.fullmatch(text.strip()):
        yield _("Say what is looked for. Where the field holds a whole sentence, write {sentence.KEY}.")
        return
    for blank in _BLANK.findall(text):
        if line and blank.startswith("line."):
            continue
        if why := flaw_of_blank(blank, document):
            yield why
            return
    fields = fields_of(document)
    try:
        _read(text, world, _SOME_DAY, lambda blank: sample_of(blank, fields))
    except CannotTell as why:
        yield why.says


# Reading -----------------------------------------------------------------------------------------------------


def _read(
    text: str, world: World, now: datetime, fill: Callable[[str], Filling], *, with_duties: bool = False
) -> Sentence:
    text = _QUOTED_BLANK.sub(r"\1", " ".join(text.split()))
    blanks = _BLANK.findall(text)
    if len(blanks) > MOST_FILLED:
        raise NotUnderstood(_("More is to be filled in than a sentence can hold."))
    if _in_quotes(text):
        raise NotUnderstood(_("What is filled in cannot stand among other words in quotation marks."))
    held: dict[str, str] = {}
    blank_of: dict[str, str] = {}
    plain = _IN_PERIOD.sub(lambda _match: fill("period").literal, text)

    def put(match: re.Match[str]) -> str:
        filling = fill(match[1])
        if filling.literal:
            return filling.literal
        holder = f"{_HOLDER}{'abcdefghijkl'[len(held)]}"
        held[holder], blank_of[holder] = filling.value, match[1]
        return f'"{holder}"'

    plain = _BLANK.sub(put, plain)
    found = understand(plain, world, now, purpose="rule" if with_duties else "search")
    _refuse(found, plain, blank_of, with_duties=with_duties)
    pattern = _Put(held).into(found.pattern) if held else found.pattern
    return Sentence(pattern, render(pattern, as_="search").rstrip("."))


def _in_quotes(text: str) -> bool:
    return any(_BLANK.search(quoted) for quoted in _QUOTED.findall(text))


def _refuse(found: Understanding, plain: str, blanks: Mapping[str, str], *, with_duties: bool) -> None:
    """Raise NotUnderstood for a sentence that a check cannot go by."""
    unknown = [one.words for one in found.not_understood]
    quoted = {fold(word) for part in _QUOTED.findall(plain) for word in fold(part).split()}
    unknown += [one for one in found.pattern.text if not quoted.issuperset(fold(one).split())]
    for holder, blank in blanks.items():
        unknown = [one.replace(holder, f"{{{blank}}}") for one in unknown]
    if unknown:
        raise NotUnderstood(
            _("The sentence is not understood: %(words)s.")
            % {"words": ", ".join(f"“{one}”" for one in unknown)},
            not_understood=unknown,
        )
    if found.questions:
        choices = [choice.sentence for choice in found.questions[0].choices]
        raise NotUnderstood(
            _("The sentence can mean several things: %(choices)s") % {"choices": " / ".join(choices)},
            choices=choices,
        )
    if not found.understood or found.pattern.is_everything:
        raise NotUnderstood(_("The sentence says nothing that could be looked for."))
    told = fold(repr(found.pattern)).split()
    lost = [part for part in _QUOTED.findall(plain) if not set(told).issuperset(fold(part).split())]
    if (found.duties != NO_DUTIES and not with_duties) or lost:
        raise NotUnderstood(
            _("More is said than can be looked for: the sentence would be read as “%(words)s”.")
            % {"words": found.sentence}
        )
    if (loose := [*found.pattern.unchecked, *found.pattern.facts]) and not with_duties:
        raise NotUnderstood(
            _("No entry can tell this part of the sentence: %(words)s.")
            % {"words": ", ".join(f"“{one}”" for one in loose)},
            not_understood=loose,
        )


class _Put:
    """Puts values into a pattern in the places that were held for them."""

    def __init__(self, held: Mapping[str, str]) -> None:
        self._held = held
        self._uses = dict.fromkeys(held, 0)
        self._values = set(held.values())

    def into(self, pattern: Pattern) -> Pattern:
        """Return the pattern with every value in its place. Raises NotUnderstood where one has none."""
        told = repr(pattern)
        parts: dict[str, Any] = {}
        for name in _BY_WORDS:
            parts[name] = tuple(sorted({self._words(one) for one in getattr(pattern, name)}))
        if any(one.isdecimal() for one in (*parts["systems"], *parts["not_systems"]) if one in self._values):
            raise CannotTell(_("A source goes by its name, not by a number."))
        for name in ("who", "not_who"):
            parts[name] = tuple(sorted({self._who(one) for one in getattr(pattern, name)}))
        parts["where"] = tuple(sorted({self._condition(one) for one in pattern.where}))
        if any(not uses or uses != told.count(holder) for holder, uses in self._uses.items()):
            raise NotUnderstood(_("What is filled in has no place in this sentence."))
        return replace(pattern, **parts)

    def _words(self, text: str) -> str:
        if text not in self._held:
            return text
        self._uses[text] += 1
        return as_words(self._held[text])

    def _who(self, who: Who) -> Who:
        return replace(who, name=self._words(who.name)) if who.name in self._held else who

    def _condition(self, condition: Condition) -> Condition:
        if condition.value not in self._held:
            return condition
        if condition.op not in ("=", "!=", "contains"):
            raise NotUnderstood(_("What is filled in can only be compared as it stands."))
        self._uses[condition.value] += 1
        return replace(condition, value=as_words(self._held[condition.value]))


def as_words(value: str) -> str:
    """Return a value as a pattern takes it: its words and nothing that a pattern means more by.

    Raises CannotTell for one without a word: that would mean nothing, and nothing is found of it.
    """
    told = " ".join(value.replace("*", " ").split())
    if len(told) > LONGEST:
        raise CannotTell(_("“%(value)s...” is too long to be looked for.") % {"value": told[:40]})
    if not words_of(told) or (is_address(told) and not told.strip("@ ")):
        raise CannotTell(
            _("“%(value)s” has no words that could be looked for.") % {"value": value.strip()[:40]}
        )
    return told


# Over which time -----------------------------------------------------------------------------------------------


def within(pattern: Pattern, start: datetime | None, end: datetime | None = None) -> Pattern:
    """Return what a pattern means from one moment to another, as it happened. One that names a time cannot be."""
    if start is None and end is None:
        return pattern
    if pattern.when is not None and (pattern.when.start or pattern.when.end or pattern.when.text):
        raise NotUnderstood(_("The sentence names a time, and so does the check. One of them is enough."))
    old = pattern.when or When()
    first = from_datetime(start.astimezone(UTC)) if start else ""
    last = from_datetime(end.astimezone(UTC)) if end else ""
    return replace(pattern, when=replace(old, start=first, end=last))
