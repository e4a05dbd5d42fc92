"""Answering a notice: as expected, ask someone, open a case; and taking an answer back by a further one.

Each answer is an entry that refers to the entries it is about, so that it stands below them for good. Its words are
in that entry alone. Nobody answers about what they did themselves. Of two who answer at once, the second is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from django.db import transaction

from indelible.events import own_alarms, signs
from indelible.events.event import Event
from indelible.events.folding import exact_code, plain
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.alarms.channelling import channel_of_person
from indelible.features.alarms.models import WAITING, Answer, AnswerKind, Notice, NoticeState
from indelible.features.alarms.noticing import tell_channels
from indelible.features.alarms.services import AlarmError
from indelible.features.alarms.wording import sealed_title
from indelible.features.people.models import KnownPerson, Login, User
from indelible.features.people.second.selves import same_person
from indelible.features.sources.origins import By
from indelible.storage.database.append import Draft, append
from indelible.storage.database.reads import StoredEntry, find_entries

LONGEST_NOTE: Final = 2_000
MOST_RUNS: Final = 5

# What may be answered, by the state a notice is in.
ALLOWED: Final = {
    NoticeState.OPEN: (AnswerKind.EXPECTED, AnswerKind.ASKED, AnswerKind.CASE),
    NoticeState.ASKED: (AnswerKind.EXPECTED, AnswerKind.ASKED, AnswerKind.CASE),
    NoticeState.CASE: (AnswerKind.CLOSED,),
    NoticeState.EXPECTED: (AnswerKind.REOPENED,),
    NoticeState.CLOSED: (AnswerKind.REOPENED,),
}
_BECOMES: Final = {
    AnswerKind.EXPECTED: NoticeState.EXPECTED,
    AnswerKind.ASKED: NoticeState.ASKED,
    AnswerKind.CASE: NoticeState.CASE,
    AnswerKind.CLOSED: NoticeState.CLOSED,
    AnswerKind.REOPENED: NoticeState.OPEN,
}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a form brings it. `seen` is how many answers its sender had seen."""

    kind: AnswerKind
    seen: int
    note: str = ""
    person: User | None = None
    reference: str = ""
    base: str = ""  # the address under which Indelible is open, for links in mails


def answer(key: int, given: Given, user: User, by: By) -> Answer:
    """Answer a notice. Raises AlarmError, whose code says what stands against it."""
    now, note = datetime.now(UTC), given.note.strip()[:LONGEST_NOTE]
    with transaction.atomic():
        row = (
            Notice.objects.select_for_update(of=("self",))
            .select_related("alarm__logbook", "alarm__rule", "logbook")
            .get(pk=key)
        )
        if row.answers != given.seen:
            last = row.given.last()
            raise AlarmError("alarm-answered-meanwhile", name=last.by_name if last else "")
        _check(row, given, user, note)
        about: list[tuple[int, int] | tuple[None, None]] = [*runs(row.entries)[:MOST_RUNS]]
        title, everything = sealed_title(row), row.entries if len(about) > 1 else ()
        person = given.person.name if given.person else None
        drafts = [
            Draft(
                own_alarms.notice_answered(
                    by.party,
                    cast(own_alarms.Answered, given.kind.value),
                    title,
                    first,
                    last,
                    note=note or None,
                    person=person,
                    reference=given.reference or None,
                    all_entries=everything,
                    context=by.context,
                )
            )
            for first, last in (about or [(None, None)])
        ]
        row.state, row.since = _BECOMES[given.kind], now
        row.waits = row.state in WAITING
        row.asked = given.person if given.kind == AnswerKind.ASKED else None
        row.follows = given.person if given.kind == AnswerKind.CASE else row.follows
        row.reference = given.reference[:120] if given.kind == AnswerKind.CASE else row.reference
        row.answers += 1
        row.save(update_fields=["state", "since", "waits", "asked", "follows", "reference", "answers"])
        made = Answer.objects.create(notice=row, kind=given.kind, by_name=by.name[:150], at=now, entry=0)
        if given.person is not None:
            channel = channel_of_person(row.logbook, given.person, now, base=given.base)
            tell_channels([channel], f"asked {made.pk}", "asked", row, now, what=given.kind.value)
        # Last of all, since the head of the log stays held until the transaction ends.
        made.entry = append(row.logbook, drafts).entries[0].index
        made.save(update_fields=["entry"])
    return made


def _check(row: Notice, given: Given, user: User, note: str) -> None:
    if given.kind not in ALLOWED[NoticeState(row.state)]:
        raise AlarmError("alarm-answer-not-now")
    if given.kind != AnswerKind.EXPECTED and not note:
        raise AlarmError("alarm-answer-why")
    if given.kind in (AnswerKind.ASKED, AnswerKind.CASE) and (
        given.person is None or not given.person.is_active
    ):
        raise AlarmError("alarm-answer-whom")
    if given.kind == AnswerKind.ASKED and given.person is not None and same_person(user, given.person):
        raise AlarmError("alarm-asks-oneself")
    if given.kind == AnswerKind.CASE and not given.reference.strip():
        raise AlarmError("alarm-case-name")
    found = list(find_entries(row.logbook, row.entries).values())
    if given.kind != AnswerKind.ASKED and is_own_work(user, found):
        raise AlarmError("alarm-own-work")
    if given.kind != AnswerKind.ASKED and given.person is not None and is_own_work(given.person, found):
        raise AlarmError("alarm-their-work", name=given.person.name)


def is_own_work(user: User, entries: Sequence[StoredEntry]) -> bool:
    """Whether somebody did one of these themself, or it was done for them.

    By the account in Indelible; else by mail address, by name, and by every login that is known to be theirs. A name
    that two people share stops both: better one answer too few by the right person than one by the wrong one.
    """
    ours = names_of(user)
    for entry in entries:
        parties = [entry.event.get("actor"), entry.event.get("on_behalf_of")]
        if _is_ours(entry.event):
            if any(party and party.get("id") == str(user.pk) for party in parties):
                return True
            continue
        if any(signs.names_of(party) & ours for party in parties):
            return True
    return False


def names_of(user: User) -> frozenset[str]:
    """Return every name that a person goes by, folded."""
    known = KnownPerson.objects.filter(account=user)
    told = [user.email, user.name]
    for person in known:
        told += [person.name, person.email]
    told += Login.objects.filter(person__in=known).values_list("login", flat=True)
    told += [
        one.name
        for one in KnownPerson.objects.filter(
            pk__in=Login.objects.filter(code=exact_code(user.email)).values("person")
        )
    ]
    return frozenset(name for text in told if (name := plain(text)))


def _is_ours(event: Event) -> bool:
    return event.get("source", {}).get("system") == OWN_SYSTEM


def runs(indexes: Sequence[int]) -> list[tuple[int, int]]:
    """Return indexes as runs without a hole: first and last of each."""
    found: list[tuple[int, int]] = []
    for index in sorted(set(indexes)):
        if found and index == found[-1][1] + 1:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found
