"""Which moment of a run a setting speaks of.

"start" (the run was opened), "due", "now", "period_start", "period_end", "open" (this step could begin), "step:KEY" (it
was done), "field:KEY" (the day or moment that was filled in), "list:KEY" (the list of that step was frozen),
"entry:SENTENCE" (such an entry, by when it happened). A day is known as a whole: it begins and ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.utils.translation import gettext as _

from indelible.events.instants import to_datetime
from indelible.features.runbooks.document.runbook import Runbook
from indelible.features.signoffs.models import FrozenList
from indelible.storage.database import reads, search

from . import spans
from .filling import day_of, moment_of, text_of
from .ground import CannotTell, Ground
from .looking import must_be_connected, others_only
from .named import fields_of, flaws_of_fields, flaws_of_lists, flaws_of_steps
from .sentences import flaws_of_sentence, read, within
from .telling import at, field_label, step_title

_SIMPLE: Final = ("start", "due", "now", "open", "period_start", "period_end")
_LATEST: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, or a whole day (`end` is when it is over); what it is called, and the entry that tells of it."""

    start: datetime
    end: datetime
    words: str
    entry: int | None = None

    def said(self, ground: Ground) -> str:
        """Return it in words with its time: "“Call back” (30 November 2026, 14:32 (UTC+01:00))"."""
        if self.end - self.start > timedelta(hours=1):
            return f"{self.words} ({ground.reader.day(ground.reader.local(self.start))})"
        return f"{self.words} ({at(ground, self.start)})"


def moment(
    name: str, ground: Ground, *, which: Literal["newest", "oldest"] = "newest", over: str = ""
) -> Moment:
    """Return the moment that a setting names. Raises CannotTell where it is not known."""
    first, _colon, rest = name.partition(":")
    if first == "entry":
        return _entry(rest, ground, which, over)
    if first == "step":
        times = ground.times.get(rest)
        if times is None or times.done_at is None:
            raise CannotTell(_("“%(step)s” is not done yet.") % {"step": step_title(ground, rest)})
        return _point(times.done_at, _("“%(step)s” was done") % {"step": step_title(ground, rest)})
    if first == "field":
        return _field(rest, ground)
    if first == "list":
        frozen = frozen_of(ground, rest)
        return _point(
            frozen.frozen_at, _("the list of “%(step)s” was taken") % {"step": step_title(ground, rest)}
        )
    return _simple(name, ground)


def _simple(name: str, ground: Ground) -> Moment:
    if name == "start":
        return _point(ground.run.opened_at, _("the run began"))
    if name == "now":
        return _point(ground.now, _("now"))
    if name == "due":
        if ground.run.due_at is None:
            raise CannotTell(_("This run has no due date."))
        return _point(ground.run.due_at, _("the run is due"))
    if name == "open":
        times = ground.times.get(ground.step.key) if ground.step is not None else None
        if times is None or times.opened_at is None:
            raise CannotTell(_("This step has not begun yet."))
        return _point(times.opened_at, _("the step could begin"))
    if name in ("period_start", "period_end"):
        if (bounds := ground.bounds()) is None:
            raise CannotTell(_("This run has no period."))
        if name == "period_start":
            return _point(bounds[0], _("the period began"))
        return _point(bounds[1], _("the period ended"))
    raise CannotTell(_("Nothing of a run is called “%(name)s”.") % {"name": name})


def _point(moment: datetime, words: str, entry: int | None = None) -> Moment:
    return Moment(moment, moment + _LATEST, words, entry)


def _field(key: str, ground: Ground) -> Moment:
    known = fields_of(ground.document).get(key)
    told, label = text_of(ground, key), field_label(ground, key)
    words = f"“{label}”"
    if known is not None and known.kind == "moment":
        return _point(moment_of(told, label, ground), words)
    day = day_of(told, label)
    return Moment(ground.midnight(day), ground.midnight(day + timedelta(days=1)), words)


def _entry(text: str, ground: Ground, which: str, over: str) -> Moment:
    sentence = read(text, ground)
    start, end = span_of(over, ground)
    pattern = others_only(within(sentence.pattern, start, end))
    if which == "oldest":
        page = search.find(ground.logbook, pattern, ground.world, after=-1, limit=1, now=ground.now)
    else:
        page = search.find(ground.logbook, pattern, ground.world, limit=1, now=ground.now)
    if not page.indexes:
        if page.behind or page.looked_to is not None:
            raise CannotTell(_("Not all entries could be looked through in time."))
        must_be_connected(ground, sentence)
        raise CannotTell(_("There is no such entry: %(what)s.") % {"what": sentence.words})
    found = reads.get_entry(ground.logbook, page.indexes[-1])
    happened = to_datetime(found.event.get("occurred_at") or found.recorded_at)
    return _point(happened, _("entry %(n)s") % {"n": found.index + 1}, found.index)


def frozen_of(ground: Ground, step: str) -> FrozenList:
    """Return the list that a step showed. Raises CannotTell where it shows none yet."""
    key = ground.lists.get(step)
    found = FrozenList.objects.filter(pk=key).first() if key is not None else None
    if found is None:
        raise CannotTell(_("“%(step)s” shows no list yet.") % {"step": step_title(ground, step)})
    return found


# Over which time entries are looked for ------------------------------------------------------------------------


def span_of(over: str, ground: Ground) -> tuple[datetime | None, datetime | None]:
    """Return from when to when: "" (as the sentence says, else ever), "period", a span up to now, or since a moment."""
    if not over or over == "all":
        return None, None
    if over == "period":
        if (bounds := ground.bounds()) is None:
            raise CannotTell(_("This run has no period."))
        return bounds
    if spans.is_span(over):
        return spans.earlier(ground.now, over, ground.calendar), None
    return moment(over, ground).start, None


def words_of_span(start: datetime | None, end: datetime | None, ground: Ground) -> str:
    """Return in words over which time was looked, for the end of a sentence; empty for ever."""
    if start is None:
        return ""
    if end is None:
        return " " + _("since %(when)s") % {"when": at(ground, start)}
    reader = ground.reader
    first, last = reader.local(start), reader.local(end - _LATEST)
    return " " + _("from %(first)s to %(last)s") % {"first": reader.day(first), "last": reader.day(last)}


# Flaws ---------------------------------------------------------------------------------------------------------


def flaws_of_moment(name: str, document: Runbook) -> Iterator[str]:
    """Say what is wrong with the name of a moment."""
    first, _colon, rest = name.partition(":")
    if first == "entry":
        yield from flaws_of_sentence(rest, document)
    elif first == "step":
        yield from flaws_of_steps(document, [rest])
    elif first == "list":
        yield from flaws_of_lists(document, [rest])
    elif first == "field":
        yield from flaws_of_fields(document, [rest])
        known = fields_of(document).get(rest)
        if known is not None and known.kind not in ("date", "moment"):
            yield _("“%(field)s” is neither a day nor a moment.") % {"field": rest}
    elif name not in _SIMPLE:
        yield _("Nothing of a run is called “%(name)s”.") % {"name": name}


def flaws_of_span(over: str, document: Runbook) -> Iterator[str]:
    """Say what is wrong with a setting that says over which time entries are looked for."""
    if over and over not in ("all", "period") and not spans.is_span(over):
        yield from flaws_of_moment(over, document)
