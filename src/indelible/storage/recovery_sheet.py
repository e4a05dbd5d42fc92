"""The recovery sheet: a sealing key under a passphrase, as text that a person can type back in from paper.

    Indelible recovery sheet 1
    Log: <origin>
     1 XXXXX XXXXX XXXXX XXXCC
    ...
     6 XXXXX XXXXX XXXXX XXXCC

Six lines carry the 67 bytes of a locked key (locked_key.py) as 108 symbols of five bits: 18 a line, and two check
letters. The letters are those that nobody mistakes for another: no I, L, O, U. The check letters of a line are two
equations over GF(32) in which the line's number takes part, so any one or two wrong letters of a line show, two
letters exchanged among them, and so does a line in the place of another. A slip is named by its line.

The key is bound to the origin, not to its public half: whoever types it in needs only the six lines and the name of
the log, which the data folder usually still knows. The same text is in the QR code.

Pure functions: chance is handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from indelible.ledger.errors import MalformedInput
from indelible.ledger.keys import SigningKey, check_key_name

from .locked_key import COST, LOCKED_BYTES, KeyLockError, lock, unlock

TITLE: Final = "Indelible recovery sheet 1"
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINES, DATA, CHECKS, GROUP = 6, 18, 2, 5

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NUMBERED = re.compile(r"\s*([1-6])[\s.):]+(\S.*)")


class SheetError(Exception):
    """A sheet cannot be read. `code` keys the words for people; `line` says which line where one is at fault."""

    def __init__(self, code: str, detail: str, line: int | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.line = line
        self.facts = {"line": line}


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What was typed in, good as far as its check letters tell."""

    origin: str | None  # None where its line was not typed
    locked: bytes


def write_sheet(key: SigningKey, passphrase: str, salt: bytes, *, cost: int = COST) -> str:
    """Return the text of a recovery sheet. `salt`: 17 random bytes that are used only here."""
    origin = key.verifier.name
    locked = lock(key.seed, passphrase, salt, _about(origin), cost=cost)
    number = int.from_bytes(locked, "big") << (LINES * DATA * 5 - LOCKED_BYTES * 8)
    symbols = [(number >> 5 * place) & 31 for place in reversed(range(LINES * DATA))]
    lines = [TITLE, f"Log: {origin}"]
    for line in range(LINES):
        data = symbols[line * DATA : (line + 1) * DATA]
        written = "".join(LETTERS[symbol] for symbol in [*data, *_checks(line + 1, data)])
        groups = [written[at : at + GROUP] for at in range(0, len(written), GROUP)]
        lines.append(f" {line + 1} {' '.join(groups)}")
    return "\n".join(lines) + "\n"


def read_sheet(text: str) -> ReadSheet:
    """Read what somebody typed or scanned: small letters, other spaces and lines of their own around it are fine.

    Raises SheetError: `sheet-line-missing`, `sheet-line-differs` (with the line), `sheet-damaged`.
    """
    origin: str | None = None
    found: dict[int, list[int]] = {}
    for typed in text.splitlines():
        if typed.strip().lower().startswith("log:"):
            origin = _origin(typed.partition(":")[2].strip())
        elif match := _NUMBERED.fullmatch(typed):
            number = int(match[1])
            found[number] = _line(number, match[2])
    for number in range(1, LINES + 1):
        if number not in found:
            raise SheetError("sheet-line-missing", f"line {number} of {LINES} is not there", number)
    symbols = [symbol for number in sorted(found) for symbol in found[number]]
    whole = 0
    for symbol in symbols:
        whole = whole << 5 | symbol
    spare = LINES * DATA * 5 - LOCKED_BYTES * 8
    if whole & ((1 << spare) - 1):
        raise SheetError("sheet-damaged", "bits that should be zero are not")
    return ReadSheet(origin, (whole >> spare).to_bytes(LOCKED_BYTES, "big"))


def open_sheet(sheet: ReadSheet, passphrase: str, origin: str) -> SigningKey:
    """Return the key of the log called `origin`.

    Raises SheetError: `sheet-other-log` where the sheet names another, `sheet-passphrase` where the passphrase does
    not fit (or what was typed is of another log, which nobody can tell apart), `sheet-damaged`.
    """
    if sheet.origin not in (None, origin):
        raise SheetError("sheet-other-log", f"the sheet is of {sheet.origin}, not of {origin}")
    try:
        return SigningKey.from_seed(origin, unlock(sheet.locked, passphrase, _about(origin)))
    except KeyLockError as refusal:
        code = "sheet-passphrase" if refusal.code == "lock-differs" else "sheet-damaged"
        raise SheetError(code, refusal.detail) from None


def _about(origin: str) -> bytes:
    return f"indelible-recovery-sheet/v1\n{origin}\n".encode()


def _origin(text: str) -> str:
    try:
        return check_key_name(text)
    except MalformedInput as refusal:
        raise SheetError("sheet-damaged", f"the name of the log: {refusal.detail}") from refusal


def _line(number: int, typed: str) -> list[int]:
    letters = re.sub(r"[\s-]", "", typed).upper().translate(_READ_AS)
    symbols = [LETTERS.find(letter) for letter in letters]
    if len(symbols) != DATA + CHECKS or -1 in symbols:
        wrong = sorted({letter for letter in letters if letter not in LETTERS})
        detail = f"{len(symbols)} letters, {DATA + CHECKS} are on the sheet"
        raise SheetError(
            "sheet-line-differs", f"letters that do not occur: {wrong}" if wrong else detail, number
        )
    data, checks = symbols[:DATA], symbols[DATA:]
    if _checks(number, data) != checks:
        raise SheetError("sheet-line-differs", "its last two letters do not fit the others", number)
    return data


# GF(32) with x^5 + x^2 + 1; 2 is a generator, so its powers 0 to 30 are all different.
_POWERS = [1]
for _ in range(30):
    _POWERS.append(_POWERS[-1] << 1 if _POWERS[-1] < 16 else (_POWERS[-1] << 1) ^ 0b100101)
_LOGS = {power: exponent for exponent, power in enumerate(_POWERS)}


def _times(left: int, right: int) -> int:
    return _POWERS[(_LOGS[left] + _LOGS[right]) % 31] if left and right else 0


def _checks(number: int, data: list[int]) -> list[int]:
    """Return the two symbols with which the sum of a line is zero, plain and weighted by place.

    Line number, data and checks stand at places 0, 1 to 18, 19 and 20: two equations with different weights at every
    place, so no one or two changes leave both fulfilled (a Reed-Solomon code of distance 3).
    """
    plain = weighted = 0
    for place, symbol in enumerate([number, *data]):
        plain ^= symbol
        weighted ^= _times(_POWERS[place], symbol)
    first, second = _POWERS[len(data) + 1], _POWERS[len(data) + 2]
    # c1 + c2 = plain and first*c1 + second*c2 = weighted, where adding is XOR.
    numerator = weighted ^ _times(second, plain)
    one = _POWERS[(_LOGS[numerator] - _LOGS[first ^ second]) % 31] if numerator else 0
    return [one, plain ^ one]
