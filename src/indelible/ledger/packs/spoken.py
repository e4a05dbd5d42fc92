"""The seal's words, and whether they are those that the reader was given.

Source: docs/formats/seal-words.md; docs/formats/pack.md section 7.
"""

from __future__ import annotations

from functools import lru_cache

from ..errors import LedgerError
from ..words import compare_words, seal_words
from .report import Check


@lru_cache(maxsize=16)
def words_of(checkpoint_text: str) -> tuple[str, ...]:
    """Return the seal words, which are slow on purpose; one pack is often checked more than once."""
    return tuple(seal_words(checkpoint_text))


def compare_typed(words: tuple[str, ...], typed: str | None) -> tuple[bool | None, Check | None]:
    """Compare the seal's words with those that the reader was given."""
    if typed is None:
        return None, None
    check = Check("words")
    if not words:
        check.blocked = True
        return None, check
    check.count = len(words)
    try:
        compared = compare_words(words, typed)
    except LedgerError:
        check.find("words-differ", None, "1")
        return False, check
    if not compared.same:
        check.find("words-differ", None, str(compared.first_different))
    return compared.same, check
