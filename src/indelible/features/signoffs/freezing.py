"""Freezing a list: exactly the rows that somebody is shown, in their order, so that a signature can be about these.

A list of entries keeps their indexes and the leaf hashes that the log's own tree holds: what was sealed, whatever
became of the contents. An entry that reads differently by then, or is gone, stays in the list and is marked in `how`
as `altered`; leaving it out would hide it from whoever must look. A list is refused where it would be longer than
`limit`, and never cut.

Freezing reads the search, which takes in what the transaction has appended: freeze before appending anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import transaction

from indelible.events.instants import from_datetime
from indelible.features.people.models import User
from indelible.features.record.asking import sentence_of
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.making import Period, Totals, how_made, present
from indelible.features.signoffs.models import FrozenLine, FrozenList, ListKind
from indelible.features.signoffs.rows import HeldLeaves, columns_of, leaves_of, line_leaf, runs_of, stored
from indelible.features.signoffs.signers import Signer
from indelible.language.matching_times import zone_of
from indelible.language.pattern import Pattern
from indelible.language.periods import settle
from indelible.language.world import World
from indelible.ledger import canonical
from indelible.ledger.errors import MalformedInput
from indelible.ledger.tree import root_of_leaves
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredCheckpoint
from indelible.web import numbers

LIMIT: Final = 5_000
LONGEST_SECONDS: Final = 20.0
_WINDOW: Final = 50_000  # entries that are gone through before the clock is looked at
MOST_LINE_BYTES: Final = 16_384
LONGEST_TITLE: Final = 300
EMPTY_BYTE: Final = rb"\u0000"

By = Signer | User | None
"""Who has a list made; None: Indelible itself."""
Asks = Mapping[str, Sequence[str]]
"""What is asked for each row: `choices`, `reason_for` (choices that need words), `bulk` (["no"]: one at a time)."""


def freeze_entries(
    logbook: Logbook,
    pattern: Pattern,
    world: World,
    by: By,
    now: datetime,
    *,
    title: str,
    period: Period | None = None,
    how: Mapping[str, Any] | None = None,
    asks: Asks | None = None,
    limit: int = LIMIT,
) -> FrozenList:
    """Freeze the entries that a pattern means, oldest first, of those that were recorded within `period`.

    `title` is the question as people put it. Raises SignOffError (`list-too-long`, `list-takes-long`).
    """
    seal = reads.get_checkpoint(logbook)
    pattern = settled(pattern, now, world)
    indexes = places_of(logbook, pattern, world, now, seal.size, period, limit)
    if len(indexes) > limit:
        raise SignOffError("list-too-long", title=title, most=numbers.written(limit))
    return freeze_indexes(
        logbook,
        indexes,
        by,
        now,
        title=title,
        code=pattern.to_json(),
        how=how,
        asks=asks,
        period=period,
        words=sentence_of(pattern),
        zone=str(world.zone or "UTC"),
        limit=limit,
        seal=seal,
    )


def settled(pattern: Pattern, now: datetime, world: World) -> Pattern:
    """Return the pattern with a period that moves with the day ("last month") worked out for good."""
    return settle(pattern, now, zone_of(world))


def places_of(
    logbook: Logbook,
    pattern: Pattern,
    world: World,
    now: datetime,
    size: int,
    period: Period | None,
    limit: int,
    clock: Callable[[], float] = time.monotonic,
) -> list[int]:
    """Return the indexes that answer, oldest first, among the first `size`; one more than `limit` where there are more.

    Where the index cannot tell them exactly each entry is looked at closely, for so long as a page may take: raises
    SignOffError (`list-takes-long`).
    """
    low, high = 0, size
    since, until = period or (None, None)
    if since is not None:
        low = reads.entries_before(logbook, leaf_time(since))
    if until is not None:
        high = min(high, reads.entries_before(logbook, leaf_time(until)))
    if low >= high:
        return []
    found: list[int] = []
    end = clock() + LONGEST_SECONDS
    for start in range(low, high, _WINDOW):
        stop, left = min(start + _WINDOW, high), limit + 1 - len(found)
        found += search.find_all(logbook, pattern, world, low=start, high=stop, limit=left, now=now)
        if len(found) > limit:
            break
        if clock() > end:
            raise SignOffError("list-takes-long", seconds=int(LONGEST_SECONDS))
    return found


def freeze_indexes(
    logbook: Logbook,
    indexes: Iterable[int],
    by: By,
    now: datetime,
    *,
    title: str,
    code: Mapping[str, Any] | None = None,
    how: Mapping[str, Any] | None = None,
    asks: Asks | None = None,
    period: Period | None = None,
    words: str = "",
    zone: str = "UTC",
    limit: int = LIMIT,
    sample: Mapping[str, Any] | None = None,
    seal: StoredCheckpoint | None = None,
) -> FrozenList:
    """Freeze the entries at these indexes, in rising order, each once.

    Raises SignOffError (`list-too-long`, `list-beyond-seal`, `list-unreadable` where neither the tables nor the tree
    know a row any more).
    """
    seal = seal or reads.get_checkpoint(logbook)
    rows = sorted(set(islice(iter(indexes), limit + 1)))
    if len(rows) > limit:
        raise SignOffError("list-too-long", title=title, most=numbers.written(limit))
    if rows and not 0 <= rows[0] <= rows[-1] < seal.size:
        raise SignOffError(
            "list-beyond-seal",
            title=title,
            number=numbers.written(rows[-1] + 1),
            size=numbers.written(seal.size),
        )
    leaves, altered, totals = _leaves(logbook, rows, title)
    made = how_made(
        logbook,
        name_of(by),
        now,
        seal,
        query={"words": words or title},
        period=period,
        zone=zone,
        totals=totals,
        more={
            **(how or {}),
            "asks": _asks(asks),
            "altered": altered,
            "first": rows[0] if rows else None,
            "last": rows[-1] if rows else None,
        },
    )
    with transaction.atomic():
        return FrozenList.objects.create(
            logbook=logbook,
            kind=ListKind.ENTRIES,
            title=title[:LONGEST_TITLE],
            code=checked(code or {}, title),
            how=checked(made, title),
            count=len(rows),
            runs=runs_of(rows),
            leaves=b"".join(leaves),
            root=root_of_leaves(leaves),
            size=seal.size,
            sample=dict(sample) if sample is not None else None,
            frozen_at=now,
            by=user_of(by),
        )


def _leaves(logbook: Logbook, rows: Sequence[int], title: str) -> tuple[list[bytes], list[int], Totals]:
    """Return the leaf hash of each row as it was sealed, the indexes of those that read differently, and totals."""
    held, totals = HeldLeaves(logbook), Totals()
    leaves: list[bytes] = []
    altered: list[int] = []
    start = 0
    for entries in stored(logbook, rows):
        now = leaves_of({index: columns_of(entry) for index, entry in entries.items()})
        part = rows[start : start + 500]
        start += len(part)
        for index in part:
            sealed, stands = held.of(index), now.get(index)
            if index in entries:
                totals.take(entries[index])
            leaf = sealed or stands
            if leaf is None:
                raise SignOffError("list-unreadable", title=title, number=numbers.written(index + 1))
            if stands != sealed:
                altered.append(index)
            leaves.append(leaf)
    return leaves, altered, totals


def freeze_lines(
    logbook: Logbook,
    lines: Iterable[Mapping[str, Any]],
    by: By,
    now: datetime,
    *,
    title: str,
    code: Mapping[str, Any],
    how: Mapping[str, Any] | None = None,
    asks: Asks | None = None,
    limit: int = LIMIT,
) -> FrozenList:
    """Freeze lines that came from elsewhere, in their order. A row's leaf is the canonical JSON of its line.

    `code` says where they are from; its `about` may name the columns that say whom a line is about.
    Raises SignOffError (`list-too-long`, `list-line-unlawful`).
    """
    seal = reads.get_checkpoint(logbook)
    rows = [dict(line) for line in islice(iter(lines), limit + 1)]
    if len(rows) > limit:
        raise SignOffError("list-too-long", title=title, most=numbers.written(limit))
    leaves = []
    for place, row in enumerate(rows):
        try:
            written = canonical.encode(row)
            if len(written) > MOST_LINE_BYTES or EMPTY_BYTE in written:
                raise MalformedInput(
                    "bad-json-value", "too long, or with an empty byte, which no database holds"
                )
            leaves.append(line_leaf(row))
        except MalformedInput as fault:
            raise SignOffError(
                "list-line-unlawful", title=title, number=numbers.written(place + 1)
            ) from fault
    more = {**(how or {}), "asks": _asks(asks)}
    made = how_made(logbook, name_of(by), now, seal, query={"words": title}, more=more)
    with transaction.atomic():
        frozen = FrozenList.objects.create(
            logbook=logbook,
            kind=ListKind.LINES,
            title=title[:LONGEST_TITLE],
            code=checked(code, title),
            how=checked(made, title),
            count=len(rows),
            leaves=b"".join(leaves),
            root=root_of_leaves(leaves),
            size=seal.size,
            frozen_at=now,
            by=user_of(by),
        )
        FrozenLine.objects.bulk_create(
            [FrozenLine(frozen=frozen, place=place, data=row) for place, row in enumerate(rows)],
            batch_size=500,
        )
    return frozen


def _asks(asks: Asks | None) -> dict[str, list[str]]:
    return present({name: list(values) for name, values in (asks or {}).items()})


def checked(told: Mapping[str, Any], title: str) -> dict[str, Any]:
    """Return what is told if it has a canonical form, and so can be sealed. Raises SignOffError."""
    try:
        canonical.encode(dict(told))
    except MalformedInput as fault:
        raise SignOffError("list-line-unlawful", title=title, number="") from fault
    return dict(told)


def name_of(by: By) -> str:
    """Return by which name a list says who had it made."""
    return by.name if by is not None else "Indelible"


def user_of(by: By) -> User | None:
    """Return whose account it is, where it is somebody's."""
    return by.user if isinstance(by, Signer) else by


def leaf_time(moment: datetime) -> str:
    """Return a moment as leaves tell of it: UTC, microseconds."""
    whole, _, fraction = from_datetime(moment).rstrip("Z").partition(".")
    return f"{whole}.{fraction:0<6}Z"
