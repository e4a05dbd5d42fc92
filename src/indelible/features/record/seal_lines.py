"""The lines of seals across the whole record: the newest held outside, and the last of each day.

A seal covers everything below its line. They are drawn only where the whole record is listed: across the answers to a
question they would seem to cover nothing but those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.record import queries
from indelible.features.seals import queries as seals
from indelible.storage.database import reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader
from indelible.web.timeline import Row, SealLine


def with_seals(
    logbook: Logbook, rows: Sequence[Row], reader: Reader, *, first_page: bool
) -> Sequence[Row | SealLine]:
    """Draw the seals that matter across rows of the whole record, newest first.

    With nobody outside it is the newest seal, above the newest entries of the first page.
    """
    if not rows:
        return rows
    held = seals.held_outside(logbook)
    try:
        lines = _day_seals(logbook, rows, reader)
        if held.size:
            lines[held.size] = _seal_line(reads.get_checkpoint(logbook, held.size), held_words(held))
        elif first_page:
            newest = reads.get_checkpoint(logbook)
            lines[newest.size] = _seal_line(newest, _("covers everything below"))
    except NotFound:  # somebody took the seals away: a check says so, the list is still read
        return rows
    return list(_between(rows, lines, first_page))


def _day_seals(logbook: Logbook, rows: Sequence[Row], reader: Reader) -> dict[int, SealLine]:
    """Return the last seal of each day that ends among the rows, by size."""
    lines = {}
    for later, row in pairwise(rows):
        if reader.local(later.recorded_at).date() != reader.local(row.recorded_at).date():
            last = reads.covering_checkpoint(logbook, row.index)
            if last.size <= later.index:  # one commit over midnight has one seal, which is the later day's
                lines[last.size] = _seal_line(last, _("the last of this day"))
    return lines


def _seal_line(seal: reads.StoredCheckpoint, words: str) -> SealLine:
    return SealLine(seal.size, seal.made_at, words, reverse("seals:seal", args=[seal.size]))


def held_words(held: seals.HeldOutside) -> str:
    """Say who holds everything below: "3 witnesses hold everything below"."""
    first, others = held.holders[0], len(held.holders) - 1
    if not others:
        return _("%(name)s holds everything below") % {"name": first}
    if held.witnesses > others:
        return _("%(n)s witnesses hold everything below") % {"n": held.witnesses}
    words = ngettext(
        "%(name)s and %(n)s other hold everything below",
        "%(name)s and %(n)s others hold everything below",
        others,
    )
    return words % {"name": first, "n": others}


def _between(
    rows: Sequence[Row], lines: Mapping[int, SealLine], first_page: bool
) -> Iterator[Row | SealLine]:
    """Put each line right above the newest row that its seal covers, where that row is on this page."""
    above: int | None = None
    for row in rows:
        for size in sorted(lines, reverse=True):
            fits = size > row.index and (size <= above if above is not None else first_page)
            if fits and queries.is_instant(lines[size].at):
                yield lines[size]
        above = row.index
        yield row
