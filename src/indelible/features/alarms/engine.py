"""The engine: each entry is held once against each alarm that is on, in the order of the record.

It follows the log (`storage.database.following`): what it makes of a batch (notices, memory, messages to be sent) and
how far it has come stand in one transaction, so that a process killed in the middle neither loses a notice nor gives
it twice. Nothing is sent here; that is the courier's.

An alarm tells of what is recorded after it was made. What its signs must know of the time before (who was seen, what
is usual) they learn from the newest `TAUGHT` entries, silently. So an old log causes no storm.

In time bounds: of a batch, only entries that an alarm means are looked at closely, memory is read and written a few
hundred keys at a time, and a thing's history is looked up at most once for each entry of a batch. So a batch is small,
and a flood of entries makes the engine late rather than its transactions long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from django.db.models import QuerySet

from indelible.events.event import Event
from indelible.events.instants import is_instant, to_datetime
from indelible.events.own_alarms import SAYINGS
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.alarms.memory import Memories
from indelible.features.alarms.models import Alarm
from indelible.features.alarms.noticing import Noticed, notice
from indelible.features.alarms.sign import Around, Hit, Seen, Sign
from indelible.features.alarms.signs import all_signs, sign_of
from indelible.features.alarms.surroundings import around_of
from indelible.features.rules.world import world_of
from indelible.language.matching import EventTest, compiled
from indelible.language.pattern import Pattern
from indelible.language.world import World
from indelible.storage.database import search
from indelible.storage.database.following import follow, upto_of
from indelible.storage.database.models import Follower, Logbook
from indelible.storage.database.reads import StoredEntry, find_entries, get_entries, head

NAME: Final = "alarms"
BATCH: Final = 200
TAUGHT: Final = 10_000
HISTORY: Final = 20
SANE: Final = (1970, 2400)  # years

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Readable:
    """An entry, with what every alarm asks of it worked out once."""

    entry: StoredEntry
    own_act: str  # which act of Indelible's own it is; empty for what came from a source
    source: int
    recorded: datetime
    happened: datetime


@dataclass(slots=True)
class Watched:
    """An alarm as the engine holds it for a batch."""

    alarm: Alarm
    sign: Sign
    settings: dict[str, object]
    means: EventTest
    memory: Memories


def run(logbook: Logbook, *, batch: int = BATCH, most: int = 20 * BATCH) -> int:
    """Look at the entries that were not looked at yet; return how many are left."""
    size = head(logbook).size  # before the alarms: whatever is made later is told of by a later entry
    begun = list(_on(logbook).values_list("begun_entry", flat=True))
    if not begun:
        Follower.objects.filter(logbook=logbook, name=NAME, upto__lt=size).update(upto=size)
        return 0
    if upto_of(logbook, NAME) >= size:
        return 0  # the usual case takes no lock
    # Before the transaction of a batch, so that looking up histories in it finds everything indexed.
    search.catch_up(logbook, seconds=2.0)
    return follow(logbook, NAME, partial(take, logbook), start=min(begun), batch=batch, most=most)


def _on(logbook: Logbook) -> QuerySet[Alarm]:
    """Return the alarms that are on. One whose sign this version does not know stands still, and its page says so."""
    return Alarm.objects.filter(logbook=logbook, is_on=True, sign__in=list(all_signs()))


def take(logbook: Logbook, entries: Sequence[StoredEntry]) -> None:
    """Hold a batch against every alarm that is on. Inside the follower's transaction."""
    if not entries:
        return
    watched = watched_of(logbook)
    if not watched:
        return
    around = around_of(logbook, history=_history(logbook))
    readable = _readable(entries)
    found: list[Noticed] = []
    for one in watched:
        if not one.alarm.taught:
            _teach(logbook, one, entries[0].index, around)
        found += _look(one, readable, around)
        one.memory.write()
    notice(logbook, found)


def watched_of(logbook: Logbook) -> list[Watched]:
    """Return the alarms that are on, ready to be asked."""
    alarms = list(_on(logbook))
    if not alarms:
        return []
    world = world_of(logbook)
    ready = []
    for alarm in alarms:
        sign = sign_of(alarm.sign)
        try:
            means = _test_of(alarm, sign, world)
        except ValueError as fault:
            log.error("an alarm means nothing that can be looked for", alarm=alarm.pk, exc_info=fault)
            continue
        ready.append(Watched(alarm, sign, sign.with_defaults(alarm.settings), means, Memories(alarm)))
    return ready


def _test_of(alarm: Alarm, sign: Sign, world: World) -> EventTest:
    """Return whether the alarm means an entry: an act that its sign watches, of its rule, or of its own pattern."""
    start = f"{alarm.rule_id}."

    def watched(event: Event, _source: int, _at: str = "", /) -> bool:
        return _own_act(event) in sign.sayings

    def counted(event: Event, _source: int, _at: str = "", /) -> bool:
        return any(key.startswith(start) for key in event.get("numbers", {}).get("rules", {}))

    if sign.sayings:
        return watched
    if alarm.rule_id is not None:
        return counted
    return compiled(Pattern.from_json(alarm.pattern or {}), world)


def _teach(logbook: Logbook, one: Watched, before: int, around: Around) -> None:
    """Let a sign know what came before its alarm was made, without a word of it."""
    if one.sign.learns:
        first = max(0, min(before, one.alarm.begun_entry) - TAUGHT)
        for start in range(first, before, BATCH):
            earlier = get_entries(logbook, start, min(start + BATCH, before) - 1)
            _look(one, _readable(earlier), around)
    one.alarm.taught = True
    Alarm.objects.filter(pk=one.alarm.pk).update(taught=True)


def _readable(entries: Sequence[StoredEntry]) -> list[Readable]:
    """Return the entries that can be looked at. Acts on alarms are not: alarms about alarms would go on for ever."""
    found = []
    for entry in entries:
        event = entry.event
        if entry.problem or not event or not is_instant(entry.recorded_at):
            continue
        own_act = _own_act(event)
        if own_act in SAYINGS:
            continue
        recorded = to_datetime(entry.recorded_at)
        told = event.get("occurred_at", "")
        happened = to_datetime(told) if is_instant(told) else recorded
        if not SANE[0] < happened.year < SANE[1]:  # nothing is reckoned with a date that cannot be right
            happened = recorded
        found.append(Readable(entry, own_act, source_of(event), recorded, happened))
    return found


def _look(one: Watched, entries: Sequence[Readable], around: Around) -> list[Noticed]:
    """Return what one alarm saw in some entries."""
    seen = [each for entry in entries if (each := _seen(one, entry, around)) is not None]
    one.memory.read(key for each in seen for key in one.sign.keys(each, one.settings))
    found = []
    for each in seen:
        hit = _asked(one, each)
        if hit is not None and each.index > one.alarm.begun_entry:
            found.append(Noticed.of(one.alarm, one.sign.weight, each, hit))
    return found


def _asked(one: Watched, seen: Seen) -> Hit | None:
    """Ask a sign. A fault of ours in one sign must not keep all others from the entries that come after."""
    try:
        return one.sign.look(seen, one.settings, one.memory)
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as fault:
        log.error("a sign failed", sign=one.sign.code, alarm=one.alarm.pk, entry=seen.index, exc_info=fault)
        return None


def _seen(one: Watched, ready: Readable, around: Around) -> Seen | None:
    """Return an entry as a sign sees it; None where it has nothing to see in it."""
    entry = ready.entry
    matched = one.means(entry.event, ready.source, entry.recorded_at)
    if not matched and not one.sign.beyond:
        return None
    return Seen(entry.index, entry.event, ready.happened, ready.recorded, ready.source, matched, around)


def _own_act(event: Event) -> str:
    """Return which act of Indelible's own it is; empty for what came from a source."""
    own = event.get("source", {}).get("system") == OWN_SYSTEM
    return event.get("action", {}).get("said", "") if own else ""


def source_of(event: Event) -> int:
    """Return the id of the source that an entry is counted under; 0 for Indelible itself."""
    numbers = event.get("numbers", {}).get("sources", {})
    return int(next(iter(numbers), "0"))


def _history(logbook: Logbook) -> Callable[[str, str, int], Sequence[StoredEntry]]:
    """Return what looks up the newest earlier entries about a thing; the same one once a batch."""
    known: dict[tuple[str, str, int], Sequence[StoredEntry]] = {}

    def look_up(kind: str, ident: str, before: int) -> Sequence[StoredEntry]:
        place = kind, ident, before
        if place not in known:
            indexes = search.history_of(logbook, kind, ident, before=before, limit=HISTORY) if kind else []
            found = find_entries(logbook, indexes)
            known[place] = [found[index] for index in indexes if index in found]
        return known[place]

    return look_up
