"""Listening for connections, with TLS where the source says so.

A sender over TCP waits when we read no more, so nothing has to be lost for want of room: while the backlog is full no
connection is read. Bounds hold what a stranger can cost: so many connections, so many of one address, so long for the
first byte, for a greeting under TLS, and within a line. A quiet connection of a known sender is left alone for a day,
since senders notice a closed one only by losing a message into it; what the network lost is found by keepalive.

Sources: RFC 6587; RFC 5425; tcp(7).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from typing import Any, Final, cast

from indelible.features.sources.kinds.lines import certificates
from indelible.features.sources.kinds.lines.backlog import Backlog
from indelible.features.sources.kinds.lines.framing import Framer
from indelible.features.sources.kinds.lines.listening import Listening, plain_address
from indelible.features.sources.kinds.lines.numbering import Numbering
from indelible.features.sources.kinds.lines.traffic import Connected, Traffic
from indelible.features.sources.kinds.lines.udp import NOT_ALLOWED, bound_socket

MOST_CONNECTIONS: Final = 200
MOST_OF_ONE_ADDRESS: Final = 50
FIRST_BYTE_WITHIN: Final = 60.0  # seconds
GREETING_WITHIN: Final = 15.0
WITHIN_A_LINE: Final = 60.0  # without a byte of its rest
LONGEST_LINE: Final = 300.0  # from its first byte to its last
QUIET_FOR: Final = 24 * 3_600.0
LOOK_EVERY: Final = 5.0
MOST_EARLY: Final = 1 << 20
LEAVING_SECONDS: Final = 0.5  # for what is on its way while a listener closes
# What lies here unread is lost where this computer fails, and the sender takes it for delivered. So it is kept small.
BUFFER_BYTES: Final = 256 << 10

TOO_MANY: Final = "too-many"
NO_GREETING: Final = "no-greeting"
NOT_ENCRYPTED: Final = "not-encrypted"
WRONG_CERTIFICATE: Final = "wrong-certificate"


class Connections:
    """The TCP socket of a source and all connections to it."""

    def __init__(
        self, listening: Listening, backlog: Backlog, traffic: Traffic, context: ssl.SSLContext | None
    ) -> None:
        self.listening = listening
        self.backlog = backlog
        self.traffic = traffic
        self.context = context
        self.numbering = Numbering()
        self.open_ones: set[Connection] = set()
        self.is_full = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.senders = _fingerprints(listening.senders_certificates)
        self._server: asyncio.Server | None = None
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to listen. Raises OSError where the address or the port cannot be had."""
        made = bound_socket(self.listening, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: Connection(self), sock=made, backlog=128)
        except BaseException:
            made.close()
            raise
        self._looking = asyncio.create_task(self._look_after())

    def go_on(self) -> None:
        """Read again, once there is room."""
        self.is_full = False
        for each in self.open_ones:
            each.go_on()

    def pause(self) -> None:
        """Read no more from anybody until there is room."""
        self.is_full = True
        for each in self.open_ones:
            each.hold()

    async def close(self) -> None:
        """Take nothing new, tell senders that it ends, read what is on its way, and close."""
        if self._server is None:
            return
        self._server.close()
        if self._looking is not None:
            self._looking.cancel()
        self.go_on()
        for each in list(self.open_ones):
            each.say_end()
        if self.open_ones:
            await asyncio.sleep(LEAVING_SECONDS)
        for each in list(self.open_ones):
            each.leave()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.sleep(0)
        await self._server.wait_closed()
        self._server = None

    def may_come(self, sender: str) -> str:
        """Return why somebody is turned away; empty where they may come in."""
        if not self.listening.lets_in(sender):
            return NOT_ALLOWED
        same = sum(each.sender == sender for each in self.open_ones)
        return TOO_MANY if len(self.open_ones) >= MOST_CONNECTIONS or same >= MOST_OF_ONE_ADDRESS else ""

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = asyncio.get_running_loop().time()
            for each in list(self.open_ones):
                if each.is_overdue(now):
                    each.leave()


class Connection(asyncio.Protocol):
    """One connection: greeted, read, parted into lines."""

    def __init__(self, house: Connections) -> None:
        self._house = house
        self._framer = Framer(house.listening.largest)
        self._transport: asyncio.Transport | None = None
        self._greeted = False
        self._early = bytearray()  # what came with the last of the greeting
        self._heard_at = asyncio.get_running_loop().time()
        self._line_since: float | None = None
        self._has_spoken = False
        self._connected: Connected | None = None
        self.sender = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let somebody in, or turn them away."""
        made = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.sender = plain_address(peer[0]) if peer else ""
        why = self._house.may_come(self.sender) if self.sender else NOT_ALLOWED
        if why:
            self._house.traffic.turn_away(self.sender, why)
            made.abort()
            return
        self._transport = made
        _keep_alive(transport.get_extra_info("socket"))
        self._house.open_ones.add(self)
        if self._house.context is None:
            self._welcome()
            return
        made.pause_reading()  # its greeting is for TLS to read
        task = asyncio.create_task(self._greet(made, self._house.context))
        self._house.tasks.add(task)
        task.add_done_callback(self._house.tasks.discard)

    async def _greet(self, plain: asyncio.Transport, context: ssl.SSLContext) -> None:
        """Agree on encryption, and on who the sender is where certificates are wanted."""
        why, certificate = "", ""
        loop = asyncio.get_running_loop()
        try:
            made = await loop.start_tls(
                plain, self, context, server_side=True, ssl_handshake_timeout=GREETING_WITHIN
            )
            assert made is not None
            certificate = _shown(made)
            if self._house.senders and certificate not in self._house.senders:
                why = WRONG_CERTIFICATE
        except ssl.SSLError as refused:
            why = _why(refused)
        except (OSError, asyncio.CancelledError):
            why = NO_GREETING
        if why:
            self._house.traffic.turn_away(self.sender, why)
            self.leave()
            self._gone()
            return
        self._transport = cast(asyncio.Transport, made)
        self._welcome(certificate)

    def _welcome(self, certificate: str = "") -> None:
        self._greeted = True
        self._connected = Connected(self.sender, datetime.now(UTC), certificate=certificate)
        self._house.traffic.connections[id(self)] = self._connected
        if self._early:
            self.data_received(bytes(self._early))
            self._early.clear()
        if self._house.is_full:
            self.hold()

    def data_received(self, data: bytes) -> None:
        """Part what came into lines, and read no more where there is no room for more."""
        now = asyncio.get_running_loop().time()
        self._heard_at, self._has_spoken = now, True
        if not self._greeted:  # nobody's lines are read before it is known who sends them
            self._early += data
            if len(self._early) > MOST_EARLY:
                self.leave()
            return
        frames = self._framer.feed(data)
        if frames or not self._framer.is_inside:
            self._line_since = None
        if self._framer.is_inside and self._line_since is None:
            self._line_since = now
        self._take(frames)
        if self._framer.is_lost:
            self.leave()

    def eof_received(self) -> bool:
        """The sender is done: what it left unfinished is kept as such."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is gone, and what it left unfinished."""
        if self._greeted and self._connected is not None:
            self._take(self._framer.end())
        self._gone()

    def _take(self, frames: Any) -> None:
        lines = [self._house.numbering.arrived(each, self.sender) for each in frames if each.data.strip()]
        if not lines:
            return
        self._house.traffic.lines += len(lines)
        if self._connected is not None:
            self._connected.lines += len(lines)
        if not self._house.backlog.put(lines) and not self._house.is_full:
            self._house.pause()

    def _gone(self) -> None:
        self._house.open_ones.discard(self)
        self._house.traffic.connections.pop(id(self), None)

    def hold(self) -> None:
        """Read no more for now: the sender waits."""
        if self._transport is not None and self._greeted and not self._transport.is_closing():
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read again. The time that it had to wait for us is not held against it."""
        self._heard_at = asyncio.get_running_loop().time()
        self._line_since = self._heard_at if self._line_since is not None else None
        if self._transport is not None and self._greeted and not self._transport.is_closing():
            self._transport.resume_reading()

    def say_end(self) -> None:
        """Say that nothing more is taken, so that the sender does not send into a closed connection."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def leave(self) -> None:
        """Close it."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    def is_overdue(self, now: float) -> bool:
        """Whether it has been silent, or within one line, for longer than we wait. Not while we hold it up."""
        if self._house.is_full:
            return False
        quiet = now - self._heard_at
        if self._line_since is not None:
            return quiet > WITHIN_A_LINE or now - self._line_since > LONGEST_LINE
        return quiet > (QUIET_FOR if self._has_spoken else FIRST_BYTE_WITHIN)


def _keep_alive(made: Any) -> None:
    """Have the kernel notice a sender that is gone without a word, within some minutes."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 120), ("TCP_KEEPINTVL", 30), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _shown(transport: asyncio.BaseTransport) -> str:
    """Return the fingerprint of the certificate that a sender showed; empty for none."""
    about = transport.get_extra_info("ssl_object")
    der = about.getpeercert(binary_form=True) if about is not None else None
    return certificates.fingerprint_of_der(der) if der else ""


def _fingerprints(pem: str) -> frozenset[str]:
    found = certificates.all_in(pem) if pem.strip() else []
    return frozenset(certificates.fingerprint(each) for each in found)


def _why(refused: ssl.SSLError) -> str:
    """Return why a greeting failed, as one of the few reasons that people can do something about."""
    said = str(refused.reason or refused).upper()
    if "HTTP_REQUEST" in said or "WRONG_VERSION" in said or "UNKNOWN_PROTOCOL" in said or "RECORD" in said:
        return NOT_ENCRYPTED
    if "CERTIFICATE" in said or "UNKNOWN_CA" in said:
        return WRONG_CERTIFICATE
    return NO_GREETING
