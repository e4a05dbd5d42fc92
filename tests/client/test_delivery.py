"""Every event that `record` took reaches the record once, whatever becomes of network, server or program."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indelible.client import Client, ClientError, EventRefused, SpoolFull
from indelible.client.spool import Spool
from tests.client.conftest import PASSWORD, Server

Make = Callable[..., Client]


def said(server: Server) -> list[str]:
    return [event["action"]["said"] for event in server.events]


def test_events_arrive_in_order_and_in_batches(server: Server, make: Make) -> None:
    client = make()
    for number in range(50):
        client.record(f"deed {number}")
    assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(50)]
    assert len(server.batches) < 25
    assert set(server.passwords) == {f"Bearer {PASSWORD}"}


def test_record_now_gives_the_entry(server: Server, make: Make) -> None:
    client = make()
    first = client.record_now("deed", id="mine")
    assert (first.fate, first.entry, first.id) == ("recorded", 0, "mine")
    assert client.record_now("deed", id="mine").fate == "duplicate"


def test_an_outage_loses_nothing(server: Server, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    server.away = True
    client = make()
    with caplog.at_level(logging.WARNING, "indelible.client"):
        for number in range(10):
            client.record(f"deed {number}")
        time.sleep(0.4)
        assert "cannot be reached" in client.trouble
        server.away = False
        assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(10)]
    assert client.trouble == ""
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2, "an outage is told once, and its end"
    assert not [line for line in told if PASSWORD in line]


def test_a_lost_answer_doubles_nothing(server: Server, make: Make) -> None:
    server.deaf = 3
    client = make()
    for number in range(5):
        client.record(f"deed {number}")
    assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(5)]


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 503])
def test_whatever_may_pass_is_waited_for(server: Server, make: Make, status: int) -> None:
    server.reply = (status, {"title": "Payroll is paused.", "next_step": "Wait."}, {"Retry-After": "0"})
    client = make()
    client.record("deed")
    time.sleep(0.35)
    assert client.trouble.startswith("Payroll is paused.")
    server.reply = None
    assert client.flush(10) and said(server) == ["deed"]


def test_the_server_is_not_asked_before_it_said(server: Server, make: Make) -> None:
    server.reply = (503, {}, {"Retry-After": "60"})
    client = make()
    client.record("deed")
    time.sleep(0.5)
    asked = len(server.passwords)
    time.sleep(0.3)
    assert asked == len(server.passwords) == 1


def test_one_bad_event_holds_up_no_other(server: Server, make: Make, tmp_path: Path) -> None:
    server.refuse = lambda event: "the verb is none" if event["action"].get("verb") == "frobnicate" else ""
    client = make()
    client.record("good 1")
    bad = client.record("bad", verb="frobnicate")
    client.record("good 2")
    assert client.flush(10)
    assert said(server) == ["good 1", "good 2"]
    kept = [json.loads(line) for line in (tmp_path / "spool" / "refused.jsonl").read_text().splitlines()]
    assert [(one["event"]["id"], one["reason"]) for one in kept] == [(bad, "the verb is none")]
    with pytest.raises(EventRefused, match="the verb is none"):
        client.record_now("bad", verb="frobnicate")


def test_a_batch_refused_whole_is_parted_until_the_bad_one_is_found(
    server: Server, make: Make, tmp_path: Path
) -> None:
    def judge(events: list[dict[str, Any]]) -> Any:
        bad = any(event["action"]["said"] == "deed 3" for event in events)
        return (413, {"title": "Too large."}, {}) if bad else None

    server.judge = judge
    client = make()
    for number in range(8):
        client.record(f"deed {number}")
    assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(8) if number != 3]
    assert len((tmp_path / "spool" / "refused.jsonl").read_text().splitlines()) == 1


def test_an_answer_that_does_not_say_what_was_taken_counts_as_none(server: Server, make: Make) -> None:
    server.reply = (200, {"title": "Something in between answers."}, {})
    client = make()
    client.record("deed")
    time.sleep(0.35)
    assert client.trouble and not server.events
    server.reply = None
    assert client.flush(10) and said(server) == ["deed"]


def test_the_end_of_the_program_loses_nothing(server: Server, tmp_path: Path) -> None:
    """`kill -9` right after `record` returned; the next program that uses the folder sends what was left."""
    program = (
        "import os, signal, sys\n"
        "from indelible.client import Client\n"
        "audit = Client(sys.argv[1], 'p', sys.argv[2])\n"
        "for number in range(200): audit.record(f'deed {number}')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, server.address, str(tmp_path / "spool")], timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    with Client(server.address, PASSWORD, tmp_path / "spool") as client:
        assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(200)]
    assert not list((tmp_path / "spool").glob("*.events"))


def test_a_line_cut_by_the_end_is_passed_over(server: Server, make: Make, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.add(b'{"id":"1","action":{"said":"whole"}}')
    spool.add(b'{"id":"2","action":{"said":"cut"}}')
    spool._lock, left = threading.Lock(), next((tmp_path / "spool").glob("*.events"))
    spool.abandon()
    left.write_bytes(left.read_bytes()[:-9])
    client = make()
    assert client.flush(10)
    assert said(server) == ["whole"]


def test_two_processes_share_a_folder(server: Server, make: Make, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom indelible.client import Client\n"
        "with Client(sys.argv[1], 'p', sys.argv[2]) as audit:\n"
        "    for number in range(40): audit.record(f'theirs {number}')\n"
        "    assert audit.flush(20)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", program, server.address, str(tmp_path / "spool")])
    client = make()
    for number in range(40):
        client.record(f"ours {number}")
    assert client.flush(20) and other.wait(30) == 0
    assert sorted(said(server)) == sorted(
        [*(f"ours {number}" for number in range(40)), *(f"theirs {number}" for number in range(40))]
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_made_by_fork_sends_for_itself(server: Server, tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom indelible.client import Client\n"
        "audit = Client(sys.argv[1], 'p', sys.argv[2])\naudit.record('before')\n"
        "child = os.fork()\n"
        "audit.record('child' if child == 0 else 'parent')\n"
        "ok = audit.flush(10)\naudit.close()\n"
        "if child == 0: os._exit(0 if ok else 1)\n"
        "sys.exit(os.waitpid(child, 0)[1] or not ok)\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, server.address, str(tmp_path / "spool")],
        timeout=60,
        check=False,
    )
    assert run.returncode == 0
    assert sorted(said(server)) == ["before", "child", "parent"]


def test_threads_may_record_at_once(server: Server, make: Make) -> None:
    client = make()
    threads = [
        threading.Thread(target=lambda name=name: [client.record(f"{name} {n}") for n in range(50)])
        for name in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert client.flush(10)
    assert len(server.events) == len(set(said(server))) == 300


def test_a_full_spool_says_so_and_takes_nothing(server: Server, make: Make) -> None:
    server.away = True
    client = make(most_bytes=2_000)
    with pytest.raises(SpoolFull, match="has not taken"):
        for number in range(100):
            client.record(f"deed {number}")
    taken = client._spool.size()
    assert taken <= 2_000
    server.away = False
    assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(len(server.events))]


def test_a_long_spool_rolls_and_its_files_go_once_sent(
    server: Server, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indelible.client.spool.ROLL_AT_BYTES", 2_000)
    client = make()
    for number in range(100):
        client.record(f"deed {number}")
    assert client.flush(10)
    assert said(server) == [f"deed {number}" for number in range(100)]
    client.close()
    assert not list((tmp_path / "spool").glob("*.events")) and not list((tmp_path / "spool").glob("*.sent"))


def test_a_disk_that_takes_half_a_line_spoils_no_other(make: Make, server: Server) -> None:
    """What stands behind half a line would be lost with it, so a new file is begun."""
    client = make()
    client.record("before")
    file = client._spool._file
    assert file is not None

    class Full:
        name = file.name

        def write(self, data: bytes) -> int:
            return file.write(data[:10]) or 0

        def __getattr__(self, name: str) -> Any:
            return getattr(file, name)

    client._spool._file = Full()  # type: ignore[assignment]
    with pytest.raises(OSError, match="a part of the event"):
        client.record("half")
    client.record("after")
    assert client.flush(10)
    assert said(server) == ["before", "after"]


def test_waiting_too_long_says_where_the_event_is(server: Server, make: Make) -> None:
    server.away = True
    client = make()
    with pytest.raises(ClientError, match="in the spool"):
        client.record_now("deed", within=0.3)
    server.away = False
    assert client.flush(10) and said(server) == ["deed"]


def test_the_spool_is_for_its_owner_alone(make: Make, tmp_path: Path) -> None:
    make().record("deed")
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "spool").glob("*.events"))


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https://"):
        Client("audit.example.com", "p", tmp_path)
