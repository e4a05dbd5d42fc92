"""A witness as a process: addresses, headers, bounds, and an end that loses nothing."""

from __future__ import annotations

import hashlib
import json
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from tests.services.witness import RunningWitness, running_witness
from tests.witness.asking import Asker, body, call, post

LOG = Asker()
BELOW = "/" + hashlib.sha256(LOG.origin.encode()).hexdigest()


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWitness]:
    """A witness that has cosigned seal 8 and refused a fork of it."""
    with running_witness(tmp_path_factory.mktemp("served") / "w1", logs=[LOG.key.verifier.text]) as running:
        assert post(running.url, LOG.request(0, 5)).status == 200
        assert post(running.url, LOG.request(5, 8)).status == 200
        assert post(running.url, LOG.request(8, 8, forked_at=3)).status == 422
        yield running


def test_the_answer_is_one_line_by_the_key_that_the_witness_names(witness: RunningWitness) -> None:
    answer = post(witness.url, LOG.request(8, 8))
    assert answer.status == 200
    assert answer.body.startswith("— witness.example/w1 ")
    assert answer.body.endswith("\n")
    opened = open_note(LOG.note(8) + answer.body, [VerifierKey.parse(witness.key)])
    assert abs((opened.good[0].time or 0) - time.time()) < 300


def test_a_stale_size_is_answered_with_the_newest_in_its_own_content_type(witness: RunningWitness) -> None:
    answer = post(witness.url, LOG.request(5, 9))
    assert (answer.status, answer.body) == (409, "8\n")
    assert answer.headers["Content-Type"] == "text/x.tlog.size"


def test_the_newest_seal_can_be_fetched_by_anybody(witness: RunningWitness) -> None:
    answer = call(witness.url, "GET", f"{BELOW}/checkpoint")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    keys = [LOG.key.verifier, VerifierKey.parse(witness.key)]
    opened = open_note(answer.body, keys)
    assert {good.key for good in opened.good} == set(keys)
    assert opened.text.split("\n")[1] == "8"
    head = call(witness.url, "HEAD", f"{BELOW}/checkpoint")
    assert (head.status, head.body) == (200, "")
    assert head.headers["Content-Length"] == str(len(answer.body.encode()))


def test_what_was_refused_can_be_fetched_by_anybody(witness: RunningWitness) -> None:
    answer = call(witness.url, "GET", f"{BELOW}/refused")
    assert answer.headers["Content-Type"] == "application/json"
    (refused,) = json.loads(answer.body)["refused"]
    assert (refused["reason"], refused["size"]) == ("fork", 8)
    for note in (refused["note"], refused["against"]):
        assert open_note(note, [LOG.key.verifier]).text.split("\n")[1] == "8"
    assert time.strptime(refused["at"], "%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    "path", [f"{BELOW}/", BELOW, f"{BELOW}/x", "/0/checkpoint", "/checkpoint", "/%00", "/./"]
)
def test_other_addresses_hold_nothing(witness: RunningWitness, path: str) -> None:
    assert call(witness.url, "GET", path).status == 404
    assert call(witness.url, "POST", path, b"x").status == 404


def test_a_log_of_which_nothing_is_held_is_404(tmp_path: Path) -> None:
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as fresh:
        assert call(fresh.url, "GET", f"{BELOW}/checkpoint").status == 404
        assert json.loads(call(fresh.url, "GET", f"{BELOW}/refused").body)["refused"] == []
        assert "No seal yet" in call(fresh.url, "GET", "/").body


def test_an_address_asked_the_wrong_way_says_which_way_is_right(witness: RunningWitness) -> None:
    wrong = call(witness.url, "GET", "/add-checkpoint")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
    wrong = call(witness.url, "POST", "/", b"x")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET, HEAD")
    assert call(witness.url, "DELETE", "/").status == 501


def test_every_answer_forbids_what_a_page_does_not_need(witness: RunningWitness) -> None:
    for path in ("/", f"{BELOW}/checkpoint", "/nothing"):
        headers = call(witness.url, "GET", path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Python" not in headers["Server"]


def test_the_page_names_the_witness_and_tells_of_the_fork(witness: RunningWitness) -> None:
    page = call(witness.url, "GET", "/").body
    assert witness.key in page
    assert LOG.origin in page
    assert "Two versions of this record exist" in page
    assert "Seal 8, confirmed" in page
    assert "<script" not in page
    assert "style=" not in page
    assert witness.said.count("refused and kept (fork), size 8") == 1


def raw(witness: RunningWitness, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send bytes as they are and return all that comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        connection.shutdown(socket.SHUT_WR)
        came = b""
        while more := connection.recv(65_536):
            came += more
        return came


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


HEAD = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n"


def test_a_body_of_128_KiB_is_read_and_a_larger_one_is_not(witness: RunningWitness) -> None:
    assert post(witness.url, b"x" * 131_072).status == 400
    assert post(witness.url, b"x" * 131_073).status == 413
    assert status_of(raw(witness, HEAD + b"Content-Length: 99999999999\r\n\r\nx")) == 413


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"", 411),
        (b"Transfer-Encoding: chunked\r\n", 411),
        (b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 411),
        (b"Content-Length: 3\r\nContent-Length: 3\r\n", 411),
        (b"Content-Length: -1\r\n", 400),
        (b"Content-Length: +3\r\n", 400),
        (b"Content-Length: 0x3\r\n", 400),
        (b"Content-Length: 1_0\r\n", 400),
        (b"Content-Length: 500\r\n", 400),
    ],
)
def test_a_length_that_is_none_is_refused(witness: RunningWitness, lines: bytes, status: int) -> None:
    answer = raw(witness, HEAD + lines + b"\r\nold")
    assert status_of(answer) == status
    assert answer.count(b"HTTP/1.1 ") == 1  # what follows is not taken for another request


def test_a_head_without_end_is_refused(witness: RunningWitness) -> None:
    assert status_of(raw(witness, HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n")) == 431
    assert status_of(raw(witness, HEAD + b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 2_000)) == 431


def test_two_requests_may_use_one_connection(witness: RunningWitness) -> None:
    one = LOG.request(5, 9)
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(one) + one
    assert raw(witness, request, request).count(b"HTTP/1.1 409") == 2


def test_a_request_may_arrive_in_pieces(witness: RunningWitness) -> None:
    one = LOG.request(5, 9)
    parts = [HEAD, b"Content-Length: %d\r\n\r\n" % len(one), one[:10], one[10:]]
    assert status_of(raw(witness, *parts, pause=0.05)) == 409


def test_slow_strangers_do_not_keep_a_log_out(witness: RunningWitness) -> None:
    strangers = [socket.create_connection(("127.0.0.1", witness.port), timeout=20) for _ in range(40)]
    try:
        for stranger in strangers:
            stranger.sendall(HEAD)
        assert post(witness.url, LOG.request(5, 9)).status == 409
    finally:
        for stranger in strangers:
            stranger.close()


def test_one_connection_too_many_is_told_to_come_back(witness: RunningWitness) -> None:
    strangers = [socket.create_connection(("127.0.0.1", witness.port), timeout=20) for _ in range(64)]
    try:
        for stranger in strangers:
            stranger.sendall(HEAD)
        ends = time.monotonic() + 10
        answer = b""
        while b" 503 " not in answer and time.monotonic() < ends:
            with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as late:
                answer = late.recv(1_000)
        assert b"Retry-After: 1" in answer
    finally:
        for stranger in strangers:
            stranger.close()
    ends = time.monotonic() + 10
    while (status := post(witness.url, LOG.request(5, 9)).status) == 503 and time.monotonic() < ends:
        time.sleep(0.05)
    assert status == 409


def test_a_witness_ends_on_a_signal_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as one:
        assert post(one.url, LOG.request(0, 8)).status == 200
        key = one.key
        with socket.create_connection(("127.0.0.1", one.port)):  # somebody idle does not hold it up
            assert one.stop() == 0
        assert [path.name for path in sorted(one.folder.iterdir())] == ["witness.key", "witness.sqlite3"]
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in one.folder.iterdir())
        one.start()
        assert one.key == key
        assert post(one.url, LOG.request(0, 9)).body == "8\n"
        assert post(one.url, LOG.request(8, 9)).status == 200
        assert one.said == ""


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    one = LOG.request(0, 8)
    with (
        running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as witness,
        socket.create_connection(("127.0.0.1", witness.port), timeout=20) as connection,
    ):
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(one) + one[:20])
        time.sleep(0.2)
        assert witness.process is not None
        witness.process.terminate()
        time.sleep(0.2)
        connection.sendall(one[20:])
        assert status_of(connection.recv(1_000)) == 200
        assert witness.stop() == 0


def test_the_page_escapes_what_a_request_could_bring(tmp_path: Path) -> None:
    with running_witness(tmp_path / "w", logs=[LOG.key.verifier.text]) as one:
        note = LOG.note(3) + "— <script>alert(1)</script> AAAAAAAA\n"
        assert post(one.url, body(0, [], note)).status == 200
        assert "<script" not in call(one.url, "GET", "/").body
        assert "<script" not in call(one.url, "GET", f"{BELOW}/checkpoint").body


def test_a_sender_that_waits_for_leave_to_send_its_body_gets_it(witness: RunningWitness) -> None:
    one = LOG.request(5, 9)
    head = HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(one)
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(one)
        assert status_of(connection.recv(4_000)) == 409
