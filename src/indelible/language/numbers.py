"""Numbers as people type them: "5,000", "EUR 5.000,00", "5k", "10 000", "1 million"."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(
    r"(?P<sign>[-−]?)(?P<digits>[0-9][0-9.,'’ \u00a0\u202f]*?)\s?(?P<scale>thousand|million|mio|bn|[kKmM])?"
)
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:(?P<mark>[,.'’ \u00a0\u202f])\d{3})(?:(?P=mark)\d{3})*", re.ASCII)
_SCALES: Final = {"k": 3, "thousand": 3, "m": 6, "million": 6, "mio": 6, "bn": 9}


def number_of(text: str) -> str | tuple[str, ...] | None:
    """Return a number as it is compared; several where its point may part thousands or decimals; None where it is none.

    "5,000" is five thousand, since the sentences are English; "5.000" may be five.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    digits = match["digits"]
    scale = _SCALES.get((match["scale"] or "").lower(), 0)
    found = _decimal(digits)
    if found is None:
        return None
    sign = "-" if match["sign"] else ""
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits) and not scale:
        return (sign + digits.replace(".", ""), sign + digits)
    return sign + (_scaled(found, scale) if scale else found)


def _decimal(digits: str) -> str | None:
    whole, decimals = digits, ""
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0 and not (_THOUSANDS.fullmatch(digits) and not re.fullmatch(r"\d{1,3}\.\d{3}", digits)):
        whole, decimals = digits[:last], digits[last + 1 :]
        if digits[last] in whole or not decimals.isdigit():
            return None
    if not whole.isdigit():
        if not _THOUSANDS.fullmatch(whole):
            return None
        whole = re.sub(r"\D", "", whole)
    return f"{whole}.{decimals}" if decimals else whole


def _scaled(number: str, places: int) -> str:
    whole, _, part = number.partition(".")
    digits = whole + part.ljust(places, "0")[:places]
    rest = part[places:]
    return (digits.lstrip("0") or "0") + (f".{rest}" if rest else "")
