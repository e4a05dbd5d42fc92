"""Checks that ask what Indelible keeps about its own record: rules, alarms, packs, reading, running numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.alarms.models import WAITING, Alarm, Notice, NoticeState
from indelible.features.coverage.judging import Span, State
from indelible.features.coverage.queries import standing_of
from indelible.features.packs.models import Pack
from indelible.features.people.models import User
from indelible.features.record.models import PendingLook
from indelible.features.rules.models import Rule, RuleState
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.seals.models import Check
from indelible.language.pattern import Pattern, Who
from indelible.storage.database import search

from .. import spans
from ..ground import MOST_INDEXES, CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..moments import flaws_of_span, span_of
from ..named import flaws_of_steps
from ..registry import kind
from ..sentences import within
from ..telling import at, number, several, step_title

_KNOWN_STATES: Final = tuple(State)
_UNSHOWN: Final = (State.UNSHOWN, State.UNTESTED, State.NEW)
_NUMBERS: Final = ("number_missing", "number_doubled")


class Coverage(Part, frozen=True, kw_only=True):
    """Which rules must stand how."""

    rules: tuple[str, ...] | str = "all"  # ids of ready rules ("FIN-01"); "all": every rule that is on
    states: tuple[str, ...] = ("complete", "usual")


def _coverage_flaws(settings: Coverage, _document: Runbook) -> Iterator[str]:
    for state in settings.states:
        if state not in _KNOWN_STATES:
            yield _("“%(what)s” is none of these: %(known)s.") % {
                "what": state,
                "known": ", ".join(_KNOWN_STATES),
            }
    if isinstance(settings.rules, str) and settings.rules != "all":
        yield _("“%(rules)s” is neither a list of rules nor “all”.") % {"rules": settings.rules}


@kind("coverage", Coverage, _coverage_flaws)
def coverage(ground: Ground, settings: Coverage) -> Found:
    """Whether what should be recorded was, as far as coverage tells."""
    rows = Rule.objects.filter(logbook=ground.logbook)
    if settings.rules == "all":
        rules = {row.pk: row.catalogue or str(row.pk) for row in rows.filter(state=RuleState.ON)[:500]}
        if not rules:
            raise CannotTell(_("No rule is on."))
    else:
        rules = {row.pk: row.catalogue for row in rows.filter(catalogue__in=settings.rules)}
        if lacking := [name for name in settings.rules if name not in rules.values()]:
            raise CannotTell(_("These rules are not in use: %(names)s.") % {"names": several(lacking)})
    bounds = ground.bounds()
    found = standing_of(
        ground.logbook, ground.now, Span(*bounds) if bounds else None, rules=rules, days=ground.calendar
    )
    states = {pk: standing.state for pk, standing in found.items()}
    facts = {
        "count": len(states),
        "states": {rules[pk]: str(state) for pk, state in list(states.items())[:50]},
    }
    bad = [
        rules[pk] for pk, state in states.items() if state not in settings.states and state not in _UNSHOWN
    ]
    unshown = [
        rules[pk] for pk, state in states.items() if state not in settings.states and state in _UNSHOWN
    ]
    if bad:
        return failed(_("Not as it should be: rules %(names)s.") % {"names": several(bad)}, **facts)
    if unshown:
        return unchecked(
            _("Nothing shows how these rules stand: %(names)s.") % {"names": several(unshown)}, **facts
        )
    text = ngettext("%(n)s rule stands as it should.", "%(n)s rules stand as they should.", len(states))
    return passed(text % {"n": number(len(states))}, **facts)


class Alarms(Part, frozen=True, kw_only=True):
    """How many alarms may wait for an answer."""

    most_open: int = 0
    over: str = ""  # only those of that time
    owned: bool = False  # whether one that somebody was asked about, or that is a case, counts as answered


def _alarms_flaws(settings: Alarms, document: Runbook) -> Iterator[str]:
    yield from flaws_of_span(settings.over, document)


@kind("alarms", Alarms, _alarms_flaws)
def alarms(ground: Ground, settings: Alarms) -> Found:
    """Whether alarms were answered."""
    if not Alarm.objects.filter(logbook=ground.logbook, is_on=True).exists():
        raise CannotTell(_("No alarm is on, so none can be open."))
    states = (NoticeState.OPEN,) if settings.owned else WAITING
    rows = Notice.objects.filter(logbook=ground.logbook, waits=True, state__in=states)
    start, end = span_of(settings.over, ground)
    if start is not None:
        rows = rows.filter(last_at__gte=start)
    if end is not None:
        rows = rows.filter(first_at__lt=end)
    count = rows.count()
    text = ngettext("%(n)s alarm waits for an answer.", "%(n)s alarms wait for an answer.", count)
    if not count:
        text = _("No alarm waits for an answer.")
    facts = {"count": count, "notices": list(rows.values_list("pk", flat=True)[:MOST_INDEXES])}
    return judged(count <= settings.most_open, text % {"n": number(count)}, **facts)


class PackMade(Part, frozen=True, kw_only=True):
    """How old the newest evidence pack may be."""

    within: str = "P30D"
    handed: bool = False  # whether it must have gone to somebody


def _pack_flaws(settings: PackMade, document: Runbook) -> Iterator[str]:
    yield from flaws_of_span(settings.within, document)


@kind("pack", PackMade, _pack_flaws)
def pack(ground: Ground, settings: PackMade) -> Found:
    """Whether an evidence pack was made lately, and its fingerprint put on the record."""
    start, _end = span_of(settings.within, ground)
    rows = Pack.objects.filter(logbook=ground.logbook, state=Pack.State.DONE).order_by("-asked_at")
    row = rows.filter(finished_at__gte=start).first() if start else rows.first()
    if row is None or row.finished_at is None or row.making is None:
        return failed(_("No evidence pack was made in that time."))
    facts = {"pack": row.name, "sha256": row.sha256, "entries": [row.making]}
    says = _("A pack of %(n)s entries was made on %(when)s; its fingerprint is on the record.") % {
        "n": number(row.entries),
        "when": at(ground, row.finished_at),
    }
    if not settings.handed:
        return passed(says, **facts)
    to = [one.to for one in row.hand_overs.all()[:20]]
    if not to:
        return failed(says + " " + _("It was handed to nobody."), **facts)
    return passed(says + " " + _("Handed to %(names)s.") % {"names": several(to)}, **facts)


class ReadLogged(Part, frozen=True, kw_only=True):
    """Whose reading must be on the record."""

    step: str = ""  # of who did that step; empty: of anybody since the run began


def _read_flaws(settings: ReadLogged, document: Runbook) -> Iterator[str]:
    yield from flaws_of_steps(document, [settings.step] if settings.step else [])


@kind("read_logged", ReadLogged, _read_flaws)
def read_logged(ground: Ground, settings: ReadLogged) -> Found:
    """Whether reading the record is itself on the record."""
    since = ground.run.opened_at
    who: list[User] = []
    if settings.step:
        who = [one for one in ground.doers.get(settings.step, ()) if not isinstance(one, str)]
        if not who:
            title = step_title(ground, settings.step)
            raise CannotTell(_("“%(step)s” was done by nobody with an account here.") % {"step": title})
        times = ground.times.get(settings.step)
        since = (times.opened_at if times else None) or since
    parts = {"who": [Who(name=user.email or user.name) for user in who]} if who else {}
    pattern = Pattern.of(verbs=["view"], things=["log.entry"], systems=["Indelible"], **parts)
    page = search.find(
        ground.logbook, within(pattern, since), ground.world, limit=MOST_INDEXES, now=ground.now
    )
    names = several([user.name for user in who]) or _("somebody")
    if page.indexes:
        text = ngettext(
            "%(n)s entry tells that %(who)s read the record.",
            "%(n)s entries tell that %(who)s read the record.",
            page.count,
        )
        return passed(text % {"n": number(page.count), "who": names}, count=page.count, entries=page.indexes)
    waits = PendingLook.objects.filter(owner__in=who) if who else PendingLook.objects.all()
    if waits.exists():
        return passed(
            _("That %(who)s read the record is noted, and goes on it within a minute.") % {"who": names}
        )
    return failed(
        _("The record tells of no reading by %(who)s since %(when)s.")
        % {"who": names, "when": at(ground, since)}
    )


class NumbersWhole(Part, frozen=True, kw_only=True):
    """How old the check may be that tells it."""

    within: str = "P1D"


def _numbers_flaws(settings: NumbersWhole, _document: Runbook) -> Iterator[str]:
    yield from spans.flaw_of_span("within", settings.within)


@kind("numbers_whole", NumbersWhole, _numbers_flaws)
def numbers_whole(ground: Ground, settings: NumbersWhole) -> Found:
    """Whether the running numbers of the entries have no hole and none twice, by the newest check of everything."""
    rows = Check.objects.filter(logbook=ground.logbook, state=Check.State.DONE, kind=Check.Kind.EVERYTHING)
    row = rows.order_by("-asked_at").first()
    if row is None or row.finished_at is None or row.report is None:
        raise CannotTell(_("The whole record was never checked. Start a check, then look again."))
    when = {"when": at(ground, row.finished_at), "n": number(row.size)}
    facts = {"check": row.pk, "size": row.size}
    wrong = [one for one in row.report.get("findings", []) if one.get("kind") in _NUMBERS]
    if wrong:
        return failed(
            _("The check of %(when)s found running numbers missing or double.") % when,
            **facts,
            count=len(wrong),
        )
    if row.verdict == "does not match":
        return unchecked(
            _("The check of %(when)s found the record altered, so its numbers show nothing.") % when, **facts
        )
    if row.finished_at < spans.earlier(ground.now, settings.within, ground.calendar):
        text = _("The newest check is of %(when)s, more than %(span)s ago. Start another, then look again.")
        return unchecked(text % {**when, "span": spans.words(settings.within)}, **facts)
    if row.verdict != "matches":
        return unchecked(_("The check of %(when)s could not check everything.") % when, **facts)
    return passed(_("No running number is missing or double among %(n)s entries (%(when)s).") % when, **facts)
