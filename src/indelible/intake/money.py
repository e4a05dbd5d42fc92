"""Amounts of money as people and their spreadsheets write them.

An amount is kept as text, so that no digit is lost: `-1234.56`, with a point and without marks between
thousands. Which sign stands before the fractions is a habit of a whole column: `1.234` alone may be a
thousand or one and a bit, so a column is looked at as a whole and asked about where it proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CURRENCY_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "Kč": "CZK", "CHF": "CHF"}
_LONGEST = 60  # characters; what is longer is no amount
_CODE = re.compile(r"\b([A-Z]{3})\b")
_NUMBER = re.compile(r"\d[\d.,'’ \u00a0\u202f]*")
_SIGN = r"\s*(?:[A-Z]{3}|[^\w\s(),.+-]{1,2}|zł|Kč)?\s*"
_AMOUNT = re.compile(rf"[(\-+−]*{_SIGN}[\-−]?{_NUMBER.pattern}{_SIGN}[)\-−]?")
_SPACES = re.compile(r"['’ \u00a0\u202f]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum as plain digits with a point, and its currency where the text says it (ISO 4217)."""

    number: str
    currency: str | None = None


def decimal_sign(texts: Iterable[str]) -> str | None:
    """Return the sign before the fractions that a column of amounts proves.

    "." also where there are no fractions at all and nothing could be misread; None where every amount
    could be read both ways.
    """
    doubtful = False
    for text in texts:
        if (match := _NUMBER.search(text[:_LONGEST])) is None:
            continue
        digits = _SPACES.sub("", match[0].strip())
        points, commas = digits.count("."), digits.count(",")
        if points and commas:
            return "." if digits.rfind(".") > digits.rfind(",") else ","
        if points + commas == 1:
            sign = "." if points else ","
            whole, _, fraction = digits.partition(sign)
            if len(fraction) != 3 or len(whole) > 3 or whole == "0":
                return sign
            doubtful = True
        elif points > 1:
            return ","
        elif commas > 1:
            return "."
    return None if doubtful else "."


def amount_of(text: str, *, decimal: str) -> Amount | None:
    """Read one amount; None where the text is not one. Brackets, or a sign at either end, mean minus."""
    bare = text.strip()
    if len(bare) > _LONGEST:
        return None
    if not _AMOUNT.fullmatch(bare) or (match := _NUMBER.search(bare)) is None:
        return None
    digits = _SPACES.sub("", match[0])
    thousands = "," if decimal == "." else "."
    number = digits.replace(thousands, "").replace(decimal, ".").rstrip(".")
    if number.count(".") > 1:
        return None
    minus = bare.startswith("(") or "-" in bare or "−" in bare
    return Amount(f"-{number}" if minus and number.strip("0.") else number, currency_in(bare))


def currency_in(text: str) -> str | None:
    """Return the currency that a text names; a dollar sign is no one country's."""
    for sign, code in CURRENCY_SIGNS.items():
        if sign in text:
            return code
    match = _CODE.search(text)
    return match[1] if match else None
