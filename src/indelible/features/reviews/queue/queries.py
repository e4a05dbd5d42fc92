"""What the pages of the queue read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from indelible.events.sentence import tell
from indelible.features.people.models import User
from indelible.features.people.names.days import house_reader
from indelible.features.record.queries import EntryView, entry_view
from indelible.features.reviews.models import Item, ItemState
from indelible.features.reviews.queue.whom import Lookers, lookers_of
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import find_entries

PAGE: Final = 30
MONTHS: Final = 12
TABS: Final = {
    "waiting": (ItemState.OPEN, ItemState.ASKED),
    "case": (ItemState.CASE,),
    "looked": (ItemState.EXPECTED, ItemState.CLOSED),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in the queue."""

    row: Item
    sentence: str  # empty where it can no longer be read
    overdue: bool
    mine: bool  # whether whoever looks at the page may look at it

    @property
    def state(self) -> str:
        """A name of web.states."""
        if self.row.state in (ItemState.OPEN, ItemState.ASKED):
            return "due" if self.overdue else "waiting" if self.row.state == ItemState.ASKED else "open"
        return "open" if self.row.state == ItemState.CASE else "done"


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue."""

    lines: list[Line]
    older: str  # where the next page begins; empty at the end
    waiting: int
    overdue: int
    lookers: dict[str, Lookers]


def queue(
    logbook: Logbook, tab: str, user: User, now: datetime, *, rule: int | None = None, after: str = ""
) -> Queue:
    """Return a page: what waits with the oldest due first, what was looked at with the newest first."""
    rows: QuerySet[Item] = Item.objects.filter(logbook=logbook, state__in=TABS[tab]).select_related(
        "asked", "follows"
    )
    if tab == "waiting":
        rows = rows.filter(waits=True)
    if rule is not None:
        rows = rows.filter(rule=rule)
    place = _after(after)
    if tab == "looked":
        if place is not None:
            rows = rows.filter(Q(since__lt=place[0]) | Q(since=place[0], pk__lt=place[1]))
        rows = rows.order_by("-since", "-pk")
    else:
        if place is not None:
            rows = rows.filter(Q(due_at__gt=place[0]) | Q(due_at=place[0], pk__gt=place[1]))
        rows = rows.order_by("due_at", "pk")
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    del found[PAGE:]
    last = found[-1] if more else None
    older = f"{(last.since if tab == 'looked' else last.due_at).timestamp():.6f}-{last.pk}" if last else ""
    lookers = lookers_of({row.whom for row in found})
    waiting = Item.objects.filter(logbook=logbook, waits=True)
    counts = waiting.aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return Queue(_lines(logbook, found, user, lookers, now), older, counts["all"], counts["late"], lookers)


def _lines(
    logbook: Logbook, rows: Sequence[Item], user: User, lookers: dict[str, Lookers], now: datetime
) -> list[Line]:
    entries = find_entries(logbook, [row.entry for row in rows])
    return [
        Line(
            row,
            tell(entry.event).text if (entry := entries.get(row.entry)) is not None and entry.event else "",
            row.waits and row.due_at < now,
            row.asked_id == user.pk or lookers[row.whom].may(user),
        )
        for row in rows
    ]


def _after(text: str) -> tuple[datetime, int] | None:
    at, _dash, key = text.partition("-")
    try:
        return datetime.fromtimestamp(float(at[:20]), UTC), int(key[:18])
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class ItemView:
    """What the page of one entry to be looked at shows besides the entry itself."""

    row: Item
    view: EntryView | None  # None where the entry is gone
    lookers: Lookers
    overdue: bool


def item_view(row: Item, now: datetime) -> ItemView:
    """Return what the page of an item shows: the entry with its history, its papers and what was answered."""
    try:
        view = entry_view(row.logbook, row.entry)
    except NotFound:
        view = None
    return ItemView(row, view, lookers_of({row.whom})[row.whom], row.waits and row.due_at < now)


@dataclass(frozen=True, slots=True)
class Month:
    """What came of the entries that were due in a month."""

    day: datetime
    in_time: int
    late: int
    open: int  # not looked at yet, and due by now


def months(logbook: Logbook, now: datetime, zone: str) -> list[Month]:
    """Return the last months in which anything was due, the newest first."""
    since = datetime(now.year - 1, now.month, 1, tzinfo=ZoneInfo(zone))
    rows = (
        Item.objects.filter(logbook=logbook, due_at__gte=since)
        .annotate(month=TruncMonth("due_at", tzinfo=ZoneInfo(zone)))
        .values("month")
        .annotate(
            in_time=Count("pk", filter=Q(looked_at__lte=F("due_at"))),
            late=Count("pk", filter=Q(looked_at__gt=F("due_at"))),
            open=Count("pk", filter=Q(looked_at=None, due_at__lt=now)),
        )
        .order_by("-month")
    )
    found = [Month(row["month"], row["in_time"], row["late"], row["open"]) for row in rows[:MONTHS]]
    return [one for one in found if one.in_time or one.late or one.open]


def this_month(logbook: Logbook, now: datetime) -> tuple[int, int]:
    """Return how many entries were looked at this month, and how many of them too late."""
    zone = house_reader().tz
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Item.objects.filter(logbook=logbook, looked_at__gte=first)
    counts = rows.aggregate(all=Count("pk"), late=Count("pk", filter=Q(looked_at__gt=F("due_at"))))
    return counts["all"], counts["late"]


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for somebody on Home."""

    count: int
    overdue: int
    asked: list[Item]


def waiting_for(logbook: Logbook, user: User, now: datetime) -> Waits:
    """Return what waits for somebody: what they may look at, and what they are asked about."""
    rows = Item.objects.filter(logbook=logbook, waits=True)
    whoms = list(rows.order_by().values_list("whom", flat=True).distinct()[:200])
    if not whoms:
        return Waits(0, 0, [])
    lookers = lookers_of(whoms)
    theirs = rows.filter(whom__in=[text for text in whoms if lookers[text].may(user)])
    counts = theirs.aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    return Waits(counts["all"], counts["late"], list(rows.filter(asked=user).order_by("due_at")[:5]))


def of_rule(rule: int) -> dict[str, Any]:
    """Return how many entries of a rule wait and were looked at."""
    rows = Item.objects.filter(rule=rule)
    counts = rows.aggregate(waits=Count("pk", filter=Q(waits=True)), all=Count("pk"))
    return {"waits": counts["waits"], "looked": counts["all"] - counts["waits"]}
