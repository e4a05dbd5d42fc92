"""However slowly a request drips, it ends; the times are made short here, the clock is the real one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from indelible.witness import answers, serving
from indelible.witness.serving import WitnessServer
from tests.witness.asking import Bench, post


@pytest.fixture
def server(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[WitnessServer]:
    """A server of this process with a tenth of the patience."""
    monkeypatch.setattr(serving, "REQUEST_SECONDS", 1.0)
    monkeypatch.setattr(answers.Handler, "timeout", 0.5)
    server = WitnessServer(("127.0.0.1", 0), bench.key.verifier, bench.judge, bench.state)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.stop()
    thread.join()


def cut_off_while(server: WitnessServer, first: bytes, drip: bytes, pause: float) -> bool:
    """Send `first` and then `drip` again and again; say whether the server ended it before 20 of them."""
    with socket.create_connection(server.server_address[:2], timeout=20) as connection:
        connection.sendall(first)
        try:
            for _ in range(20):
                connection.sendall(drip)
                time.sleep(pause)
        except OSError:
            return True
        return False


HEAD = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1000\r\n"


@pytest.mark.parametrize("first", [HEAD, HEAD + b"\r\n"])
def test_a_request_that_drips_is_cut_off(server: WitnessServer, bench: Bench, first: bytes) -> None:
    assert cut_off_while(server, first, b"a", 0.2)
    assert post(server.url, bench.log.request(0, 3)).status == 200


def test_a_connection_that_says_nothing_is_let_go(server: WitnessServer) -> None:
    with socket.create_connection(server.server_address[:2], timeout=20) as connection:
        assert connection.recv(10) == b""


def test_a_disk_that_takes_nothing_is_told_as_that_and_nothing_is_cosigned(
    server: WitnessServer, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert post(server.url, bench.log.request(0, 3)).status == 200
    # A file that may not grow further is what a full disk is to SQLite.
    bench.state._connection.execute("PRAGMA max_page_count = 1")
    pages = bench.state._connection.execute("PRAGMA page_count").fetchone()[0]
    bench.state._connection.execute(f"PRAGMA max_page_count = {pages}")
    statuses = [post(server.url, bench.log.request(size, size + 1)).status for size in range(3, 60)]
    last = next(at for at, status in enumerate(statuses) if status != 200) + 3
    assert statuses[last - 3] == 503
    assert "cannot be used" in capsys.readouterr().err
    bench.state._connection.execute("PRAGMA max_page_count = 100000")
    assert bench.state.newest(bench.log.origin).size == last  # type: ignore[union-attr]
    assert post(server.url, bench.log.request(last, last + 1)).status == 200
