"""Checks about what was filled in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.events.folding import plain
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.runbooks.models import RunState, StepWork
from indelible.language.matching_words import phrase_of, words_of

from .. import spans
from ..filling import text_of
from ..ground import CannotTell, Found, Ground, failed, passed
from ..named import flaws_of_fields
from ..registry import kind
from ..telling import at, field_label, several

ALIKE: Final = 0.95
MOST_RUNS: Final = 100
_MOST_LETTERS: Final = 5_000


class Answered(Part, frozen=True, kw_only=True):
    """Fields that must be filled in."""

    fields: tuple[str, ...]


def _answered_flaws(settings: Answered, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, settings.fields)


@kind("answered", Answered, _answered_flaws)
def answered(ground: Ground, settings: Answered) -> Found:
    """Whether everything that is asked has an answer."""
    empty = [field_label(ground, key) for key in settings.fields if not _told(ground.values.get(key))]
    if empty:
        return failed(_("Not filled in: %(fields)s.") % {"fields": several(empty)}, missing=empty)
    return passed(_("All is filled in."), count=len(settings.fields))


def _told(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


class NewText(Part, frozen=True, kw_only=True):
    """A field whose words must be new each time."""

    field: str
    over: str = ""  # "P90D": new in all that time; empty: not the words of the run before


def _new_text_flaws(settings: NewText, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, [settings.field])
    yield from spans.flaw_of_span("over", settings.over)


@kind("new_text", NewText, _new_text_flaws)
def new_text(ground: Ground, settings: NewText) -> Found:
    """Whether somebody wrote something new, and did not copy what the run before said."""
    now = text_of(ground, settings.field)
    label = field_label(ground, settings.field)
    earlier = _before(ground, settings)
    if not earlier:
        return passed(_("“%(field)s”: there is no run before to copy from.") % {"field": label})
    for row, text in earlier:
        if _alike(now, text):
            told = {"field": label, "when": at(ground, row.changed_at)}
            says = _("“%(field)s” says the same as before (%(when)s).") % told
            return failed(says, runs=[row.step.run_id])
    told = {"field": label, "when": at(ground, earlier[0][0].changed_at)}
    return passed(_("“%(field)s” says something else than last time (%(when)s).") % told, count=len(earlier))


def _before(ground: Ground, settings: NewText) -> list[tuple[StepWork, str]]:
    """Return what earlier runs of this runbook said at a field, the newest first: the last one, or all of a time."""
    field = settings.field
    holder = next(
        (step.key for step in ground.document.steps if any(one.key == field for one in step.fields)), ""
    )
    rows = StepWork.objects.filter(
        step__run__runbook=ground.run.runbook_id, step__key=holder, step__run__lt=ground.run.pk
    )
    if settings.over:
        since = spans.earlier(ground.now, settings.over, ground.calendar)
        rows = rows.filter(step__run__opened_at__gte=since)
    else:
        rows = rows.filter(step__run__state__in=(RunState.CLOSED, RunState.NOT_CONCLUDED))
    ordered = rows.select_related("step").order_by("-step__run", "-attempt")[:MOST_RUNS]
    found = [(row, text) for row in ordered if (text := str(row.values.get(field) or "").strip())]
    return found if settings.over else found[:1]


def _alike(one: str, other: str) -> bool:
    first, second = plain(one)[:_MOST_LETTERS], plain(other)[:_MOST_LETTERS]
    if first == second:
        return True
    matcher = SequenceMatcher(None, first.split(), second.split(), autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


class SameText(Part, frozen=True, kw_only=True):
    """Two fields that must say the same."""

    first: str
    second: str


def _same_text_flaws(settings: SameText, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, [settings.first, settings.second])


@kind("same_text", SameText, _same_text_flaws)
def same_text(ground: Ground, settings: SameText) -> Found:
    """Whether two people wrote down the same, blanks and capitals aside."""
    one, other = (
        "".join(text_of(ground, key).split()).casefold() for key in (settings.first, settings.second)
    )
    names = {"first": field_label(ground, settings.first), "second": field_label(ground, settings.second)}
    if one == other:
        return passed(_("“%(first)s” and “%(second)s” are the same.") % names)
    return failed(_("“%(first)s” and “%(second)s” differ.") % names)


class Total(Part, frozen=True, kw_only=True):
    """A number that must be as large as others together."""

    field: str
    of: tuple[str, ...]


def _total_flaws(settings: Total, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, [settings.field, *settings.of])


@kind("total", Total, _total_flaws)
def total(ground: Ground, settings: Total) -> Found:
    """Whether a number equals the sum of others: done equals planned minus excluded, told equals affected."""
    whole = _number(ground, settings.field)
    parts = [_number(ground, key) for key in settings.of]
    names = {"field": field_label(ground, settings.field), "n": f"{whole:f}", "sum": f"{sum(parts):f}"}
    if whole == sum(parts):
        return passed(_("“%(field)s” is %(n)s, and so is the rest together.") % names)
    return failed(_("“%(field)s” is %(n)s, and the rest together is %(sum)s.") % names)


def _number(ground: Ground, key: str) -> Decimal:
    try:
        return Decimal(text_of(ground, key))
    except InvalidOperation:
        raise CannotTell(_("“%(field)s” is no number.") % {"field": field_label(ground, key)}) from None


class NoTrace(Part, frozen=True, kw_only=True):
    """Fields that must not say who it was."""

    fields: tuple[str, ...]
    of: tuple[str, ...] = ()
    about: bool = False


def _no_trace_flaws(settings: NoTrace, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, [*settings.fields, *settings.of])
    if not settings.of and not settings.about:
        yield _("Say what must not stand there.")


@kind("no_trace", NoTrace, _no_trace_flaws)
def no_trace(ground: Ground, settings: NoTrace) -> Found:
    """Whether what was written names nobody who must not be named. Files are not looked into."""
    names = [text_of(ground, key) for key in settings.of]
    if settings.about:
        names.append(ground.run.about)
    told = [
        phrase
        for name in names
        for part in (name, *name.split())
        if len(phrase := phrase_of(part).strip()) > 2
    ]
    if not told:
        raise CannotTell(_("It is not said yet whom or what this run is about."))
    for key in settings.fields:
        text = f" {words_of(text_of(ground, key))} "
        if any(f" {phrase} " in text for phrase in told):
            return failed(_("“%(field)s” says who it was.") % {"field": field_label(ground, key)}, field=key)
    return passed(_("None of the words that say who it was stands there. Files were not looked into."))
