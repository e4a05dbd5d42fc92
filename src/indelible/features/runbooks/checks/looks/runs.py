"""Checks about runs: of other runbooks, of the calendar, and of this run's own periods, clocks, checks, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.folding import plain
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.runbooks.models import (
    Result,
    Run,
    RunbookState,
    RunClock,
    RunState,
    RunStep,
    StepCheck,
    StepSignature,
)
from indelible.features.runbooks.models import Runbook as Book

from ..ground import CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..moments import flaws_of_span, span_of
from ..named import flaws_of_steps
from ..registry import kind
from ..telling import at, number, several, step_title

_MOST = 200


class OtherRun(Part, frozen=True, kw_only=True):
    """A run of a runbook that must be there, or must not."""

    runbook: str  # "RB-17"
    states: tuple[str, ...] = ()  # empty: any
    since: str = ""  # "P90D", "start", "period"; by when it was opened
    expect: str = "some"  # or "none"
    about: bool = False  # whether it must be about the same as this run


def _run_flaws(settings: OtherRun, document: Runbook) -> Iterator[str]:
    yield from flaws_of_span(settings.since, document)
    for state in settings.states:
        if state not in RunState.values:
            yield _("“%(what)s” is none of these: %(known)s.") % {
                "what": state,
                "known": ", ".join(RunState.values),
            }
    if settings.expect not in ("some", "none"):
        yield _("“%(expect)s” is neither some nor none.") % {"expect": settings.expect}


@kind("run", OtherRun, _run_flaws)
def run(ground: Ground, settings: OtherRun) -> Found:
    """Whether a runbook was gone through, or is."""
    books = Book.objects.filter(logbook=ground.logbook).filter(
        Q(key=settings.runbook) | Q(origin=settings.runbook)
    )
    titles = list(books.values_list("title", flat=True)[:5])
    if not titles:
        raise CannotTell(_("%(runbook)s is not among your runbooks.") % {"runbook": settings.runbook})
    rows = Run.objects.filter(runbook__in=books).exclude(pk=ground.run.pk)
    if settings.states:
        rows = rows.filter(state__in=settings.states)
    start, end = span_of(settings.since, ground)
    if start is not None:
        rows = rows.filter(opened_at__gte=start)
    if end is not None:
        rows = rows.filter(opened_at__lt=end)
    found = list(rows.order_by("-pk")[:_MOST])
    if settings.about:
        found = [row for row in found if plain(row.about) == plain(ground.run.about)]
    facts = {
        "count": len(found),
        "runs": [row.pk for row in found[:50]],
        "entries": [row.entry for row in found[:50]],
    }
    if not found:
        says = _("No such run of “%(title)s”.") % {"title": titles[0]}
    else:
        newest = found[0]
        state = str(RunState(newest.state).label).lower()
        text = ngettext(
            "%(n)s run: “%(title)s”, %(state)s.",
            "%(n)s runs, the newest: “%(title)s”, %(state)s.",
            len(found),
        )
        says = text % {"n": number(len(found)), "title": newest.title, "state": state}
    return judged(bool(found) == (settings.expect == "some"), says, **facts)


class Scheduled(Part, frozen=True, kw_only=True):
    """A runbook that must be due by the calendar."""

    runbook: str


@kind("scheduled", Scheduled)
def scheduled(ground: Ground, settings: Scheduled) -> Found:
    """Whether a runbook is in force, has an owner, and is started by the calendar."""
    rows = Book.objects.filter(logbook=ground.logbook).filter(
        Q(key=settings.runbook) | Q(origin=settings.runbook)
    )
    book = rows.filter(state=RunbookState.PUBLISHED).order_by("-pk").first() or rows.order_by("-pk").first()
    if book is None:
        return failed(_("%(runbook)s is not among your runbooks.") % {"runbook": settings.runbook})
    names = {"title": book.title}
    if book.state != RunbookState.PUBLISHED:
        return failed(_("“%(title)s” is not in force.") % names)
    if book.owner is None:
        return failed(_("Nobody answers for “%(title)s”.") % names)
    if book.scheduled_from is None:
        return failed(_("“%(title)s” is not started by the calendar.") % names)
    text = _("“%(title)s” is started by the calendar from %(day)s on; %(owner)s answers for it.")
    return passed(text % {**names, "day": ground.reader.day(book.scheduled_from), "owner": book.owner.name})


class PeriodFollows(Part, frozen=True, kw_only=True):
    """The period of this run and that of the one before."""


@kind("period_follows", PeriodFollows)
def period_follows(ground: Ground, _settings: PeriodFollows) -> Found:
    """Whether the period begins where that of the run before ended, with no day left out and none twice."""
    if ground.period is None:
        raise CannotTell(_("This run has no period."))
    rows = Run.objects.filter(runbook=ground.run.runbook_id, period_to__isnull=False, pk__lt=ground.run.pk)
    before = rows.exclude(state=RunState.WITHDRAWN).order_by("-period_to").first()
    day = ground.reader.day
    told = {"first": day(ground.period[0]), "last": day(ground.period[1])}
    if before is None or before.period_to is None:
        return passed(_("The first run with a period: %(first)s to %(last)s.") % told)
    told["before"] = day(before.period_to)
    follows = before.period_to + timedelta(days=1) == ground.period[0]
    text = _("The period is %(first)s to %(last)s, and the one before ended on %(before)s.")
    return judged(follows, text % told, runs=[before.pk])


class Clock(Part, frozen=True, kw_only=True):
    """A clock of a law."""

    key: str
    what: str = "met"  # or "started"


def _clock_flaws(settings: Clock, document: Runbook) -> Iterator[str]:
    if settings.key not in {clock.key for clock in document.clocks}:
        yield _("There is no clock “%(key)s”.") % {"key": settings.key}
    if settings.what not in ("met", "started"):
        yield _("“%(what)s” is none of these: %(known)s.") % {"what": settings.what, "known": "met, started"}


@kind("clock", Clock, _clock_flaws)
def clock(ground: Ground, settings: Clock) -> Found:
    """Whether a clock of a law runs, and whether it was met in time."""
    row = RunClock.objects.filter(run=ground.run, key=settings.key).first()
    title = next((one.title for one in ground.document.clocks if one.key == settings.key), settings.key)
    if row is None or row.starts_at is None or row.due_at is None:
        if settings.what == "started":
            return failed(_("The clock “%(title)s” does not run yet.") % {"title": title})
        raise CannotTell(_("The clock “%(title)s” does not run yet.") % {"title": title})
    told = {"title": title, "due": at(ground, row.due_at), "start": at(ground, row.starts_at)}
    facts = {"due": row.due_at.isoformat(), "start": row.starts_at.isoformat()}
    if settings.what == "started":
        return passed(_("“%(title)s” counts from %(start)s and ends on %(due)s.") % told, **facts)
    if row.met_at is not None:
        told["met"] = at(ground, row.met_at)
        if row.met_at <= row.due_at:
            return passed(_("“%(title)s” was met on %(met)s, before %(due)s.") % told, **facts)
        return failed(_("“%(title)s” was met on %(met)s, after %(due)s.") % told, **facts)
    if ground.now <= row.due_at:
        meets = next((one.met_by for one in ground.document.clocks if one.key == settings.key), "")
        if ground.step is not None and ground.step.key == meets:
            return passed(
                _("“%(title)s” is met with this step: there is time until %(due)s.") % told, **facts
            )
        return unchecked(_("“%(title)s” is not met yet: there is time until %(due)s.") % told, **facts)
    return failed(_("“%(title)s” was to be met by %(due)s.") % told, **facts)


class OfSteps(Part, frozen=True, kw_only=True):
    """Which steps are meant; none: all before this one."""

    steps: tuple[str, ...] = ()


def _steps_flaws(settings: OfSteps, document: Runbook) -> Iterator[str]:
    yield from flaws_of_steps(document, settings.steps)


@kind("all_green", OfSteps, _steps_flaws)
def all_green(ground: Ground, settings: OfSteps) -> Found:
    """Whether every check before this one passed, or somebody gave the reason why not."""
    rows = _steps(ground, settings.steps)
    newest: dict[tuple[int, str], StepCheck] = {}
    for row in StepCheck.objects.filter(step__in=rows).order_by("pk")[: 50 * _MOST]:
        if row.attempt == rows[row.step_id].attempt:
            newest[(row.step_id, row.key)] = row
    count = len(newest)
    bad = [one for one in newest.values() if one.result != Result.PASSED]
    open_ones = [one for one in bad if not one.reason.strip()]
    facts = {"count": count, "explained": len(bad) - len(open_ones), "open": len(open_ones)}
    if open_ones:
        titles = list(dict.fromkeys(step_title(ground, rows[one.step_id].key) for one in open_ones))
        text = ngettext(
            "%(n)s check did not pass, and nobody says why: %(steps)s.",
            "%(n)s checks did not pass, and nobody says why: %(steps)s.",
            len(open_ones),
        )
        return failed(text % {"n": number(len(open_ones)), "steps": several(titles)}, **facts)
    if not count:
        raise CannotTell(_("Nothing was checked in these steps."))
    if bad:
        text = _("Of %(count)s checks, %(n)s did not pass; the reason stands beside each.")
        return passed(text % {"count": number(count), "n": number(len(bad))}, **facts)
    text = ngettext("The %(n)s check passed.", "All %(n)s checks passed.", count)
    return passed(text % {"n": number(count)}, **facts)


@kind("signed", OfSteps, _steps_flaws)
def signed(ground: Ground, settings: OfSteps) -> Found:
    """Whether steps are signed as they stand."""
    rows = _steps(ground, settings.steps)
    lacking: list[str] = []
    stale: list[str] = []
    signatures = StepSignature.objects.filter(step__in=rows).select_related("step")
    good = {one.step_id for one in signatures if one.attempt == rows[one.step_id].attempt and not one.stale}
    for row in rows.values():
        wanted = settings.steps or _asks(ground, row.key)
        if wanted and row.pk not in good:
            old = any(one.step_id == row.pk and one.stale for one in signatures)
            (stale if old else lacking).append(step_title(ground, row.key))
    if stale:
        return failed(_("Signed in an earlier state: %(steps)s.") % {"steps": several(stale)})
    if lacking:
        return failed(_("Not signed: %(steps)s.") % {"steps": several(lacking)})
    if not good:
        return unchecked(_("None of these steps asks for a signature."))
    text = ngettext("%(n)s step is signed.", "%(n)s steps are signed.", len(good))
    return passed(text % {"n": number(len(good))}, count=len(good))


def _asks(ground: Ground, key: str) -> bool:
    try:
        return ground.document.step(key).sign != "none"
    except KeyError:
        return False


def _steps(ground: Ground, keys: tuple[str, ...]) -> dict[int, RunStep]:
    rows = RunStep.objects.filter(run=ground.run)
    if keys:
        rows = rows.filter(key__in=keys)
    elif ground.step is not None:
        rows = rows.filter(place__lt=ground.step.place).exclude(state="passed_over")
    return {row.pk: row for row in rows}
