"""Callers that come while work is under way share the next round of it.

Nobody waits for company. The first caller to come leads: it takes what is waiting, its own call included, has all of it
done as one, and wakes the others. Whoever came meanwhile forms the next round, led by the first of them. So a lone
caller pays for one round and no change of threads, and a crowd for half a round each at most.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Call = TypeVar("Call")


class TooManyWaiting(Exception):
    """So many callers wait already that this one is not to join them."""


class _Place(Generic[Call]):
    """Where one caller waits."""

    __slots__ = ("call", "leads", "turn")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.leads = False
        self.turn = threading.Lock()  # released when the call is done, or is to lead
        self.turn.acquire()


class Turns(Generic[Call]):
    """The callers of one process that share rounds of one kind of work.

    `work` does a round, and leaves in each call what became of it. It may raise only where this thread is being
    stopped. A round takes calls of `most` weight together, unless the first alone weighs more.
    """

    def __init__(
        self, work: Callable[[Sequence[Call]], None], weight: Callable[[Call], int], most: int
    ) -> None:
        self._work = work
        self._weight = weight
        self._most = most
        self._waiting: deque[_Place[Call]] = deque()  # guarded by _lock
        self._led = False  # guarded by _lock
        self._lock = threading.Lock()

    def join(self, call: Call, *, most_waiting: int | None = None) -> None:
        """Return once the call was part of a round. Raises TooManyWaiting at once where more wait already."""
        place = _Place(call)
        with self._lock:
            if most_waiting is not None and len(self._waiting) >= most_waiting:
                raise TooManyWaiting
            self._waiting.append(place)
            place.leads = not self._led
            self._led = True
        if not place.leads:
            place.turn.acquire()
        if place.leads:
            self._lead()

    def _lead(self) -> None:
        """Work for everybody who waits, then hand over to whoever came meanwhile."""
        with self._lock:
            places = self._take_waiting()
        try:
            self._work([place.call for place in places])
        finally:
            # Also where this thread is being stopped: nobody may be left waiting for a leader that is gone.
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._led = following is not None
            if following is not None:
                following.leads = True
                following.turn.release()
            for place in places:
                if not place.leads:
                    place.turn.release()

    def _take_waiting(self) -> list[_Place[Call]]:
        places = [self._waiting.popleft()]
        weight = self._weight(places[0].call)
        while self._waiting and weight + self._weight(self._waiting[0].call) <= self._most:
            place = self._waiting.popleft()
            weight += self._weight(place.call)
            places.append(place)
        return places
