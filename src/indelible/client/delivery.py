"""Delivering batches: what the server's answer means for each event, and when to try again.

* Taken (recorded, held already, or kept as a second account that contradicts the first): acknowledged.
* An event that the server cannot record is kept aside with its reason; the others of its batch are not held up.
* Away, busy, paused, or a password that does not fit: everything waits, and is tried again after growing pauses.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .calls import Answer, Calls, NotReached
from .spool import Spool

log = logging.getLogger("indelible.client")

EVENTS_PATH = "/api/v1/events"
BATCH_EVENTS = 500
BATCH_BYTES = 1_000_000
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
CANNOT = (400, 413, 422)  # about what was sent, so sending it again is no help


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What became of an event: `fate` is recorded, duplicate, conflict or rejected; `entry` its index in the log."""

    id: str
    fate: str
    entry: int | None = None
    reason: str = ""

    @property
    def is_on_record(self) -> bool:
        """Whether the log holds it."""
        return self.fate != "rejected"


@dataclass(slots=True)
class Pace:
    """When to try again after a failure: soon, then ever later, with a little chance so that not all come at once."""

    failures: int = 0
    trouble: str = ""
    _told: str = field(default="", repr=False)

    def failed(self, trouble: str, retry_after: float | None = None) -> float:
        """Note a failure; return the seconds to wait. Each new kind of trouble is logged once."""
        self.failures += 1
        self.trouble = trouble
        if trouble != self._told:
            self._told = trouble
            log.warning("events wait in the spool: %s", trouble)
        pause = min(FIRST_PAUSE * (1 << min(self.failures - 1, 10)), LONGEST_PAUSE)
        return max(retry_after or 0.0, pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret hangs on it

    def worked(self) -> None:
        """Note that the server takes events again."""
        if self._told:
            log.warning("events are taken again")
        self.failures, self.trouble, self._told = 0, "", ""


def deliver_waiting(
    spool: Spool, calls: Calls, pace: Pace, told: Callable[[Acknowledged], None]
) -> float | None:
    """Send one batch of each file that waits; return the seconds to wait before the next try, None for none.

    `told` is called for each event once it is settled.
    """
    for batch in spool.batches(BATCH_EVENTS, BATCH_BYTES):
        pause = _deliver(batch.events, spool, calls, pace, told)
        if pause is not None:
            return pause
        spool.acknowledge(batch)
    return None


def _deliver(
    events: Sequence[dict[str, Any]],
    spool: Spool,
    calls: Calls,
    pace: Pace,
    told: Callable[[Acknowledged], None],
) -> float | None:
    """Send events until each is settled; return the pause where they must wait."""
    if not events:
        return None
    body = json.dumps(list(events), ensure_ascii=False, separators=(",", ":")).encode()
    try:
        answer = calls.post(EVENTS_PATH, body, "application/json")
    except NotReached as away:
        return pace.failed(f"the server cannot be reached ({away})")
    results = _results(events, answer)
    if results is not None:
        pace.worked()
        for event, result in zip(events, results, strict=True):
            if not result.is_on_record:
                spool.refuse(event, result.reason)
                log.error(
                    "an event cannot be recorded and is kept in the spool's refused file: %s", result.reason
                )
            told(result)
        return None
    if answer.status not in CANNOT:
        return pace.failed(answer.words, answer.retry_after)
    if len(events) > 1:  # find the one that the others suffer for
        middle = len(events) // 2
        for part in (events[:middle], events[middle:]):
            if (pause := _deliver(part, spool, calls, pace, told)) is not None:
                return pause
        return None
    spool.refuse(events[0], answer.words)
    log.error("an event cannot be recorded and is kept in the spool's refused file: %s", answer.words)
    told(Acknowledged(str(events[0].get("id", "")), "rejected", None, answer.words))
    return None


def _results(events: Sequence[dict[str, Any]], answer: Answer) -> list[Acknowledged] | None:
    """Return what became of each event; None where the answer does not say so."""
    if answer.status not in (200, 201, 422):
        return None
    results = answer.document.get("results")
    if not isinstance(results, list) or len(results) != len(events):
        return None
    found = []
    for event, result in zip(events, results, strict=True):
        if not isinstance(result, dict) or not isinstance(result.get("fate"), str):
            return None
        entry = result.get("entry")
        reason = str(result.get("message") or result.get("reason") or "")
        found.append(
            Acknowledged(
                str(event.get("id", "")), result["fate"], entry if isinstance(entry, int) else None, reason
            )
        )
    return found
