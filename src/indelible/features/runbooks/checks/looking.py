"""Looks for what a sentence means, within bounds, and says when nothing found proves nothing.

Indelible's own entries are left out unless the sentence names Indelible ("... in Indelible"): a run's own entries name
what it is about, and would bear themselves out.

* Where the search could not look through everything, fewer than asked for is no answer.
* Where nothing of that kind was ever recorded, finding none is no proof that none happened.
* Where a source that tells of such things is not heard at present, neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from indelible.events.folding import plain
from indelible.features.coverage.models import SourceAct
from indelible.features.sources.models import Gap, GapKind, Source, State
from indelible.language.pattern import Pattern
from indelible.storage.database import reads, search
from indelible.storage.database.reads import StoredEntry

from .ground import MOST_INDEXES, CannotTell, Ground
from .sentences import Sentence, within
from .telling import several

MOST_COUNTED: Final = 100_000
_OURS: Final = "Indelible"
_OWN_SOURCE: Final = "0"  # of what is done in Indelible and of what people type into it


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: how many, whether that is all, and the newest of them (indexes, newest first)."""

    count: int
    all_counted: bool
    entries: list[int]


def look(ground: Ground, sentence: Sentence, start: datetime | None, end: datetime | None = None) -> Seen:
    """Return what a sentence means between two moments, by when it happened."""
    pattern = others_only(within(sentence.pattern, start, end))
    page = search.find(ground.logbook, pattern, ground.world, limit=MOST_INDEXES, now=ground.now)
    count, whole = page.count, page.counted_all and not page.behind
    if not page.counted_all and page.looked_to is None:
        counted = search.count_in(
            ground.logbook, pattern, ground.world, None, None, limit=MOST_COUNTED, now=ground.now
        )
        count, whole = max(count, counted.count), counted.counted_all and not page.behind
    return Seen(count, whole and page.looked_to is None, page.indexes)


def first_after(
    ground: Ground, sentence: Sentence, moment: datetime, *, typed: bool = False
) -> StoredEntry | None:
    """Return the first entry that a sentence means which was recorded after a moment and happened after it too.

    Sources tell times to the second, so what happened within the same second counts. What people typed into Indelible
    is no source's word, and counts only where `typed` says so.
    """
    floor = moment.astimezone(UTC).replace(microsecond=0)
    pattern = others_only(within(sentence.pattern, floor), typed=typed)
    low = reads.entries_before(ground.logbook, moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    page = search.find(ground.logbook, pattern, ground.world, after=low - 1, limit=1, now=ground.now)
    if not page.indexes and (page.behind or page.looked_to is not None):
        raise CannotTell(_("Not all entries could be looked through in time."))
    # The page is the oldest of what follows, newest first.
    return reads.get_entry(ground.logbook, page.indexes[-1]) if page.indexes else None


def others_only(pattern: Pattern, *, typed: bool = True) -> Pattern:
    """Leave out Indelible's own entries, unless the sentence names Indelible; and without `typed` what people typed."""
    if any(plain(one) == plain(_OURS) for one in pattern.systems):
        return pattern
    left_out = {_OURS} if typed else {_OURS, _OWN_SOURCE}
    return replace(pattern, not_systems=tuple(sorted({*pattern.not_systems, *left_out})))


def was_ever_told(ground: Ground, sentence: Sentence) -> bool:
    """Whether any entry tells of acts of this kind, whoever did them to whatever."""
    asked = sentence.pattern
    acts = Pattern.of(
        verbs=asked.verbs, categories=asked.categories, things=asked.things, systems=asked.systems
    )
    if acts.is_everything:
        return True
    return bool(search.find(ground.logbook, others_only(acts), ground.world, limit=1, now=ground.now).indexes)


# When nothing found proves nothing -----------------------------------------------------------------------------


def must_be_connected(ground: Ground, sentence: Sentence) -> None:
    """Raise CannotTell where no source is connected, or not the one that the sentence names."""
    if any(plain(one) == plain(_OURS) for one in sentence.pattern.systems):
        return
    rows = Source.objects.filter(logbook=ground.logbook).exclude(state=State.ENDED)
    names = [plain(name) for pair in rows.values_list("name", "system") for name in pair]
    if not names:
        raise CannotTell(_("No source is connected to Indelible yet."))
    for system in sentence.pattern.systems:
        wanted = plain(system)
        if wanted and not wanted.isdigit() and not any(wanted in name for name in names):
            raise CannotTell(_("“%(system)s” is not connected to Indelible.") % {"system": system})


def must_be_known(ground: Ground, sentence: Sentence) -> None:
    """Raise CannotTell where nothing of the kind was ever recorded, so that finding none says nothing."""
    if any(plain(one) == plain(_OURS) for one in sentence.pattern.systems):
        return
    if not was_ever_told(ground, sentence):
        raise CannotTell(
            _("Nothing of this kind was ever recorded, so finding none shows nothing: %(what)s.")
            % {"what": sentence.words}
        )


def must_be_heard(ground: Ground, sentence: Sentence) -> None:
    """Raise CannotTell where a source that has told of such acts is not heard at present."""
    asked = sentence.pattern
    acts = SourceAct.objects.filter(logbook=ground.logbook)
    if asked.verbs:
        acts = acts.filter(verb__in=asked.verbs)
    if asked.things:
        kinds = Q(kind__in=asked.things)
        for thing in asked.things[:20]:
            kinds |= Q(kind__startswith=f"{thing}.")
        acts = acts.filter(kinds)
    if not (asked.verbs or asked.things):
        return
    gaps = Gap.objects.filter(
        source__logbook=ground.logbook, ended_at=None, source__in=acts.values("source").distinct()
    ).exclude(kind=GapKind.PAUSED)
    silent = sorted(set(gaps.values_list("source__name", flat=True)[:50]))
    if silent:
        raise CannotTell(
            _("Not heard at present, so that finding none shows nothing: %(sources)s.")
            % {"sources": several(silent)},
            sources=silent,
        )
