"""A whole witness: from its folder and the logs it is told to a server that ends on a signal.

Both `python -m indelible.witness` and `indelible witness` come here.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.keys import VerifierKey

from . import wording
from .errors import WitnessError
from .evidence import Refused
from .folder import open_folder
from .judging import Judge
from .serving import WitnessServer

_ENDING = (signal.SIGTERM, signal.SIGINT)

DEFAULT_FOLDER = "witness"
DEFAULT_ADDRESS = "127.0.0.1:8047"


@dataclass(frozen=True, slots=True)
class Started:
    """What is told when a witness has begun to answer."""

    name: str
    key: str  # its verifier key
    url: str
    logs: tuple[str, ...]  # origins
    dropped: tuple[str, ...]  # keys that were given, but that its owner had dropped

    def as_document(self) -> dict[str, object]:
        """Return the JSON document that programs read."""
        return {"name": self.name, "key": self.key, "url": self.url, "logs": list(self.logs)}


def serve(
    folder: Path,
    address: str,
    name: str | None,
    logs: Iterable[VerifierKey],
    announce: Callable[[Started], None],
) -> None:
    """Run the witness in `folder` until SIGTERM or SIGINT; `announce` is called once it answers.

    Call from the main thread. Raises WitnessError where it cannot start.
    """
    where = parse_address(address)  # before anything is made
    key, state = open_folder(folder, name)
    try:
        dropped = tuple(log.text for log in logs if not state.add_key(log, _clock()))
        judge = Judge(key, state, _clock, _tell)
        server = WitnessServer(where, key.verifier, judge, state)
        told = Started(key.verifier.name, key.verifier.text, server.url, tuple(state.origins()), dropped)
        _run(server, lambda: announce(told))
    finally:
        state.close()


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of `host:port`, `[::1]:port` or `:port`. Raises WitnessError (`witness-address`)."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if (
        not colon
        or not port.isascii()
        or not port.isdigit()
        or int(port) > 65535
        or (":" in bare) != (bare != host)
    ):
        raise WitnessError("witness-address", f"{text} is not of the form host:port", host=text, port="")
    return bare, int(port)


def _run(server: WitnessServer, ready: Callable[[], None]) -> None:
    """Serve in threads, and end them in order when a signal asks for it.

    The signals are blocked before the first thread starts, and waited for. With a handler instead, the kernel
    may give a signal to a thread that answers requests, and the main one sleeps on. They stay blocked: a
    second one must not cut the ending short.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="witness")
    thread.start()
    try:
        ready()
        signal.sigwait(_ENDING)
    finally:
        server.stop()
        thread.join()


def _tell(origin: str, refused: Refused) -> None:
    """Tell the owner at once; the page keeps telling."""
    line = wording.ALARM.format(origin=ascii(origin)[1:-1], reason=refused.reason, size=refused.size)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _clock() -> int:
    return int(time.time())
