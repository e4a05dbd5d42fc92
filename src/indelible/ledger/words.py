"""Seal words: a seal as twelve English words, to be read out and written into minutes by hand.

Whoever noted the words in March can tell in June whether the seal of March still stands, with no file and
no machine of ours in between. Two ideas:

* The words are a slow hash of the checkpoint's text: 121 bits, each guess at another checkpoint with the same
  words costing 600,000 rounds. Whoever runs the server cannot search for a second history that reads alike.
* The twelfth word is a check on the eleven before it, so that a slip is told from another seal.

The words say nothing that the checkpoint does not; they can be made from it by anybody, but it cannot be
made from them. The list itself is wordlist.py's. Format: docs/formats/seal-words.md.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import pbkdf2_hmac, sha256

from .checkpoints import Checkpoint
from .errors import MalformedInput
from .wordlist import WORD_LIST

WORDS: tuple[str, ...] = tuple(WORD_LIST.split())

SALT = b"indelible/seal-words/v1"
ROUNDS = 600_000
WORD_COUNT = 12
MAX_TYPED_CHARACTERS = 10_000

_DIGEST_SIZE = 16
_WORD_BITS = 11
_SPARE_BITS = 7  # 16 bytes are 128 bits, eleven words 121
_INDEXES = {word: index for index, word in enumerate(WORDS)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing typed words with those of a seal; places count from 1."""

    same: bool
    first_different: int | None  # the place of the first word that differs, is missing or is too many
    typed_word: str | None  # what was typed there, in lower case; None where nothing was
    expected_word: str | None  # what the seal has there; None behind its last word
    unknown: tuple[str, ...]  # typed words that are not on the list: slips rather than another seal


def seal_words(checkpoint_text: str) -> list[str]:
    """Return the twelve words of the checkpoint whose three lines these are. Takes some tenths of a second.

    Raises MalformedInput where the text is no checkpoint's: words of a whole note would match nobody's.
    """
    return words_of_bytes(seal_bytes(checkpoint_text))


def seal_bytes(checkpoint_text: str) -> bytes:
    """Return the 16 bytes that the words stand for; the last seven bits are zero.

    Raises MalformedInput as `Checkpoint.parse` does.
    """
    password = Checkpoint.parse(checkpoint_text).text.encode("utf-8")
    digest = pbkdf2_hmac("sha256", password, SALT, ROUNDS, _DIGEST_SIZE)
    return digest[:-1] + bytes([digest[-1] >> _SPARE_BITS << _SPARE_BITS])


def words_of_bytes(digest: bytes) -> list[str]:
    """Return the twelve words for 16 bytes. Raises ValueError unless they are 16 with seven zero bits last."""
    number = int.from_bytes(digest, "big")
    if len(digest) != _DIGEST_SIZE or number & (1 << _SPARE_BITS) - 1:
        raise ValueError(f"no seal words for {digest.hex()}")
    #  16 bytes  |-- 11 --|-- 11 --| ... |-- 11 --|- 7 zero bits -|
    shifts = range(8 * _DIGEST_SIZE - _WORD_BITS, _SPARE_BITS - 1, -_WORD_BITS)
    indexes = [number >> shift & len(WORDS) - 1 for shift in shifts]
    return [WORDS[index] for index in (*indexes, _check_index(digest))]


def bytes_of_words(words: Sequence[str]) -> bytes:
    """Return the 16 bytes that twelve words stand for.

    Raises MalformedInput (`bad-seal-words`) for another number of words, a word that is not on the list, or
    a twelfth word that does not fit the eleven before it.
    """
    indexes = [_INDEXES.get(word) for word in words]
    if len(indexes) != WORD_COUNT or None in indexes:
        raise MalformedInput("bad-seal-words", f"{len(indexes)} words, {indexes.count(None)} not on the list")
    number = 0
    for index in indexes[:-1]:
        assert index is not None
        number = number << _WORD_BITS | index
    digest = (number << _SPARE_BITS).to_bytes(_DIGEST_SIZE, "big")
    if indexes[-1] != _check_index(digest):
        raise MalformedInput("bad-seal-words", "the twelfth word does not fit the others")
    return digest


def check_words(words: Sequence[str]) -> bool:
    """Say whether these are twelve words of the list of which the last fits the others.

    True for the words of any seal; of which one, only a comparison tells.
    """
    try:
        bytes_of_words(words)
    except MalformedInput:
        return False
    return True


def read_words(typed: str) -> list[str]:
    """Return the words in what a person typed or pasted: lower case, without numbers, commas, line ends.

    Raises MalformedInput (`bad-seal-words`) for more than 10,000 characters.
    """
    if len(typed) > MAX_TYPED_CHARACTERS:
        raise MalformedInput("bad-seal-words", f"{len(typed)} characters")
    # Telephones put capitals first, and some keyboards give full-width letters.
    plain = unicodedata.normalize("NFKC", typed).lower()
    # Letters as Unicode has them, and so as every other checker's \p{L}: an `re` class would add numerals.
    return "".join(letter if letter.isalpha() else " " for letter in plain).split()


def compare_words(expected: Sequence[str], typed: str) -> Comparison:
    """Compare what a person typed with the words of a seal, whatever the case, numbering and line breaks.

    Raises MalformedInput (`bad-seal-words`) for more than 10,000 characters, ValueError without `expected`.
    """
    if not expected:
        raise ValueError("no words to compare with")
    words = read_words(typed)
    unknown = tuple(word for word in words if word not in _INDEXES)
    for place in range(max(len(expected), len(words))):
        typed_word = words[place] if place < len(words) else None
        expected_word = expected[place] if place < len(expected) else None
        if typed_word != expected_word:
            return Comparison(False, place + 1, typed_word, expected_word, unknown)
    return Comparison(True, None, None, None, unknown)


def _check_index(digest: bytes) -> int:
    """Return the index of the twelfth word: the first eleven bits of the SHA-256 of the 16 bytes."""
    return int.from_bytes(sha256(digest).digest()[:2], "big") >> 16 - _WORD_BITS
