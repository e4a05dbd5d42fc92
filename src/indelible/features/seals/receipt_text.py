"""The words of a receipt that goes out by mail: what it is, the seal in words and as written, how to check it."""

from __future__ import annotations

import textwrap

from django.utils.translation import gettext as _

from indelible.features.seals.minutes import SealWords, paragraph
from indelible.web.chrome import House
from indelible.web.moments import Reader

WIDTH = 72


def subject(found: SealWords, organisation: House) -> str:
    """Return the subject, on one line whatever the organisation is called."""
    reader = Reader(zone=organisation.zone, date_style=organisation.date_style)
    text = _("Seal %(n)s of %(name)s, %(day)s") % {
        "n": f"{found.seal.size:,}",
        "name": organisation.name,
        "day": reader.day(reader.local(found.seal.made_at)),
    }
    return " ".join(text.split())


def body(found: SealWords, organisation: House, note: str, public_key: str) -> str:
    """Return the text of the mail. The note stands in it once more, for whoever keeps only the text."""
    name = " ".join(organisation.name.split())
    parts = [
        _(
            "You get this because %(name)s chose you to hold its seals. Keep this mail; there is nothing else to do."
        )
        % {"name": name},
        paragraph(SealWords(found.seal, ()), organisation),
        *_words(found),
        _("What it is good for: any later change to one of these entries would no longer fit this seal."),
        _(
            "How to check: whenever somebody asks, send this mail back. Indelible holds it against the record "
            "and says whether it is still the same. You can also do it without Indelible: the attached file "
            "seal.txt is a signed note in the open format C2SP tlog-checkpoint."
        ),
        _("It names nobody and holds nothing that was recorded. It may be shown to anyone."),
    ]
    text = "\n\n".join(part if "\n" in part else textwrap.fill(part, WIDTH) for part in parts)
    return (
        f"{text}\n\n{_('The seal as it is written (also in seal.txt):')}\n\n{note}\n"
        f"{_('The key that it is signed with:')}\n\n{public_key}\n"
    )


def _words(found: SealWords) -> list[str]:
    """Return the words in three columns, as people write them down; or why there are none."""
    if not found.words:
        return [
            _("Warning: the last check found that the record was altered."),
            _("We give no seal words while the record does not fit its seals."),
        ]
    cells = [f"{place:>2} {word}" for place, word in enumerate(found.words, 1)]
    rows = [
        "  ".join(f"{cell:<14}" for cell in cells[row : row + 3]).rstrip() for row in range(0, len(cells), 3)
    ]
    return ["\n".join([_("Words (public, not a password):"), "", *rows])]
