"""What the record's pages read: rows for lists, one entry with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indelible.events.screen import visible
from indelible.events.vocabulary import THINGS
from indelible.features.record.proof import Proof, prove_entry
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry
from indelible.web.timeline import Row, SealLine, flags_of

HISTORY = 5
BELONGING = 50
REFERRING = 200


def newest_rows(logbook: Logbook, limit: int) -> list[Row | SealLine]:
    """Return the newest entries as rows, newest first."""
    size = reads.head(logbook).size
    return rows_of(logbook, range(size - 1, max(size - limit, 0) - 1, -1))


def rows_of(logbook: Logbook, indexes: Sequence[int], *, this_one: int | None = None) -> list[Row | SealLine]:
    """Return the entries with these indexes as rows, in this order. A missing one has a row that says so."""
    found = reads.find_entries(logbook, indexes)
    corrected = _corrections(logbook, list(found.values()))
    return [_row(found.get(index), index, corrected.get(index), index == this_one) for index in indexes]


def _row(entry: StoredEntry | None, index: int, corrected_by: int | None, this_one: bool) -> Row:
    if entry is None:
        return Row(index, "1970-01-01T00:00:00Z", {}, state="removed", this_one=this_one)
    event = entry.event
    return Row(
        index,
        entry.recorded_at,
        event,
        occurred_at=event.get("occurred_at"),
        flags=flags_of(event),
        source=source_name(entry),
        corrected_by=corrected_by,
        state="altered" if entry.problem else "",
        this_one=this_one,
    )


def source_name(entry: StoredEntry) -> str:
    """Return the name of the source as the entry gives it; Indelible's own acts have none."""
    return entry.event.get("source", {}).get("name", "") or ("Indelible" if not entry.problem else "")


def _corrections(logbook: Logbook, entries: Sequence[StoredEntry]) -> dict[int, int]:
    """Return, of the entries that were corrected, by which newest entry."""
    wanted = {entry.index for entry in entries}
    referring = reads.find_entries(logbook, search.referring_to_any(logbook, sorted(wanted), limit=REFERRING))
    corrected: dict[int, int] = {}
    for index in sorted(referring):
        reference = referring[index].event.get("refers_to", {})
        if reference.get("as") == "correction":
            first = reference["entry"]
            corrected.update(
                dict.fromkeys(wanted & set(range(first, reference.get("through", first) + 1)), index)
            )
    return corrected


@dataclass(frozen=True, slots=True)
class EntryView:
    """Everything that the page of one entry shows."""

    entry: StoredEntry
    proof: Proof
    belonging: list[Row | SealLine]  # corrections, notes, answers: newest first
    history: list[Row | SealLine]  # newest entries about the same thing
    thing: tuple[str, str, str] | None  # kind, id and name of the first thing that has an id

    @property
    def title(self) -> str:
        """What its thing is called: "sales invoice INV-1043"."""
        return thing_title(self.thing[0], self.thing[1]) if self.thing else ""


def entry_view(logbook: Logbook, index: int) -> EntryView:
    """Return what the page of an entry shows. Raises NotFound."""
    entry = reads.get_entry(logbook, index)
    thing = _thing(entry)
    history = search.history_of(logbook, thing[0], thing[1], limit=HISTORY) if thing else []
    belonging = search.referring_to(logbook, index, limit=BELONGING)
    return EntryView(
        entry,
        prove_entry(logbook, entry),
        rows_of(logbook, belonging),
        rows_of(logbook, history, this_one=index) if len(history) > 1 else [],
        thing,
    )


def _thing(entry: StoredEntry) -> tuple[str, str, str] | None:
    for target in entry.event.get("targets", []):
        if target.get("kind") and target.get("id"):
            return target["kind"], target["id"], target.get("name", "")
    return None


def thing_title(kind: str, ident: str) -> str:
    """Return what a thing is called above its history: "invoice INV-1043"."""
    known = THINGS.get(kind)
    name = known.name if known else kind.removeprefix("x.").replace("_", " ")
    return f"{name.removeprefix('a ').removeprefix('an ').removeprefix('the ')} {visible(ident)}"
