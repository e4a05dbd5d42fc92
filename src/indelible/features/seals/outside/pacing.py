"""When somebody outside is to be asked again: pure questions of time, and one look at what is new.

Nothing here asks anybody; courier.py does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from indelible.events.own_outside import STAMP_RECEIVED
from indelible.features.people.queries import organisation
from indelible.features.seals.models import Authority, Outsider, Witness
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook

WITNESS_PACE: Final = timedelta(seconds=4)  # of a busy log: with the courier's own pace below ten seconds
WITNESS_ANEW: Final = timedelta(hours=24)  # of a quiet log
STAMP_PACE: Final = timedelta(minutes=10)
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=10)
_BLOCK: Final = 100


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 5 s, 10 s, 20 s, ... up to ten minutes."""
    return min(FIRST_PAUSE * (1 << min(max(failures, 1) - 1, 20)), LONGEST_PAUSE)


def is_witness_due(row: Witness, size: int, at: datetime) -> bool:
    """Whether a witness is to be asked for the seal of `size` entries now."""
    if not _may_ask(row, at):
        return False
    return row.size != size or row.answered_at is None or at - row.answered_at >= WITNESS_ANEW


def is_authority_due(row: Authority, logbook: Logbook, size: int, at: datetime) -> bool:
    """Whether an authority is to be asked for a stamp on the seal of `size` entries now."""
    if not _may_ask(row, at) or size <= row.size:
        return False
    if row.answered_at is None or row.answered_at < last_midnight(at, zone()):
        return True
    return has_news(logbook, row.size, size)


def _may_ask(row: Outsider, at: datetime) -> bool:
    return row.ended_at is None and (row.next_try_at is None or row.next_try_at <= at)


def last_midnight(at: datetime, where: tzinfo) -> datetime:
    """Return the newest beginning of a day in `where` that is not after `at`."""
    local = at.astimezone(where)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def zone() -> tzinfo:
    """Return the organisation's zone."""
    ours = organisation()
    return ZoneInfo(ours.zone) if ours and ours.zone else UTC


def has_news(logbook: Logbook, since: int, size: int) -> bool:
    """Whether the entries from `since` up to `size` tell anything but that stamps were received.

    An entry that tells of a stamp is new as well; if it called for the next stamp, that would never end.
    """
    for start in range(since, size, _BLOCK):
        entries = reads.get_entries(logbook, start, min(start + _BLOCK, size) - 1)
        if len(entries) < min(_BLOCK, size - start):
            return True  # some are missing, so nobody can say that nothing is new
        if any(entry.event.get("action", {}).get("said") != STAMP_RECEIVED for entry in entries):
            return True
    return False
