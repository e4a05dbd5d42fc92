"""A web service that sends as services do: each message until it hears that it was taken."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter

from tests.features.sources.hooks import signing
from tests.services.installed import Installed

MESSAGES = 120
SENDERS = 6


class Sending:
    """A service that sends each of its messages until it hears that it was taken, as services do."""

    def __init__(self, running: Installed, hook: str) -> None:
        self._running, self._hook = running, hook
        self._left = iter(range(MESSAGES))
        self._lock = threading.Lock()
        self.taken: Counter[str] = Counter()  # by what each message was told to have come to
        self.acknowledged: list[str] = []
        self._threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def wait(self) -> None:
        for each in self._threads:
            each.join(60)
        assert not any(each.is_alive() for each in self._threads)

    def _send(self) -> None:
        while (number := self._next()) is not None:
            body = signing.push(f"refs/heads/{number}")
            while not self._was_taken(body, f"d-{number}"):
                time.sleep(0.1)

    def _next(self) -> int | None:
        with self._lock:
            return next(self._left, None)

    def _was_taken(self, body: bytes, delivery: str) -> bool:
        try:
            answer = self._running.ask("POST", self._hook, body, signing.github(body, delivery=delivery))
        except (OSError, http.client.HTTPException):
            return False  # no answer: it may have been taken or not
        if answer.status != 200:
            return False
        with self._lock:
            self.acknowledged.append(delivery)
            self.taken += Counter({name: count for name, count in answer.json.items() if count})
        return True
