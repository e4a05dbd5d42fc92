"""The queue is fed from the log: each entry that a rule with this duty counts, exactly once.

It follows the log (`storage.database.following`): what it puts into the queue and how far it has come stand in one
transaction, so that a process killed in the middle neither loses an entry nor asks for it twice. Which rule counts an
entry stands in the entry itself, with its version; so what is asked is what was asked when it was recorded. Time counts
from recording, since before that nobody could look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from indelible.events.instants import is_instant, to_datetime
from indelible.events.office import WorkCalendar
from indelible.events.own_reviews import TELLERS
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.reviews.models import Item
from indelible.features.rules.models import RuleVersion
from indelible.features.rules.queries import short_of
from indelible.features.runbooks.timetable.spans import SpanError, later
from indelible.features.settings.services import calendar
from indelible.language.pattern import Duties, Look
from indelible.storage.database.following import follow, upto_of
from indelible.storage.database.models import Follower, Logbook
from indelible.storage.database.reads import StoredEntry, head

NAME: Final = "reviews"
BATCH: Final = 200
LONGEST_QUESTION: Final = 500
LONGEST_WHOM: Final = 120

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a version of a rule wants looked at."""

    rule: int
    look: Look
    question: str


def run(logbook: Logbook, *, batch: int = BATCH, most: int = 20 * BATCH) -> int:
    """Put what was recorded since into the queue; return how many entries are left to look through."""
    size = head(
        logbook
    ).size  # before the rules: what a later rule wants comes after the entry that tells of it
    begun = list(_wishing(logbook).values_list("begun_entry", flat=True))
    if not begun:
        Follower.objects.filter(logbook=logbook, name=NAME, upto__lt=size).update(upto=size)
        return 0
    if upto_of(logbook, NAME) >= size:
        return 0  # the usual case takes no lock
    return follow(logbook, NAME, partial(take, logbook), start=min(begun), batch=batch, most=most)


def take(logbook: Logbook, entries: Sequence[StoredEntry]) -> None:
    """Put a batch into the queue. Inside the follower's transaction."""
    wishes, hours = wishes_of(logbook), calendar()
    found: dict[tuple[int, str], Item] = {}
    for entry in entries:
        for key in entry.event.get("numbers", {}).get("rules", {}):
            wish = wishes.get(key)
            if wish is None or _is_answer(entry) or not is_instant(entry.recorded_at):
                continue
            _put(found, _item(logbook, entry, key, wish, hours))
    Item.objects.bulk_create(found.values(), batch_size=200, ignore_conflicts=True)


def wishes_of(logbook: Logbook) -> dict[str, Wish]:
    """Return what versions of rules want looked at, by what entries are counted under ("3.2")."""
    found = {}
    for row in _wishing(logbook).select_related("rule"):
        look = Duties.from_json(row.duties).look
        if look is not None:
            found[row.key] = Wish(row.rule_id, look, short_of(row).removesuffix(".")[:LONGEST_QUESTION])
    return found


def due_at(within: str, recorded: datetime, hours: WorkCalendar) -> datetime:
    """Return by when an entry must be looked at: "P2D working" counts working days alone."""
    span, _blank, kind = within.partition(" ")
    try:
        return later(recorded, span or "P2D", hours, kind == "working")
    except (
        SpanError,
        ValueError,
    ):  # no working day ever follows, or a span of no sense: due at once, not never
        log.warning("the time of a review cannot be reckoned", within=within)
        return recorded


def _wishing(logbook: Logbook):  # type: ignore[no-untyped-def]  # a queryset of versions
    return RuleVersion.objects.filter(rule__logbook=logbook, duties__has_key="look")


def _item(logbook: Logbook, entry: StoredEntry, key: str, wish: Wish, hours: WorkCalendar) -> Item:
    recorded = to_datetime(entry.recorded_at)
    return Item(
        logbook=logbook,
        entry=entry.index,
        whom=wish.look.by.strip()[:LONGEST_WHOM],
        rule_id=wish.rule,
        rules=[key],
        question=wish.question,
        recorded_at=recorded,
        due_at=due_at(wish.look.within, recorded, hours),
        since=recorded,
    )


def _put(found: dict[tuple[int, str], Item], item: Item) -> None:
    """Keep one item of an entry for the same people: whose time ends first."""
    place = item.entry, item.whom
    other = found.get(place)
    if other is None:
        found[place] = item
        return
    first = min(other, item, key=lambda one: one.due_at)
    first.rules = [*other.rules, *item.rules]
    found[place] = first


def _is_answer(entry: StoredEntry) -> bool:
    """Whether it tells of a review itself: reviews of reviews would go on for ever."""
    event = entry.event
    return (
        event.get("source", {}).get("system") == OWN_SYSTEM
        and event.get("action", {}).get("said", "") in TELLERS
    )
