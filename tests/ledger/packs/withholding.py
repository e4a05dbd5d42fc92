"""Which details of a made pack stay closed, by the words of docs/formats/pack.md section 3.

Written apart from the product's own, and much simpler: all details are at hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from indelible.ledger.packs.lines import is_withheld
from tests.ledger.packs.book import Entry

_OWN_WORDS = frozenset({"person", "unknown", "success", "invoice", "money", "change", "amount"})
_LONG = 6


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a value, however deep; the keys are no such texts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def withheld_words(entries: Iterable[Entry], withhold: frozenset[str]) -> frozenset[str]:
    """Return the longer texts that are withheld in any of the entries."""
    found = set()
    for entry in entries:
        for name, value in entry.content.items():
            if is_withheld(name, withhold):
                found |= {text for text in strings(value) if len(text) >= _LONG and text not in _OWN_WORDS}
    return frozenset(found)


class Withholding:
    """Says of each entry why which of its fields are closed."""

    def __init__(self, entries: Iterable[Entry], withhold: frozenset[str]) -> None:
        self._withhold = withhold
        words = withheld_words(entries, withhold)
        spellings = words | {json.dumps(word)[1:-1] for word in words}
        self._search = re.compile("|".join(map(re.escape, sorted(spellings)))) if spellings else None

    def closed(self, entry: Entry) -> dict[str, str]:
        """Return field name to why, of an entry in which everything was asked for."""
        closed = {name: "withheld" for name in entry.content if is_withheld(name, self._withhold)}
        short = {
            text
            for name in closed
            for text in strings(entry.content[name])
            if len(text) < _LONG and text not in _OWN_WORDS
        }
        for name, value in entry.content.items():
            if name not in closed and not name.startswith("numbers/") and self._repeats(value, short):
                closed[name] = "repeats"
        return closed

    def in_file(self, data: bytes) -> bool:
        """Say whether a file of text holds what is withheld."""
        return self._search is not None and bool(self._search.search(data.decode("utf-8", "replace")))

    def _repeats(self, value: Any, short: set[str]) -> bool:
        return any(
            text in short or (self._search is not None and self._search.search(text) is not None)
            for text in strings(value)
        )
