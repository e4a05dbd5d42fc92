"""Topic: seal words."""

from __future__ import annotations

import hashlib

from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.hashing import EMPTY_ROOT
from indelible.ledger.words import (
    ROUNDS,
    SALT,
    WORDS,
    check_words,
    compare_words,
    seal_bytes,
    seal_words,
    words_of_bytes,
)
from vectors.making import Answers, topic
from vectors.making.example import checkpoint

ORIGINS = ["log-3f9ac2d41b70.indelible/main", "audit.example.org/payroll", "127.0.0.1:8000/test"]

# What OpenSSL's PBKDF2 gives for the checkpoint of size 8, before the last seven bits are cleared.
BY_OPENSSL = bytes.fromhex("4a7718b2e3ba4bb78947d32887e194f9")


@topic("seal_words")
def words() -> Answers:
    seal = seal_words(checkpoint(8).text)
    assert seal_bytes(checkpoint(8).text) == BY_OPENSSL[:-1] + bytes([BY_OPENSSL[-1] & 0x80])
    return {
        "origin": "Seal words of docs/formats/seal-words.md. The bytes of the checkpoint of size 8 were confirmed"
        " with OpenSSL; list_sha256 is over all words in order, each ended by a line feed.",
        "list_count": len(WORDS),
        "list_sha256": hashlib.sha256("".join(f"{word}\n" for word in WORDS).encode()).hexdigest(),
        "list_some": {str(index): WORDS[index] for index in (0, 1, 2, 1023, 1024, 2046, 2047)},
        "salt": SALT.decode(),
        "rounds": ROUNDS,
        "seals": [_seal(text) for text in _texts()],
        "fits": [{"words": words, "fits": check_words(words)} for words in _changed(seal)],
        "comparisons": [_comparison(seal, typed) for typed in _typed(seal)],
    }


def _texts() -> list[str]:
    sizes = [(1, 0), (256, 1), (2**63 - 1, 2)]
    roots = {size: hashlib.sha256(b"%d" % size).digest() for size, _ in sizes}
    made = [Checkpoint(ORIGINS[place], size, roots[size]).text for size, place in sizes]
    empty = [Checkpoint(origin, 0, EMPTY_ROOT).text for origin in ORIGINS[:1]]
    return [checkpoint(size).text for size in range(9)] + made + empty


def _seal(text: str) -> Answers:
    digest = seal_bytes(text)
    words = words_of_bytes(digest)
    return {
        "checkpoint_text": text,
        "bytes_hex": digest.hex(),
        "indexes": [WORDS.index(word) for word in words],
        "words": words,
    }


def _changed(seal: list[str]) -> list[list[str]]:
    """The seal itself, and what slips make of it."""
    return [
        seal,
        [seal[1], seal[0], *seal[2:]],
        [*seal[:4], "abacus", *seal[5:]],
        [*seal[:11], "abacus"],
        seal[:11],
        [*seal, seal[0]],
        ["enlarged", *seal[1:]],
        [word.upper() for word in seal],
    ]


def _typed(seal: list[str]) -> list[str]:
    return [
        " ".join(seal),
        "\r\n".join(f"{place}. {word.title()}," for place, word in enumerate(seal, 1)),
        " ".join(seal).upper() + ".",
        " ".join(f"\u0bf0{word}\u2167" for word in seal),  # a Tamil numeral, and one that NFKC makes a word
        " ".join(f"\u0bf0{word}" for word in seal).replace("a", "\uff41"),
        " ".join(["e\u0301clair", *seal[1:]]),
        " ".join([*seal[:4], "abacus", *seal[5:]]),
        " ".join([*seal[:2], "claering", *seal[3:]]),
        " ".join(seal[:11]),
        " ".join([*seal, "zoom"]),
        "",
    ]


def _comparison(seal: list[str], typed: str) -> Answers:
    compared = compare_words(seal, typed)
    return {
        "typed": typed,
        "same": compared.same,
        "first_different": compared.first_different,
        "typed_word": compared.typed_word,
        "expected_word": compared.expected_word,
        "unknown": list(compared.unknown),
    }
