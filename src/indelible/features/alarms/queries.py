"""What the pages of alarms read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from indelible.events.sentence import tell
from indelible.events.vocabulary import OWN_SYSTEM
from indelible.features.alarms.models import WAITING, Alarm, Channel, Notice, NoticeState
from indelible.features.alarms.signs import all_signs
from indelible.features.alarms.wording import alarm_words, notice_title
from indelible.features.people.models import User
from indelible.features.record.queries import rows_of, thing_title
from indelible.storage.database import search
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry, find_entries
from indelible.web.timeline import Row

PAGE: Final = 30
HISTORY: Final = 5
MOST_ALARMS_SHOWN: Final = 300

TABS: Final = {
    "waiting": (NoticeState.OPEN, NoticeState.ASKED),
    "case": (NoticeState.CASE,),
    "answered": (NoticeState.EXPECTED, NoticeState.CLOSED),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in the queue."""

    row: Notice
    title: str
    words: str  # of its alarm
    sentence: str  # of the entry that showed the sign; empty where it can no longer be read
    state: str  # of web.states
    word: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of notices."""

    lines: list[Line]
    older: str  # where the next page begins; empty at the end
    waiting: int  # how many wait in all


def queue(logbook: Logbook, tab: str, *, alarm: int | None = None, after: str = "") -> Queue:
    """Return a page of notices: those that wait with the worst first, those that were answered with the newest."""
    rows: QuerySet[Notice] = Notice.objects.filter(
        logbook=logbook, waits=tab != "answered", state__in=TABS[tab]
    ).select_related("alarm__rule", "asked", "follows")
    if alarm is not None:
        rows = rows.filter(alarm=alarm)
    weight, _dash, ident = after.partition("-")
    if tab == "answered":
        if ident.isdecimal():
            rows = rows.filter(pk__lt=int(ident[:18]))
        rows = rows.order_by("-id")
    else:
        if weight.isdecimal() and ident.isdecimal():
            at = int(weight[:2])
            rows = rows.filter(Q(weight__lt=at) | Q(weight=at, pk__lt=int(ident[:18])))
        rows = rows.order_by("-weight", "-id")
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    del found[PAGE:]
    older = f"{found[-1].weight}-{found[-1].pk}" if more else ""
    return Queue(lines_of(logbook, found), older, waiting_count(logbook))


def lines_of(logbook: Logbook, rows: Sequence[Notice]) -> list[Line]:
    """Return notices as the queue shows them; the entries of all of them are read at once."""
    newest = {row.pk: row.entries[-1] for row in rows if row.entries}
    entries = find_entries(logbook, sorted(set(newest.values())))
    words: dict[int, str] = {}
    lines = []
    for row in rows:
        if row.alarm_id not in words:
            words[row.alarm_id] = alarm_words(row.alarm)
        entry = entries.get(newest.get(row.pk, -1))
        sentence = tell(entry.event).text if entry is not None and entry.event else ""
        state, word = state_of(row)
        lines.append(Line(row, notice_title(row), words[row.alarm_id], sentence, state, word))
    return lines


def state_of(row: Notice) -> tuple[str, str]:
    """Return a name of web.states and the word for how a notice stands."""
    word = str(NoticeState(row.state).label)
    if row.state == NoticeState.OPEN:
        return ("due", _("Look at it soon")) if row.weight >= 3 else ("look", "")
    return {"asked": "waiting", "case": "open"}.get(row.state, "done"), word


def waiting_count(logbook: Logbook) -> int:
    """Return how many notices wait for an answer."""
    return Notice.objects.filter(logbook=logbook, waits=True, state__in=TABS["waiting"]).count()


def asked_of(user: User) -> list[Notice]:
    """Return the notices about which somebody was asked, or that they follow up: the newest few."""
    rows = Notice.objects.filter(Q(asked=user) | Q(follows=user, state=NoticeState.CASE), waits=True)
    return list(rows.select_related("alarm__rule").order_by("-id")[:10])


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Everything that the page of one notice shows."""

    row: Notice
    title: str
    words: str
    entries: list[Row]
    stored: list[StoredEntry]
    history: list[Row]
    thing: tuple[str, str] | None
    thing_name: str
    answers: list[Row]
    state: str
    word: str


def notice_view(row: Notice) -> NoticeView:
    """Return what the page of a notice shows."""
    logbook = row.logbook
    stored = list(find_entries(logbook, row.entries).values())
    kind, ident, name = _thing(stored)
    history: list[int] = []
    if kind and ident:
        history = [
            index
            for index in search.history_of(logbook, kind, ident, limit=HISTORY + len(row.entries))
            if index not in row.entries
        ][:HISTORY]
    answers = [one.entry for one in row.given.order_by("-id")[:20]]
    state, word = state_of(row)
    return NoticeView(
        row,
        notice_title(row),
        alarm_words(row.alarm),
        rows_of(logbook, row.entries),
        stored,
        rows_of(logbook, history),
        (kind, ident) if kind and ident else None,
        thing_title(kind, ident, name) if kind and ident else "",
        rows_of(logbook, answers),
        state,
        word,
    )


def _thing(entries: Sequence[StoredEntry]) -> tuple[str, str, str]:
    """Return kind, id and name of the thing that the entries are about: of the newest that tells one."""
    for entry in sorted(entries, key=lambda one: -one.index):
        if entry.event.get("source", {}).get("system") == OWN_SYSTEM:
            continue
        for target in entry.event.get("targets", []):
            if target.get("kind") and target.get("id"):
                return target["kind"], target["id"], target.get("name", "")
    return "", "", ""


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm in the list of alarms."""

    alarm: Alarm
    words: str
    whom: str
    waiting: int
    all: int


def alarms_of(logbook: Logbook, **more: Any) -> list[AlarmLine]:
    """Return the alarms there are, those that are on first, with how many notices they gave."""
    rows = (
        Alarm.objects.filter(logbook=logbook, **more)
        .select_related("rule")
        .prefetch_related("channels")
        .annotate(given=Count("notices"), left=Count("notices", filter=Q(notices__state__in=WAITING)))
        .order_by("-is_on", "id")[:MOST_ALARMS_SHOWN]
    )
    return [
        AlarmLine(
            row,
            alarm_words(row),
            ", ".join(one.name for one in row.channels.all() if one.ended_at is None),
            row.left,
            row.given,
        )
        for row in rows
    ]


def channels_of(logbook: Logbook) -> list[Channel]:
    """Return the ways by which others than people with an account are told."""
    rows = Channel.objects.filter(logbook=logbook, ended_at=None, user=None)
    return list(rows.annotate(used=Count("alarms")).order_by("name"))


def people() -> list[User]:
    """Return everybody who can be told or asked."""
    return list(User.objects.filter(is_active=True).order_by("name")[:500])


def alarm_is_broken(alarm: Alarm) -> bool:
    """Whether the sign of an alarm is one that this version does not know, so that it stands still."""
    return alarm.sign not in all_signs()
