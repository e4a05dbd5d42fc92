"""Messages that were not signed with our secret: counted, shown, and told on the record, however many there are.

A flood of them costs little: they are added up in memory and written down once a second at most, one row for each
source. The worker tells the record of them, in one entry a minute at most. What was counted within the last second is
lost if the process is killed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import close_old_connections, connections, transaction

from indelible.events.instants import from_datetime, to_datetime
from indelible.events.own_hooks import messages_refused
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import Health, Kind, Source, State
from indelible.features.sources.origins import record_own
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.web.jobs import ticker

logger = logging.getLogger("indelible.sources")

WRITTEN_EVERY_SECONDS: Final = 1.0
TOLD_EVERY: Final = timedelta(seconds=60)
MOST_ADDRESSES: Final = 10  # told by name; of the rest there is the sum
TROUBLE_FROM: Final = 3  # refused in a row: one alone may be anybody's mistake
TROUBLE: Final = "hook-not-signed"
SECRET_LOST: Final = "source-secret-lost"  # noqa: S105 - a code of explanations.toml
OVER_ONCE_SIGNED: Final = (TROUBLE, SECRET_LOST)
_KEY: Final = "refused"


@dataclass(slots=True)
class _Tally:
    """What was refused of one source since it was last written down. Guarded by _lock."""

    reasons: Counter[str] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)
    written: float = 0.0  # by the clock that only goes on
    due: threading.Timer | None = None  # will write it down


_lock = threading.Lock()
_tallies: dict[int, _Tally] = {}


def refuse(source: Source, why: str, address: str) -> None:
    """Count a message that was not signed with our secret."""
    with _lock:
        tally = _tallies.setdefault(source.pk, _Tally())
        tally.reasons[why] += 1
        if address in tally.addresses or len(tally.addresses) < 10 * MOST_ADDRESSES:
            tally.addresses[address] += 1
        if tally.due is not None:
            return
        wait = tally.written + WRITTEN_EVERY_SECONDS - time.monotonic()
        if wait > 0:
            tally.due = threading.Timer(wait, _write_later, (source,))
            tally.due.daemon = True
            tally.due.start()
            return
    write(source)


def _write_later(source: Source) -> None:
    close_old_connections()
    try:
        write(source)
    except Exception:
        logger.warning("refused messages of source %d were not written down", source.pk, exc_info=True)
    finally:
        connections.close_all()  # this thread's own


def write(source: Source) -> None:
    """Write down what was counted, and say that the source needs a look where nothing else arrives."""
    with _lock:
        tally = _tallies[source.pk]
        if tally.due is not None:
            tally.due.cancel()
        reasons, addresses = tally.reasons, tally.addresses
        tally.reasons, tally.addresses = Counter(), Counter()
        tally.written, tally.due = time.monotonic(), None
    now = datetime.now(UTC)
    health_of(source)
    with transaction.atomic():
        row = Health.objects.select_for_update().get(pk=source.pk)
        told: dict[str, Any] = row.cursor.get(_KEY) or {}
        untold: dict[str, Any] = told.get("untold") or {}
        in_a_row = told.get("in_a_row", 0) + reasons.total()
        row.cursor = {
            **row.cursor,
            _KEY: {
                "count": told.get("count", 0) + reasons.total(),
                "reasons": dict(Counter(told.get("reasons") or {}) + reasons),
                "addresses": _most(Counter(told.get("addresses") or {}) + addresses),
                "since": told.get("since") or from_datetime(now),
                "at": from_datetime(now),
                "in_a_row": in_a_row,
                "told_at": told.get("told_at"),
                "untold": {
                    "count": untold.get("count", 0) + reasons.total(),
                    "addresses": _most(Counter(untold.get("addresses") or {}) + addresses),
                },
            },
        }
        fields = ["cursor"]
        if in_a_row >= TROUBLE_FROM and (row.problem is None or row.problem.get("code") != TROUBLE):
            row.problem, row.problem_since = {"code": TROUBLE}, now
            fields += ["problem", "problem_since"]
        row.save(update_fields=fields)


def _most(addresses: Counter[str]) -> dict[str, int]:
    return dict(addresses.most_common(MOST_ADDRESSES))


def signed_again(source: Source) -> None:
    """Note that a message was signed with our secret: what was refused before it is over."""
    health = getattr(source, "health", None)
    if health is None:
        return
    in_trouble = (health.problem or {}).get("code") in OVER_ONCE_SIGNED
    if not in_trouble and not (health.cursor.get(_KEY) or {}).get("in_a_row"):
        return
    with transaction.atomic():
        row = Health.objects.select_for_update().get(pk=source.pk)
        row.cursor = {**row.cursor, _KEY: {**(row.cursor.get(_KEY) or {}), "in_a_row": 0}}
        fields = ["cursor"]
        if row.problem is not None and row.problem.get("code") in OVER_ONCE_SIGNED:
            row.problem, row.problem_since = None, None
            fields += ["problem", "problem_since"]
        row.save(update_fields=fields)


def refused_of(source: Source) -> dict[str, Any]:
    """Return what was refused of a source so far; nothing where nothing was."""
    health = getattr(source, "health", None)
    found: dict[str, Any] = dict((health.cursor.get(_KEY) if health is not None else None) or {})
    for name in ("since", "at"):
        if found.get(name):
            found[name] = to_datetime(found[name])
    return found


def tell_due(now: datetime) -> None:
    """Tell the record what was refused since it was last told, where that is a minute ago."""
    waiting = Health.objects.filter(source__kind=Kind.HOOK, cursor__has_key=_KEY)
    for key in list(waiting.exclude(source__state=State.ENDED).values_list("pk", flat=True)[:1_000]):
        with transaction.atomic():
            row = Health.objects.select_for_update().select_related("source__logbook").get(pk=key)
            told: dict[str, Any] = row.cursor[_KEY]
            untold = told.get("untold") or {}
            is_early = told.get("told_at") and now - to_datetime(told["told_at"]) < TOLD_EVERY
            if not untold.get("count") or is_early:
                continue
            row.cursor = {**row.cursor, _KEY: {**told, "untold": {}, "told_at": from_datetime(now)}}
            row.save(update_fields=["cursor"])
            event = messages_refused(row.source.pk, row.source.name, untold["addresses"], untold["count"])
            try:
                record_own(row.source.logbook, event)
            except (AppendFailed, AppendRefused) as failure:
                logger.warning("refused messages not told: %s", failure.detail)
                transaction.set_rollback(True)


@ticker(timedelta(seconds=20))
def tell_refused_messages() -> None:
    """Tell what was refused, once its minute is over."""
    tell_due(datetime.now(UTC))
