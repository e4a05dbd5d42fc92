"""A log that asks a witness to cosign, lawfully or not, and HTTP as a client of any language would speak it."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.keys import CosigningKey, SigningKey
from indelible.ledger.notes import sign_note
from indelible.ledger.proofs import prove_consistency
from indelible.witness.evidence import Refused
from indelible.witness.judging import Answer, Judge
from indelible.witness.state import State
from tests.ledger.logs import KEY, MemoryLog, leaf_data


@cache
def history(size: int, forked_at: int | None = None) -> MemoryLog:
    """Return a log of `size` leaves; with `forked_at`, one whose leaves differ from that place on."""
    other = range(forked_at, size) if forked_at is not None else ()
    return MemoryLog([leaf_data(index) + b"!" * (index in other) for index in range(size)])


def body(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """Return the body of a request, spelled here once more so that reading is held to the standard."""
    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in proof)]
    return ("\n".join(lines) + "\n\n" + note).encode()


class Asker:
    """A log with its key. What it signs follows `history`, whole or forked."""

    def __init__(self, key: SigningKey = KEY) -> None:
        self.key = key
        self.origin = key.verifier.name

    def note(self, size: int, forked_at: int | None = None) -> str:
        """Return the signed checkpoint of a size."""
        return sign_checkpoint(
            Checkpoint(self.origin, size, history(max(size, 1), forked_at).root(size)), self.key
        )

    def request(self, old: int, size: int, forked_at: int | None = None) -> bytes:
        """Return the body that asks to cosign the extension from `old` to `size`, with its true proof."""
        proof = prove_consistency(old, size, history(size, forked_at)) if 0 < old < size else []
        return body(old, proof, self.note(size, forked_at))

    def says(self, text: str) -> str:
        """Return any text as a note signed by the log."""
        return sign_note(text, [self.key])


@dataclass
class Bench:
    """A judge with all that belongs to it."""

    judge: Judge
    state: State
    key: CosigningKey
    log: Asker
    told: list[tuple[str, Refused]]
    times: list[int]

    def ask(self, old: int, size: int, forked_at: int | None = None) -> Answer:
        """Ask to cosign the extension from `old` to `size`."""
        return self.judge.add_checkpoint(self.log.request(old, size, forked_at))


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP."""

    status: int
    body: str
    headers: dict[str, str]


def call(url: str, method: str, path: str, data: bytes | None = None) -> Reply:
    """Send one request and read its answer."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    try:
        connection.request(method, path, data)
        response = connection.getresponse()
        return Reply(response.status, response.read().decode(), dict(response.headers))
    finally:
        connection.close()


def post(url: str, data: bytes) -> Reply:
    """Ask a witness to cosign."""
    return call(url, "POST", "/add-checkpoint", data)
