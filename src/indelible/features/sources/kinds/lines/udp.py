"""Listening for datagrams.

A datagram that finds the socket's buffer full is dropped by the kernel, and nobody is told. So the buffer is made as
large as this computer allows, it is emptied quickly, and the kernel's own count of what it dropped is read: lines
that were lost are at least known to be lost. While the backlog has no room the socket is left alone; what the buffer
cannot hold then is in that count too.

Sources: RFC 5426; socket(7), SO_RCVBUF; proc(5), /proc/net/udp.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from indelible.features.sources.kinds.lines.backlog import Backlog
from indelible.features.sources.kinds.lines.framing import frame_of
from indelible.features.sources.kinds.lines.listening import Listening, plain_address
from indelible.features.sources.kinds.lines.numbering import Numbering
from indelible.features.sources.kinds.lines.traffic import Traffic
from indelible.intake.logs.live import Arrived

BUFFER_BYTES: Final = 8 << 20
# SO_RCVBUFFORCE of socket(7), for the administrator of Linux: Python has no name for it.
_OPTIONS: Final = (socket.SO_RCVBUF, 33) if sys.platform == "linux" else (socket.SO_RCVBUF,)
LARGEST_DATAGRAM: Final = 65_535
AT_ONCE: Final = 500  # datagrams, before others have their turn
NOT_ALLOWED: Final = "not-allowed"


class Datagrams:
    """One UDP socket of a source."""

    def __init__(self, listening: Listening, backlog: Backlog, traffic: Traffic) -> None:
        self._listening = listening
        self._backlog = backlog
        self._traffic = traffic
        self._numbering = Numbering()
        self._socket: socket.socket | None = None
        self._dropped = 0  # of what the kernel counts: told already

    def open(self) -> None:
        """Begin to listen. Raises OSError where the address or the port cannot be had."""
        self._socket = bound_socket(self._listening, socket.SOCK_DGRAM)
        for option in _OPTIONS:
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
            except OSError:
                continue  # then it is as large as the computer allows everybody
        self.go_on()

    def go_on(self) -> None:
        """Read again, once there is room."""
        if self._socket is not None:
            asyncio.get_running_loop().add_reader(self._socket, self._read)

    async def close(self) -> None:
        """Read what has come already, then listen no more."""
        if self._socket is None:
            return
        asyncio.get_running_loop().remove_reader(self._socket)
        while self._take_in(AT_ONCE) == AT_ONCE:
            await asyncio.sleep(0)
        self.look_for_losses()
        self._socket.close()
        self._socket = None

    def look_for_losses(self) -> None:
        """Ask the kernel how much it dropped since the last look."""
        if self._socket is None:
            return
        dropped = dropped_by_kernel(self._socket)
        if dropped > self._dropped:
            self._traffic.lose(dropped - self._dropped)
            self._dropped = dropped

    def _read(self) -> None:
        self._take_in(AT_ONCE)

    def _take_in(self, most: int) -> int:
        """Read up to so many datagrams that wait; return how many there were."""
        assert self._socket is not None
        lines: list[Arrived] = []
        count = 0
        for count in range(1, most + 1):
            try:
                data, address = self._socket.recvfrom(LARGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                count -= 1
                break
            except OSError:  # what an earlier answer of ours came to; nothing was read
                continue
            sender = plain_address(address[0])
            if not self._listening.lets_in(sender):
                self._traffic.turn_away(sender, NOT_ALLOWED)
            elif frame := frame_of(data, self._listening.largest):
                lines.append(self._numbering.arrived(frame, sender))
        self._traffic.lines += len(lines)
        if lines and not self._backlog.put(lines):
            asyncio.get_running_loop().remove_reader(self._socket)
        return count


def bound_socket(listening: Listening, kind: socket.SocketKind) -> socket.socket:
    """Return a socket at the address and port of a source. Raises OSError."""
    family = socket.AF_INET6 if ":" in listening.address else socket.AF_INET
    made = socket.socket(family, kind)
    try:
        if kind == socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # :: is meant for both versions; any other address is itself.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(listening.address != "::"))
        made.setblocking(False)
        made.bind((listening.address, listening.port))
    except BaseException:
        made.close()
        raise
    return made


def dropped_by_kernel(of: socket.socket, read: Callable[[Path], str] = Path.read_text) -> int:
    """Return how many datagrams the kernel dropped at this socket; 0 where it does not say (other systems)."""
    table = Path("/proc/net/udp6" if of.family == socket.AF_INET6 else "/proc/net/udp")
    inode = str(os.fstat(of.fileno()).st_ino)
    try:
        for row in read(table).splitlines()[1:]:
            cells = row.split()
            if cells[9] == inode:
                return int(cells[12])
    except (OSError, ValueError, IndexError):
        return 0
    return 0
