"""Witnesses and authorities as they are in life: processes of their own, and answers nobody should rely on."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.authority import Authority, running_authority
from tests.services.witness import RunningWitness, running_witness


@pytest.fixture
def witness(book: Any, tmp_path: Path) -> Iterator[RunningWitness]:
    """A witness that knows Northwind's record."""
    with running_witness(tmp_path / "witness", logs=[book.public_key]) as running:
        yield running


@pytest.fixture
def holm(book: Any, witness: RunningWitness) -> Any:
    """Holm and Partners, set up as a witness and never asked yet."""
    from indelible.features.seals.models import Witness

    return Witness.objects.create(logbook=book, name="Holm and Partners", key=witness.key, url=witness.url)


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    """A time-stamping authority."""
    with running_authority(tmp_path / "authority") as running:
        yield running


@pytest.fixture
def stamps(book: Any, authority: Authority) -> Any:
    """Stamps Ltd, set up as an authority and never asked yet."""
    from indelible.features.seals.models import Authority as Row

    return Row.objects.create(logbook=book, name="Stamps Ltd", url=authority.url, roots=authority.root_pem)


class Odd:
    """A server that answers every connection with bytes of ours, in pieces, as slowly as wanted."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.pause = 0.0
        self.asked: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def says(self, status: str, body: bytes = b"", media_type: str = "text/plain", **headers: str) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.pieces = [head.encode() + body]

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.asked.append(head + b"\r\n\r\n" + body)
        for piece in self.pieces:
            if self._over.wait(self.pause):
                return
            connection.sendall(piece)


@pytest.fixture
def odd() -> Iterator[Odd]:
    """A server whose answers are ours to choose."""
    server = Odd()
    yield server
    server.close()


def soon(what: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until it has come about."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")
