"""Putting a file's records on the record: every one ends as recorded, duplicate, in conflict or rejected.

One batch is one transaction, which holds the entries, the refused rows and the account of both. So a run
that is cut off, by whatever, has accounted for exactly the batches that are on the record, and the next run
goes on after them. Within a batch the entries stand in the file's own order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from indelible.events.cleaning import without_secrets
from indelible.events.event import Event
from indelible.events.instants import sort_key
from indelible.features.sources.accounts import late, streams
from indelible.features.sources.models import Import, ImportReject, Source
from indelible.features.sources.settling import Fate, Placed, place, settle
from indelible.features.sources.silence import heard
from indelible.intake.reading import Record, Rejected, Repeat
from indelible.storage.database.models import Logbook

Outcome = Record | Rejected | Repeat

BATCH_RECORDS = 1_000
BATCH_BYTES = 4 << 20
_SECOND = len("2026-03-03T14:03:00")  # in the text of an instant, which sorts by time up to here


class TakenOverError(Exception):
    """Another process is recording this import: this one stops without touching it further."""


def in_batches(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """Cut a reading into batches of bounded number and size."""
    batch: list[Outcome] = []
    size = 0
    for outcome in outcomes:
        batch.append(outcome)
        size += _weight(outcome)
        if len(batch) >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _weight(outcome: Outcome) -> int:
    if isinstance(outcome, Record):
        return len(outcome.original)
    return len(outcome.text) if isinstance(outcome, Rejected) else 0


class Recorder:
    """Records the batches of one import, one after the other. `source_for` finds a record's source."""

    def __init__(self, taken_in: Import, source_for: Callable[[Event], Source]) -> None:
        self.row = taken_in
        self._logbook: Logbook = taken_in.logbook
        self._source_for = source_for
        self._covered = late.Covered(taken_in)

    def record(self, batch: Sequence[Outcome]) -> None:
        """Account for one batch, all of it or nothing. Raises TakenOverError."""
        # What needs no lock is done outside it: other appends go on meanwhile.
        placed = [
            place(each, self._source_for(each.event), self.row.pk)
            for each in batch
            if isinstance(each, Record)
        ]
        events = [each for each in placed if isinstance(each, Placed)]
        rejected = [each for each in (*batch, *placed) if isinstance(each, Rejected)]
        with transaction.atomic():
            row = Import.objects.select_for_update().get(pk=self.row.pk)
            if row.taken != self.row.taken:
                raise TakenOverError(f"import {row.pk}: {row.taken} taken, {self.row.taken} expected")
            note_batch(events, {} if row.taken else dict.fromkeys((each.source.pk for each in events), 1))
            fates, checkpoint = settle(self._logbook, events)
            row.late += self._covered.count_late(events, fates)
            row.duplicates += sum(isinstance(each, Repeat) for each in batch)
            row.taken += len(batch)
            keep_rejected(row, rejected)
            add_up(row, events, fates, checkpoint)
            row.save()
        self.row = row


def note_batch(placed: Sequence[Placed], deliveries: Mapping[int, int]) -> None:
    """Note that sources were heard, and the running numbers of their own. Call it before what appends.

    `deliveries` says by source how many began with this batch, also of a source that brought nothing lawful.
    """
    now = timezone.now()
    counts = Counter(each.source.pk for each in placed)
    for source in sorted({*counts, *deliveries}):
        heard.note(source, now, deliveries=deliveries.get(source, 0), records=counts[source])
    streams.take_numbers(streams.gather((each.source.pk, each.event) for each in placed), now)


def keep_rejected(row: Import, rejected: Sequence[Rejected]) -> None:
    """Keep what cannot become an event, to be mended and sent again, and count it in the account `row`."""
    ImportReject.objects.bulk_create(
        ImportReject(taken_in=row, line=each.line, reason=each.reason, text=_storable(each.text))
        for each in sorted(rejected, key=lambda each: each.line)
    )
    row.rejected += len(rejected)


def add_up(row: Import, placed: Sequence[Placed], fates: Sequence[Fate], checkpoint: str) -> None:
    """Carry what became of records into the account `row`, which the caller saves."""
    row.checkpoint = checkpoint or row.checkpoint
    indexes: list[int] = []
    for fate in fates:
        if fate.what == "duplicate":
            row.duplicates += 1
            row.held_before += fate.before
            continue
        row.recorded += fate.what == "recorded"
        row.conflicts += fate.what == "conflict"
        if fate.entry is not None:
            indexes.append(fate.entry)
    if indexes:
        row.first_entry = min(indexes) if row.first_entry is None else row.first_entry
        row.last_entry = max(indexes)
        if row.live_day is None:  # a day's messages lie between the entries of everybody else
            row.runs = _runs_with(row.runs, sorted(indexes))
    times = [at for each in placed if (at := each.event.get("occurred_at"))]
    if times:
        row.earliest = _first_of([row.earliest, *times] if row.earliest else times, min)
        row.latest = _first_of([row.latest, *times] if row.latest else times, max)


def _first_of(times: Sequence[str], choose: Callable[..., str]) -> str:
    """Return the earliest or latest (`choose`: min or max) of instants; whole ones are compared in one second only."""
    second = choose(time[:_SECOND] for time in times)
    return choose((time for time in times if time.startswith(second)), key=sort_key)


def _runs_with(runs: list[list[int]], indexes: Sequence[int]) -> list[list[int]]:
    """Return the runs of entries with more indexes added, which rise."""
    runs = [list(run) for run in runs]
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return runs


def _storable(text: str) -> str:
    """Return text that any database takes: NUL and half characters show as what they are.

    What must never be kept, such as a card number, is taken out of what is rejected, too.
    """
    return without_secrets(
        text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode()
    )[0]
