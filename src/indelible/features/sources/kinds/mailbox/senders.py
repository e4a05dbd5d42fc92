"""Who a mail is from, whether that one is on the list, and whether our own mail server confirms it.

A From address can be written by anybody. What the receiving mail server found out about it stands in a header that it
adds on top (Authentication-Results, RFC 8601); only the topmost one of the server that was named is believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import policy
from email.message import Message
from email.utils import getaddresses
from typing import Final

_ADDRESS: Final = re.compile(r"[^\s@<>(),;:\"\\\[\]]{1,64}@[^\s@<>(),;:\"\\\[\]]{1,255}")
_WORD: Final = re.compile(r"[^\s;=()]+")


def sender_of(mail: Message) -> tuple[str, str] | None:
    """Return the one sender as name and address; None where none or several are told, or not clearly one.

    Two readers of addresses must agree: what one takes for a comment, another takes for the address.
    """
    headers = mail.get_all("From") or []
    if len(headers) != 1:
        return None
    value = str(headers[0])
    loosely = [address for _name, address in getaddresses([value]) if address]
    try:
        parsed = policy.default.header_factory("From", value)
        strictly = [each.addr_spec for each in parsed.addresses]
        name = str(parsed.addresses[0].display_name) if strictly else ""
    except (
        ValueError,
        IndexError,
        AttributeError,
        TypeError,
    ):  # the parser's own faults with what is no address
        return None
    if len(strictly) != 1 or loosely != strictly or not _ADDRESS.fullmatch(strictly[0]):
        return None
    return " ".join(name.split())[:200], strictly[0]


def is_listed(address: str, allowed: Sequence[str]) -> bool:
    """Whether an address is on the list: itself, or its domain as "@domain". Subdomains are domains of their own."""
    address = address.casefold()
    return address in allowed or f"@{address.rpartition('@')[2]}" in allowed


def is_welcome(mail: Message, sender: tuple[str, str] | None, allowed: Sequence[str], server: str) -> bool:
    """Whether a mail comes from somebody on the list, as far as can be told. `server`, if any, confirms it."""
    if sender is None or not is_listed(sender[1], allowed):
        return False
    return not server or is_confirmed(mail, sender[1], server)


def is_confirmed(mail: Message, address: str, server: str) -> bool:
    """Whether the mail server of that name found that the sender's domain stands behind this mail (DMARC pass)."""
    for header in mail.get_all("Authentication-Results") or []:
        name, results = _results(str(header))
        if name != server.casefold():
            continue
        domain = address.rpartition("@")[2].casefold()
        return any(
            result == "pass" and properties.get("header.from", domain) == domain
            for method, result, properties in results
            if method == "dmarc"
        )  # a second one of the same name, further down, may have come with the mail
    return False


def _results(header: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]]:
    """Take a header apart: the server's name, and of each method its result and properties, in small letters."""
    first, *rest = _without_comments(header).casefold().split(";")
    name = _WORD.search(first)
    found = []
    for part in rest:
        pairs = re.findall(r"([^\s=]+)\s*=\s*([^\s=]+)", part)
        if pairs:
            method, result = pairs[0]
            found.append((method.partition("/")[0], result, dict(pairs[1:])))
    return (name[0] if name else ""), found


def _without_comments(text: str) -> str:
    """Return a header without what stands in brackets or quotation marks, which anybody may have written."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for each in text:
        if escaped:
            escaped = False
        elif each == "\\" and (depth or quoted):
            escaped = True
        elif each == '"' and not depth:
            quoted = not quoted
        elif each == "(" and not quoted:
            depth += 1
        elif each == ")" and depth and not quoted:
            depth -= 1
        elif not depth and not quoted:
            kept.append(each)
            continue
        kept.append(" ")
    return "".join(kept)
