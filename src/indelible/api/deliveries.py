"""What a delivery brings goes to the desk, and its sender is told what became of each event.

One event or a list is one delivery: taken whole or not at all, except for events that are refused themselves. Lines are
taken in batches, each durable by itself; where a stream breaks off, its problem says how far it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from indelible.api.bodies import MOST_EVENT_BYTES
from indelible.api.eventform import Sent
from indelible.api.problems import Problem
from indelible.api.strictjson import JsonRefused, parse
from indelible.events.event import EventError, Original
from indelible.features.sources.live.desk import Taken, take
from indelible.features.sources.models import Source
from indelible.features.sources.recording import BATCH_BYTES, BATCH_RECORDS
from indelible.intake.reading import Record, Rejected
from indelible.web.bodies import BodyTooLarge, BodyTooSlow

MOST_EVENTS: Final = 10_000  # of one list
MOST_RESULTS: Final = 1_000
MOST_KEPT_CHARACTERS: Final = 1_000_000  # of an event that is too large itself
NO_FINGERPRINT: Final = bytes(16)  # what tells a repeat here is an id or a key, never what an event says

_EVENTS_OBJECT: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"events"\s*:')
_UTF8_MARK: Final = b"\xef\xbb\xbf"

Reader = Callable[[Any], Sent]


@dataclass(slots=True)
class RejectedEvent(Rejected):
    """An event that cannot be recorded: `reason` names the field, `code` is for programs."""

    code: str = ""


Outcome = Record | RejectedEvent


@dataclass(slots=True)
class Told:
    """What became of a delivery, as its sender is told."""

    account: int | None = None
    counts: dict[str, int] = field(
        default_factory=lambda: {"recorded": 0, "duplicates": 0, "conflicts": 0, "rejected": 0}
    )
    checkpoint: str | None = None
    _first: list[dict[str, Any]] = field(default_factory=list)
    _rejected: list[dict[str, Any]] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many events came."""
        return sum(self.counts.values())

    @property
    def is_refused(self) -> bool:
        """Whether events came and nothing of them is on the record."""
        return 0 < self.read == self.counts["rejected"]

    def add(self, taken: Taken, outcomes: Sequence[Outcome] | None = None) -> None:
        """Add what became of one batch; without `outcomes`, of a message whose records were read elsewhere."""
        self.account = taken.account
        self.checkpoint = taken.checkpoint or self.checkpoint
        for place, fate in enumerate(taken.fates):
            outcome = outcomes[place] if outcomes is not None else None
            self.counts[_COUNTED_AS[fate.what]] += 1
            result: dict[str, Any] = {"line": outcome.line if outcome else place + 1, "fate": fate.what}
            if fate.entry is not None:
                result["entry"] = fate.entry
            if fate.what == "rejected":
                why = ("not-readable", "it cannot be read")
                if isinstance(outcome, RejectedEvent):
                    why = (outcome.code, outcome.reason)
                result["reason"], result["message"] = why
                if len(self._rejected) < MOST_RESULTS:
                    self._rejected.append(result)
            if len(self._first) < MOST_RESULTS:
                self._first.append(result)

    @property
    def first_refusal(self) -> str:
        """Why the first of the rejected events was: its place, and what is wrong with it."""
        first = self._rejected[0] if self._rejected else {}
        return f"{first.get('line', '')}: {first.get('message', '')}"

    def as_json(self) -> dict[str, Any]:
        """Return the answer's document."""
        results = self._first if self.read <= MOST_RESULTS else self._rejected
        return {
            "account": self.account,
            "read": self.read,
            **self.counts,
            "results": results,
            "results_left_off": self.read - len(results),
            "checkpoint": self.checkpoint,
        }


_COUNTED_AS: Final = {
    "recorded": "recorded",
    "duplicate": "duplicates",
    "conflict": "conflicts",
    "rejected": "rejected",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """From whom something came, and what its head says: the key that tells a repeat, the sender's clock."""

    source: Source
    key: str = ""
    clock_ms: int | None = None

    def take(self, outcomes: Sequence[Outcome], size: int, told: Told) -> None:
        """Record a batch and tell of it; durable on return. Raises what `desk.take` raises."""
        taken = take(self.source, outcomes, size=size, key=self.key, clock_ms=self.clock_ms)
        told.add(taken, outcomes)


# One event or a list ----------------------------------------------------------------------------------


def take_one(delivery: Delivery, body: bytes, reader: Reader, media_type: str) -> Told:
    """Take a body that is one event. Raises Problem where it is no JSON at all."""
    text = text_of(body)
    told = Told()
    outcome = outcome_of(text, 1, 1, reader, media_type)
    if isinstance(outcome, RejectedEvent) and outcome.code == "not-json":
        raise Problem(400, "body-not-json", detail=outcome.reason)
    delivery.take([outcome], len(body), told)
    return told


def take_list(
    delivery: Delivery, pieces: Sequence[bytes], size: int, reader: Reader, media_type: str
) -> Told:
    """Take the elements of a list, all in one delivery."""
    if len(pieces) > MOST_EVENTS:
        raise Problem(413, "too-many-events", most=f"{MOST_EVENTS:,}")
    told = Told()
    outcomes = [
        outcome_of(piece.decode(), place, place, reader, media_type) for place, piece in enumerate(pieces, 1)
    ]
    if outcomes:
        delivery.take(outcomes, size, told)
    return told


def is_list(body: bytes) -> bool:
    """Whether a JSON body holds a list of events, bare or as `{"events": [...]}`."""
    start = body.removeprefix(_UTF8_MARK).lstrip()[:1]
    return start == b"[" or _EVENTS_OBJECT.match(body) is not None


def pieces_of(body: bytes) -> list[bytes]:
    """Return the elements of a list of events, each as it was written. Raises Problem for what is none."""
    text_of(body)
    listed = body.removeprefix(_UTF8_MARK)
    if found := _EVENTS_OBJECT.match(listed):
        listed = listed[found.end() :].rstrip()
        if not listed.endswith(b"}"):
            raise Problem(400, "body-not-json", detail="the object that holds the list is not closed")
        listed = listed[:-1]
    try:
        return [bytes(piece) for piece in msgspec.json.decode(listed, type=list[msgspec.Raw])]
    except msgspec.DecodeError as fault:
        raise Problem(400, "body-not-json", detail=str(fault)) from fault
    except RecursionError as fault:
        raise Problem(400, "body-not-json", detail="nested too deep") from fault


# Lines ------------------------------------------------------------------------------------------------


def take_lines(delivery: Delivery, lines: Iterable[bytes], reader: Reader, media_type: str) -> Told:
    """Take an event a line, in batches. Raises Problem, which tells how far it came where anything was taken."""
    told = Told()
    batch = _Batch(delivery, told)
    number = 0
    try:
        try:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    batch.add(_outcome_of_line(line, number, batch.row, reader, media_type), len(line))
        except (BodyTooLarge, BodyTooSlow, Problem) as broken:
            batch.close()
            if isinstance(broken, BodyTooLarge):
                code = {"code": "line-too-long", "most": f"{broken.most:,}", "line": number + 1}
                raise Problem(413, **code) from broken  # type: ignore[arg-type]
            raise
        batch.close()
    except Exception as failure:
        raise BrokenStream(failure, told) from failure
    return told


class BrokenStream(Exception):
    """A stream that was taken in part: why it ended, and what became of it up to there."""

    def __init__(self, failure: Exception, told: Told) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.told = told


class _Batch:
    """The lines that go to the desk together next."""

    def __init__(self, delivery: Delivery, told: Told) -> None:
        self._delivery, self._told = delivery, told
        self._outcomes: list[Outcome] = []
        self._size = 0
        self.row = 1  # of the next event, from 1

    def add(self, outcome: Outcome, size: int) -> None:
        """Add a line, and have the batch recorded where it is full."""
        self._outcomes.append(outcome)
        self._size += size
        self.row += 1
        if len(self._outcomes) >= BATCH_RECORDS or self._size >= BATCH_BYTES:
            self.close()

    def close(self) -> None:
        """Have recorded what is left. The source may have been paused or ended since the last batch."""
        if not self._outcomes:
            return
        outcomes, size = self._outcomes, self._size
        self._outcomes, self._size = [], 0
        self._delivery.source.refresh_from_db(fields=["state"])
        self._delivery.take(outcomes, size, self._told)


def _outcome_of_line(line: bytes, number: int, row: int, reader: Reader, media_type: str) -> Outcome:
    if number == 1:
        line = line.removeprefix(_UTF8_MARK)
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return RejectedEvent(
            number, "not UTF-8", line[:MOST_KEPT_CHARACTERS].decode("utf-8", "backslashreplace"), "not-utf8"
        )
    return outcome_of(text, number, row, reader, media_type)


# One piece --------------------------------------------------------------------------------------------


def text_of(body: bytes) -> str:
    """Return a body as text. Raises Problem where it is no UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as fault:
        raise Problem(400, "body-not-utf8", place=fault.start + 1) from fault


def outcome_of(text: str, line: int, row: int, reader: Reader, media_type: str) -> Outcome:
    """Read the text of one event. `row` counts the events of the delivery, `line` says where it stands; both from 1."""
    original = text.encode()
    if len(original) > MOST_EVENT_BYTES:
        reason = f"more than {MOST_EVENT_BYTES:,} bytes"
        return RejectedEvent(line, reason, text[:MOST_KEPT_CHARACTERS], "event-too-large")
    try:
        sent = reader(parse(text.removeprefix("\ufeff")))
    except (EventError, JsonRefused) as fault:
        return RejectedEvent(line, fault.detail, text, fault.code)
    return record_of(sent, line, row, original, {"text": text, "media_type": media_type})


def record_of(sent: Sent, line: int, row: int, original: bytes, kept: Original) -> Record:
    """Return an event as the desk takes it. `original` tells whether a repeat says the same, `kept` is kept."""
    sent.event["original"] = kept
    return Record(row, line, sent.event, sent.id, NO_FINGERPRINT, original)


__all__ = [
    "BrokenStream",
    "Delivery",
    "RejectedEvent",
    "Told",
    "is_list",
    "outcome_of",
    "pieces_of",
    "record_of",
    "take_lines",
    "take_list",
    "take_one",
    "text_of",
]
