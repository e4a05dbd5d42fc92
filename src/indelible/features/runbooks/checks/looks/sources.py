"""Checks about sources: whether they are heard, their gaps, and whether anything is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.folding import plain
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.runbooks.models import GOING, Run
from indelible.features.signoffs.models import FrozenLine, FrozenList
from indelible.features.sources.models import Gap, GapKind, Source, State
from indelible.features.sources.silence.queries import anything_missing, asking
from indelible.features.sources.states import standing_of

from ..filling import text_of
from ..ground import CannotTell, Found, Ground, failed, judged, passed, unchecked
from ..moments import flaws_of_span, span_of
from ..named import flaws_of_fields, flaws_of_steps
from ..registry import kind
from ..telling import number, several

MOST: Final = 500
_WHAT: Final = ("alive", "listed", "waiting_none", "clocks", "nothing_missing")
_GAPS: Final = ("explained", "none", "opened", "followed", "closed")


class Sources(Part, frozen=True, kw_only=True):
    """What must hold of all sources, or of the one that a field names."""

    what: str = "alive"
    field: str = ""  # one source, or of `listed` the names of several, by commas
    step: str = ""  # of `listed`: the step that shows the list; empty: any list of sources of the run
    seconds: int = 2  # of `clocks`: how far a source's clock may be off


def _sources_flaws(settings: Sources, document: Runbook) -> Iterator[str]:
    if settings.what not in _WHAT:
        yield _("“%(what)s” is none of these: %(known)s.") % {
            "what": settings.what,
            "known": ", ".join(_WHAT),
        }
    yield from flaws_of_fields(document, [settings.field] if settings.field else [])
    yield from flaws_of_steps(document, [settings.step] if settings.step else [])


@kind("sources", Sources, _sources_flaws)
def sources(ground: Ground, settings: Sources) -> Found:
    """Whether sources are heard, listed, read, on time, or complete."""
    if settings.what == "nothing_missing":
        return _nothing_missing(ground)
    if settings.what == "listed":
        return _listed(ground, settings)
    if settings.what == "waiting_none":
        waiting = [source.name for source in asking(ground.logbook)]
        if waiting:
            return failed(
                _("Nobody has said yet how they are read: %(names)s.") % {"names": several(waiting)}
            )
        _active(ground)
        return passed(_("No source waits for anybody."))
    rows = _active(ground)
    if settings.field:
        rows = [_source(ground, settings.field, rows)]
    return _clocks(rows, settings.seconds) if settings.what == "clocks" else _alive(ground, rows)


def _active(ground: Ground) -> list[Source]:
    rows = Source.objects.filter(logbook=ground.logbook).exclude(state=State.ENDED).select_related("health")
    found = list(rows.order_by("pk")[:MOST])
    if not found:
        raise CannotTell(_("No source is connected to Indelible yet."))
    return found


def _source(ground: Ground, field: str, rows: list[Source]) -> Source:
    told = plain(text_of(ground, field))
    for row in rows:
        if told in (plain(row.name), plain(row.system)):
            return row
    raise CannotTell(_("No source is called “%(name)s”.") % {"name": text_of(ground, field)})


def _alive(ground: Ground, rows: list[Source]) -> Found:
    states = {row: standing_of(row, ground.now) for row in rows}
    bad = [row.name for row, standing in states.items() if standing.state in ("silent", "look", "paused")]
    never = [row.name for row, standing in states.items() if standing.state == "waiting"]
    facts = {"count": len(rows), "sources": [row.pk for row in rows][:50]}
    if bad:
        return failed(_("Silent, paused or in trouble: %(names)s.") % {"names": several(bad)}, **facts)
    if never:
        return unchecked(_("Nothing has come yet from %(names)s.") % {"names": several(never)}, **facts)
    text = ngettext(
        "%(n)s source, heard as usual: %(names)s.", "%(n)s sources, all heard as usual: %(names)s.", len(rows)
    )
    return passed(text % {"n": number(len(rows)), "names": several([row.name for row in rows])}, **facts)


def _clocks(rows: list[Source], seconds: int) -> Found:
    known = {
        row.name: row.health.clock_ms
        for row in rows
        if hasattr(row, "health") and row.health.clock_ms is not None
    }
    if not known:
        raise CannotTell(_("No source has shown its clock yet."))
    off = {name: ms for name, ms in known.items() if abs(ms) > 1000 * seconds}
    told = several([f"{name} {ms / 1000:+.1f} s" for name, ms in (off or known).items()])
    text = (
        _("Clocks that are off: %(clocks)s.")
        if off
        else _("Clocks are right to within %(n)s seconds: %(clocks)s.")
    )
    return judged(not off, text % {"clocks": told, "n": number(seconds)}, count=len(known))


def _listed(ground: Ground, settings: Sources) -> Found:
    active = [row.name for row in _active(ground)]
    if settings.field:
        known = {plain(one) for row in _active(ground) for one in (row.name, row.system)}
        told = [
            part.strip()
            for part in text_of(ground, settings.field).replace("\n", ",").split(",")
            if part.strip()
        ]
        lacking = [name for name in told if plain(name) not in known]
        if lacking:
            return failed(_("Not connected as a source: %(names)s.") % {"names": several(lacking)})
        return passed(_("Connected: %(names)s.") % {"names": several(told)}, count=len(told))
    frozen = _list_of_sources(ground, settings.step)
    lines = FrozenLine.objects.filter(frozen=frozen).values_list("data", flat=True)[: 2 * MOST]
    shown = {plain(str(value)) for data in lines for value in data.values()}
    lacking = [name for name in active if plain(name) not in shown]
    facts = {"lists": [frozen.pk], "count": len(active)}
    if lacking:
        return failed(_("Not on the list: %(names)s.") % {"names": several(lacking)}, **facts)
    text = ngettext(
        "The %(n)s source in use is on the list.", "All %(n)s sources in use are on the list.", len(active)
    )
    return passed(text % {"n": number(len(active))}, **facts)


def _list_of_sources(ground: Ground, step: str) -> FrozenList:
    keys = [ground.lists[step]] if step in ground.lists else [] if step else list(ground.lists.values())
    for frozen in FrozenList.objects.filter(pk__in=keys).order_by("-pk"):
        if frozen.code.get("list") == "sources" or step:
            return frozen
    raise CannotTell(_("No list of sources was shown in this run yet."))


def _nothing_missing(ground: Ground) -> Found:
    found = anything_missing(ground.logbook)
    if found.state == "missing":
        return failed(found.text, count=len(found.counted))
    return passed(found.text) if found.state == "complete" else unchecked(found.text)


class Gaps(Part, frozen=True, kw_only=True):
    """What must hold of the times in which sources were not heard."""

    what: str = "explained"
    field: str = ""  # the source, by its name; empty: all of them
    over: str = (
        ""  # "period", "P30D"...; empty: the run's period where it has one, else gaps that are still open
    )
    runbook: str = "RB-17"  # of `followed`: which runbook works on open gaps


def _gaps_flaws(settings: Gaps, document: Runbook) -> Iterator[str]:
    if settings.what not in _GAPS:
        yield _("“%(what)s” is none of these: %(known)s.") % {
            "what": settings.what,
            "known": ", ".join(_GAPS),
        }
    yield from flaws_of_fields(document, [settings.field] if settings.field else [])
    yield from flaws_of_span(settings.over, document)


@kind("gaps", Gaps, _gaps_flaws)
def gaps(ground: Ground, settings: Gaps) -> Found:
    """Whether there were gaps, and whether somebody explained them, works on them, or they are over."""
    active = _active(ground)
    rows = Gap.objects.filter(source__logbook=ground.logbook).exclude(kind=GapKind.PAUSED)
    if settings.field:
        rows = rows.filter(source=_source(ground, settings.field, active))
    start, end = _when(ground, settings.over)
    rows = (
        rows.filter(ended_at=None) if start is None else rows.filter(Q(ended_at=None) | Q(ended_at__gt=start))
    )
    if end is not None:
        rows = rows.filter(began_at__lt=end)
    found = list(rows.select_related("source").order_by("-began_at")[:MOST])
    entries = [gap.began_entry for gap in found if gap.began_entry is not None][:50]
    facts = {"count": len(found), "entries": entries}
    if settings.what == "opened":
        return _opened(found, facts)
    if not found:
        return passed(_("There is no gap."), **facts)
    bad = [gap for gap in found if _is_bad(ground, gap, settings)]
    names = several(sorted({gap.source.name for gap in bad or found}))
    words = {
        "none": (_("Gaps: %(n)s, of %(names)s."), ""),
        "explained": (
            _("Gaps without a word to them: %(n)s, of %(names)s."),
            _("All %(n)s gaps are explained."),
        ),
        "followed": (
            _("Gaps nobody works on: %(n)s, of %(names)s."),
            _("Each of the %(n)s open gaps is worked on."),
        ),
        "closed": (_("Gaps that are still open: %(n)s, of %(names)s."), _("All %(n)s gaps are over.")),
    }
    wrong, right = words.get(settings.what, words["none"])
    if bad:
        return failed(wrong % {"n": number(len(bad)), "names": names}, **facts, open=len(bad))
    return passed(right % {"n": number(len(found))}, **facts)


def _when(ground: Ground, over: str) -> tuple[datetime | None, datetime | None]:
    if over:
        return span_of(over, ground)
    return ground.bounds() or (None, None)


def _opened(found: list[Gap], facts: dict[str, object]) -> Found:
    if not found:
        return failed(_("No gap was noticed."), **facts)
    gap = found[0]
    minutes = round((gap.noticed_at - gap.began_at).total_seconds() / 60)
    text = _("The gap of %(name)s was noticed %(minutes)s minutes after the last sign of it.")
    return passed(text % {"name": gap.source.name, "minutes": number(minutes)}, **facts)


def _is_bad(ground: Ground, gap: Gap, settings: Gaps) -> bool:
    if settings.what == "explained":
        return gap.explained_entry is None
    if settings.what == "closed":
        return gap.ended_at is None
    if settings.what == "followed":
        return gap.ended_at is None and not _is_followed(ground, gap, settings.runbook)
    return True


def _is_followed(ground: Ground, gap: Gap, runbook: str) -> bool:
    """Whether a run under way was started by the gap, or is about its source."""
    going = Run.objects.filter(logbook=ground.logbook, state__in=GOING).filter(
        Q(runbook__key=runbook) | Q(runbook__origin=runbook)
    )
    if gap.began_entry is not None and going.filter(cause_entry=gap.began_entry).exists():
        return True
    about = going.exclude(about="").values_list("about", flat=True)[:MOST]
    return any(plain(gap.source.name) in plain(text) for text in about)
