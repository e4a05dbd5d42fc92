"""What was read from the network and is not yet on the record: bounded, so that senders wait instead of us growing.

The side of the network puts lines in and stops reading where there is no more room; the side that records takes them
out, and says `done` once they are on the record. Until then they count, also those that are only held for others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from indelible.intake.logs.live import Arrived

MOST_LINES: Final = 10_000
MOST_BYTES: Final = 16 << 20
ROOM_AGAIN: Final = 0.75  # reading goes on once this much of it is full, at most
WEIGHT: Final = 400  # bytes that a line costs us beside its own


class Backlog:
    """Lines of one source between two threads. `on_room` is called by the recording side when there is room again."""

    def __init__(self, on_room: Callable[[], None] = lambda: None) -> None:
        self._on_room = on_room
        self._lines: deque[Arrived] = deque()
        self._count = self._bytes = 0
        self._was_full = False
        self._closed = False
        self._changed = threading.Condition()

    def put(self, lines: Iterable[Arrived]) -> bool:
        """Put lines in; return whether there is room for more. What is put is taken, however full it is."""
        with self._changed:
            for line in lines:
                self._lines.append(line)
                self._count += 1
                self._bytes += len(line.original) + WEIGHT
            self._changed.notify()
            self._was_full = self._was_full or self._is_full(1.0)
            return not self._was_full

    def take(self, most: int, *, wait: float, gather: float) -> list[Arrived]:
        """Take up to `most` lines: wait so long for the first, then gather so long. Empty where none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._closed, wait)
            if self._lines and gather:
                ends = time.monotonic() + gather
                while len(self._lines) < most and not self._closed:
                    left = ends - time.monotonic()
                    if left <= 0 or not self._changed.wait(left):
                        break
            return [self._lines.popleft() for _ in range(min(most, len(self._lines)))]

    def done(self, lines: Iterable[Arrived]) -> None:
        """Say that lines are on the record, or kept elsewhere."""
        with self._changed:
            for line in lines:
                self._count -= 1
                self._bytes -= len(line.original) + WEIGHT
            has_room = self._was_full and not self._is_full(ROOM_AGAIN)
            if has_room:
                self._was_full = False
        if has_room:
            self._on_room()

    def close(self) -> None:
        """Say that nothing more is put in: whoever waits for lines waits no longer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def is_over(self) -> bool:
        """Whether it is closed and all was taken out."""
        with self._changed:
            return self._closed and not self._lines

    @property
    def count(self) -> int:
        """How many lines are not yet on the record."""
        return self._count

    def _is_full(self, share: float) -> bool:
        return self._count >= MOST_LINES * share or self._bytes >= MOST_BYTES * share
