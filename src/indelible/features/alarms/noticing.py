"""How what signs saw becomes notices: like with like, counted, and no more of them than people can look at.

What one alarm saw of the same person, thing and hour is one notice with a count. Beyond `MOST_AN_HOUR` notices of one
alarm in an hour, all further ones fold into a last one, "and more". A notice that was answered is left as it is: what
comes after begins a new one. Everything is worked out from the entries alone, so that it comes out the same however
the log was cut into batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from indelible.features.alarms.models import WAITING, Alarm, Channel, Message, Notice
from indelible.features.alarms.sign import Hit, Seen
from indelible.storage.database.codes import code_of
from indelible.storage.database.models import Logbook

MOST_AN_HOUR: Final = 40
MOST_ENTRIES: Final = 20
HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Noticed:
    """What an alarm saw in an entry."""

    alarm: Alarm
    weight: int
    seen: Seen
    hit: Hit
    hour: int  # of recording, counted from 1970
    fold: str  # what it folds into: the same person, thing and hour of happening. A code, so that it tells no name

    @classmethod
    def of(cls, alarm: Alarm, weight: int, seen: Seen, hit: Hit) -> Noticed:
        """Return it with the notice that it folds into."""
        happened = int(seen.happened.timestamp()) // HOUR
        fold = fold_code(alarm, hit.fold or f"{seen.who}\n{seen.thing}\n{happened}")
        return cls(alarm, weight, seen, hit, int(seen.recorded.timestamp()) // HOUR, fold)

    @property
    def rest(self) -> str:
        """What it folds into where the hour has brought enough."""
        return f"rest {self.hour}"


def fold_code(alarm: Alarm, about: str) -> str:
    """Return the code of what folds together in the notices of an alarm."""
    return code_of(f"alarm notice {alarm.pk}", about).hex()[:32]


def notice(logbook: Logbook, seen: Sequence[Noticed]) -> None:
    """Put what was seen into notices, and ask for the messages about new ones. Inside the caller's transaction."""
    found = [one for one in seen if one.hit.back is None]
    if found:
        _put(logbook, found)
    for one in seen:
        if one.hit.back is not None:
            _is_back(one)


def _is_back(one: Noticed) -> None:
    """Say that what a notice told of is over, once, to those who were told of it."""
    row = Notice.objects.filter(
        alarm=one.alarm, fold=fold_code(one.alarm, f"began {one.hit.back}"), back_at=None
    ).first()
    if row is not None:
        row.back_at = one.seen.recorded
        row.save(update_fields=["back_at"])
        channels = one.alarm.channels.filter(ended_at=None)
        tell_channels(channels, f"back {row.pk}", "back", row, one.seen.recorded)


def _put(logbook: Logbook, found: Sequence[Noticed]) -> None:
    open_rows = _newest(found)
    counts: dict[tuple[int, int], int] = {}
    new, changed = [], {}
    for one in found:
        row = open_rows.get((one.alarm.pk, one.fold))
        if row is None or row.state not in WAITING:
            fold, turn = one.fold, (row.turn + 1 if row is not None else 1)
            place = one.alarm.pk, one.hour
            if place not in counts:
                counts[place] = Notice.objects.filter(alarm=one.alarm, hour=one.hour).count()
            if counts[place] >= MOST_AN_HOUR:
                fold, turn = one.rest, 1
                row = open_rows.get((one.alarm.pk, fold))
            if row is None or row.fold != fold or row.turn != turn:
                row = _begin(logbook, one, fold, turn)
                open_rows[one.alarm.pk, fold] = row
                counts[place] += 1
                new.append(row)
                continue
        _add(row, one)
        if row.pk is not None:
            changed[row.pk] = row
    fields = ["count", "entries", "facts", "first_at", "last_at", "weight"]
    Notice.objects.bulk_update(changed.values(), fields, batch_size=200)
    for row in new:
        row.save(force_insert=True)
    _ask_for_messages(new)


def _newest(found: Sequence[Noticed]) -> dict[tuple[int, str], Notice]:
    """Return the newest turn of each notice that something may fold into, by alarm and fold."""
    alarms = {one.alarm.pk for one in found}
    folds = sorted({one.fold for one in found} | {one.rest for one in found})
    newest: dict[tuple[int, str], Notice] = {}
    for start in range(0, len(folds), 500):
        rows = Notice.objects.filter(alarm__in=alarms, fold__in=folds[start : start + 500]).order_by("turn")
        for row in rows:
            newest[row.alarm_id, row.fold] = row
    return newest


def _begin(logbook: Logbook, one: Noticed, fold: str, turn: int) -> Notice:
    """Return a new notice of what was seen."""
    moment = one.seen.happened
    return Notice(
        logbook=logbook,
        alarm=one.alarm,
        fold=fold,
        turn=turn,
        rest=fold == one.rest,
        weight=one.weight,
        entries=_entries((), one),
        facts=dict(one.hit.facts),
        first_at=moment,
        last_at=moment,
        made_at=one.seen.recorded,
        since=one.seen.recorded,
        hour=one.hour,
    )


def _add(row: Notice, one: Noticed) -> None:
    """Count what was seen once more."""
    row.count += 1
    row.entries = _entries(row.entries, one)
    row.facts = {**row.facts, **one.hit.facts}
    row.first_at, row.last_at = min(row.first_at, one.seen.happened), max(row.last_at, one.seen.happened)
    row.weight = max(row.weight, one.weight)


def _entries(known: Iterable[int], one: Noticed) -> list[int]:
    """Return the first entries of a notice, the one that showed the sign never left out for those it rests on."""
    room = MOST_ENTRIES - 1
    rests_on = sorted({*known, *one.hit.also} - {one.seen.index})[:room]
    return sorted({*rests_on, *((one.seen.index,) if len([*known]) <= room else ())})


def _ask_for_messages(new: Sequence[Notice]) -> None:
    """Put a message about each new notice beside every channel of its alarm, in the same transaction."""
    if not new:
        return
    through = Alarm.channels.through
    alarms = {row.alarm_id for row in new}
    pairs = through.objects.filter(alarm__in=alarms, channel__ended_at=None)
    channels: dict[int, list[int]] = {}
    for alarm, channel in pairs.values_list("alarm_id", "channel_id"):
        channels.setdefault(alarm, []).append(channel)
    Message.objects.bulk_create(
        [
            Message(
                channel_id=channel,
                key=f"notice {row.pk}",
                kind="notice",
                notice=row,
                made_at=row.made_at,
                next_at=row.made_at,
            )
            for row in new
            for channel in channels.get(row.alarm_id, ())
        ],
        ignore_conflicts=True,
        batch_size=200,
    )


def tell_channels(
    channels: Iterable[Channel], key: str, kind: str, row: Notice | None, now: datetime, **facts: object
) -> None:
    """Put a message beside each channel; one with the same key is there once."""
    Message.objects.bulk_create(
        [
            Message(
                channel=channel, key=key[:60], kind=kind, notice=row, facts=facts, made_at=now, next_at=now
            )
            for channel in channels
        ],
        ignore_conflicts=True,
    )
