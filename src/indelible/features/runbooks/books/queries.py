"""Reads about runbooks: the list, one of them, and what pages show of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.features.people.models import User
from indelible.features.runbooks.books import wording
from indelible.features.runbooks.books.holding import document_of_version, today
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.models import Run, Runbook, RunbookState, RunState, Version
from indelible.features.runbooks.timetable import Occurrence, due_dates
from indelible.features.settings.services import calendar
from indelible.storage.database.models import Logbook

MOST_SHOWN: Final = 500
DOTS: Final = 6
RUNS_READ: Final = 2_000
OTHERS: Final = _("Other runbooks")


@dataclass(frozen=True, slots=True)
class Dot:
    """One run of the strip: how it came out."""

    state: str  # a name of `web.states`
    word: str | Promise
    run: int
    title: str


@dataclass(slots=True)
class Listed:
    """One runbook of the list."""

    runbook: Runbook
    version: Version | None
    next_on: date | None = None
    dots: list[Dot] = field(default_factory=list)  # the newest last
    last_at: datetime | None = None
    going: int = 0


@dataclass(slots=True)
class Team:
    """The runbooks of one team."""

    name: str | Promise
    lines: list[Listed] = field(default_factory=list)


def book_of(logbook: Logbook, key: str) -> Runbook:
    """Return a runbook by its short name. Raises Http404."""
    found = (
        Runbook.objects.filter(logbook=logbook, key=key)
        .select_related("logbook", "owner", "draft_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def version_of(runbook: Runbook, number: int) -> Version:
    """Return one version. Raises Http404."""
    found = (
        runbook.versions.filter(number=min(number, 2**31 - 1))
        .select_related("published_by", "written_by", "walked_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def newest_versions(logbook: Logbook) -> dict[int, Version]:
    """Return the newest version of each runbook, by the runbook. One query."""
    newest = Version.objects.filter(runbook=OuterRef("runbook")).order_by("-number").values("pk")[:1]
    found = Version.objects.filter(runbook__logbook=logbook, pk=Subquery(newest)).select_related("walked_by")
    return {each.runbook_id: each for each in found[:MOST_SHOWN]}


def teams(logbook: Logbook, now: datetime, *, words: str = "", state: str = "") -> list[Team]:
    """Return the runbooks that fit, by team: four queries, however many there are."""
    rows = [
        row
        for row in Runbook.objects.filter(logbook=logbook).select_related("owner")[:MOST_SHOWN]
        if _fits(row, words, state)
    ]
    versions = newest_versions(logbook)
    listed = [Listed(row, versions.get(row.pk)) for row in rows]
    _add_dates(listed, now)
    _add_runs(listed)
    groups: dict[str, Team] = {}
    for line in listed:
        name = wording.team(line.runbook.team)
        groups.setdefault(name, Team(name or OTHERS)).lines.append(line)
    return [groups[name] for name in sorted(groups, key=lambda name: (not name, name.casefold()))]


def _fits(row: Runbook, words: str, state: str) -> bool:
    if state and row.state != state:
        return False
    text = f"{row.title} {row.key} {row.team} {wording.team(row.team)}".casefold()
    return all(word in text for word in words.casefold().split())


def _add_dates(listed: Iterable[Listed], now: datetime) -> None:
    for line in listed:
        if line.version is not None and line.runbook.state == RunbookState.PUBLISHED:
            found = next_dates(line.runbook, document_of_version(line.version), now, 1)
            line.next_on = found[0].day if found else None


def next_dates(runbook: Runbook, document: Document, now: datetime, count: int) -> list[Occurrence]:
    """Return when it is due next by the calendar, as far as the calendar is switched on for it."""
    if runbook.scheduled_from is None:
        return []
    return dates_after(document, max(today(now), runbook.scheduled_from), count)


def dates_after(document: Document, begins: date, count: int) -> list[Occurrence]:
    """Return when it would be due from that day on, that day included."""
    hours = calendar()
    day_before = date.fromordinal(max(1, begins.toordinal() - 1))
    found = [
        each
        for schedule in document.starts.schedule
        for each in due_dates(schedule, hours, day_before, count)
    ]
    return sorted(found, key=lambda each: (each.day, each.key))[:count]


def _add_runs(listed: Sequence[Listed]) -> None:
    """Add how the last runs of each came out, the newest last."""
    by_runbook = {line.runbook.pk: line for line in listed}
    rows = Run.objects.filter(runbook__in=list(by_runbook)).order_by("-id")[:RUNS_READ]
    for run in rows:
        line = by_runbook[run.runbook_id]
        if run.state in (RunState.OPEN, RunState.PAUSED):
            line.going += 1
        elif len(line.dots) < DOTS:
            line.dots.insert(0, dot_of(run))
            line.last_at = line.last_at or run.ended_at


def dot_of(run: Run) -> Dot:
    """Return how a run came out, as the strip shows it."""
    state, word = _outcome(run)
    return Dot(state, word, run.pk, run.title)


def _outcome(run: Run) -> tuple[str, str | Promise]:
    if run.state == RunState.MISSED:
        return "missing", _("Missed")
    if run.state == RunState.NOT_CONCLUDED:
        return "look", _("Not concluded")
    if run.state == RunState.WITHDRAWN:
        return "off", _("Withdrawn")
    if run.state in (RunState.OPEN, RunState.PAUSED):
        return "running", _("Under way")
    if run.due_at is not None and run.ended_at is not None and run.ended_at > run.due_at:
        return "due", _("Late")
    return "working", _("On time")


def people() -> list[User]:
    """Return everybody who can fill a role."""
    return list(User.objects.filter(is_active=True).order_by("name", "pk")[:1_000])
