"""The desk where deliveries are taken in: when `take` returns, their records are sealed and accounted for.

Deliveries that come while a commit is under way share the next one, as callers of `append` do (storage's group
commit); but here the account of each source belongs to the same transaction as the entries. So what was acknowledged
is on the record and counted, whatever dies when; and what was not acknowledged is neither, or is found held when it
is sent again.

* The account is one import a source and day (`Import.live_day`, UTC). What could not become an event is kept there.
* A delivery may carry a key: sent again with the same content it is recorded once, with another it is refused whole.
* Bounds: so many deliveries may wait, so many rejected records are kept a day. Beyond them the sender is told to come
  back later, and nothing of that delivery is taken.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from indelible.features.sources.accounts.late import count as count_late
from indelible.features.sources.accounts.late import mark_late
from indelible.features.sources.live.health import heard
from indelible.features.sources.models import Import, Source, Stage, State
from indelible.features.sources.origins import SourceError
from indelible.features.sources.recording import Outcome, add_up, keep_rejected, note_batch
from indelible.features.sources.settling import Fate, Placed, find_held, place, settle
from indelible.intake.reading import Record, Rejected, Repeat
from indelible.storage.database.errors import AppendFailed
from indelible.storage.database.turns import TooManyWaiting, Turns

MOST_WAITING: Final = 200  # deliveries in this process
MOST_RECORDS: Final = 4_000  # of one commit, unless one delivery alone brings more
MOST_REJECTED: Final = 100_000  # kept of one source and day
_KEYED: Final = "key\x1f"  # how an identity begins that comes from a delivery's key


class Refused(SourceError):
    """A delivery was not taken, and nothing of it is on the record. `code` says why."""


class ComeBackLater(Refused):
    """Not now: the same delivery may be sent again after `seconds`."""

    def __init__(self, code: str, seconds: int, **facts: object) -> None:
        super().__init__(code, **facts)
        self.seconds = seconds


class KeyUsedBefore(Refused):
    """The delivery's key stands for another content, recorded as `entry` (an index)."""

    def __init__(self, entry: int) -> None:
        super().__init__("delivery-key-used", number=entry + 1)
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery: one fate a record, in order, and the checkpoint that covers what was recorded.

    `account` is the import that counts it. The checkpoint is empty where nothing was recorded.
    """

    account: int
    fates: list[Fate]
    checkpoint: str = ""

    def count(self, what: str) -> int:
        """Return how many records came to that."""
        return sum(fate.what == what for fate in self.fates)


def take(
    source: Source,
    outcomes: Sequence[Outcome],
    *,
    received_at: datetime | None = None,
    size: int = 0,
    key: str = "",
    clock_ms: int | None = None,
) -> Taken:
    """Record what one delivery brought, and account for it; durable on return. `size` is its bytes.

    `key` is the delivery's own: a record without an id goes by it and its row, so one that is held with another content
    is no second account of one event but a key used twice. Call it outside a transaction.

    Raises Refused: KeyUsedBefore, ComeBackLater (paused, too much waiting, too many rejected today), `source-ended`;
    and what `append` raises (AppendRefused, AppendFailed), after which nothing of it is on the record.
    """
    if transaction.get_connection().in_atomic_block:
        raise ValueError("a delivery is taken outside a transaction: it is durable when this returns")
    received_at = received_at or timezone.now()
    check_open(source)
    row = account_of(source, received_at)
    delivery = _Delivery(source, row.pk, outcomes, size, key, received_at)
    delivery.make_ready()
    try:
        _desk_of(source).join(delivery, most_waiting=MOST_WAITING)
    except TooManyWaiting:
        raise ComeBackLater("too-much-waiting", 5) from None
    if delivery.error is not None:
        raise delivery.error
    heard(source, received_at, clock_ms=clock_ms)
    return Taken(row.pk, delivery.fates, delivery.checkpoint)


def check_open(source: Source) -> None:
    """Raise Refused where a source takes nothing: ended, or paused."""
    if source.state == State.ENDED:
        raise Refused("source-ended", name=source.name)
    if source.state == State.PAUSED:
        raise ComeBackLater("source-paused", 300, name=source.name)


def account_of(source: Source, at: datetime) -> Import:
    """Return the account of a source's messages on the day of `at`, begun where it is the first.

    What was received on a day that is closed meanwhile is accounted for today.
    """
    row = _account(source, at)
    return row if row.stage != Stage.DONE else _account(source, timezone.now())


def _account(source: Source, at: datetime) -> Import:
    day = at.astimezone(UTC).date()
    row, _ = Import.objects.get_or_create(
        source=source,
        live_day=day,
        defaults={
            "logbook": source.logbook,
            "file_name": day.isoformat(),
            "system": source.system,
            "size": 0,
            "fingerprint": b"",
            "stage": Stage.RECORDING,
        },
    )
    return row


@dataclass(slots=True)
class _Delivery:
    """One delivery on its way through the desk."""

    source: Source
    account: int
    outcomes: Sequence[Outcome]
    size: int
    key: str
    received_at: datetime = field(default_factory=timezone.now)
    placed: list[Placed | Rejected | Repeat] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)
    late: set[int] = field(default_factory=set)  # of those placed that happened long before they came
    checkpoint: str = ""
    # Until it is settled nothing is on the record, also where the thread that commits for it is stopped.
    error: Exception | None = field(
        default_factory=lambda: AppendFailed("commit-interrupted", "the committing thread was stopped")
    )

    @property
    def events(self) -> list[Placed]:
        return [each for each in self.placed if isinstance(each, Placed)]

    @property
    def keyed(self) -> list[Placed]:
        """Those that go by the delivery's own key."""
        return [each for each in self.events if (each.record.identity or "").startswith(_KEYED)]

    @property
    def rejected(self) -> list[Rejected]:
        return [each for each in self.placed if isinstance(each, Rejected)]

    def make_ready(self) -> None:
        """Do what needs no lock."""
        self.placed = [
            place(self._by_key(each), self.source, self.account, by_content=False)
            if isinstance(each, Record)
            else each
            for each in self.outcomes
        ]
        self.late = {id(each) for each in self.events if mark_late(each, self.received_at)}

    def _by_key(self, record: Record) -> Record:
        """Return a record that has no id of its own with one made of the delivery's key and its row."""
        if not self.key or record.identity is not None:
            return record
        return replace(record, identity=f"{_KEYED}{self.key}\x1f{record.row}")

    def settle_into(self, fates: Sequence[Fate], checkpoint: str) -> None:
        """Give each record its fate, in the delivery's own order."""
        told = iter(fates)
        self.fates = [
            next(told)
            if isinstance(each, Placed)
            else Fate("duplicate" if isinstance(each, Repeat) else "rejected")
            for each in self.placed
        ]
        if any(fate.what in ("recorded", "conflict") for fate in self.fates):
            self.checkpoint = checkpoint


def _commit(group: Sequence[_Delivery]) -> None:
    """Record a group in as few transactions as it takes; where one fails, each of its deliveries alone."""
    for together in _rounds(group):
        try:
            _record(together)
        except Exception as failure:
            if len(together) == 1:
                together[0].error = failure
                continue
            for each in together:
                _commit([each])


def _rounds(group: Sequence[_Delivery]) -> Iterator[list[_Delivery]]:
    """Part deliveries that carry the same key: the later has to see what became of the first."""
    left = list(group)
    while left:
        keys: set[tuple[int, bytes | None]] = set()
        together: list[_Delivery] = []
        later: list[_Delivery] = []
        for each in left:
            own_keys = {event.key for event in each.keyed}
            (later if keys & own_keys else together).append(each)
            keys |= own_keys
        yield together
        left = later


def _record(group: Sequence[_Delivery]) -> None:
    """Record deliveries in one transaction, in order; one whose key was used before is left out with its error."""
    logbook = group[0].source.logbook
    with transaction.atomic():
        # In one order in every process, so that no two wait for each other.
        wanted = sorted({each.account for each in group})
        rows = {
            row.pk: row for row in Import.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        }
        objections = [_objection(each, rows[each.account]) for each in group]
        taken = [each for each, objection in zip(group, objections, strict=True) if objection is None]
        events = [event for each in taken for event in each.events]
        note_batch(events, Counter(each.source.pk for each in taken))
        fates, checkpoint = settle(logbook, events)
        at = 0
        for each in taken:
            row, share = rows[each.account], fates[at : at + len(each.events)]
            at += len(each.events)
            each.settle_into(share, checkpoint)
            add_up(row, each.events, share, each.checkpoint)
            _count_late(row, each, share)
            keep_rejected(row, each.rejected)
            row.duplicates += sum(isinstance(one, Repeat) for one in each.placed)
            row.taken += len(each.placed)
            row.deliveries += 1
            row.size += each.size
            row.finished_at = timezone.now()
        for row in rows.values():
            row.save()
    for each, objection in zip(group, objections, strict=True):  # only now, since now it is durable
        each.error = objection


def _count_late(row: Import, delivery: _Delivery, fates: Sequence[Fate]) -> None:
    """Count what is on the record now and happened long before."""
    pairs = zip(delivery.events, fates, strict=True)
    late = sum(id(each) in delivery.late and fate.what in ("recorded", "conflict") for each, fate in pairs)
    row.late += late
    count_late(delivery.source, late=late)


def _objection(delivery: _Delivery, row: Import) -> Refused | None:
    """Return why a delivery cannot be taken, None where it can."""
    if (
        row.stage == Stage.DONE
    ):  # its day was closed while it waited; the next try goes to the next day's account
        return ComeBackLater("too-much-waiting", 1)
    if row.rejected + len(delivery.rejected) > MOST_REJECTED:
        return ComeBackLater("too-many-rejected", 3600, name=delivery.source.name)
    held = find_held(delivery.source.logbook, delivery.keyed)
    for each in delivery.keyed:
        known = held.get((each.source.pk, each.code)) if each.code is not None else None
        if known is not None and known[1] != each.content:
            return KeyUsedBefore(known[0])
    return None


_desks: dict[tuple[int, int], Turns[_Delivery]] = {}  # by process and logbook; guarded by _desks_lock
_desks_lock = threading.Lock()


def _desk_of(source: Source) -> Turns[_Delivery]:
    """Return the desk of this process for the source's logbook: one commit at a time, shared by those who wait."""
    with _desks_lock:
        key = os.getpid(), source.logbook_id
        if key not in _desks:
            _desks[key] = Turns(_commit, lambda delivery: len(delivery.placed), MOST_RECORDS)
        return _desks[key]
