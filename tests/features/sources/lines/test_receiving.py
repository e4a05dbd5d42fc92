"""Lines over real sockets, from real programs: each that was read is on the record, or kept with its reason."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from indelible.features.sources.kinds.lines.backlog import Backlog
from indelible.features.sources.kinds.lines.listening import Listening
from indelible.features.sources.kinds.lines.traffic import Traffic
from tests.features.sources.lines.conftest import House, Listened, counted, line, until


@pytest.fixture(scope="module")
def udp(house: House) -> Listened:
    return house.connect("udp")


@pytest.fixture(scope="module")
def tcp(house: House) -> Listened:
    return house.connect("tcp", zone="Europe/Madrid")


def logger(source: Listened, *words: str) -> None:
    program = shutil.which("logger")
    if program is None:
        pytest.skip("logger of util-linux is not installed here")
    command = [program, "--server", "127.0.0.1", "--port", str(source.port), *words]
    subprocess.run(command, check=True, timeout=30)


def test_logger_sends_both_forms_by_udp_and_by_tcp(udp: Listened, tcp: Listened) -> None:
    for source, way in ((udp, ["--udp"]), (tcp, ["--tcp"]), (tcp, ["--tcp", "--octet-count"])):
        logger(source, *way, "--rfc5424", "--tag", "door", "opened by Ana, newer form")
        logger(source, *way, "--rfc3164", "--tag", "door", "opened by Ana, older form")
    udp.await_count(2)
    tcp.await_count(4)
    for source, times in ((udp, 1), (tcp, 2)):
        events = source.ask("entries")
        said = [event["extra"]["message"] for event in events]
        assert said.count("opened by Ana, newer form") == times
        assert said.count("opened by Ana, older form") == times
        assert {event["extra"]["received_from"] for event in events} == {"127.0.0.1"}
        assert all(event["source"]["system"].startswith("syslog_") for event in events)
    older = next(event for event in tcp.ask("entries") if "older" in event["extra"]["message"])
    assert older["flags"] == ["year_inferred", "time_zone_assumed", "actor_unknown"]
    assert older["time"]["zone"] == "Europe/Madrid"
    undated = next(event for event in udp.ask("entries") if "older" in event["extra"]["message"])
    assert "occurred_at" not in undated  # nobody said which zone is meant, so none is made up
    known = until(lambda: udp.ask("health"), lambda found: found["clock_ms"] is not None)
    assert abs(known["clock_ms"]) < 10_000


def test_each_way_of_parting_messages_is_told_by_itself(tcp: Listened) -> None:
    if shutil.which("logger"):  # what the page says to try it with
        subprocess.run(
            ["bash", "-c", tcp.ask("to_copy", folder="/etc")["first_line"]], check=True, timeout=30
        )
        until(tcp.messages, lambda said: "A first line" in said)
    before = tcp.ask("account")["recorded"]
    tcp.send(counted(line(1, "counted\nwith a line break"), line(2, "counted too")))
    tcp.send(line(3, "by line feed") + b"\n" + line(4, "by line feed and return") + b"\r\n")
    tcp.send(line(5, "by zero\nwith a line break") + b"\x00" + line(6, "by zero") + b"\x00")
    tcp.await_count(before + 6)
    assert set(tcp.messages()) >= {
        "counted\nwith a line break",
        "counted too",
        "by line feed",
        "by line feed and return",
        "by zero\nwith a line break",
        "by zero",
    }


def test_equal_lines_are_two_events(udp: Listened) -> None:
    before = udp.ask("account")["recorded"]
    udp.send_datagrams(line(7), line(7))
    assert udp.await_count(before + 2)["duplicates"] == 0


def test_what_is_no_line_is_kept_with_its_reason(house: House) -> None:
    source = house.connect("tcp")
    source.send(b"\x16\x03\x01garbage\xff\xfe\n" + line(1) + b"\n")
    source.send(counted(line(2), b"<34>1 " + b"x" * 1_000_000, line(3)))  # 1 MB: longer than a line may be
    source.send(counted(line(4)) + b"oops, no count")
    source.send(line(5) + b"\n" + line(6)[:20])  # breaks off
    found = source.await_count(5, rejected=4)
    assert (found["recorded"], found["rejected"]) == (5, 4)
    texts: dict[str, Any] = dict(found["rejects"])
    assert set(texts) == {"unknown_line", "record_too_large", "frame_unreadable", "cut_off_by_sender"}
    assert len(texts["record_too_large"]) < 10_000
    assert texts["cut_off_by_sender"] == line(6)[:20].decode()


def test_a_slow_sender_holds_up_nobody(house: House) -> None:
    source = house.connect("tcp")
    with source.connected() as slow:
        for byte in counted(line(1, "slow")):
            slow.sendall(bytes([byte]))
        until(lambda: source.ask("health"), lambda found: found["connected"] == 1)
        slow.sendall(b"99 <34>1 and no more")
        source.send(counted(line(2, "quick")))
        source.await_count(2)
    assert sorted(source.messages()) == ["quick", "slow"]


def test_lines_of_one_audit_event_are_one_entry(udp: Listened, tcp: Listened) -> None:
    before = tcp.ask("account")["recorded"]
    audit = "type={} msg=audit(1772619327.000:{}): {}"
    head = "<13>Mar  4 10:15:27 {} audisp: "
    lines = []
    for host in ("gate1", "gate2"):  # the same serial on two machines behind one relay
        about = head.format(host)
        lines += [
            about
            + audit.format(
                "SYSCALL", 501, 'arch=c000003e syscall=263 success=yes auid=1001 uid=0 exe="/bin/rm"'
            ),
            about + audit.format("PATH", 501, f'item=0 name="/srv/{host}" nametype=DELETE'),
            about + audit.format("EOE", 501, ""),
        ]
    lines = [lines[at] for at in (0, 3, 1, 4, 2, 5)]
    tcp.send("".join(f"{each}\n" for each in lines).encode())
    tcp.await_count(before + 2)
    found = [event for event in tcp.ask("entries") if event["source"]["system"] == "auditd"]
    assert sorted(event["targets"][0]["name"] for event in found) == ["/srv/gate1", "/srv/gate2"]
    udp.send_datagrams(*(each.encode() for each in lines[::2][:2]))  # its end never comes
    until(
        lambda: udp.ask("entries"),
        lambda events: any(event["source"]["system"] == "auditd" for event in events),
    )


def test_nobody_else_may_send(house: House) -> None:
    """A listener that all networks reach takes lines of those alone that are listed."""
    source = house.connect("tcp", address="0.0.0.0", allowed="192.0.2.0/24")
    with source.connected() as made:
        try:
            made.sendall(counted(line(1)))
            assert made.recv(10) == b""
        except ConnectionError:
            pass
    away = until(lambda: source.ask("health"), lambda found: found["turned_away"])["turned_away"]
    assert away["127.0.0.1 not-allowed"][0] == 1
    assert source.ask("account")["recorded"] == 0
    source.ask("change", allowed="127.0.0.0/8")
    until(lambda: source.ask("health"), lambda found: found["listening"] and not found["turned_away"])
    source.send(counted(line(2)))
    source.await_count(1)


def test_one_address_has_so_many_connections_and_a_silent_one_is_not_kept_for_ever(house: House) -> None:
    from indelible.features.sources.kinds.lines import tcp

    source = house.connect("tcp")
    with contextlib.ExitStack() as stack:
        open_ones = [stack.enter_context(source.connected()) for _ in range(tcp.MOST_OF_ONE_ADDRESS)]
        open_ones[-1].sendall(counted(line(1)))
        source.await_count(1)
        with source.connected() as one_more, contextlib.suppress(ConnectionError):
            assert one_more.recv(10) == b""
        away = until(lambda: source.ask("health"), lambda found: found["turned_away"])
        assert set(away["turned_away"]) == {"127.0.0.1 too-many"}

    async def waited() -> None:
        listening = Listening(how="tcp", port=1, address="127.0.0.1")
        house_of_connections = tcp.Connections(listening, Backlog(), Traffic(), None)
        made = tcp.Connection(house_of_connections)
        began = asyncio.get_running_loop().time()
        assert not made.is_overdue(began + tcp.FIRST_BYTE_WITHIN - 1)
        assert made.is_overdue(began + tcp.FIRST_BYTE_WITHIN + 1)
        made._welcome()
        made.data_received(counted(line(1)))
        assert not made.is_overdue(began + tcp.QUIET_FOR - 1)
        made.data_received(b"99 <13>1 and no")
        assert made.is_overdue(began + tcp.WITHIN_A_LINE + 1)
        house_of_connections.is_full = True  # then it is we who keep it waiting
        assert not made.is_overdue(began + tcp.QUIET_FOR)

    with ThreadPoolExecutor(1) as thread:  # a browser of another test may have a loop running in this one
        thread.submit(asyncio.run, waited()).result()


def test_a_source_is_paused_and_ended_while_the_receiver_runs(house: House) -> None:
    source = house.connect("tcp")
    with source.connected() as made:
        made.sendall(counted(line(1)))
        source.await_count(1)
        source.ask("act", what="pause")
        assert made.recv(10) == b""  # the sender is told, so that it keeps its lines
    source.await_listening(False)
    with pytest.raises(ConnectionRefusedError):
        source.send(counted(line(2)))
    source.ask("act", what="go on")
    source.await_listening()
    source.send(counted(line(3)))
    source.await_count(2)
    source.ask("act", what="end")
    source.await_listening(False)
    with pytest.raises(ConnectionRefusedError):
        source.send(counted(line(4)))


def test_a_port_that_another_program_has_is_told_and_taken_once_it_is_free(house: House) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        key = house.ask("connect", name="Late gate", how="tcp", port=port)
        source = Listened(house, key, port)
        problem = until(lambda: source.ask("health"), lambda found: found["problem"])["problem"]
        assert (problem["code"], problem["port"]) == ("lines-port-taken", port)
    source.await_listening()
    assert source.ask("health")["problem"] is None
