"""How a source listens: its settings as the receiver and the pages need them, read from what the form kept."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

from indelible.features.sources.models import Kind, Source, State

UDP, TCP, TLS = "udp", "tcp", "tls"
MOST_ALLOWED: Final = 100
_UNPRIVILEGED: Final = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_STATUS: Final = Path("/proc/self/status")
_MAY_BIND: Final = 10  # CAP_NET_BIND_SERVICE of capabilities(7)

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Listening:
    """One source's settings. Two are equal where a listener can go on as it is."""

    how: str
    port: int
    address: str
    reached_as: str = field(default="", compare=False)
    allowed: str = ""
    zone: str = ""
    largest_kb: int = 64
    certificate_from: str = "own"
    own_certificate: str = ""
    next_certificate: str = field(default="", compare=False)
    certificate: str = ""
    certificate_file: str = ""
    key_file: str = ""
    senders_certificates: str = ""

    @classmethod
    def of(cls, source: Source) -> Listening:
        """Return the settings of a source."""
        kept: dict[str, Any] = source.settings
        return cls(**{name: kept[name] for name in cls.__dataclass_fields__ if name in kept})

    @property
    def largest(self) -> int:
        """Bytes of the largest line."""
        return self.largest_kb * 1024

    @property
    def is_local(self) -> bool:
        """Whether only programs of this machine can reach it."""
        return ip_address(self.address).is_loopback

    @property
    def host(self) -> str:
        """Under which name or address senders reach it."""
        return host_of(self.address, self.reached_as)

    @cached_property
    def networks(self) -> list[Network]:
        """Who may send; empty for everybody who can reach it."""
        return networks_in(self.allowed)

    def lets_in(self, address: str) -> bool:
        """Whether somebody at this address may send."""
        if not self.networks:
            return self.is_local
        at = ip_address(address)
        return any(at.version == each.version and at in each for each in self.networks)


def host_of(address: str, reached_as: str) -> str:
    """Return the name or address that senders use for a listener."""
    if ip_address(address).is_loopback:
        return address
    return reached_as or (socket.gethostname() if ip_address(address).is_unspecified else address)


def hosts_of(address: str, reached_as: str) -> list[str]:
    """Return all names and addresses that a certificate of a listener should be good for, the usual one first."""
    found = [host_of(address, reached_as)]
    found += [] if ip_address(address).is_unspecified else [address]
    return list(dict.fromkeys([*found, *([reached_as] if reached_as else [])]))


def networks_in(text: str) -> list[Network]:
    """Return the networks that a text lists, parted by blanks, commas or line ends. Raises ValueError."""
    return [ip_network(each, strict=False) for each in text.replace(",", " ").split()]


def plain_address(address: str) -> str:
    """Return an address as people write it: without the zone of a link, and version 4 as such."""
    bare = ip_address(address.partition("%")[0])
    mapped = bare.ipv4_mapped if isinstance(bare, IPv6Address) else None
    return str(mapped or bare)


def protocol_of(how: str) -> str:
    """Return what two sources may not share a port of: TLS runs over TCP."""
    return UDP if how == UDP else TCP


def who_listens_at(how: str, port: int, but: Source | None = None) -> Source | None:
    """Return the source that has this port already, None where none has. A source that ended has none."""
    for row in Source.objects.filter(kind=Kind.LINES).exclude(state=State.ENDED).order_by("pk"):
        same_port = row.settings.get("port") == port
        same_protocol = protocol_of(str(row.settings.get("how"))) == protocol_of(how)
        if same_port and same_protocol and (but is None or row.pk != but.pk):
            return row
    return None


def may_bind(port: int) -> bool:
    """Whether this process may listen on a port so low."""
    if port >= 1024:
        return True
    try:
        if port >= int(_UNPRIVILEGED.read_text()):
            return True
        rights = next(line for line in _STATUS.read_text().splitlines() if line.startswith("CapEff:"))
        return bool(int(rights.split()[1], 16) >> _MAY_BIND & 1)
    except (OSError, ValueError, StopIteration, IndexError):
        return os.geteuid() == 0
