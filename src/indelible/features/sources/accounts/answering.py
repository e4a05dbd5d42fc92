"""The fifth question of a check, answered from what is kept of the sources: is anything missing?

Only running numbers of a source's own and totals that were told can show that a source is complete. A source that has
neither may be heard in time and still have left things out: then the answer is that it could not be checked. What a
person explained is named, and does not fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.sources.accounts.streams import missing_numbers
from indelible.features.sources.models import (
    ControlTotal,
    Gap,
    GapKind,
    SequenceGap,
    SequenceMark,
    Source,
    State,
    TotalState,
)
from indelible.features.sources.silence.watch import instant
from indelible.storage.database.checking import DIFFERS, MATCHES, NOT_CHECKED, Absence, Missing

MOST_NAMED: Final = 100  # of each kind


def is_anything_missing(logbook: int) -> Missing:
    """Answer for a logbook, by what is kept: nothing is counted anew."""
    findings = [*_silent(logbook), *_numbers(logbook), *_totals(logbook)]
    open_ones = sum(not each.explained for each in findings)
    if open_ones:
        text = ngettext("%(n)s thing is missing.", "%(n)s things are missing.", open_ones)
        return Missing(DIFFERS, text % {"n": f"{open_ones:,}"}, findings)
    sources = Source.objects.filter(logbook=logbook).exclude(state=State.ENDED)
    number = sources.count()
    if not number:
        return Missing(NOT_CHECKED, _("There is no source yet, so nothing is expected."), findings)
    uncounted = number - len(_countable(logbook))
    if uncounted:
        text = ngettext(
            "%(n)s source gives neither running numbers nor totals to count by. None is known to be silent.",
            "%(n)s sources give neither running numbers nor totals to count by. None is known to be silent.",
            uncounted,
        )
        return Missing(NOT_CHECKED, text % {"n": f"{uncounted:,}"}, findings)
    return Missing(MATCHES, _("By the numbers and totals of every source, nothing is missing."), findings)


def _countable(logbook: int) -> set[int]:
    """Return the sources, of those that have not ended, that can be counted by numbers or by a total that matches."""
    going = {"source__logbook": logbook, "source__state__in": (State.ON, State.WAITING, State.PAUSED)}
    numbered = SequenceMark.objects.filter(**going, given_up_at=None).values_list("source", flat=True)
    totals = ControlTotal.objects.filter(**going, state=TotalState.MATCHES, replaced_by=None)
    return {*numbered.distinct(), *totals.values_list("source", flat=True).distinct()}


def _silent(logbook: int) -> Iterator[Absence]:
    """Yield the sources that are silent now, or that nothing can be taken from."""
    kinds = (GapKind.SILENT, GapKind.REFUSED)
    rows = Gap.objects.filter(source__logbook=logbook, ended_at=None, kind__in=kinds)
    for gap in rows.select_related("source").order_by("began_at")[:MOST_NAMED]:
        text = (
            _("%(source)s is silent; it was last heard at %(since)s.")
            if gap.kind == GapKind.SILENT
            else _("Nothing can be taken from %(source)s since %(since)s.")
        )
        told = text % {"source": gap.source.name, "since": _moment(instant(gap.began_at))}
        yield _absence("silent", gap.source, told, gap.explanation)


def _numbers(logbook: int) -> Iterator[Absence]:
    """Yield the running numbers that never came."""
    rows = SequenceGap.objects.filter(missing_numbers(), source__logbook=logbook)
    for hole in rows.select_related("source").order_by("explained_entry", "id")[:MOST_NAMED]:
        text = ngettext(
            "%(source)s: number %(first)s%(of)s never came.",
            "%(source)s: numbers %(first)s to %(last)s%(of)s never came.",
            hole.missing,
        )
        of = _(" of %(stream)s") % {"stream": hole.stream} if hole.stream else ""
        told = text % {
            "source": hole.source.name,
            "first": f"{hole.first:,}",
            "last": f"{hole.last:,}",
            "of": of,
        }
        yield _absence("source_gap", hole.source, told, hole.explanation)


def _totals(logbook: int) -> Iterator[Absence]:
    """Yield the totals that differ from what is on the record."""
    rows = ControlTotal.objects.filter(
        source__logbook=logbook, state=TotalState.DIFFERS, replaced_by=None
    ).select_related("source")
    for total in rows.order_by("explained_entry", "-period_from")[:MOST_NAMED]:
        text = _("%(source)s, %(since)s to %(until)s: %(words)s")
        told = text % {
            "source": total.source.name,
            "since": _moment(instant(total.period_from)),
            "until": _moment(instant(total.period_to)),
            "words": difference_words(total),
        }
        yield _absence("total_differs", total.source, told, total.explanation)


def difference_words(total: ControlTotal) -> str:
    """Return how a total differs: "412 records were told, 409 are on the record, 3 fewer"."""
    told: list[str] = []
    if total.count is not None and total.found_count is not None and total.count != total.found_count:
        by = total.found_count - total.count
        text = (
            _("%(told)s records were told, %(found)s are on the record: %(n)s fewer")
            if by < 0
            else _("%(told)s records were told, %(found)s are on the record: %(n)s more")
        )
        told.append(
            text % {"told": f"{total.count:,}", "found": f"{total.found_count:,}", "n": f"{abs(by):,}"}
        )
    if total.amount and total.found_amount and total.amount != total.found_amount:
        text = _("%(told)s %(currency)s were told, %(found)s %(currency)s are on the record")
        told.append(text % {"told": total.amount, "found": total.found_amount, "currency": total.currency})
    return "; ".join(told) or _("they differ")


def _absence(kind: str, source: Source, told: str, explanation: str) -> Absence:
    if explanation:
        told = _("%(told)s Explained: “%(words)s”") % {"told": told, "words": explanation}
    return Absence(kind, source.name, told, bool(explanation), source.pk)


def _moment(text: str) -> str:
    return f"{text[:10]} {text[11:16]} UTC"
