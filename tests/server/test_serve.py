"""`serve`: the address and link are printed, a taken port is told, Ctrl-C ends everything."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from indelible.server.supervisor import ServeError, address_of, check_port_is_free

PROGRAM = [sys.executable, "-c", "from indelible.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
    }
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from indelible.cli import main; main()",
            "serve",
            "--home",
            str(tmp_path / "home"),
            "--port",
            str(port),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    yield process, port
    if process.poll() is None:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def children_of(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_a_first_start_prints_a_link_that_works_and_ends_on_ctrl_c(
    served: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = served
    assert process.stdout is not None
    link = None
    for line in process.stdout:
        if found := re.search(r"http://\S+/setup/\S+", line):
            link = found[0]
        if "Ctrl-C" in line:
            break
    assert link is not None
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert browser.open(link, timeout=10).status == 200
    children = children_of(process.pid)
    assert len(children) == 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.wait(20) == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def test_nothing_is_left_behind_when_the_server_is_killed(served: tuple[subprocess.Popen[str], int]) -> None:
    process, _port = served
    assert process.stdout is not None
    assert any("Ctrl-C" in line for line in process.stdout)
    children = children_of(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_port_that_is_taken_is_told_before_anything_starts() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ServeError, match="port-taken"):
            check_port_is_free("127.0.0.1", port)
    with pytest.raises(ServeError, match="address-unknown"):
        check_port_is_free("no such host", 8000)


def test_the_address_is_one_that_a_browser_opens() -> None:
    assert address_of("127.0.0.1", 8000) == "http://127.0.0.1:8000/"
    assert address_of("0.0.0.0", 8000) == "http://localhost:8000/"
    assert address_of("::1", 8000) == "http://[::1]:8000/"
