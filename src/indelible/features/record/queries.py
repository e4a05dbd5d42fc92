"""What the record's pages read: rows for lists, one entry with what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from indelible.events.event import Event, EventError, check_event
from indelible.events.instants import to_datetime
from indelible.events.office import WorkCalendar
from indelible.events.screen import visible
from indelible.events.vocabulary import OWN_SYSTEM, THINGS
from indelible.features.people.names.told import Told, names_told
from indelible.features.record.proof import Proof, Prover, Verdict
from indelible.features.seals.queries import HeldFact, held_fact
from indelible.features.settings.services import calendar
from indelible.storage.database import reads, search
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry
from indelible.web.acts import entries_shown
from indelible.web.timeline import Flag, Row, flags_of

HISTORY = 5
BELONGING = 50
REFERRING = 200
RUN = "run"
OWN_NUMBER = "0"  # the id of the source that Indelible itself is


def newest_rows(logbook: Logbook, limit: int) -> list[Row]:
    """Return the newest entries as rows, newest first."""
    size = entries_shown(logbook)
    return rows_of(logbook, range(size - 1, max(size - limit, 0) - 1, -1))


def rows_of(
    logbook: Logbook,
    indexes: Sequence[int],
    *,
    this_one: int | None = None,
    hours: WorkCalendar | None = None,
) -> list[Row]:
    """Return the entries with these indexes as rows, in this order.

    A missing one has a row that says so, and one that reads differently from when it was sealed is marked:
    each is held against its fingerprint, so that no list passes on what was altered without a word.
    """
    found = _find(logbook, indexes)
    corrected = _corrections(logbook, list(found.values()))
    verdicts = Prover(logbook).reads_as_sealed(found.values())
    told = names_told({index: (entry.event, entry.recorded_at) for index, entry in found.items()})
    moments = _moments_of(logbook, indexes, found)
    if hours is None and found:
        hours = calendar()
    return [
        replace(
            _row(
                found[index], moments[index], verdicts[index], corrected.get(index), index == this_one, hours
            ),
            who=who_words(told.get(index)),
        )
        if index in found
        else Row(index, moments[index], {}, state="removed", this_one=index == this_one)
        for index in indexes
    ]


def who_words(told: Told | None) -> str:
    """Say who a login is, where people said so; nothing where nobody did."""
    if told is None:
        return ""
    return _("%(login)s is %(name)s") % {"login": visible(told.login), "name": told.name}


def _row(
    entry: StoredEntry,
    recorded_at: str,
    verdict: Verdict,
    corrected_by: int | None,
    this_one: bool,
    hours: WorkCalendar | None,
) -> Row:
    event = entry.event
    state = "" if verdict == "matches" else "altered" if verdict == "does not match" else verdict
    happened = event.get("occurred_at") or (recorded_at if is_own(event) else None)
    return Row(
        entry.index,
        recorded_at,
        event,
        occurred_at=happened if happened and is_instant(happened) else None,
        flags=flags_of(event, hours),
        source=source_name(entry),
        corrected_by=corrected_by,
        state="altered" if entry.problem else state,
        this_one=this_one,
    )


def _moments_of(logbook: Logbook, indexes: Sequence[int], found: Mapping[int, StoredEntry]) -> dict[int, str]:
    """Return under which moment each row stands: when it was recorded.

    Where that is gone, or is no moment any more, the row stands with its neighbour in the list.
    """
    known = {index: entry.recorded_at for index, entry in found.items() if is_instant(entry.recorded_at)}
    last = next((known[index] for index in indexes if index in known), None)
    moments: dict[int, str] = {}
    for index in indexes:
        last = known.get(index, last)
        moments[index] = last or reads.head(logbook).last_at
    return moments


def _find(logbook: Logbook, indexes: Sequence[int]) -> dict[int, StoredEntry]:
    return {index: readable(entry) for index, entry in reads.find_entries(logbook, indexes).items()}


def readable(entry: StoredEntry) -> StoredEntry:
    """Return the entry, without its event where that is no lawful one: then it was altered, and no page can tell it."""
    if entry.problem:
        return entry
    try:
        check_event(entry.event)
    except EventError as fault:
        return replace(entry, event={}, problem=str(fault))
    return entry


def is_instant(text: str) -> bool:
    """Whether a text of the tables, where anything may stand by now, can be shown as a moment."""
    try:
        to_datetime(text)
    except (ValueError, OverflowError):
        return False
    return True


def is_own(event: Event) -> bool:
    """Whether it tells an act of Indelible itself, or of somebody in Indelible."""
    return event.get("source", {}).get("system") == OWN_SYSTEM or OWN_NUMBER in event.get("numbers", {}).get(
        "sources", {}
    )


def source_name(entry: StoredEntry) -> str:
    """Return the name of the source as the entry gives it; Indelible's own acts may have none."""
    return entry.event.get("source", {}).get("name", "") or ("Indelible" if is_own(entry.event) else "")


def _corrections(logbook: Logbook, entries: Sequence[StoredEntry]) -> dict[int, int]:
    """Return, of the entries that were corrected, by which newest entry."""
    wanted = {entry.index for entry in entries}
    referring = _find(logbook, search.referring_to_any(logbook, sorted(wanted), limit=REFERRING))
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
    held: HeldFact  # whether others hold a seal over it
    recorded_at: str | None  # None where what stands there is no moment any more
    occurred_at: str | None
    marks: tuple[Flag, ...]
    belonging: list[Row]  # corrections, notes, answers: newest first
    receipt: int | None  # index of the entry that accounts for the file it came in
    history: list[Row]  # newest entries about the same thing
    thing: tuple[str, str, str] | None  # kind, id and name of the first thing that has an id
    told: Told | None = None  # who the login is that acted, where people said so

    @property
    def title(self) -> str:
        """What its thing is called: "sales invoice INV-1043"."""
        return thing_title(*self.thing) if self.thing else ""

    @property
    def corrections(self) -> list[Row]:
        """The corrections among what belongs to it."""
        return [row for row in self.belonging if row.event.get("refers_to", {}).get("as") == "correction"]


def entry_view(logbook: Logbook, index: int) -> EntryView:
    """Return what the page of an entry shows. Raises NotFound."""
    entry = readable(reads.get_entry(logbook, index))
    event = entry.event
    thing, hours = _thing(entry), calendar()
    history = search.history_of(logbook, thing[0], thing[1], limit=HISTORY) if thing else []
    referring = rows_of(logbook, search.referring_to(logbook, index, limit=BELONGING), hours=hours)
    recorded_at = entry.recorded_at if is_instant(entry.recorded_at) else None
    happened = event.get("occurred_at") or (recorded_at if is_own(event) else None)
    return EntryView(
        entry,
        Prover(logbook).prove(entry),
        held_fact(logbook, index, to_datetime(recorded_at) if recorded_at else None, datetime.now(UTC)),
        recorded_at,
        happened if happened and is_instant(happened) else None,
        flags_of(event, hours),
        [row for row in referring if row.event.get("refers_to", {}).get("as") != RUN],
        next((row.index for row in referring if row.event.get("refers_to", {}).get("as") == RUN), None),
        rows_of(logbook, history, this_one=index, hours=hours) if len(history) > 1 else [],
        thing,
        names_told({index: (event, entry.recorded_at)}).get(index),
    )


def _thing(entry: StoredEntry) -> tuple[str, str, str] | None:
    for target in entry.event.get("targets", []):
        if target.get("kind") and target.get("id"):
            return target["kind"], target["id"], target.get("name", "")
    return None


def thing_title(kind: str, ident: str, name: str = "") -> str:
    """Return what a thing is called above its history: "contract C-88 (Harrow Freight)"."""
    title = f"{kind_words(kind)} {visible(ident)}"
    return f"{title} ({visible(name)})" if name and name != ident else title


def kind_words(kind: str) -> str:
    """Return a kind of thing without its article: "sales invoice"."""
    known = THINGS.get(kind)
    name = known.name if known else kind.removeprefix("x.").replace("_", " ")
    return name.removeprefix("a ").removeprefix("an ").removeprefix("the ")


def name_of_thing(rows: Sequence[Row], kind: str, ident: str) -> str:
    """Return what the newest of these entries calls the thing; empty where none names it."""
    for row in rows:
        for target in row.event.get("targets", []):
            if (target.get("kind"), target.get("id")) == (kind, ident) and target.get("name"):
                return target["name"]
    return ""
