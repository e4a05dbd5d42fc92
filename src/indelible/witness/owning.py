"""What the owner of a witness does with it beside serving: begin it, name its logs, look at what it holds.

All of it works on the folder, whether the server runs at the same time or not: a running one reads its state
anew for each request.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.keys import CosigningKey, VerifierKey

from .errors import WitnessError
from .folder import is_begun, open_folder
from .state import State, WatchedLog


@dataclass(frozen=True, slots=True)
class Status:
    """A witness with all that it holds."""

    name: str
    key: str  # its verifier key
    logs: tuple[WatchedLog, ...]


def begin(folder: Path, name: str | None) -> Status:
    """Make the key and the state of a witness in `folder`, or find those that are there.

    Raises WitnessError (`witness-name`, `witness-name-differs`, ...).
    """
    key, state = open_folder(folder, name)
    try:
        return _status(key, state)
    finally:
        state.close()


def look(folder: Path) -> Status:
    """Return what the witness in `folder` holds. Raises WitnessError (`witness-not-begun`, ...)."""
    with _begun(folder) as (key, state):
        return _status(key, state)


def add_log(folder: Path, log: VerifierKey) -> None:
    """Watch a log, or trust one more key of it. Raises WitnessError (`witness-not-begun`, ...)."""
    with _begun(folder) as (_key, state):
        state.add_key(log, int(time.time()), again=True)


def drop_key(folder: Path, log: VerifierKey) -> None:
    """Let a key of a log count no more. Raises WitnessError (`witness-key-unknown`, `witness-not-begun`, ...)."""
    with _begun(folder) as (_key, state):
        if not state.drop_key(log, int(time.time())):
            raise WitnessError("witness-key-unknown", f"{log.text} did not count", key=log.text)


@contextmanager
def _begun(folder: Path) -> Iterator[tuple[CosigningKey, State]]:
    if not is_begun(folder):
        raise WitnessError("witness-not-begun", f"no witness in {folder}", folder=folder)
    key, state = open_folder(folder, None)
    try:
        yield key, state
    finally:
        state.close()


def _status(key: CosigningKey, state: State) -> Status:
    logs = tuple(state.log(origin) for origin in state.origins())
    return Status(key.verifier.name, key.verifier.text, logs)
