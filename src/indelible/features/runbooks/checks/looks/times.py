"""Checks about when something was: what came first, and how old something is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from indelible.features.runbooks.document.runbook import Part, Runbook

from .. import spans
from ..ground import CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..moments import Moment, flaws_of_moment, flaws_of_span, moment
from ..registry import kind
from ..telling import at


class Order(Part, frozen=True, kw_only=True):
    """What must not be later than what."""

    first: str
    then: str
    strict: bool = False  # whether the day of the first must be over when the second begins
    least: str = ""  # how long must lie between the two
    most: str = ""  # how long may lie between the two
    grace: str = ""  # how much later than `then` the first may be all the same
    working: bool = False
    over: str = ""  # of "entry:SENTENCE", as in `entries`


def _order_flaws(settings: Order, document: Runbook) -> Iterator[str]:
    for name in (settings.first, settings.then):
        yield from flaws_of_moment(name, document)
    for name in ("least", "most", "grace"):
        yield from spans.flaw_of_span(name, getattr(settings, name))
    yield from flaws_of_span(settings.over, document)


@kind("order", Order, _order_flaws)
def order(ground: Ground, settings: Order) -> Found:
    """Whether one came before the other. Of several entries, all of the first must come before all of the second."""
    first = moment(settings.first, ground, which="newest", over=settings.over)
    then = moment(settings.then, ground, which="oldest", over=settings.over)
    says = _("%(first)s; %(then)s.") % {"first": first.said(ground), "then": then.said(ground)}
    says = says[:1].upper() + says[1:]
    facts = {
        "first": first.start.isoformat(),
        "then": then.start.isoformat(),
        "entries": [one.entry for one in (first, then) if one.entry is not None],
    }
    why = _why_not(first, then, settings, ground)
    return failed(f"{says} {why}", **facts) if why else passed(says, **facts)


def _why_not(first: Moment, then: Moment, settings: Order, ground: Ground) -> str:
    """Return what is wrong with the order of two moments; empty where nothing is."""
    working = settings.working
    limit = then.end
    if settings.grace:
        limit = spans.later(then.end, settings.grace, ground.calendar, working=working)
    if first.start >= limit or (settings.strict and first.end > then.start):
        return _("The first came after the second.") if first.start >= limit else _("They are not apart.")
    if (
        settings.least
        and spans.later(first.start, settings.least, ground.calendar, working=working) > then.end
    ):
        return _("Less than %(span)s lies between them.") % {
            "span": spans.words(settings.least, working=working)
        }
    if (
        settings.most
        and spans.deadline(first.start, settings.most, ground.calendar, working=working) < then.start
    ):
        return _("More than %(span)s lies between them.") % {
            "span": spans.words(settings.most, working=working)
        }
    return ""


class Age(Part, frozen=True, kw_only=True):
    """How long ago something was."""

    of: str
    most: str = ""
    least: str = ""
    working: bool = False
    when: str = "now"  # as seen from which moment
    oldest: bool = False  # of "entry:SENTENCE": the first such entry, instead of the newest
    over: str = ""


def _age_flaws(settings: Age, document: Runbook) -> Iterator[str]:
    yield from flaws_of_moment(settings.of, document)
    yield from flaws_of_moment(settings.when, document)
    for name in ("least", "most"):
        yield from spans.flaw_of_span(name, getattr(settings, name))
    yield from flaws_of_span(settings.over, document)
    if not (settings.least or settings.most):
        yield _("Say how old it may be (most) or must be (least).")


@kind("age", Age, _age_flaws)
def age(ground: Ground, settings: Age) -> Found:
    """Whether something is no older than it may be, or as old as it must be."""
    was = moment(settings.of, ground, which="oldest" if settings.oldest else "newest", over=settings.over)
    seen = moment(settings.when, ground)
    facts: dict[str, object] = {"of": was.start.isoformat(), "at": seen.start.isoformat()}
    if was.entry is not None:
        facts["entries"] = [was.entry]
    said = was.said(ground)
    said = said[:1].upper() + said[1:]
    if was.start > seen.end:
        raise CannotTell(_("%(what)s is still to come.") % {"what": said})
    if settings.least:
        ripe = spans.later(was.start, settings.least, ground.calendar, working=settings.working)
        span = spans.words(settings.least, working=settings.working)
        if seen.end < ripe:
            text = _("%(what)s: less than %(span)s ago. It is long enough ago from %(ripe)s on.")
            said = text % {"what": said, "span": span, "ripe": at(ground, ripe)}
            return unchecked(said, **facts) if settings.when == "now" else failed(said, **facts)
        if not settings.most:
            return passed(_("%(what)s: at least %(span)s ago.") % {"what": said, "span": span}, **facts)
    limit = spans.deadline(was.start, settings.most, ground.calendar, working=settings.working)
    span = spans.words(settings.most, working=settings.working)
    fresh = seen.start <= limit + timedelta(microseconds=1)
    text = _("%(what)s: not more than %(span)s ago.") if fresh else _("%(what)s: more than %(span)s ago.")
    return judged(fresh, text % {"what": said, "span": span}, **facts)
