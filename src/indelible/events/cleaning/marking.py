"""What a mark leaves of a value: a short visible part, a keyed code, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Final, Literal

Mark = Literal["mask", "code", "drop"]
STRENGTH: Final = ("mask", "code", "drop")
"""Where several rules mark one fact, the last of these holds: it shows least."""

DOT: Final = "•"
DROPPED: Final = "removed by rule"
CODED: Final = "code "
_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Za-z0-9]){11,30}")
_NUMBER = re.compile(r"[^0-9]{0,5}[0-9][0-9.,'’ \u00a0]*[^0-9]{0,5}")
_LEAST_HIDDEN = 4  # characters that a mask hides at least


def marked(value: str, mark: Mark, code: Callable[[str], str]) -> str:
    """Return what is stored in place of `value`; never empty. `code` gives the keyed code of a text.

    What was marked before, by us or by the source, stays as it is, so that marking twice changes nothing.
    """
    if not value or is_marked(value):
        return value
    if mark == "drop":
        return DROPPED
    if mark == "code":
        return CODED + code(_comparable(value))
    return _masked(value)


def is_marked(value: str) -> bool:
    """Whether a value is what a mark left."""
    return value == DROPPED or value.startswith((CODED, DOT * 3)) or DOT * 3 in value


def _comparable(value: str) -> str:
    """Return what two spellings of one account or number share: letters and digits, small."""
    return "".join(one for one in value.casefold() if one.isalnum()) or value


def _masked(value: str) -> str:
    if (network := _network_of(value)) is not None:
        return network
    if _IBAN.fullmatch(value):
        return f"{value[:2].upper()}{DOT * 3} {_last(value, 4)}"
    if _NUMBER.fullmatch(value) and len(_comparable(value)) < 10:
        return DOT * 3  # an amount: its last figures would tell too much, and too little
    shown = min(4, max(0, (len(_comparable(value)) - _LEAST_HIDDEN) // 2))
    return f"{DOT * 3} {_last(value, shown)}" if shown else DOT * 3


def _last(value: str, count: int) -> str:
    return "".join(one for one in value if one.isalnum())[-count:]


def _network_of(value: str) -> str | None:
    """Return the network part of an IP address: 24 bits of version 4, 48 of version 6; None for what is none."""
    try:
        address = ip_address(value.strip())
    except ValueError:
        return None
    network = ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False)
    return f"{network} {DOT * 3}"
