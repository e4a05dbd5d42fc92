"""The bare network address in what a source calls one.

Sources write `[2001:db8::1]:443`, `192.0.2.7:51000` or `::ffff:192.0.2.7`, names of services, and
placeholders for "no address". Only a bare address becomes `context.ip`; anything else stays in the
record as received, with a flag that says so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

_PORT_OF_V4 = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
_BRACKETS = re.compile(r"\[([0-9A-Fa-f:.%]+)\](?::\d{1,5})?")
_LONGEST = 100  # characters; no address with its port and zone is longer
_NO_ADDRESS = {"0.0.0.0", "::", "255.255.255.255"}  # noqa: S104 - read from files, never bound to


def clean_address(text: str) -> tuple[str | None, str | None]:
    """Return (address, flag): the bare address or None, and why there is none.

    The flag is `ip_placeholder` for an address that stands for "no address", `ip_not_an_address` for
    words. Empty text gives neither.
    """
    bare = text.strip()
    return _read(bare) if len(bare) <= _LONGEST else (None, "ip_not_an_address")


@lru_cache(maxsize=8192)
def _read(bare: str) -> tuple[str | None, str | None]:
    if not bare:
        return None, None
    if match := _BRACKETS.fullmatch(bare) or _PORT_OF_V4.fullmatch(bare):
        bare = match[1]
    try:
        address = ip_address(bare)
    except ValueError:
        return None, "ip_not_an_address"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        bare = str(address.ipv4_mapped)
    if bare in _NO_ADDRESS:
        return None, "ip_placeholder"
    return bare, None


def looks_like_address(text: str) -> bool:
    """Answer whether the text is a network address, with or without a port."""
    address, flag = clean_address(text)
    return address is not None or flag == "ip_placeholder"
