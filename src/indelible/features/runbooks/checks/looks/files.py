"""Checks about what was attached."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.runbooks.models import StepFile

from ..ground import MOST_INDEXES, CannotTell, Found, Ground, failed, judged, passed
from ..named import flaws_of_steps
from ..registry import kind
from ..telling import number, several, step_title

_MOST_FILES = 500


class Files(Part, frozen=True, kw_only=True):
    """How many files a step must have."""

    step: str = ""  # empty: this one
    least: int = 1


def _files_flaws(settings: Files, document: Runbook) -> Iterator[str]:
    yield from flaws_of_steps(document, [settings.step] if settings.step else [])


@kind("files", Files, _files_flaws)
def files(ground: Ground, settings: Files) -> Found:
    """Whether as many files are attached as there must be. Each is on the record from the moment it was attached."""
    rows = files_of(ground, settings.step)
    text = ngettext("%(n)s file is attached: %(names)s.", "%(n)s files are attached: %(names)s.", len(rows))
    if not rows:
        text = _("No file is attached.")
    says = text % {"n": number(len(rows)), "names": several([row.name for row in rows])}
    if len(rows) < settings.least:
        least = ngettext("At least %(n)s is asked for.", "At least %(n)s are asked for.", settings.least)
        says += " " + least % {"n": number(settings.least)}
    entries = sorted({row.entry for row in rows})[:MOST_INDEXES]
    return judged(len(rows) >= settings.least, says, count=len(rows), entries=entries)


class SameFile(Part, frozen=True, kw_only=True):
    """Two steps that must have the very same file."""

    first: str
    second: str = ""  # empty: this one


def _same_flaws(settings: SameFile, document: Runbook) -> Iterator[str]:
    yield from flaws_of_steps(document, [settings.first, *([settings.second] if settings.second else [])])


@kind("same_file", SameFile, _same_flaws)
def same_file(ground: Ground, settings: SameFile) -> Found:
    """Whether a file of one step is, byte for byte, one of another's."""
    ours, theirs = files_of(ground, settings.first), files_of(ground, settings.second)
    for key, rows in ((settings.first, ours), (settings.second, theirs)):
        if not rows:
            title = step_title(ground, key or (ground.step.key if ground.step else ""))
            raise CannotTell(_("“%(step)s” has no file to compare.") % {"step": title})
    known = {row.sha256: row for row in ours}
    shared = [row for row in theirs if row.sha256 in known]
    if shared:
        row = shared[0]
        entries = sorted({row.entry, known[row.sha256].entry})
        return passed(
            _("“%(name)s” is the same file in both, byte for byte.") % {"name": row.name},
            sha256=row.sha256,
            entries=entries,
        )
    return failed(_("No file is the same in both: each differs in its content."), count=0)


def files_of(ground: Ground, step: str) -> list[StepFile]:
    """Return the files that are a step's evidence; of this step where none is named."""
    key = step or (ground.step.key if ground.step is not None else "")
    rows = StepFile.objects.filter(step__run=ground.run, step__key=key, withdrawn=False)
    return list(rows.order_by("pk")[:_MOST_FILES])
