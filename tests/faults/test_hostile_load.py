"""Hostile load on a real server: what is sent is refused or taken as documented, and others are answered meanwhile."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.services.installed import Installed, installed

SLOW = 40  # more than there are threads
MEMORY = 220_000_000  # bytes of the web server while 250 MB are sent; it has some 130 MB before


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with installed(tmp_path_factory.mktemp("hostile") / "home") as (running, _printed):
        yield running


def memory_of_web_server(port: int) -> int:
    """Return the bytes that the process which listens at a port holds at present."""
    inodes = {
        parts[9]
        for parts in (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        if parts[3] == "0A" and int(parts[1].rpartition(":")[2], 16) == port
    }
    most = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = {link.readlink().name for link in (process / "fd").iterdir()}
            status = (process / "status").read_text()
        except OSError:
            continue
        if any(f"socket:[{inode}]" in links for inode in inodes):
            found = re.search(r"VmRSS:\s+(\d+) kB", status)
            most = max(most, int(found[1]) * 1024 if found else 0)
    return most


@contextmanager
def trickling(port: int, head: bytes) -> Iterator[list[socket.socket]]:
    """Hold open connections that have sent `head`, and send one byte more each time they are asked to."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            for _ in range(SLOW)
        ]
        for each in found:
            each.sendall(head)
        yield found


def answered(shop: Installed, path: str = "/account/sign-in/") -> float:
    """Return how many seconds an ordinary page takes."""
    begun = time.monotonic()
    assert shop.ask("GET", path).status == 200
    return time.monotonic() - begun


@pytest.mark.parametrize(
    "head",
    [
        b"GET /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\nname=",
        b"POST /sources/upload/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx",
        b"POST /sources/upload/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    ],
    ids=["heads", "forms", "files", "chunks"],
)
def test_slow_senders_hold_nobody_up(shop: Installed, head: bytes) -> None:
    with trickling(shop.port, head) as connections:
        took = []
        for _ in range(3):
            for each in connections:
                each.sendall(b"a" if b"chunked" not in head else b"1\r\na\r\n")
            took.append(answered(shop))
        assert max(took) < 5
        print("slowest page beside slow senders:", round(max(took), 3))
