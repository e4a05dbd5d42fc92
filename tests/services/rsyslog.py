"""A real rsyslogd for tests, with a configuration of its own: it takes lines at a socket and forwards them.

    with running_rsyslog(folder, forwarding) as sender:
        sender.write(b"...", b"...")     messages for it to forward

`forwarding` is what a person would put into its configuration. It runs as whoever runs the tests, reads no file of
the system, and keeps its queues in `folder`.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

WITHIN_SECONDS = 20

_CONFIGURATION = """
global(workDirectory="{folder}")
module(load="imptcp")
input(type="imptcp" port="{port}" address="127.0.0.1")
{forwarding}
"""


@dataclass
class Rsyslog:
    """A running rsyslogd."""

    process: subprocess.Popen[bytes]
    port: int
    said: Path

    def write(self, *messages: bytes) -> None:
        """Give it messages, each a line."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN_SECONDS) as made:
            made.sendall(b"".join(message + b"\n" for message in messages))


def rsyslogd() -> str:
    """Return the rsyslogd program, or skip the test where it or its TLS driver is missing."""
    found = shutil.which("rsyslogd") or shutil.which("/usr/sbin/rsyslogd")
    if found is None or not any(Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so")):
        pytest.skip("rsyslog with its TLS driver (rsyslog-gnutls) is not installed here")
    return found


@contextmanager
def running_rsyslog(folder: Path, forwarding: str) -> Iterator[Rsyslog]:
    """Run rsyslogd until the block ends."""
    program = rsyslogd()
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    configuration, said = folder / "rsyslog.conf", folder / "said"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, forwarding=forwarding))
    with said.open("wb") as output:
        process = subprocess.Popen(
            [program, "-n", "-f", str(configuration), "-i", str(folder / "pid"), "-C"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_port(process, port, said)
        yield Rsyslog(process, port, said)
    finally:
        process.terminate()
        try:
            process.wait(WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_port(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    ends = time.monotonic() + WITHIN_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < ends, said.read_text()
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
