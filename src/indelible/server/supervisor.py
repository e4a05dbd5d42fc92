"""`indelible serve`: the web server, the worker and the receiver of log lines in one process group, watched.

What the person at the terminal meets: the address once it really answers, a one-time link while nobody
owns this installation yet, a plain word where the port is taken, and a quick clean end on Ctrl-C. A child
that dies is started again; one that keeps dying ends the whole, with what it said last above the message.

The receiver runs only while some source wants to be listened for, and ends by itself when none does. Where it keeps
dying the rest goes on, since only its pages can tell somebody; it is then started again with growing pauses.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

STARTS_WITHIN_SECONDS = 60.0
STOPS_WITHIN_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.2
# So many deaths of one child within so many seconds, and starting it again is no help.
MOST_DEATHS, DEATHS_WITHIN_SECONDS = 4, 60.0
ASK_EVERY_SECONDS = 1.0  # whether a child that is not always needed is wanted now
LONGEST_PAUSE_SECONDS = 60.0


class ServeError(Exception):
    """The server cannot run. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass
class Child:
    """One of the processes that `serve` keeps running."""

    role: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))
    wanted: Wanted | None = None  # asked of one that is not always needed
    not_before: float = 0.0

    def start(self) -> None:
        """Start it, as a child that ends when we end."""
        command = [
            sys.executable,
            "-m",
            "indelible.server.child",
            str(os.getpid()),
            self.role,
            *self.arguments,
        ]
        self.process = subprocess.Popen(command)  # noqa: S603 - our own interpreter and module

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def died(self, now: float) -> bool:
        """Note that it died; say whether it did so too often to be started again."""
        self.deaths.append(now)
        return len(self.deaths) == MOST_DEATHS and now - self.deaths[0] < DEATHS_WITHIN_SECONDS

    def start_where_wanted(self, now: float) -> None:
        """Of one that is not always needed: start it where it is needed, later each time that it dies."""
        if self.process is not None and self.process.returncode != 0:
            recent = sum(now - each < DEATHS_WITHIN_SECONDS for each in self.deaths)
            self.died(now)
            self.not_before = now + (min(2.0**recent, LONGEST_PAUSE_SECONDS) if recent else 0.0)
        self.process = None
        if self.wanted is not None and self.wanted.is_set() and now >= self.not_before:
            self.start()


class Wanted:
    """Asks every second whether a child is needed, in a thread of its own: an answer may take its time."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._answer = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep_asking, name="wanted", daemon=True)

    def is_set(self) -> bool:
        """Whether the newest answer was yes."""
        return self._answer

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped.set()

    def _keep_asking(self) -> None:
        from django.db import connections

        try:
            while not self._stopped.wait(ASK_EVERY_SECONDS):
                try:
                    self._answer = self._ask()
                except Exception:
                    # The database is away, perhaps: then the last answer holds, and the next may come through.
                    connections.close_all()
        finally:
            connections.close_all()


def address_of(host: str, port: int) -> str:
    """Return the address to open in a browser for what is served on `host` and `port`."""
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"


def check_port_is_free(host: str, port: int) -> None:
    """Raise ServeError where another program holds the port, or the address is none of this machine's."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except PermissionError as refused:
        raise ServeError("port-not-allowed", port=port) from refused
    except socket.gaierror as unknown:
        raise ServeError("address-unknown", host=host) from unknown
    except OSError as taken:
        raise ServeError("port-taken", host=host, port=port, other=port + 1) from taken


def serve(host: str, port: int, announce: Callable[[], None]) -> None:
    """Run all that serving takes until SIGINT or SIGTERM. `announce` is called once, when pages answer.

    Raises ServeError where it cannot start, or a child cannot be kept running.
    """
    check_port_is_free(host, port)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    web, worker = Child("web", [host, str(port)]), Child("worker", [])
    wanted = Wanted(_lines_are_wanted)
    lines = Child("lines", [], wanted=wanted)
    try:
        web.start()
        worker.start()
        _await_answer(web, host, port, stopped)
        if not stopped.is_set():
            announce()
        wanted.start()
        _watch([web, worker, lines], stopped)
    finally:
        wanted.stop()
        _stop([web, worker, lines])


def _lines_are_wanted() -> bool:
    from indelible.features.sources.kinds.lines.wanted import is_wanted

    return is_wanted()


def _await_answer(web: Child, host: str, port: int, stopped: threading.Event) -> None:
    """Wait until the port answers. Raises ServeError where the web server ends or stays silent."""
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while not stopped.is_set():
        try:
            socket.create_connection((target, port), timeout=1).close()
        except OSError:
            if not web.is_running or time.monotonic() > deadline:
                raise ServeError("server-does-not-start", role=web.role) from None
            stopped.wait(0.05)
        else:
            return


def _watch(children: list[Child], stopped: threading.Event) -> None:
    """Start again what dies. Returns when told to stop; raises ServeError where a child keeps dying."""
    while not stopped.wait(LOOK_EVERY_SECONDS):
        for child in children:
            if child.is_running:
                continue
            if child.wanted is not None:
                child.start_where_wanted(time.monotonic())
                continue
            if stopped.wait(LOOK_EVERY_SECONDS):  # Ctrl-C reaches the whole group: it ended because we end
                return
            if child.died(time.monotonic()):
                raise ServeError("server-keeps-ending", role=child.role)
            child.start()


def _stop(children: list[Child]) -> None:
    """End all children: asked first, then by force. What they were doing is safe to be cut off."""
    running = [child.process for child in children if child.process is not None and child.is_running]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOPS_WITHIN_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
