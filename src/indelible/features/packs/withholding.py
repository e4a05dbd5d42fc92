"""What must not be in a pack, and where it would still stand (docs/formats/pack.md section 3).

To close one detail is not enough: a name stands in the original record too, in other entries, in the question and on
the cover. So every text that is withheld anywhere is gathered first, and whatever repeats one is closed as well. The
search costs one look at each place of a text, however many values are withheld: of each value only its first six
characters are looked up, and the rest is compared where they fit. Long values are kept as a digest.

Words of Indelible's own are no secrets: closing them would close nearly everything, and show nothing less.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, Final

import msgspec

from indelible.events.vocabulary import (
    ACTOR_KINDS,
    CATEGORIES,
    OUTCOMES,
    OWN_SYSTEM,
    REFERENCES,
    THINGS,
    TIME_BASES,
    VERBS,
)
from indelible.ledger.packs.lines import is_withheld

WIDE = 6
"""Characters from which a withheld text counts wherever it occurs; a shorter one only in its own entry."""

HIDDEN: Final = "[hidden]"
ORIGINAL: Final = "original"
_KEPT_WHOLE = 48  # a longer value is kept as its beginning and a digest
_ANSWERS_KEPT = 50_000
_MEDIA_TYPES = (
    "application/json", "application/octet-stream", "application/pdf", "text/csv", "text/plain",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


@cache
def own_words() -> frozenset[str]:
    """Return the words of Indelible's own vocabulary, which are never a withheld value."""
    listed: Iterable[Iterable[str]] = (
        VERBS,
        CATEGORIES,
        THINGS,
        {kind.partition(".")[0] for kind in THINGS},
        OUTCOMES,
        ACTOR_KINDS,
        TIME_BASES,
        REFERENCES,
        _MEDIA_TYPES,
        (OWN_SYSTEM, "Indelible"),
    )
    return frozenset(word for words in listed for word in words)


def texts_in(value: object) -> Iterator[str]:
    """Yield every text in a value, however deep. Keys are field names, not values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


class Withheld:
    """The texts withheld in one pack: gathered from each entry first, then looked for everywhere."""

    def __init__(self, fields: Iterable[str], public: Iterable[str] = ()) -> None:
        """`fields` are names or families to withhold; `public` what stands in every pack anyway: log and keys."""
        self.fields = frozenset(fields)
        self._exempt = own_words() | frozenset(public)
        self._wholes: dict[str, set[str]] = {}  # first six characters -> spellings
        self._longs: dict[str, dict[int, set[bytes]]] = {}  # first 48 characters -> length -> digests
        self._seen: set[bytes] = set()
        self._answers: dict[str, bool] = {}

    def __bool__(self) -> bool:
        return bool(self.fields)

    def is_withheld(self, name: str) -> bool:
        """Whether a field is withheld by itself or with its family."""
        return is_withheld(name, self.fields)

    def add_entry(self, content: Mapping[str, Any], names: Iterable[str] | None = None) -> None:
        """Take in what is withheld of an entry; with `names` of these fields alone."""
        for name in content if names is None else names:
            if name in content and self.is_withheld(name):
                for text in texts_in(content[name]):
                    self.add(text)

    def add(self, text: str) -> None:
        """Take in one withheld text, in each spelling that JSON may give it."""
        if len(text) < WIDE or text in self._exempt:
            return
        mark = blake2b(text.encode("utf-8"), digest_size=16).digest()
        if mark in self._seen:
            return
        self._seen.add(mark)
        self._answers.clear()
        for spelling in _spellings(text):
            start = self._wholes.setdefault(spelling[:WIDE], set())
            if len(spelling) <= _KEPT_WHOLE:
                start.add(spelling)
                continue
            by_length = self._longs.setdefault(spelling[:_KEPT_WHOLE], {})
            by_length.setdefault(len(spelling), set()).add(_digest(spelling))

    def stands_in(self, text: str) -> bool:
        """Whether a withheld text stands anywhere in `text`, as it is or escaped."""
        if not self._wholes or len(text) < WIDE:
            return False
        known = self._answers.get(text)
        if known is None:
            known = next(self._places(text), None) is not None
            if len(self._answers) >= _ANSWERS_KEPT:
                self._answers.clear()
            if len(text) <= 500:
                self._answers[text] = known
        return known

    def masked(self, text: str) -> str:
        """Return the text with each withheld one in it replaced by `[hidden]`."""
        pieces, at = [], 0
        for start, end in self._places(text):
            if start >= at:
                pieces += [text[at:start], HIDDEN]
            at = max(at, end)
        return "".join([*pieces, text[at:]])

    def closed(
        self, content: Mapping[str, Any], names: Collection[str], shown: frozenset[str]
    ) -> dict[str, str]:
        """Return which of the fields `names` stay closed and why; `shown` are open whatever was asked for."""
        closed = {name: "withheld" for name in names if name not in shown and self.is_withheld(name)}
        short = {
            text
            for name in closed
            for text in texts_in(content[name])
            if 0 < len(text) < WIDE and text not in self._exempt
        }
        for name in names:
            free = name not in closed and name not in shown and not name.startswith("numbers/")
            if free and self.repeats(content[name], short):
                closed[name] = "repeats"
        if closed and ORIGINAL in names and ORIGINAL not in closed and ORIGINAL not in shown:
            # What came from the source says the same in spellings that nobody can foresee.
            closed[ORIGINAL] = "repeats"
        return closed

    def repeats(self, value: object, short: set[str]) -> bool:
        """Whether a value holds what is withheld: a longer text anywhere, a shorter as a whole text."""
        if short and any(text in short for text in texts_in(value)):
            return True
        return bool(self._wholes) and self.stands_in(_encode(value).decode("utf-8"))

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a withheld text stands, by rising place, the longest at each."""
        starts = self._wholes
        for at in range(len(text) - WIDE + 1):
            wholes = starts.get(text[at : at + WIDE])
            if wholes is None:
                continue
            ends = [at + len(whole) for whole in wholes if text.startswith(whole, at)]
            for length, digests in self._longs.get(text[at : at + _KEPT_WHOLE], {}).items():
                if at + length <= len(text) and _digest(text[at : at + length]) in digests:
                    ends.append(at + length)
            if ends:
                yield at, max(ends)


def _spellings(text: str) -> set[str]:
    """Return the ways in which a text may stand: as it is or with its blanks as one types them, each also as in
    JSON, as in JSON with all but ASCII escaped, and as in JSON inside JSON.
    """
    found: set[str] = set()
    for each in {text, " ".join(text.split())}:
        plain, ascii_only = _escaped(each), json.dumps(each)[1:-1]
        upper = "".join(_upper(piece) for piece in _pieces(ascii_only))
        found |= {each, plain, ascii_only, upper, _escaped(plain), _escaped(ascii_only), _escaped(upper)}
    return {spelling for spelling in found if len(spelling) >= WIDE}


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _pieces(escaped: str) -> Iterator[str]:
    at = 0
    while at < len(escaped):
        width = 6 if escaped.startswith("\\u", at) else 2 if escaped[at] == "\\" else 1
        yield escaped[at : at + width]
        at += width


def _upper(piece: str) -> str:
    return "\\u" + piece[2:].upper() if piece.startswith("\\u") else piece


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8"), digest_size=16).digest()
