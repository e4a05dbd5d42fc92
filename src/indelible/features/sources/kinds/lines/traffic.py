"""What a listener counts while it listens, for its page and its health: connections, lines, what was turned away."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

MOST_SHOWN: Final = 20
LOSS_TOLD_FOR: Final = timedelta(hours=24)  # a loss is shown as a problem so long


@dataclass(slots=True)
class Connected:
    """One open connection."""

    sender: str
    since: datetime
    lines: int = 0
    certificate: str = ""  # the fingerprint that the sender showed


@dataclass(slots=True)
class Traffic:
    """Counts of one listener. The network's thread and the recording one both write; pages get a `picture`."""

    connections: dict[int, Connected] = field(default_factory=dict)
    turned_away: dict[str, list[Any]] = field(default_factory=dict)  # sender and why -> [how often, newest]
    lines: int = 0
    lost: int = 0  # of those told about below
    lost_since: datetime | None = None
    lost_at: datetime | None = None
    unkept: int = 0
    unkept_at: datetime | None = None
    untold: dict[str, int] = field(default_factory=dict)  # losses that no entry tells of yet
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def turn_away(self, sender: str, why: str) -> None:
        """Note that somebody was not let in. Only so many are listed, so that nobody can fill the page."""
        with self._lock:
            key = f"{sender} {why}"
            row = self.turned_away.get(key)
            if row is None:
                if len(self.turned_away) >= MOST_SHOWN:
                    oldest = min(self.turned_away, key=lambda each: str(self.turned_away[each][1]))
                    del self.turned_away[oldest]
                row = self.turned_away[key] = [0, ""]
            row[0] += 1
            row[1] = timezone.now().isoformat()

    def lose(self, count: int) -> None:
        """Note that lines were lost before they could be read."""
        now = timezone.now()
        with self._lock:
            if self.lost_at is None or now - self.lost_at > LOSS_TOLD_FOR:
                self.lost, self.lost_since = 0, now
            self.lost += count
            self.lost_at = now
            self.untold["lost"] = self.untold.get("lost", 0) + count

    def not_kept(self, count: int) -> None:
        """Note that unreadable lines were not kept any more."""
        now = timezone.now()
        with self._lock:
            if self.unkept_at is None or self.unkept_at.date() != now.date():
                self.unkept = 0
            self.unkept += count
            self.unkept_at = now
            self.untold["unkept"] = self.untold.get("unkept", 0) + count

    def take_untold(self) -> dict[str, int]:
        """Return the losses that no entry tells of yet; from now on they count as told."""
        with self._lock:
            found, self.untold = self.untold, {}
        return found

    def give_back(self, untold: dict[str, int]) -> None:
        """Undo `take_untold`, where the entry did not come about."""
        with self._lock:
            for what, count in untold.items():
                self.untold[what] = self.untold.get(what, 0) + count

    def problem(self, name: str, now: datetime) -> tuple[str, dict[str, Any]] | None:
        """Return what of it is a problem of the source: a code and its facts."""
        with self._lock:
            if self.lost_at is not None and now - self.lost_at <= LOSS_TOLD_FOR:
                return "lines-lost", {"count": self.lost, "name": name}
            if self.unkept_at is not None and self.unkept_at.date() == now.date():
                return "lines-not-kept", {"count": self.unkept, "name": name}
            return None

    def picture(self) -> dict[str, Any]:
        """Return all of it as plain values, to be kept in the source's health."""
        with self._lock:
            newest = sorted(self.connections.values(), key=lambda each: each.since, reverse=True)
            return {
                "connected": len(newest),
                "connections": [
                    {
                        "sender": each.sender,
                        "since": each.since.isoformat(),
                        "lines": each.lines,
                        "certificate": each.certificate,
                    }
                    for each in newest[:MOST_SHOWN]
                ],
                "turned_away": {key: list(row) for key, row in self.turned_away.items()},
                "lines": self.lines,
                "lost": self.lost,
                "lost_since": self.lost_since and self.lost_since.isoformat(),
                "lost_at": self.lost_at and self.lost_at.isoformat(),
                "unkept": self.unkept,
                "unkept_at": self.unkept_at and self.unkept_at.isoformat(),
            }

    def go_on_from(self, picture: dict[str, Any]) -> None:
        """Take over the losses that an earlier run of the receiver counted."""
        self.lost, self.unkept = int(picture.get("lost") or 0), int(picture.get("unkept") or 0)
        self.lost_since = _moment(picture.get("lost_since"))
        self.lost_at = _moment(picture.get("lost_at"))
        self.unkept_at = _moment(picture.get("unkept_at"))


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
