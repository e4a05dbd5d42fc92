"""Checks that look for entries: how many there are, and whether one arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import monotonic
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.instants import to_datetime
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.signoffs.models import Decision, FrozenLine

from .. import spans
from ..filling import text_of
from ..ground import MOST_INDEXES, CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..looking import Seen, first_after, look, must_be_connected, must_be_heard, must_be_known, was_ever_told
from ..moments import flaws_of_moment, flaws_of_span, frozen_of, moment, span_of, words_of_span
from ..named import fields_of, flaws_of_fields, flaws_of_lists
from ..registry import kind
from ..sentences import Sentence, flaws_of_sentence, read
from ..telling import at, field_label, number

MOST_LINES: Final = 200
MOST_SECONDS: Final = 10
_EXPECT: Final = re.compile(
    r"none|some|(>=|<=|=)(?:(\d{1,9})|field:([a-z0-9_]+)|list:([a-z0-9_]+))", re.ASCII
)


class Entries(Part, frozen=True, kw_only=True):
    """How many entries a sentence finds."""

    find: str
    expect: str = "some"  # none, some, ">=10", "<=3", "=5"; instead of the number "field:KEY" or "list:STEP"
    over: str = ""  # "period", "P30D", "start", "step:KEY"... ; empty: as the sentence says, else ever


def _entries_flaws(settings: Entries, document: Runbook) -> Iterator[str]:
    yield from flaws_of_sentence(settings.find, document)
    yield from flaws_of_span(settings.over, document)
    match = _EXPECT.fullmatch(settings.expect)
    if match is None:
        yield _("“%(expect)s” says no number: none, some, >=10, =field:KEY.") % {"expect": settings.expect}
        return
    if match[3]:
        yield from flaws_of_fields(document, [match[3]])
        known = fields_of(document).get(match[3])
        if known is not None and known.kind != "number":
            yield _("“%(field)s” is no number.") % {"field": match[3]}
    if match[4]:
        yield from flaws_of_lists(document, [match[4]])


@kind("entries", Entries, _entries_flaws)
def entries(ground: Ground, settings: Entries) -> Found:
    """Whether as many entries are there as should be."""
    sentence = read(settings.find, ground)
    start, end = span_of(settings.over, ground)
    sign, wanted, words = _wanted(settings.expect, ground)
    seen = look(ground, sentence, start, end)
    enough = _holds(seen.count, sign, wanted)
    if not seen.all_counted and not (seen.count >= wanted and sign == ">=") and not (seen.count > wanted):
        raise CannotTell(_("Not all entries could be looked through in time."), entries=seen.entries)
    _nothing_must_show(ground, sentence, seen, sign, wanted)
    says = _says(seen, sentence, words_of_span(start, end, ground), words)
    if not enough and not seen.count and not was_ever_told(ground, sentence):
        says += " " + _("No source has told of anything like it so far.")
    facts = {
        "count": seen.count,
        "wanted": f"{sign}{wanted}",
        "entries": seen.entries,
        "sentence": sentence.words,
    }
    return judged(enough, says, **facts)


def _wanted(expect: str, ground: Ground) -> tuple[str, int, str]:
    """Return how the count is compared, with which number, and both in words."""
    match = _EXPECT.fullmatch(expect)
    if match is None:
        raise CannotTell(_("“%(expect)s” says no number.") % {"expect": expect})
    if expect == "none":
        return "<=", 0, _("none is expected")
    if expect == "some":
        return ">=", 1, _("at least one is expected")
    sign, where = match[1], ""
    if match[2]:
        wanted = int(match[2])
    elif match[3]:
        told = text_of(ground, match[3])
        if not told.isdecimal() or len(told) > 9:
            raise CannotTell(_("“%(field)s” is no number.") % {"field": field_label(ground, match[3])})
        wanted, where = int(told), field_label(ground, match[3])
    else:
        wanted = frozen_of(ground, match[4]).count
        where = ground.document.step(match[4]).title
    n = number(wanted) + (f" (“{where}”)" if where else "")
    text = {
        ">=": _("at least %(n)s are expected"),
        "<=": _("at most %(n)s are expected"),
        "=": _("%(n)s are expected"),
    }[sign]
    return sign, wanted, text % {"n": n}


def _holds(count: int, sign: str, wanted: int) -> bool:
    if sign == ">=":
        return count >= wanted
    return count <= wanted if sign == "<=" else count == wanted


def _nothing_must_show(ground: Ground, sentence: Sentence, seen: Seen, sign: str, wanted: int) -> None:
    """Raise CannotTell where too few, or none, may only mean that nobody tells of it."""
    if sign == ">=" or (sign == "=" and wanted):
        if seen.count < wanted:
            must_be_connected(ground, sentence)
        return
    if seen.count <= wanted:
        must_be_connected(ground, sentence)
        if not seen.count:
            must_be_known(ground, sentence)
        must_be_heard(ground, sentence)


def _says(seen: Seen, sentence: Sentence, over: str, expected: str) -> str:
    if not seen.count:
        text = _("None found%(over)s, %(expected)s: %(what)s.")
    else:
        text = ngettext(
            "%(n)s found%(over)s, %(expected)s: %(what)s.",
            "%(n)s found%(over)s, %(expected)s: %(what)s.",
            seen.count,
        )
    return text % {"n": number(seen.count), "over": over, "expected": expected, "what": sentence.words}


class Arrives(Part, frozen=True, kw_only=True):
    """Whether an entry comes in after a moment."""

    find: str
    after: str = "start"
    within: str = ""  # a span; empty: there is always time
    working: bool = False
    typed: bool = False  # whether an entry that somebody typed in counts, and not only a source's own word


def _arrives_flaws(settings: Arrives, document: Runbook) -> Iterator[str]:
    yield from flaws_of_sentence(settings.find, document)
    yield from flaws_of_moment(settings.after, document)
    yield from spans.flaw_of_span("within", settings.within)


@kind("arrives", Arrives, _arrives_flaws)
def arrives(ground: Ground, settings: Arrives) -> Found:
    """Whether what must happen in another system was seen at its source."""
    sentence = read(settings.find, ground)
    since = moment(settings.after, ground)
    until = (
        spans.deadline(since.start, settings.within, ground.calendar, working=settings.working)
        if settings.within
        else None
    )
    found = first_after(ground, sentence, since.start, typed=settings.typed)
    facts: dict[str, object] = {"sentence": sentence.words, "after": since.start.isoformat()}
    if until is not None:
        facts["until"] = until.isoformat()
    if found is not None:
        came = to_datetime(found.recorded_at)
        facts |= {"entries": [found.index], "count": 1}
        says = _("It is there: entry %(n)s, recorded %(when)s.") % {
            "n": number(found.index + 1),
            "when": at(ground, came),
        }
        if until is not None and came > until:
            says += " " + _("That was later than %(until)s.") % {"until": at(ground, until)}
            facts["late"] = True
        return passed(says, **facts)
    if until is None or ground.now <= until:
        must_be_connected(ground, sentence)
        says = _("Not there yet: %(what)s.") % {"what": sentence.words}
        if until is not None:
            says = _("Not there yet, there is time until %(until)s: %(what)s.") % {
                "until": at(ground, until),
                "what": sentence.words,
            }
        return unchecked(says, **facts)
    must_be_connected(ground, sentence)
    says = _("It has not come by %(until)s: %(what)s.") % {"until": at(ground, until), "what": sentence.words}
    if not was_ever_told(ground, sentence):
        says += " " + _("No source has told of anything like it so far.")
    return failed(says, **facts)


class EachArrives(Part, frozen=True, kw_only=True):
    """Whether for each line that was decided so an entry comes in: the removal of each account, seen at its source."""

    step: str  # whose list, of lines from elsewhere
    choice: str  # "remove"
    find: str  # holds {line.COLUMN}: "removals of user {line.account}"
    within: str = "P5D"  # since the decision
    working: bool = False


def _each_flaws(settings: EachArrives, document: Runbook) -> Iterator[str]:
    yield from flaws_of_lists(document, [settings.step], decided=True)
    yield from flaws_of_sentence(settings.find, document, line=True)
    yield from spans.flaw_of_span("within", settings.within)


@kind("each_arrives", EachArrives, _each_flaws)
def each_arrives(ground: Ground, settings: EachArrives) -> Found:
    """Whether what was decided about lines was done, by the source's own word, line by line."""
    frozen = frozen_of(ground, settings.step)
    rows = Decision.objects.filter(frozen=frozen, choice=settings.choice).order_by("place")
    decisions = {row.place: row for row in rows[: MOST_LINES + 1]}
    facts: dict[str, object] = {"lists": [frozen.pk], "count": len(decisions)}
    if len(decisions) > MOST_LINES:
        raise CannotTell(_("More than %(n)s lines are to be looked up.") % {"n": number(MOST_LINES)}, **facts)
    if not decisions:
        return passed(_("No line was decided “%(choice)s”.") % {"choice": settings.choice}, **facts)
    lines = FrozenLine.objects.filter(frozen=frozen, place__in=decisions).values_list("place", "data")
    came: list[int] = []
    waits: list[int] = []
    late: list[int] = []
    ends = monotonic() + MOST_SECONDS
    for place, data in lines:
        if monotonic() > ends:
            raise CannotTell(_("Not all entries could be looked through in time."), **facts)
        sentence = read(settings.find, ground, line=data)
        if not came and not waits and not late:
            must_be_connected(ground, sentence)
        decided_at = decisions[place].at
        found = first_after(ground, sentence, decided_at)
        until = spans.deadline(decided_at, settings.within, ground.calendar, working=settings.working)
        if found is not None:
            came.append(found.index)
        else:
            (waits if ground.now <= until else late).append(place)
    facts |= {"entries": sorted(came)[:MOST_INDEXES], "places": sorted([*late, *waits])[:MOST_INDEXES]}
    told = {"n": number(len(came)), "of": number(len(decisions)), "left": number(len(late) + len(waits))}
    if late:
        span = spans.words(settings.within, working=settings.working)
        text = _("Seen at the source: %(n)s of %(of)s. Still missing after %(span)s: %(late)s.")
        return failed(text % {**told, "span": span, "late": number(len(late))}, **facts)
    if waits:
        return unchecked(_("Seen at the source: %(n)s of %(of)s. %(left)s may still come.") % told, **facts)
    return passed(_("All %(of)s were seen at the source.") % told, **facts)
