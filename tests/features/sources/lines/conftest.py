"""A data folder with an office that sets up sources in it, and the receiver as the server runs it: three processes."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

WITHIN_SECONDS = 30
_names = itertools.count(1)


class House:
    """The data folder, its office and its receiver."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INDELIBLE")}
        self.environment = {
            **kept,
            "INDELIBLE_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "indelible.server.settings",
        }
        self.receiver: subprocess.Popen[bytes] | None = None
        self.started_at = ""
        self._office = subprocess.Popen(
            [sys.executable, "-m", "tests.features.sources.lines.office"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def ask(self, command: str, /, **arguments: Any) -> Any:
        """Ask the office for something."""
        assert self._office.stdin is not None
        assert self._office.stdout is not None
        print(json.dumps([command, arguments]), file=self._office.stdin, flush=True)
        went_well, answer = json.loads(self._office.stdout.readline())
        assert went_well, answer
        return answer

    def connect(self, how: str, **answers: Any) -> Listened:
        """Set up a source on a port that nobody has, and wait until it listens."""
        name = f"Gate {next(_names)}"
        port = free_port(how)
        key = self.ask("connect", name=name, how=how, port=port, **answers)
        assert isinstance(key, int), key
        source = Listened(self, key, port)
        if self.receiver is not None:
            source.await_listening()
        return source

    def start(self) -> None:
        """Start the receiver."""
        self.started_at = datetime.now(UTC).isoformat()
        self.receiver = subprocess.Popen(
            [sys.executable, "-m", "indelible.server.child", str(os.getpid()), "lines"], env=self.environment
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the receiver, and return its exit code."""
        assert self.receiver is not None
        self.receiver.send_signal(number)
        code = self.receiver.wait(WITHIN_SECONDS)
        self.receiver = None
        return code

    def close(self) -> None:
        """End both processes."""
        if self.receiver is not None and self.receiver.poll() is None:
            self.receiver.kill()
            self.receiver.wait()
        assert self._office.stdin is not None
        assert self._office.stdout is not None
        self._office.stdin.close()
        self._office.wait(WITHIN_SECONDS)
        self._office.stdout.close()


class Listened:
    """One source and the port that it listens on."""

    def __init__(self, house: House, key: int, port: int) -> None:
        self.house = house
        self.key = key
        self.port = port

    def ask(self, command: str, /, **arguments: Any) -> Any:
        """Ask the office about this source."""
        return self.house.ask(command, key=self.key, **arguments)

    def await_listening(self, wanted: bool = True) -> dict[str, Any]:
        """Wait until the receiver says that it listens (or listens no more)."""
        began = self.house.started_at  # what an earlier receiver wrote down says nothing about this one
        return until(
            lambda: self.ask("health"),
            lambda found: found.get("listening") is wanted and found["at"] > began,
        )

    def await_count(self, recorded: int, rejected: int = 0) -> dict[str, Any]:
        """Wait until so many lines are accounted for."""
        return until(
            lambda: self.ask("account"),
            lambda found: found["recorded"] >= recorded and found["rejected"] >= rejected,
        )

    def messages(self) -> list[str]:
        """What the recorded lines say, in order."""
        return [event["extra"].get("message", "") for event in self.ask("entries")]

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        """A connection to it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN_SECONDS) as made:
            yield made

    def send(self, data: bytes) -> None:
        """Send bytes over a connection of their own, to its end."""
        with self.connected() as made:
            made.sendall(data)
            made.shutdown(socket.SHUT_WR)
            made.settimeout(WITHIN_SECONDS)
            while made.recv(1024):
                pass

    def send_datagrams(self, *messages: bytes) -> None:
        """Send datagrams."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for message in messages:
                sender.sendto(message, ("127.0.0.1", self.port))


def until(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    """Look again and again until what is found is enough; return it."""
    ends = time.monotonic() + WITHIN_SECONDS
    while not enough(found := look()):
        assert time.monotonic() < ends, found
        time.sleep(0.1)
    return found


def free_port(how: str = "tcp") -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket(type=socket.SOCK_DGRAM if how == "udp" else socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def line(number: int, said: str = "Failed password for ben from 198.51.100.7 port 51000 ssh2") -> bytes:
    """One message in the newer form."""
    return f"<86>1 2026-03-04T10:15:22Z gate1 sshd {number} ID{number} - {said}".encode()


def counted(*messages: bytes) -> bytes:
    """Messages as octet counting frames them."""
    return b"".join(b"%d %s" % (len(message), message) for message in messages)


@contextmanager
def in_house(folder: Path) -> Iterator[House]:
    """Open a house over a data folder, without a receiver yet."""
    house = House(folder)
    try:
        yield house
    finally:
        house.close()


@pytest.fixture(scope="session")
def begun_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose record has just begun, for houses to be copied from: making the tables takes seconds."""
    folder = tmp_path_factory.mktemp("begun") / "home"
    with in_house(folder) as house:
        house.ask("begin")
    return folder


@pytest.fixture(scope="module")
def house(begun_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose receiver runs, shared by the tests of one module."""
    folder = tmp_path_factory.mktemp("lines") / "home"
    shutil.copytree(begun_home, folder)
    with in_house(folder) as house:
        house.start()
        yield house
