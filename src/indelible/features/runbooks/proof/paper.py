"""A run on paper: one PDF with its steps, people, times, deviations, entries, clauses and the seal that covers it."""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any, Final, Literal

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indelible.features.people.queries import organisation
from indelible.features.runbooks.proof.telling import told
from indelible.features.runbooks.running.queries import RunView
from indelible.features.seals.minutes import words_of
from indelible.storage.database import reads
from indelible.web.moments import Reader
from indelible.web.numbers import written

STANDARD: Final[Literal["ua-1"]] = "ua-1"


def paper(view: RunView, reader: Reader, by: str, now: datetime) -> bytes:
    """Return the PDF of a run, tagged (PDF/UA-1). `by` is who has it made."""
    data = json.dumps(data_of(view, reader, by, now), ensure_ascii=False)
    for own_fonts in (True, False):
        try:
            return compiled("run.typ", data, int(now.timestamp()), own_fonts=own_fonts)
        except typst.TypstError as unshown:
            if "could not be displayed" not in str(unshown) or not own_fonts:
                raise
    raise ValueError("no attempt was made")


def compiled(template: str, data: str, timestamp: int, *, own_fonts: bool) -> bytes:
    """Return a template of this package set with data."""
    with as_file(files(__package__) / "typst" / template) as path:
        compiler = typst.Compiler(str(path), ignore_system_fonts=own_fonts, sys_inputs={"data": data})
        pdf = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=timestamp)
    assert isinstance(pdf, bytes)
    return pdf


def data_of(view: RunView, reader: Reader, by: str, now: datetime) -> dict[str, Any]:
    """Return everything the paper says."""
    run = told(view, reader)
    house = organisation()
    seal = reads.get_checkpoint(view.run.logbook)
    words = words_of(view.run.logbook, seal).words
    when = f"{reader.moment(now)} ({reader.offset(now)})"
    return {
        "language": (get_language() or "en").partition("-")[0],
        "title": run.title,
        "organisation": house.name if house else view.run.logbook.origin,
        "answer": run.answer,
        "facts": run.facts,
        "people": run.people,
        "people_title": _("Who did what"),
        "steps": [
            {"title": one.title, "state": one.state, "do": one.do, "lines": one.lines} for one in run.steps
        ],
        "steps_title": _("Steps"),
        "clocks": run.clocks,
        "clocks_title": _("Deadlines of law"),
        "deviations": run.deviations,
        "deviations_title": _("What did not go by the text"),
        "entries": run.entries,
        "entries_title": _("Entries of the record that tell of it"),
        "serves": run.serves,
        "serves_title": _("It serves"),
        "seal_title": _("Seal"),
        "seal": _("Seal %(number)s covers everything above. Its words, which are public:")
        % {"number": written(seal.size)}
        if words
        else _("We give no seal words while the record does not fit its seals."),
        "words": words,
        "limits": run.limits,
        "limits_title": _("What this does not show"),
        "footer": _("Made by %(name)s on %(when)s. This is a copy: check it against the seal words.")
        % {"name": by, "when": when},
    }
