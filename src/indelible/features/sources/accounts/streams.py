"""The running numbers of a source's own, kept in the transaction that takes its records in.

A record carries its number as the fact `sequence`, and what it counts as `sequence_of` where the source has several
series. A batch costs one mark a series and the holes that it touches, however many records it has. What is missing
is told on the record by `telling`, after a while, since messages overtake each other on their way.

Locks are taken mark first, then holes, then whatever appending takes; everybody keeps to that order. A batch calls
`take_numbers` before it appends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from indelible.features.sources.accounts.holes import Run, filled, take
from indelible.features.sources.models import SequenceGap, SequenceMark

SEQUENCE: Final = "sequence"
SEQUENCE_OF: Final = "sequence_of"
LARGEST: Final = 10**15
LONGEST_NAME: Final = 200
MOST_HOLES: Final = 2_000  # open in one series; beyond it does not count one by one
MOST_STREAMS: Final = 1_000  # of one source

Numbers = dict[tuple[int, str], list[int]]  # by source and series


def number_of(event: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return the series and the number that an event carries; None where it carries none that can be used."""
    extra = event.get("extra")
    said = extra.get(SEQUENCE) if isinstance(extra, dict) else None
    if said is None or isinstance(said, bool) or not isinstance(extra, dict):
        return None
    text = str(said).strip() if isinstance(said, int | str) else ""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        return None
    stream = extra.get(SEQUENCE_OF, "")
    stream = str(stream) if isinstance(stream, (str, int)) else ""
    return stream.replace("\0", " ")[:LONGEST_NAME], int(text)


def gather(events: Iterable[tuple[int, Mapping[str, Any]]]) -> Numbers:
    """Return the numbers that events carry; each comes with its source's id."""
    found: Numbers = {}
    for source, event in events:
        told = number_of(event)
        if told is not None:
            found.setdefault((source, told[0]), []).append(told[1])
    return found


def take_numbers(numbers: Numbers, now: datetime) -> None:
    """Take in the numbers of a batch. Call it inside the batch's transaction, before it appends."""
    for (source, stream), came in sorted(numbers.items()):
        mark, is_new = _mark(source, stream, came)
        if mark is None or mark.given_up_at is not None:
            continue
        touched = _open_holes(mark).filter(first__lte=max(came), last__gte=min(came))
        rows = {(row.first, row.last): row for row in touched.select_for_update()}
        ends = None if is_new else (mark.lowest, mark.highest)
        moved = take(ends, sorted(rows), came)
        for hole, left in moved.left.items():
            _fill(rows[hole], left, now)
        if moved.opened:
            SequenceGap.objects.bulk_create(
                SequenceGap(source_id=source, stream=stream, first=first, last=last, seen_at=now)
                for first, last in moved.opened[: MOST_HOLES + 1]
            )
        mark.lowest, mark.highest = moved.lowest, moved.highest
        mark.seen += len(came)
        if (moved.opened or moved.left) and _open_holes(mark)[: MOST_HOLES + 1].count() > MOST_HOLES:
            mark.given_up_at = now
            _open_holes(mark).filter(entry=None).delete()
        mark.save()


def _mark(source: int, stream: str, came: list[int]) -> tuple[SequenceMark | None, bool]:
    """Return the locked mark of a series, and whether it is new; none where a source has too many."""
    marks = SequenceMark.objects.select_for_update().filter(source=source, stream=stream)
    mark = marks.first()
    if mark is None:
        if SequenceMark.objects.filter(source=source).count() >= MOST_STREAMS:
            return None, False
        first = min(came)
        SequenceMark.objects.get_or_create(
            source_id=source, stream=stream, defaults={"lowest": first, "highest": first}
        )
        mark = marks.get()
    return mark, mark.seen == 0


def _open_holes(mark: SequenceMark) -> Any:
    return SequenceGap.objects.filter(source=mark.source_id, stream=mark.stream, filled_at=None)


def _fill(row: SequenceGap, left: list[Run], now: datetime) -> None:
    """Fill a hole as far as its numbers came. What was told of it stays; what came is told by `telling`."""
    came = filled((row.first, row.last), left) if row.entry is not None else []
    SequenceGap.objects.bulk_create(_part(row, run, filled_at=now) for run in came)
    if not left:
        row.delete()
        return
    SequenceGap.objects.bulk_create(_part(row, run) for run in left[1:])
    row.first, row.last = left[0]
    row.save(update_fields=["first", "last"])


def _part(row: SequenceGap, run: Run, filled_at: datetime | None = None) -> SequenceGap:
    """Return a part of a hole as a hole of its own, with all that was said of the whole."""
    return SequenceGap(
        source_id=row.source_id,
        stream=row.stream,
        first=run[0],
        last=run[1],
        seen_at=row.seen_at,
        entry=row.entry,
        filled_at=filled_at,
        explanation=row.explanation,
        explained_by=row.explained_by,
        explained_at=row.explained_at,
        explained_entry=row.explained_entry,
    )


def missing_numbers() -> Q:
    """Return what is missing for certain: told on the record, and not filled since."""
    return Q(filled_at=None, entry__isnull=False)
