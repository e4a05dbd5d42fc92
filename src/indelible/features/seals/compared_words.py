"""Comparing twelve words that somebody noted with the seal that they should be the words of.

Where the seal is not named, the newest and the last of each of the last twelve months are looked at: those are the
ones that minutes hold. Each costs a good part of a second the first time, so there is a bound.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from indelible.features.seals import minutes, ours
from indelible.ledger.errors import MalformedInput
from indelible.ledger.words import WORD_COUNT, WORDS, Comparison, check_words, compare_words, read_words
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook

ALIKE: Final = 6  # so many words in their places, and it is plain which seal was meant
_LISTED: Final = frozenset(WORDS)


@dataclass(frozen=True, slots=True)
class WordsAnswer:
    """What came of comparing words.

    `code`: `same`; `different` (a word of that seal is another); `unknown` (a word that is not on the list); `count`
    (not twelve); `slip` (twelve words that do not belong together); `none` (words of some seal, but of none that
    was looked at); `no-seal` (no seal has that number); `withheld`.
    """

    code: str
    seal: reads.StoredCheckpoint | None = None
    comparison: Comparison | None = None
    typed: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()  # a word that is not on the list, and the nearest that is
    alike: int = 0  # how many of the words stand in their places


def compare(
    logbook: Logbook, typed: str, now: datetime, zone: ZoneInfo, size: int | None = None
) -> WordsAnswer:
    """Compare what somebody typed or pasted with the words of the seal of `size` entries, else of a likely one."""
    if ours.is_altered(logbook):
        return WordsAnswer("withheld")
    try:
        words = pick_words(typed)
    except MalformedInput:
        return WordsAnswer("count")
    unknown = tuple((word, _nearest(word)) for word in words if word not in _LISTED)
    if not words:
        return WordsAnswer("count")
    try:
        seals = _likely(logbook, now, zone) if size is None else [reads.get_checkpoint(logbook, size)]
    except NotFound:
        return WordsAnswer("no-seal", typed=tuple(words))
    seal, comparison, alike = _best(logbook, seals, words)
    if seal is None or comparison is None:
        return WordsAnswer("withheld", typed=tuple(words))
    if comparison.same:
        return WordsAnswer("same", seal, comparison, tuple(words))
    if size is not None or alike >= ALIKE:
        return WordsAnswer("different", seal, comparison, tuple(words), unknown, alike)
    if unknown:
        return WordsAnswer("unknown", typed=tuple(words), unknown=unknown)
    if len(words) != WORD_COUNT:
        return WordsAnswer("count", typed=tuple(words))
    return WordsAnswer("none" if check_words(words) else "slip", typed=tuple(words))


def pick_words(text: str) -> list[str]:
    """Return the words that were meant in a text: the twelve that fit together, those after "Words:", else all.

    Raises MalformedInput for far too much text.
    """
    words = read_words(text)
    if len(words) <= WORD_COUNT:
        return words
    for start in range(len(words) - WORD_COUNT + 1):
        window = words[start : start + WORD_COUNT]
        if _LISTED.issuperset(window) and check_words(window):
            return window
    if "words" in words:
        place = len(words) - words[::-1].index("words")
        return words[place : place + WORD_COUNT] or words
    return words


def _likely(logbook: Logbook, now: datetime, zone: ZoneInfo) -> list[reads.StoredCheckpoint]:
    newest = [minutes.newest_to_show(logbook).seal, reads.get_checkpoint(logbook)]
    seals = {seal.size: seal for seal in [*newest, *minutes.seals_of_months(logbook, now, zone)]}
    return list(seals.values())


def _best(
    logbook: Logbook, seals: list[reads.StoredCheckpoint], words: list[str]
) -> tuple[reads.StoredCheckpoint | None, Comparison | None, int]:
    """Return the seal that has most of the words in their places, how it compares, and how many those are.

    A seal that does not stand gives no words, so it is compared with nothing.
    """
    best: tuple[reads.StoredCheckpoint | None, Comparison | None, int] = (None, None, -1)
    for seal in seals:
        expected = minutes.words_of(logbook, seal).words
        if not expected:
            continue
        alike = sum(one == other for one, other in zip(expected, words, strict=False))
        if alike > best[2]:
            best = (seal, compare_words(expected, " ".join(words)), alike)
        if best[1] is not None and best[1].same:
            break
    return best


def _nearest(word: str) -> str:
    """Return the word of the list that a typed one is most like; empty where none is near."""
    near = difflib.get_close_matches(word[:20], WORDS, 1, 0.75)
    return near[0] if near else ""
