"""The sentences that runbooks wait for, as something entries are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from indelible.features.runbooks.document.runbook import Trigger
from indelible.features.runbooks.starting.books import Book, since
from indelible.language.matching import RuleSet
from indelible.language.pattern import Pattern
from indelible.language.reading import understand
from indelible.language.world import World

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A runbook, what it waits for, and the entry from which on it does."""

    book: Book
    trigger: Trigger
    since: int


@dataclass(frozen=True, slots=True)
class WaitingSet:
    """All that is waited for at present."""

    rules: RuleSet
    waiting: dict[str, Waiting]
    earliest: int  # the first entry from which on something is waited for


class NotASentence(ValueError):
    """A sentence that nothing can be waited for by. Its text is why."""


def pattern_of(sentence: str, world: World, now: datetime) -> Pattern:
    """Return what a sentence means. Raises NotASentence for one that is not understood whole, or means everything."""
    found = understand(sentence, world, now, purpose="search")
    if found.not_understood:
        raise NotASentence(f"not understood: {found.not_understood[0].words!r}")
    pattern = found.pattern
    if not found.understood or pattern.is_everything:
        raise NotASentence("it says nothing that could be waited for")
    if pattern.text or pattern.facts or pattern.unchecked:
        raise NotASentence("no entry can tell a part of it")
    return pattern


_kept: dict[tuple[object, ...], WaitingSet | None] = {}


def waiting_set(books: Sequence[Book], world: World, now: datetime) -> WaitingSet | None:
    """Return what the runbooks wait for; None for nothing. The same again while neither they nor the world changed."""
    mark = (world.mark, *((book.row.pk, book.version.pk, book.version.digest) for book in books))
    if mark not in _kept:
        _kept.clear()
        _kept[mark] = _made(books, world, now)
    return _kept[mark]


def _made(books: Sequence[Book], world: World, now: datetime) -> WaitingSet | None:
    patterns, waiting = {}, {}
    for book in books:
        for place, trigger in enumerate(book.document.starts.on):
            if not trigger.event:
                continue
            key = f"{book.row.pk}.{place}"
            try:
                patterns[key] = pattern_of(trigger.event, world, now)
            except NotASentence as flaw:
                log.error("a runbook waits for nothing", runbook=book.row.key, why=str(flaw))
                continue
            waiting[key] = Waiting(book, trigger, since(book, trigger.event))
    if not waiting:
        return None
    return WaitingSet(RuleSet(patterns, world), waiting, min(one.since for one in waiting.values()))
