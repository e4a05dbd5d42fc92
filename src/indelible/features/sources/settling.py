"""What becomes of records that know their source: new entry, held already, or in conflict with what is held.

A record already held is a duplicate where both accounts agree in all that both state; where they disagree,
the second account becomes an entry that refers to the first as a conflict, and the first stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from indelible.events.cleaning import comparable
from indelible.events.event import Event, EventError, check_event
from indelible.features.sources import codes
from indelible.features.sources.models import Source
from indelible.intake.reading import Record, Rejected, facts_differ
from indelible.storage.database.append import Draft, Held, append
from indelible.storage.database.models import Logbook
from indelible.storage.database.models import Repeat as HeldRecord
from indelible.storage.database.reads import get_entry
from indelible.storage.database.tagging import cleaned

LOOKUP = 500  # codes in one query: below every database's limit of parameters

What = Literal["recorded", "duplicate", "conflict", "rejected"]


@dataclass(slots=True)
class Placed:
    """A record with the event it becomes, the source it counts for, and the codes that tell a repeat.

    `code` is None where nothing could tell a repeat from a second event that says the same.
    """

    record: Record
    event: Event
    source: Source
    code: bytes | None
    content: bytes

    @property
    def key(self) -> tuple[int, bytes | None]:
        """What it is looked up by."""
        return self.source.pk, self.code


@dataclass(slots=True)
class Fate:
    """What became of one record: `entry` is its index, or that of the entry which held it before.

    `before` says of a duplicate that the log held it before this batch.
    """

    what: What
    entry: int | None = None
    before: bool = False


def place(record: Record, source: Source, account: int, *, by_content: bool = True) -> Placed | Rejected:
    """Say of a record where it comes from and what tells a repeat; reject what is no event.

    `account` is the import that it is counted in. Without `by_content`, a record that has no id is new
    whatever it says: of messages that come by themselves, two equal ones are two events.
    """
    event = cast(Event, dict(record.event))
    where: dict[str, Any] = dict(event.get("source", {}))
    where.update({"name": source.name, "import": account, "row": record.row})
    event["source"] = cast(Any, where)
    try:
        check_event(event)
    except EventError as fault:
        return Rejected(record.line, fault.detail, record.original.decode("utf-8", "backslashreplace"))
    told = by_content or record.identity is not None
    code = codes.record_code(source.pk, record) if told else None
    return Placed(record, event, source, code, codes.content_code(source.pk, record))


def settle(logbook: Logbook, placed: Sequence[Placed]) -> tuple[list[Fate], str]:
    """Append what is new and what contradicts; return each one's fate, in order, and the newest checkpoint.

    Call it inside a transaction that also holds the account of these records. The checkpoint is empty where
    nothing was appended. Raises what `append` raises.
    """
    fates = [Fate("rejected") for _ in placed]  # each is given its own below
    twins: dict[int, int] = {}  # places of records that an earlier one of this batch told already
    open_places = list(range(len(placed)))
    checkpoint = ""
    while open_places:
        drafts, open_places = _drafts(logbook, placed, open_places, fates, twins)
        if not drafts:
            continue
        appended = append(logbook, [draft for draft, _, _ in drafts])
        checkpoint = appended.checkpoint or checkpoint
        for (_, at, is_conflict), entry in zip(drafts, appended.entries, strict=True):
            if not isinstance(entry, Held):
                fates[at] = Fate("conflict" if is_conflict else "recorded", entry.index)
            elif is_conflict or entry.same:
                fates[at] = Fate("duplicate", entry.index, before=True)
            else:  # another process recorded it between our look and our append
                open_places.append(at)
    for at, first in twins.items():
        fates[at].entry = fates[first].entry
    return fates, checkpoint


def _drafts(
    logbook: Logbook,
    placed: Sequence[Placed],
    places: Sequence[int],
    fates: list[Fate],
    twins: dict[int, int],
) -> tuple[list[tuple[Draft, int, bool]], list[int]]:
    """Return what to append now, and what to look at again once that is on the record."""
    held = find_held(logbook, [placed[at] for at in places])
    drafts: list[tuple[Draft, int, bool]] = []
    again: list[int] = []
    fresh: dict[tuple[int, bytes | None], int] = {}
    for at in places:
        each = placed[at]
        known = None if each.code is None else held.get((each.source.pk, each.code))
        if each.code is None:
            drafts.append((_draft(each), at, False))
        elif known is not None:
            if _agrees(logbook, each, *known):
                fates[at] = Fate("duplicate", known[0], before=True)
            else:
                drafts.append((_conflict(each, known[0]), at, True))
        elif (first := fresh.setdefault(each.key, at)) == at:
            drafts.append((_draft(each), at, False))
        elif placed[first].content == each.content:
            fates[at], twins[at] = Fate("duplicate"), first
        else:
            again.append(at)
    return drafts, again


def find_held(
    logbook: Logbook, placed: Sequence[Placed]
) -> dict[tuple[int, bytes], tuple[int, bytes | None]]:
    """Look up which records are on the record already: by source and code, its index and content code."""
    wanted: dict[int, list[bytes]] = {}
    for each in placed:
        if each.code is not None:
            wanted.setdefault(each.source.pk, []).append(each.code)
    found: dict[tuple[int, bytes], tuple[int, bytes | None]] = {}
    for source, sought in wanted.items():
        for start in range(0, len(sought), LOOKUP):
            rows = HeldRecord.objects.filter(
                logbook=logbook, source=source, code__in=sought[start : start + LOOKUP]
            ).values_list("code", "index", "content_code")
            for code, index, content in rows:
                found[source, bytes(code)] = (index, None if content is None else bytes(content))
    return found


def _agrees(logbook: Logbook, each: Placed, index: int, content: bytes | None) -> bool:
    """Whether the held entry and this record agree in all that both state."""
    if each.record.identity is None or content == each.content:
        return True
    held, new = get_entry(logbook, index).event, cleaned(logbook, each.record.event, each.source.pk)
    return not facts_differ(comparable(held), comparable(new))


def _draft(each: Placed) -> Draft:
    return Draft(each.event, each.source.pk, each.code, each.content, checked=True)


def _conflict(each: Placed, index: int) -> Draft:
    event = each.event.copy()
    event["refers_to"] = {"entry": index, "as": "conflict"}
    event["flags"] = sorted({*event.get("flags", ()), "conflict_with_held"})
    code = codes.conflict_code(each.source.pk, each.record)
    return Draft(event, each.source.pk, code, each.content)
