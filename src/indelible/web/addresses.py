"""From which network address a request comes, also where a web server stands in front of ours.

What a browser says of itself in `X-Forwarded-For` proves nothing. It is believed only as far as it was written
by servers that the installation trusts (`INDELIBLE_TRUSTED_PROXIES`): read from the right, the first address
that is none of theirs is the client's.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger("indelible.web")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """The client's address, and the server that passed the request on; empty where there was none."""

    client: str
    passed_on_by: str = ""


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request comes from."""
    return find_origin(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        parse_networks(settings.INDELIBLE_TRUSTED_PROXIES),
    )


def find_origin(peer: str, forwarded: str, trusted: Sequence[Network]) -> Origin:
    """Return the origin for who connected, what the header says, and the networks of trusted servers."""
    if not _is_in(peer, trusted):
        return Origin(peer)
    client = peer
    for said in reversed([part.strip() for part in forwarded.split(",")]):
        address = _address(said)
        if address is None:
            break
        client = str(address)
        if not _is_in(client, trusted):
            break
    return Origin(client, peer if client != peer else "")


@cache
def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks of a comma-separated list. What is none is logged, and trusts nobody."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError:
            logger.warning(
                "INDELIBLE_TRUSTED_PROXIES: neither an address nor a network, so not trusted: %s", part
            )
    return tuple(found)


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in networks)
