"""A recovery sheet gives the key back, typed from paper; a slip is found and named by its line."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indelible.ledger.keys import SigningKey
from indelible.storage.locked_key import LEAST_COST, SALT_BYTES, KeyLockError, lock, unlock
from indelible.storage.recovery_sheet import LETTERS, SheetError, open_sheet, read_sheet, write_sheet

ORIGIN = "log-3f9ac2d41b70.indelible/main"
KEY = SigningKey.from_seed(ORIGIN, bytes(range(32)))
WORDS = "correct horse battery"
SHEET = write_sheet(KEY, WORDS, bytes(SALT_BYTES), cost=LEAST_COST)
PLACES = [match.start() for match in re.finditer(r"(?<=[ 0-9A-Z])[0-9A-Z](?=[ 0-9A-Z\n])", SHEET)]
LINES = [line for line in SHEET.splitlines() if line.startswith(" ")]


def test_a_sheet_gives_the_key_back():
    assert open_sheet(read_sheet(SHEET), WORDS, ORIGIN).text == KEY.text


def test_a_sheet_is_six_short_lines_without_letters_that_look_alike():
    assert len(LINES) == 6
    assert all(re.fullmatch(r" [1-6]( [0-9A-HJKMNP-TV-Z]{5}){4}", line) for line in LINES)
    assert KEY.seed.hex() not in SHEET and WORDS not in SHEET


def test_how_it_is_typed_does_not_matter():
    typed = SHEET.lower().replace("0", "o").replace("1", "l").replace("   ", "\t")
    lines = [f"{number}.  {line[3:].replace(' ', '-')}" for number, line in enumerate(LINES, 1)]
    assert open_sheet(read_sheet("\r\n".join(reversed(lines))), WORDS, ORIGIN).text == KEY.text
    lettered = [re.sub(r"^ l", " 1", line) for line in typed.splitlines() if line.startswith(" ")]
    assert open_sheet(read_sheet("\n".join(lettered)), WORDS, ORIGIN).text == KEY.text


@given(st.integers(1, 6), st.data())
@settings(max_examples=300)
def test_one_or_two_slips_in_a_line_are_named_by_the_line(number, data):
    letters = list(LINES[number - 1][3:].replace(" ", ""))
    before = list(letters)
    for place in data.draw(st.lists(st.integers(0, 19), min_size=1, max_size=2, unique=True)):
        letters[place] = data.draw(st.sampled_from(LETTERS))
    assume(letters != before)
    check_refused(number, "".join(letters))


@given(st.integers(1, 6), st.integers(0, 19), st.integers(0, 19))
def test_two_letters_exchanged_are_named_by_the_line(number, left, right):
    letters = list(LINES[number - 1][3:].replace(" ", ""))
    assume(letters[left] != letters[right])
    letters[left], letters[right] = letters[right], letters[left]
    check_refused(number, "".join(letters))


def check_refused(number: int, letters: str) -> None:
    lines = [*LINES[: number - 1], f" {number} {letters}", *LINES[number:]]
    with pytest.raises(SheetError) as refusal:
        read_sheet("\n".join(lines))
    assert (refusal.value.code, refusal.value.line) == ("sheet-line-differs", number)


def test_a_line_in_the_place_of_another_is_named():
    lines = [LINES[0], f" 2{LINES[2][2:]}", f" 3{LINES[1][2:]}", *LINES[3:]]
    with pytest.raises(SheetError) as refusal:
        read_sheet("\n".join(lines))
    assert refusal.value.line == 2


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "sheet-line-missing", 1),
        ("\n".join(LINES[:5]), "sheet-line-missing", 6),
        (SHEET.replace(LINES[3], LINES[3][:-1]), "sheet-line-differs", 4),
        (SHEET.replace(LINES[3], f"{LINES[3]}7"), "sheet-line-differs", 4),
        (SHEET.replace(LINES[3], f" 4 {'U' * 20}"), "sheet-line-differs", 4),
        (SHEET.replace(LINES[3], f" 4 {'Ä' * 20}"), "sheet-line-differs", 4),
        (SHEET.replace(ORIGIN, "not a name"), "sheet-damaged", None),
    ],
)
def test_what_is_missing_or_too_much_is_named(text, code, line):
    with pytest.raises(SheetError) as refusal:
        read_sheet(text)
    assert (refusal.value.code, refusal.value.line) == (code, line)


@given(st.text(max_size=300))
def test_any_text_is_a_sheet_or_refused(text):
    with pytest.raises(SheetError):
        read_sheet(text)


def test_another_passphrase_or_log_opens_nothing():
    sheet = read_sheet(SHEET)
    with pytest.raises(SheetError) as refusal:
        open_sheet(sheet, "correct horse batterY", ORIGIN)
    assert refusal.value.code == "sheet-passphrase"
    with pytest.raises(SheetError) as refusal:
        open_sheet(sheet, WORDS, "log.example/other")
    assert refusal.value.code == "sheet-other-log"
    nameless = read_sheet("\n".join(LINES))
    with pytest.raises(SheetError) as refusal:
        open_sheet(nameless, WORDS, "log.example/other")
    assert refusal.value.code == "sheet-passphrase"


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=20), st.binary(max_size=40))
@settings(max_examples=25, deadline=None)
def test_a_locked_key_is_unlocked_by_its_passphrase_alone(seed, passphrase, about):
    locked = lock(seed, passphrase, bytes(range(SALT_BYTES)), about, cost=LEAST_COST)
    assert unlock(locked, passphrase, about) == seed
    with pytest.raises(KeyLockError):
        unlock(locked, f"{passphrase}x", about)
    with pytest.raises(KeyLockError):
        unlock(locked, passphrase, about + b"x")


@given(st.integers(0, 67 * 8 - 1))
@settings(max_examples=40, deadline=None)
def test_a_locked_key_changed_by_one_bit_stays_locked(bit):
    locked = bytearray(lock(bytes(32), WORDS, bytes(SALT_BYTES), b"", cost=LEAST_COST))
    locked[bit // 8] ^= 1 << bit % 8
    if locked[1] > LEAST_COST + 4:  # a changed cost is refused as well, only more slowly
        locked[1] = LEAST_COST + 1
    with pytest.raises(KeyLockError):
        unlock(bytes(locked), WORDS, b"")


def test_a_passphrase_typed_on_another_keyboard_is_the_same():
    composed, decomposed = "Stra\u00dfe caf\u00e9 zw\u00f6lf", "Stra\u00dfe cafe\u0301 zwo\u0308lf"
    locked = lock(bytes(32), composed, bytes(SALT_BYTES), b"", cost=LEAST_COST)
    assert unlock(locked, decomposed, b"") == bytes(32)
