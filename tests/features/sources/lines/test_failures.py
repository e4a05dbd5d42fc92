"""What happens to lines when something ends or fails: what was read is on the record once, or counted as lost."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.features.sources.lines.conftest import House, counted, in_house, line, until
from tests.services.rsyslog import running_rsyslog

NUMBERED = re.compile(r"number (\d+)")
LAST = {f"number {n}" for n in range(1_500, 1_800)}


@pytest.fixture
def house(begun_home: Path, tmp_path: Path) -> Iterator[House]:
    """A house of its own, whose receiver is not yet started."""
    shutil.copytree(begun_home, tmp_path / "home")
    with in_house(tmp_path / "home") as house:
        yield house


def test_what_the_kernel_dropped_is_counted_and_sigterm_loses_nothing_that_was_read(house: House) -> None:
    house.start()
    tcp, udp = house.connect("tcp"), house.connect("udp")
    assert house.receiver is not None
    house.receiver.send_signal(signal.SIGSTOP)  # it reads nothing: the buffer of the socket fills
    sent = 500
    udp.send_datagrams(*(line(n, "x" * 60_000) for n in range(sent)))
    house.receiver.send_signal(signal.SIGCONT)
    found = until(lambda: udp.ask("health"), lambda found: found["lost"])
    udp.await_count(sent - found["lost"])
    assert udp.ask("account")["recorded"] + udp.ask("health")["lost"] == sent
    assert found["problem"]["code"] == "lines-lost"
    assert found["problem"]["count"] == found["lost"] > 0
    with tcp.connected() as made:
        made.sendall(counted(*(line(n, f"number {n}") for n in range(800))))
        udp.send_datagrams(*(line(n, f"number {n}") for n in range(100)))
        assert house.stop() == 0
        assert made.recv(10) == b""  # the end was told: this sender knows that it has to wait
    assert tcp.messages() == [f"number {n}" for n in range(800)]
    assert udp.ask("account")["recorded"] == sent - found["lost"] + 100
    (told,) = [event for event in house.ask("everything") if event["action"]["said"] == "lines_lost"]
    assert told["extra"]["row_count"] == found["lost"]


def test_after_kill_9_amid_a_stream_of_rsyslog_nothing_is_doubled_and_only_what_was_on_its_way_is_lost(
    house: House, tmp_path: Path
) -> None:
    """Plain syslog has no word back, so lines that had reached this computer and were not recorded are gone.

    What the test shows: each line that is on the record is there once. What is missing had been handed over before the
    kill, and is no more than the bounded queue and the buffers of the connection hold. What comes while nobody
    listens rsyslog keeps in its own queue, and all of that arrives.
    """
    house.start()
    source = house.connect("tcp")
    copy = source.ask("to_copy", folder=str(tmp_path))
    with running_rsyslog(tmp_path / "rsyslog", copy["rsyslog"]) as sender:
        sender.write(*(b"<86>Mar  4 10:15:22 gate1 app: number %d" % n for n in range(1_500)))
        until(lambda: source.ask("account"), lambda found: found["recorded"] > 0)
        house.stop(signal.SIGKILL)
        before = source.ask("account")["recorded"]
        sender.write(*(b"<86>Mar  4 10:15:22 gate1 app: number %d" % n for n in range(1_500, 1_800)))
        house.start()
        source.await_count(before + len(LAST))
        until(source.messages, lambda said: set(said) >= LAST)
    numbers = [int(found[1]) for said in source.messages() if (found := NUMBERED.search(said))]
    assert len(numbers) == len(set(numbers))
    missing = set(range(1_800)) - set(numbers)
    assert all(number < 1_500 for number in missing)  # nothing of what was written while nobody listened
    assert source.ask("account")["duplicates"] == 0


def test_while_the_record_takes_nothing_tcp_waits_and_udp_goes_to_the_disk(house: House) -> None:
    tcp, udp = house.connect("tcp"), house.connect("udp")
    keys, away = house.home / "keys", house.home / "keys-away"
    keys.rename(away)  # nothing can be sealed, so nothing is recorded
    keys.mkdir()
    house.start()
    tcp.await_listening()
    udp.await_listening()
    udp.send_datagrams(*(line(n, f"number {n}") for n in range(50)))
    spool = house.home / "uploads" / f"lines-{udp.key}.spool"
    until(lambda: spool.exists() and spool.read_bytes().count(b"\n"), lambda lines: lines == 50)
    house.stop(signal.SIGKILL)  # what is on the disk does not mind
    house.start()
    tcp.await_listening()
    udp.await_listening()
    udp.send_datagrams(*(line(n, f"number {n}") for n in range(50, 60)))
    until(
        lambda: udp.ask("health"), lambda found: (found["problem"] or {}).get("code") == "lines-cannot-record"
    )
    sent = 0
    with tcp.connected() as made:
        made.settimeout(1.5)
        big = counted(*(line(n, "x" * 60_000) for n in range(10)))
        try:
            while True:  # until nothing more is read
                sent += made.send(big)
        except TimeoutError:
            pass
        assert sent < 60 << 20
        tcp_lines = house.home / "uploads" / f"lines-{tcp.key}.spool"
        assert not tcp_lines.exists()
        assert house.stop() == 0
    held = tcp_lines.read_bytes().count(b"\n")  # the server had to end: what it had read is kept
    assert 0 < held <= sent // 60_000
    assert tcp.ask("account")["recorded"] == udp.ask("account")["recorded"] == 0
    assert spool.read_bytes().count(b"\n") == 60
    shutil.copy(spool, house.home / "again")
    keys.rmdir()
    away.rename(keys)
    house.start()
    udp.await_count(60)
    assert udp.messages() == [f"number {n}" for n in range(60)]
    until(tcp_lines.exists, lambda there: not there)
    found = tcp.ask("account")
    assert (found["recorded"] + found["rejected"], found["duplicates"]) == (held, 0)
    house.stop()
    # A crash between recording and tidying up: the same lines come out of the disk again, and are known.
    (house.home / "again").rename(spool)
    house.start()
    until(lambda: udp.ask("account"), lambda found: found["duplicates"] == 60)
    assert udp.ask("account")["recorded"] == 60
