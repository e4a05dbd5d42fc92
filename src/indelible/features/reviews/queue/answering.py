"""Answering about an entry that is to be looked at: as expected, ask someone, open a case; and taking it back.

Each answer is an entry that refers to the entry looked at, so that it stands below it for good. Its words are in that
entry alone. Nobody answers about what they did themselves, nor about what somebody else is to look at, unless they
were asked. Of two who answer at once, the second is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.db import transaction

from indelible.events import own_reviews
from indelible.features.alarms.models import AnswerKind
from indelible.features.people.models import User
from indelible.features.people.second.selves import same_person
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import Answer, Item, ItemState
from indelible.features.reviews.queue.whom import is_own, lookers_of
from indelible.features.sources.origins import By
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import find_entries

LONGEST_NOTE: Final = 2_000
MOST_TOGETHER: Final = 50

ALLOWED: Final = {
    ItemState.OPEN: (AnswerKind.EXPECTED, AnswerKind.ASKED, AnswerKind.CASE),
    ItemState.ASKED: (AnswerKind.EXPECTED, AnswerKind.ASKED, AnswerKind.CASE),
    ItemState.CASE: (AnswerKind.CLOSED,),
    ItemState.EXPECTED: (AnswerKind.REOPENED,),
    ItemState.CLOSED: (AnswerKind.REOPENED,),
}
_BECOMES: Final = {
    AnswerKind.EXPECTED: ItemState.EXPECTED,
    AnswerKind.ASKED: ItemState.ASKED,
    AnswerKind.CASE: ItemState.CASE,
    AnswerKind.CLOSED: ItemState.CLOSED,
    AnswerKind.REOPENED: ItemState.OPEN,
}
_LOOKED: Final = (AnswerKind.EXPECTED, AnswerKind.CASE)
WAITING: Final = (ItemState.OPEN, ItemState.ASKED)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a form brings it."""

    kind: AnswerKind
    note: str = ""
    person: User | None = None
    reference: str = ""


def answer(
    logbook: Logbook, seen: Mapping[int, int], given: Given, user: User, by: By, now: datetime
) -> list[Answer]:
    """Answer about items by their key, each with how many answers its page had shown. All of them, or none.

    Several at once are only ever as expected, and need words. Raises ReviewError, whose code says what stands against
    it.
    """
    note = given.note.strip()[:LONGEST_NOTE]
    _check_form(len(seen), given, note, user)
    with transaction.atomic():
        rows = list(
            Item.objects.select_for_update(of=("self",))
            .filter(logbook=logbook, pk__in=list(seen))
            .order_by("entry")
        )
        if len(rows) != len(seen):
            raise ReviewError("review-no-item")
        _check(logbook, rows, seen, given, user)
        made = [_write(row, given, user, len(rows), now) for row in rows]
        drafts, places = _drafts(rows, given, note, by)
        # Last of all, since the head of the log stays held until the transaction ends.
        recorded = append(logbook, drafts).entries
        for one, place in zip(made, places, strict=True):
            one.entry = recorded[place].index
        return Answer.objects.bulk_create(made)


def _check_form(count: int, given: Given, note: str, user: User) -> None:
    if not count:
        raise ReviewError("review-nothing-chosen")
    if count > 1 and given.kind != AnswerKind.EXPECTED:
        raise ReviewError("review-one-by-one")
    if count > MOST_TOGETHER:
        raise ReviewError("review-too-many", most=MOST_TOGETHER)
    if not note and (count > 1 or given.kind != AnswerKind.EXPECTED):
        raise ReviewError("review-why")
    if given.kind == AnswerKind.ASKED:
        if given.person is None or not given.person.is_active:
            raise ReviewError("review-whom")
        if same_person(user, given.person):
            raise ReviewError("review-asks-oneself")
    if given.kind == AnswerKind.CASE and not given.reference.strip():
        raise ReviewError("review-case-name")


def _check(logbook: Logbook, rows: Sequence[Item], seen: Mapping[int, int], given: Given, user: User) -> None:
    entries = find_entries(logbook, [row.entry for row in rows])
    lookers = lookers_of({row.whom for row in rows})
    for row in rows:
        if row.answers != seen[row.pk]:
            last = row.given.select_related("by").last()
            name = last.by.name if last is not None and last.by is not None else ""
            raise ReviewError("review-answered-meanwhile", name=name, number=f"{row.entry + 1:,}")
        if given.kind not in ALLOWED[ItemState(row.state)]:
            raise ReviewError("review-not-now", number=f"{row.entry + 1:,}")
        if not lookers[row.whom].may(user) and row.asked_id != user.pk and row.follows_id != user.pk:
            raise ReviewError("review-not-yours", whom=row.whom, number=f"{row.entry + 1:,}")
        event = entries[row.entry].event if row.entry in entries else {}
        if given.kind != AnswerKind.ASKED and is_own(user, [event]):
            raise ReviewError("review-own-work", number=f"{row.entry + 1:,}")
        if given.person is not None and given.kind != AnswerKind.ASKED and is_own(given.person, [event]):
            raise ReviewError("review-their-work", name=given.person.name)


def _write(row: Item, given: Given, user: User, together: int, now: datetime) -> Answer:
    row.state, row.since = _BECOMES[given.kind], now
    row.waits = row.state in WAITING
    row.asked = given.person if given.kind == AnswerKind.ASKED else None
    if given.kind == AnswerKind.CASE:
        row.follows, row.reference = given.person, given.reference.strip()[:120]
    if given.kind in _LOOKED and row.looked_at is None:
        row.looked_at = now
    elif given.kind == AnswerKind.REOPENED:
        row.looked_at = None
    row.answers += 1
    row.save(
        update_fields=["state", "since", "waits", "asked", "follows", "reference", "looked_at", "answers"]
    )
    return Answer(item=row, kind=given.kind, by=user, at=now, together=together, entry=0)


def _drafts(rows: Sequence[Item], given: Given, note: str, by: By) -> tuple[list[Draft], list[int]]:
    """Return what to record, one entry for each run of entries about the same question; and which of them tells of
    each item."""
    runs: list[list[Item]] = []
    places: list[int] = []
    for row in rows:
        last = runs[-1][-1] if runs else None
        if last is not None and row.entry == last.entry + 1 and row.question == last.question:
            runs[-1].append(row)
        else:
            runs.append([row])
        places.append(len(runs) - 1)
    drafts = [
        Draft(
            own_reviews.entry_answered(
                by.party,
                cast(own_reviews.Answered, given.kind.value),
                run[0].question,
                run[0].entry,
                run[-1].entry,
                note=note or None,
                person=given.person.name if given.person else None,
                reference=given.reference.strip()[:120] or None if given.kind == AnswerKind.CASE else None,
                together=len(rows),
                context=by.context,
            )
        )
        for run in runs
    ]
    return drafts, places
