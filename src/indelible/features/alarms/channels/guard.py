"""Which machines we may call: those of the open network, and of our own only those that whoever runs this named.

A web address that a person types is called from inside the house, where much answers that should not be asked (the
router, the cloud's own metadata, databases). So the name is resolved first, every address that it stands for must be
one of the open network, and the call then goes to that very address: a name that means something else a moment later
changes nothing.

`INDELIBLE_CALL_INSIDE` names exceptions: networks, addresses or host names, separated by commas.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from indelible.features.alarms.channels.errors import NotSent

MOST_CHARACTERS: Final = 2_000
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes: the name, and the address that was looked at."""

    host: str
    port: int
    address: str
    inside: bool  # of our own network, by leave


def take_apart(url: str) -> SplitResult:
    """Return an address in its parts. Raises NotSent (`alarm-address-bad`) for what we would not call at all."""
    try:
        parts = urlsplit(url)
        good = (
            parts.scheme in ("https", "http")
            and bool(parts.hostname)
            and (parts.port is None or 0 < parts.port < 65536)
            and parts.username is None
            and parts.password is None
            and not parts.fragment
            and url.isascii()
            and url.isprintable()
            and " " not in url
            and len(url) <= MOST_CHARACTERS
        )
    except ValueError:
        good = False
    if not good:
        raise NotSent("alarm-address-bad", for_good=True)
    return parts


def place_of(host: str, port: int, *, encrypted: bool) -> Place:
    """Return where a call to a host goes. Blocks for as long as the name takes to be found.

    Raises NotSent: `alarm-address-not-found`, `alarm-address-inside`, `alarm-address-open` (not encrypted, and not to
    a machine of our own).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise NotSent("alarm-address-not-found", type(fault).__name__) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses:
        raise NotSent("alarm-address-not-found")
    inside = _is_named(host, addresses)
    if not inside and not all(is_open(one) for one in addresses):
        raise NotSent("alarm-address-inside", for_good=True)
    if not encrypted and not inside:
        raise NotSent("alarm-address-open", for_good=True)
    return Place(host, port, str(addresses[0]), inside)


def is_open(address: Address) -> bool:
    """Whether an address belongs to the open network, in whatever form it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        if (mapped := address.ipv4_mapped) is not None:
            return is_open(mapped)
        if address.sixtofour is not None or address.teredo is not None:
            return False
        if address in _NAT64:
            return is_open(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast and not address.is_reserved


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def _is_named(host: str, addresses: list[Address]) -> bool:
    """Whether whoever runs this machine said that we may call there. Every address has to be named."""
    names, networks = _exceptions(settings.INDELIBLE_CALL_INSIDE)
    if host.lower().rstrip(".") in names:
        return True
    return bool(networks) and all(any(one in network for network in networks) for one in addresses)


def _exceptions(
    text: str,
) -> tuple[set[str], list[ipaddress.IPv4Network | ipaddress.IPv6Network]]:
    names, networks = set[str](), list[ipaddress.IPv4Network | ipaddress.IPv6Network]()
    for one in (part.strip() for part in text.split(",")):
        if not one:
            continue
        try:
            networks.append(ipaddress.ip_network(one, strict=False))
        except ValueError:
            names.add(one.lower())
    return names, networks
