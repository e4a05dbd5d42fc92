"""Seal words: the same seal gives the same words for ever, and a slip is told from another seal."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.errors import MalformedInput
from indelible.ledger.words import (
    WORDS,
    bytes_of_words,
    check_words,
    compare_words,
    read_words,
    seal_bytes,
    seal_words,
    words_of_bytes,
)

TEXT = "audit.example/demo\n8\n2qBeKRwYOgaXLVOhBG4Kx9UWpek8UxOUiPmKvQ7KYp0=\n"
INDEXES = [595, 1478, 357, 1595, 1317, 1758, 296, 2003, 324, 504, 809, 1874]
SEAL = [WORDS[index] for index in INDEXES]

digests = st.integers(0, 2**121 - 1).map(lambda number: (number << 7).to_bytes(16, "big"))


def one_letter_away(word: str) -> set[str]:
    """Every text that one slip makes of a word, but for a letter put in (found from the other side)."""
    cuts = [(word[:at], word[at:]) for at in range(len(word))]
    letters = "abcdefghijklmnopqrstuvwxyz"
    changed = {left + letter + right[1:] for left, right in cuts for letter in letters}
    left_out = {left + right[1:] for left, right in cuts}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    return (changed | left_out | swapped) - {word}


def test_the_list_holds_2048_sorted_words_of_three_to_nine_letters() -> None:
    assert len(WORDS) == len(set(WORDS)) == 2048
    assert list(WORDS) == sorted(WORDS)
    assert all(re.fullmatch("[a-z]{3,9}", word) for word in WORDS)


def test_four_letters_tell_every_word_from_all_others() -> None:
    assert [start for start, count in Counter(word[:4] for word in WORDS).items() if count > 1] == []


def test_no_slip_of_one_letter_makes_another_word_of_the_list() -> None:
    known = set(WORDS)
    assert {word: near for word in WORDS if (near := one_letter_away(word) & known)} == {}


def test_the_seal_of_the_example_has_its_known_words() -> None:
    assert seal_bytes(TEXT).hex() == "4a7718b2e3ba4bb78947d32887e19480"
    assert seal_words(TEXT) == SEAL
    assert " ".join(SEAL[:3]) == "enlarge rebound clearing"


def test_another_log_size_or_root_gives_quite_other_words() -> None:
    others = [TEXT.replace("demo", "dema"), TEXT.replace("\n8\n", "\n9\n"), TEXT.replace("p0=", "p4=")]
    for other in others:
        assert sum(ours == theirs for ours, theirs in zip(SEAL, seal_words(other), strict=True)) <= 2


@pytest.mark.parametrize("text", ["", TEXT[:-1], TEXT + "\n", "x" + "\n" * 3, TEXT + "extension\n"])
def test_words_are_made_of_a_checkpoint_and_of_nothing_else(text: str) -> None:
    with pytest.raises(MalformedInput):
        seal_words(text)


@given(digests)
def test_words_give_their_bytes_back(digest: bytes) -> None:
    words = words_of_bytes(digest)
    assert len(words) == 12
    assert bytes_of_words(words) == digest
    assert check_words(words)


@pytest.mark.parametrize("digest", [b"", bytes(15), bytes(17), bytes(15) + b"\x01", bytes(15) + b"\x40"])
def test_only_sixteen_bytes_with_seven_zero_bits_at_the_end_have_words(digest: bytes) -> None:
    with pytest.raises(ValueError, match="no seal words"):
        words_of_bytes(digest)


def test_two_words_swapped_do_not_fit_the_twelfth() -> None:
    swapped = [SEAL[1], SEAL[0], *SEAL[2:]]
    assert check_words(SEAL)
    assert not check_words(swapped)
    with pytest.raises(MalformedInput, match="twelfth"):
        bytes_of_words(swapped)


@pytest.mark.parametrize("words", [[], SEAL[:11], [*SEAL, SEAL[0]], ["enlarged", *SEAL[1:]]])
def test_words_that_no_seal_has_are_refused(words: list[str]) -> None:
    assert not check_words(words)
    with pytest.raises(MalformedInput) as refusal:
        bytes_of_words(words)
    assert refusal.value.code == "bad-seal-words"


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=14))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    try:
        digest = bytes_of_words(words)
    except MalformedInput:
        assert not check_words(words)
    else:
        assert words_of_bytes(digest) == words


TYPED = {
    "on one line": " ".join(SEAL),
    "in capitals": " ".join(SEAL).upper(),
    "with commas": ", ".join(SEAL) + ".",
    "on lines of their own": "\r\n".join(SEAL),
    "numbered": "\n".join(f"{place}. {word.title()}" for place, word in enumerate(SEAL, 1)),
    "numbered in brackets": " ".join(f"({place}){word}" for place, word in enumerate(SEAL, 1)),
    "with numerals of other scripts": " ".join(f"\u0bf0{word}\u0bf1" for word in SEAL),
    "with dashes": "\u2014".join(SEAL),
    "in full-width letters": " ".join(SEAL).translate({code: code + 0xFEE0 for code in range(0x61, 0x7B)}),
}


@pytest.mark.parametrize("how", TYPED)
def test_the_same_words_are_the_same_seal_when_typed(how: str) -> None:
    compared = compare_words(SEAL, TYPED[how])
    assert compared.same
    assert compared.first_different is None
    assert compared.unknown == ()


def test_the_first_word_that_differs_is_named_with_its_place() -> None:
    compared = compare_words(SEAL, " ".join([*SEAL[:4], "zoology", "abacus", *SEAL[6:]]))
    assert not compared.same
    assert (compared.first_different, compared.typed_word, compared.expected_word) == (5, "zoology", SEAL[4])
    assert compared.unknown == ()


def test_a_word_that_is_not_on_the_list_is_told_apart_from_another_seal() -> None:
    compared = compare_words(SEAL, " ".join([*SEAL[:2], "claering", *SEAL[3:]]))
    assert (compared.first_different, compared.unknown) == (3, ("claering",))


@pytest.mark.parametrize(
    ("typed", "place", "typed_word", "expected_word"),
    [
        (SEAL[:11], 12, None, SEAL[11]),
        ([*SEAL, "extra"], 13, "extra", None),
        ([], 1, None, SEAL[0]),
    ],
    ids=["a word missing", "a word too many", "nothing"],
)
def test_another_number_of_words_is_not_the_same(
    typed: list[str], place: int, typed_word: str | None, expected_word: str | None
) -> None:
    compared = compare_words(SEAL, " ".join(typed))
    assert not compared.same
    assert (compared.first_different, compared.typed_word, compared.expected_word) == (
        place,
        typed_word,
        expected_word,
    )


def test_a_comparison_without_a_seal_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no words"):
        compare_words([], "enlarge")


@given(st.text())
def test_any_text_is_compared(typed: str) -> None:
    compared = compare_words(SEAL, typed)
    assert compared.same == (read_words(typed) == SEAL)


def test_a_whole_book_is_not_searched_for_words() -> None:
    with pytest.raises(MalformedInput):
        compare_words(SEAL, "enlarge " * 2000)


def test_a_checkpoint_of_this_package_has_words() -> None:
    assert check_words(seal_words(Checkpoint("audit.example/tests", 1, bytes(32)).text))
