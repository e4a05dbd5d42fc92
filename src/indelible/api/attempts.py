"""Wrong connection passwords: counted by network address, in memory, and told as one entry a minute at most.

What is shown wrongly is never kept, and nothing of it is written to the database by the request itself: ten thousand
wrong ones are ten thousand look-ups and one entry. A right one is let in whatever else came from its address, so that
one program with an old password does not lock out its neighbours; guessing is hopeless at any rate. The counts are of
this process; where it ends in the middle of a minute, the wrong ones of that minute go untold.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from django.db import connections

from indelible.events.own_door import passwords_refused
from indelible.web.acts import record_if_possible

logger = logging.getLogger("indelible.api")

A_MINUTE: Final = 30  # wrong ones from one address; beyond that it hears 429 to each
MOST_ADDRESSES: Final = 5_000  # told apart; the rest count together
MOST_TOLD: Final = 20
SECONDS: Final = 60.0
OTHERS: Final = "others"


class Attempts:
    """The wrong passwords of the minute that is running. `tell` is called once it is over, with what came."""

    def __init__(
        self, tell: Callable[[dict[str, int], int], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._counts: Counter[str] = Counter()  # guarded by _lock
        self._since = clock()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def note(self, address: str) -> bool:
        """Count a wrong password; whether its address has shown too many."""
        with self._lock:
            network = self._network(address)
            if not self._counts:
                self._since = self._clock()
                self._timer = threading.Timer(SECONDS, self.close_minute)
                self._timer.daemon = True
                self._timer.start()
            self._counts[network] += 1
            return self._counts[network] > A_MINUTE

    @property
    def seconds_left(self) -> int:
        """How long the minute still lasts."""
        return max(1, round(self._since + SECONDS - self._clock()))

    def close_minute(self) -> None:
        """Tell what came, and begin to count anew."""
        if counts := self.forget():
            self._tell(dict(counts.most_common(MOST_TOLD)), counts.total())

    def forget(self) -> Counter[str]:
        """Begin to count anew; return what came, which nobody was told."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        return counts

    def _network(self, address: str) -> str:
        """Return what an address is counted by: itself, or of IPv6 the network that one subscriber has."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return OTHERS
        if parsed.version == 6:
            address = str(ipaddress.ip_network((parsed, 64), strict=False))
        return address if address in self._counts or len(self._counts) < MOST_ADDRESSES else OTHERS


def _record(counts: dict[str, int], count: int) -> None:
    """Put the wrong passwords of a minute on the record. Runs in a thread of its own."""
    try:
        record_if_possible(passwords_refused(counts, count))
    except Exception as failure:
        # Nobody waits for this thread: what went wrong must at least stand in the log.
        logger.error("wrong connection passwords could not be recorded", exc_info=failure)
    finally:
        connections.close_all()


attempts: Final = Attempts(_record)
