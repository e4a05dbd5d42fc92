"""The HTTP server around a witness: how many connections at once, and how long each may take.

Each connection has a thread, at most `MOST_CONNECTIONS` of them; one more is told that we are busy. A request
that takes longer than `REQUEST_SECONDS`, however slowly its bytes drip, is cut off.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from typing import Any

from indelible.ledger.keys import VerifierKey

from . import wording
from .answers import Handler
from .errors import WitnessError
from .judging import Judge
from .state import State

MOST_CONNECTIONS = 64
REQUEST_SECONDS = 30.0
LINGER_SECONDS, LINGER_BYTES = 1.0, 1_048_576
GRACE_SECONDS = 5.0  # for requests under way when the server is told to stop

_BUSY = (
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    f"Content-Type: text/plain\r\nContent-Length: {len(wording.BUSY)}\r\n\r\n{wording.BUSY}"
).encode("ascii")


class WitnessServer(ThreadingHTTPServer):
    """Listens for a witness. `serve_forever` runs it, `stop` ends it cleanly."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], key: VerifierKey, judge: Judge, state: State) -> None:
        """Begin to listen. Raises WitnessError (`witness-address`) where that cannot be."""
        self.key, self.judge, self.state = key, judge, state
        self._slots = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._ends: dict[socket.socket, float] = {}  # when each connection is cut off; held by _ends_lock
        self._ends_lock = threading.Lock()
        self._idle: set[socket.socket] = set()  # those between two requests; held by _ends_lock
        host, port = address
        try:
            found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            self.address_family = found[0][0]
            super().__init__(found[0][4][:2], Handler)  # type: ignore[arg-type]
        except (OSError, OverflowError) as error:
            raise WitnessError("witness-address", f"{host}:{port}: {error}", host=host, port=port) from error

    @property
    def url(self) -> str:
        """The address that this machine reaches it at."""
        host, port = self.server_address[:2]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(str(host), str(host))  # noqa: S104 - shown, not bound
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"

    def renew(self, connection: socket.socket) -> None:
        """Give a connection, idle until it asks, the time of one more request."""
        with self._ends_lock:
            self._ends[connection] = time.monotonic() + REQUEST_SECONDS
            self._idle.add(connection)

    def begins(self, connection: socket.socket) -> None:
        """Note that a request arrives on a connection."""
        with self._ends_lock:
            self._idle.discard(connection)

    def server_bind(self) -> None:
        """Bind without asking the network for the name of this machine."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "witness", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread, or tell it that all are taken."""
        if not self._slots.acquire(blocking=False):
            request.settimeout(1.0)
            with contextlib.suppress(OSError):  # whoever it was has gone already
                request.sendall(_BUSY)
            self.close_request(request)
            return
        self.renew(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection and free its place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._ends_lock:
                self._ends.pop(request, None)
                self._idle.discard(request)
            self._slots.release()

    def shutdown_request(self, request: Any) -> None:
        """End a connection so that its last answer is not lost.

        Closed with something unread, a connection is reset, and the sender may never see why it was refused.
        """
        ends, left = time.monotonic() + LINGER_SECONDS, LINGER_BYTES
        with contextlib.suppress(OSError):  # it ended by itself
            request.shutdown(socket.SHUT_WR)
            request.settimeout(LINGER_SECONDS)
            while left > 0 and time.monotonic() < ends and (unread := request.recv(65_536)):
                left -= len(unread)
        self.close_request(request)

    def service_actions(self) -> None:
        """Cut off what takes too long; called several times a second while serving."""
        self._cut_off(time.monotonic())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a connection that broke; a fault of our own is told on standard error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Take no more connections, let requests under way finish within the grace, and let go."""
        self.shutdown()
        self.server_close()
        ends = time.monotonic() + GRACE_SECONDS
        while self._cut_off_idle() and time.monotonic() < ends:
            time.sleep(0.02)
        self._cut_off(float("inf"))

    def _cut_off_idle(self) -> bool:
        """Cut off connections between two requests; say whether any other is left."""
        with self._ends_lock:
            _shut(self._idle)
            return bool(self._ends.keys() - self._idle)

    def _cut_off(self, now: float) -> None:
        with self._ends_lock:
            _shut({connection for connection, ends in self._ends.items() if ends <= now})


def _shut(connections: set[socket.socket]) -> None:
    """End connections, whose threads then find them ended."""
    for connection in connections:
        with contextlib.suppress(OSError):  # it ended by itself
            connection.shutdown(socket.SHUT_RDWR)
