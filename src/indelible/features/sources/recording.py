"""Putting a file's records on the record: every one ends as recorded, duplicate, in conflict or rejected.

One batch is one transaction, which holds the entries, the refused rows and the account of both. So a run
that is cut off, by whatever, has accounted for exactly the batches that are on the record, and the next run
goes on after them. Within a batch the entries stand in the file's own order.

A record already held is a duplicate where both accounts agree in all that both state; where they disagree,
the second account becomes an entry that refers to the first as a conflict, and the first stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import transaction

from indelible.events.event import Event, EventError, check_event
from indelible.events.instants import sort_key
from indelible.features.sources import codes
from indelible.features.sources.models import Import, ImportReject, Source
from indelible.intake.reading import Record, Rejected, Repeat, facts_differ
from indelible.storage.database.append import Draft, Held, append
from indelible.storage.database.models import Logbook
from indelible.storage.database.models import Repeat as HeldRecord
from indelible.storage.database.reads import get_entry

Outcome = Record | Rejected | Repeat

BATCH_RECORDS = 1_000
BATCH_BYTES = 4 << 20
LOOKUP = 500  # codes in one query: below every database's limit of parameters


class TakenOverError(Exception):
    """Another process is recording this import: this one stops without touching it further."""


@dataclass(slots=True)
class Placed:
    """A record with the event it becomes, the source it counts for, and the codes that tell a repeat."""

    record: Record
    event: Event
    source: Source
    code: bytes
    content: bytes

    @property
    def key(self) -> tuple[int, bytes]:
        """What it is looked up by."""
        return self.source.pk, self.code


@dataclass(slots=True)
class Tally:
    """What one batch came to."""

    duplicates: int = 0
    held_before: int = 0
    recorded: int = 0
    conflicts: int = 0
    indexes: list[int] = field(default_factory=list)
    checkpoint: str = ""


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

    def record(self, batch: Sequence[Outcome]) -> None:
        """Account for one batch, all of it or nothing. Raises TakenOverError."""
        # What needs no lock is done outside it: other appends go on meanwhile.
        placed = [self._place(each) for each in batch if isinstance(each, Record)]
        rejected = [each for each in (*batch, *placed) if isinstance(each, Rejected)]
        rejected.sort(key=lambda each: each.line)
        with transaction.atomic():
            row = Import.objects.select_for_update().get(pk=self.row.pk)
            if row.taken != self.row.taken:
                raise TakenOverError(f"import {row.pk}: {row.taken} taken, {self.row.taken} expected")
            tally = self._append([each for each in placed if isinstance(each, Placed)])
            tally.duplicates += sum(isinstance(each, Repeat) for each in batch)
            ImportReject.objects.bulk_create(
                ImportReject(taken_in=row, line=each.line, reason=each.reason, text=_storable(each.text))
                for each in rejected
            )
            _add_up(row, tally, len(rejected), batch)
            row.save()
        self.row = row

    def _place(self, record: Record) -> Placed | Rejected:
        """Say of a record where it comes from and what tells a repeat; reject what is no event."""
        source = self._source_for(record.event)
        event = cast(Event, dict(record.event))
        where: dict[str, Any] = dict(event.get("source", {}))
        where.update({"name": source.name, "import": self.row.pk, "row": record.row})
        event["source"] = cast(Any, where)
        try:
            check_event(event)
        except EventError as fault:
            return Rejected(record.line, fault.detail, record.original.decode("utf-8", "backslashreplace"))
        code, content = codes.record_code(source.pk, record), codes.content_code(source.pk, record)
        return Placed(record, event, source, code, content)

    def _append(self, placed: list[Placed]) -> Tally:
        """Append what is new, and what contradicts; go round again for what was doubled in the batch."""
        tally = Tally()
        while placed:
            drafts, again = self._drafts(placed, tally)
            placed = again
            if not drafts:
                continue
            appended = append(self._logbook, [draft for draft, _, _ in drafts])
            tally.checkpoint = appended.checkpoint or tally.checkpoint
            for (_, each, is_conflict), entry in zip(drafts, appended.entries, strict=True):
                if not isinstance(entry, Held):
                    tally.indexes.append(entry.index)
                    tally.conflicts += is_conflict
                    tally.recorded += not is_conflict
                elif is_conflict or entry.same:
                    tally.duplicates += 1
                    tally.held_before += 1
                else:  # another process recorded it between our look and our append
                    placed.append(each)
        return tally

    def _drafts(
        self, placed: Sequence[Placed], tally: Tally
    ) -> tuple[list[tuple[Draft, Placed, bool]], list[Placed]]:
        """Return what to append now, and what to look at again once that is on the record."""
        held = self._held(placed)
        drafts: list[tuple[Draft, Placed, bool]] = []
        again: list[Placed] = []
        fresh: dict[tuple[int, bytes], Placed] = {}
        for each in placed:
            known = held.get(each.key)
            if known is not None:
                if self._agrees(each, *known):
                    tally.duplicates += 1
                    tally.held_before += 1
                else:
                    drafts.append((self._conflict(each, known[0]), each, True))
            elif (first := fresh.setdefault(each.key, each)) is each:
                drafts.append((self._draft(each), each, False))
            elif first.content == each.content:
                tally.duplicates += 1
            else:
                again.append(each)
        return drafts, again

    def _held(self, placed: Sequence[Placed]) -> dict[tuple[int, bytes], tuple[int, bytes | None]]:
        """Look up which records are on the record already: by source and code, its index and content code."""
        wanted: dict[int, list[bytes]] = {}
        for each in placed:
            wanted.setdefault(each.source.pk, []).append(each.code)
        found: dict[tuple[int, bytes], tuple[int, bytes | None]] = {}
        for source, sought in wanted.items():
            for start in range(0, len(sought), LOOKUP):
                rows = HeldRecord.objects.filter(
                    logbook=self._logbook, source=source, code__in=sought[start : start + LOOKUP]
                ).values_list("code", "index", "content_code")
                for code, index, content in rows:
                    found[source, bytes(code)] = (index, None if content is None else bytes(content))
        return found

    def _agrees(self, each: Placed, index: int, content: bytes | None) -> bool:
        """Whether the held entry and this record agree in all that both state."""
        if each.record.identity is None or content == each.content:
            return True
        return not facts_differ(get_entry(self._logbook, index).event, each.record.event)

    def _draft(self, each: Placed) -> Draft:
        return Draft(each.event, each.source.pk, each.code, each.content, checked=True)

    def _conflict(self, each: Placed, index: int) -> Draft:
        event = each.event.copy()
        event["refers_to"] = {"entry": index, "as": "conflict"}
        event["flags"] = sorted({*event.get("flags", ()), "conflict_with_held"})
        code = codes.conflict_code(each.source.pk, each.record)
        return Draft(event, each.source.pk, code, each.content)


def _add_up(row: Import, tally: Tally, rejected: int, batch: Sequence[Outcome]) -> None:
    """Carry one batch into the import's account."""
    row.taken += len(batch)
    row.recorded += tally.recorded
    row.duplicates += tally.duplicates
    row.held_before += tally.held_before
    row.conflicts += tally.conflicts
    row.rejected += rejected
    row.checkpoint = tally.checkpoint or row.checkpoint
    if tally.indexes:
        row.first_entry = min(tally.indexes) if row.first_entry is None else row.first_entry
        row.last_entry = max(tally.indexes)
        row.runs = _runs_with(row.runs, sorted(tally.indexes))
    times = [
        each.event["occurred_at"]
        for each in batch
        if isinstance(each, Record) and "occurred_at" in each.event
    ]
    if times:
        row.earliest = min([row.earliest, *times] if row.earliest else times, key=sort_key)
        row.latest = max([row.latest, *times] if row.latest else times, key=sort_key)


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
    """Return text that any database takes: NUL and half characters show as what they are."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode()
