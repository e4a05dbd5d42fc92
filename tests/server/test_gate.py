"""The gate before the application: whole bodies in, answers out, and no thread held by who is slow."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.serving import free_port

# One thread, and little patience: whoever holds it is seen at once.
TOY = """
import io, json, sys
from pathlib import Path
from granian.constants import HTTPModes, Interfaces
from granian.server import Server

class Streamed:
    streaming = True
    def __iter__(self):
        return iter([b"s" * 100_000] * 30)
    def close(self):
        pass

class Plain(list):
    def close(self):
        pass

def application(environ, start):
    path = environ["PATH_INFO"]
    if path == "/file":
        start("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](open(sys.argv[2], "rb"), 1024)
    if path == "/memory-file":
        start("200 OK", [])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"m" * 2_000_000), 1024)
    if path == "/streamed":
        start("200 OK", [])
        return Streamed()
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "application/json")])
    told = {name: text for name, text in environ.items() if isinstance(text, str)}
    return Plain([json.dumps({**told, "read": len(body)}).encode()])

def make():
    import django
    django.setup()
    from indelible.server import gate, incoming
    incoming.QUIET_SECONDS = 1.0
    return gate.Gate(application, threads=1, folder=Path(sys.argv[2]).parent)

if __name__ == "__main__":
    Server("__main__:make", factory=True, address="127.0.0.1", port=int(sys.argv[1]), workers=1,
           interface=Interfaces.RSGI, http=HTTPModes.http1, websockets=False, log_enabled=False).serve()
"""


@dataclass
class Toy:
    port: int
    process: subprocess.Popen[bytes]
    file: Path


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    folder = tmp_path_factory.mktemp("gate")
    (folder / "toy.py").write_text(TOY)
    file = folder / "large"
    with file.open("wb") as large:
        large.truncate(60_000_000)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(folder / "toy.py"), str(port), str(file)],
        env={
            **os.environ,
            "INDELIBLE_HOME": str(folder / "home"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        start_new_session=True,
    )
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield Toy(port, process, file)
    process.terminate()
    process.wait(20)


def ask(toy: Toy, method: str, path: str, **more: object) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", toy.port, timeout=20)
    try:
        connection.request(method, path, **more)  # type: ignore[arg-type]
        answer = connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def say(toy: Toy, text: bytes, *, then_close: bool = False) -> bytes:
    with socket.create_connection(("127.0.0.1", toy.port), timeout=10) as connection:
        connection.sendall(text)
        if then_close:
            connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096)


def test_the_application_sees_the_head_as_it_was_sent(toy: Toy) -> None:
    status, _, body = ask(
        toy,
        "POST",
        "/a%20b/%C3%A9?x=%20y",
        body=b"hello",
        headers={"X-Two": "1", "X_Forwarded_For": "1.1.1.1"},
    )
    told = json.loads(body)
    assert status == 200
    assert told["PATH_INFO"].encode("latin-1").decode() == "/a b/é"
    assert told["QUERY_STRING"] == "x=%20y"
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert told["HTTP_X_TWO"] == "1"
    assert told["read"] == 5
    assert told["CONTENT_LENGTH"] == "5"
    # It would pass for X-Forwarded-For, which a server before ours may have removed.
    assert "HTTP_X_FORWARDED_FOR" not in told


def test_an_address_that_begins_with_https_is_one_whoever_encrypts() -> None:
    from types import SimpleNamespace

    from django.test import override_settings

    from indelible.server.answering import environ_of

    headers = SimpleNamespace(items=lambda: [("host", "log.northwind.example")])
    scope = SimpleNamespace(
        server="127.0.0.1:8000", client="[::1]:4000", http_version="1.1", method="GET", path="/",
        query_string="", scheme="http", headers=headers, authority=None,
    )  # fmt: skip
    assert environ_of(scope)["wsgi.url_scheme"] == "http"
    assert environ_of(scope)["REMOTE_ADDR"] == "::1"
    with override_settings(HTTPS=True):
        assert environ_of(scope)["wsgi.url_scheme"] == "https"


def test_a_body_in_chunks_has_its_length_when_it_is_read(toy: Toy) -> None:
    told = json.loads(ask(toy, "POST", "/", body=iter([b"x" * 70_000] * 3), encode_chunked=True)[2])
    assert (told["read"], told["CONTENT_LENGTH"]) == (210_000, "210000")


@pytest.mark.parametrize(
    "body",
    [
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
        b"Content-Length: 100\r\n\r\nhello",
    ],
    ids=["chunks break off", "chunks are none", "length breaks off"],
)
def test_what_breaks_off_is_never_taken_for_whole(toy: Toy, body: bytes) -> None:
    assert b" 400 " in say(toy, b"POST / HTTP/1.1\r\nHost: x\r\n" + body, then_close=True)


def test_a_body_beyond_what_an_address_takes_is_not_read(toy: Toy) -> None:
    status, _, _ = ask(toy, "POST", "/", body=b"x" * 3_000_000)
    assert status == 500  # the toy does not catch what reading raises; the product's pages do
    assert json.loads(ask(toy, "POST", "/", body=b"x" * 2_000_000)[2])["read"] == 2_000_000


def test_who_stops_sending_is_answered_and_holds_no_thread_meanwhile(toy: Toy) -> None:
    with socket.create_connection(("127.0.0.1", toy.port), timeout=10) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert ask(toy, "GET", "/")[0] == 200  # there is one thread
        assert b" 408 " in slow.recv(4096)
        assert slow.recv(4096) == b""


@pytest.mark.parametrize(
    ("path", "size"), [("/file", 60_000_000), ("/memory-file", 2_000_000), ("/streamed", 3_000_000)]
)
def test_large_answers_arrive_whole(toy: Toy, path: str, size: int) -> None:
    status, headers, body = ask(toy, "GET", path)
    assert (status, len(body), headers["content-length"]) == (200, size, str(size))
    assert ask(toy, "HEAD", path)[2] == b""


def test_who_does_not_read_a_large_answer_holds_neither_thread_nor_memory(toy: Toy) -> None:
    def held() -> int:
        children = Path(f"/proc/{toy.process.pid}/task/{toy.process.pid}/children").read_text().split()
        sizes = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{each}/status").read_text()) for each in children]
        return sum(int(found[1]) for found in sizes if found) * 1024

    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells how much memory a process holds")
    before = held()
    lazy = [socket.create_connection(("127.0.0.1", toy.port), timeout=10) for _ in range(5)]
    try:
        for each in lazy:
            each.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
            assert each.recv(1000)
        assert ask(toy, "GET", "/")[0] == 200
        assert held() - before < 100_000_000  # of 300 MB that were asked for
    finally:
        for each in lazy:
            each.close()
