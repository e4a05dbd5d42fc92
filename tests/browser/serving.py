"""A real server for the browser: `indelible serve` as people start it, over a data folder of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN_SECONDS = 60
ADDRESS = re.compile(r"is running: (\S+)")
LINK = re.compile(r"works once: (\S+)")


@dataclass
class Served:
    """A running server: where it answers, where its data lies, and the one-time link of a first start."""

    home: Path
    address: str = ""
    setup_link: str = ""
    output: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return self.address.rstrip("/") + path


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Served]:
    """Serve the data folder `home` (made where it is missing) until the block ends, with these variables set."""
    served = Served(home)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("INDELIBLE_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "indelible"),
            "serve",
            "--home",
            str(home),
            "--port",
            str(free_port()),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment, **settings, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    reader = threading.Thread(target=_read, args=(process, served), daemon=True)
    reader.start()
    try:
        _wait_until_announced(process, served)
        yield served
    finally:
        _stop(process)
        reader.join(timeout=5)


def _read(process: subprocess.Popen[str], served: Served) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        served.output.append(line)
        if found := ADDRESS.search(line):
            served.address = found[1]
        if found := LINK.search(line):
            served.setup_link = found[1]
    process.stdout.close()


def _wait_until_announced(process: subprocess.Popen[str], served: Served) -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while not any("Ctrl-C" in line for line in served.output):
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError("the server did not start:\n" + "".join(served.output))
        time.sleep(0.05)


def _stop(process: subprocess.Popen[str]) -> None:
    """End the server as Ctrl-C does; only if that fails, its whole process group by force."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise AssertionError("the server did not stop on Ctrl-C") from None
