"""`2 Cover.pdf`: what a person reads first, on paper too. Set by typst from a template, with nothing but data.

Tagged, A4, and the same bytes for the same data: its time is when the pack was made.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any, Literal

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indelible.features.packs import telling
from indelible.features.packs.telling import Made
from indelible.web.seal_mark import seal_mark

STANDARD: Literal["ua-1"] = "ua-1"
_ON_TOP = 4  # organisation, question, code and kind stand above the facts already
_LONGEST = 1_500  # characters of one answer on paper; the workbook has it whole


def cover(made: Made) -> bytes:
    """Return the cover as PDF.

    The fonts inside typst serve for most of Europe's scripts; for others those of this machine are tried. What no
    font can show stands as its number, such as [U+0500]: the workbook and the page have it as it is.
    """
    made_at = datetime.fromisoformat(made.claims["made_at"]).astimezone(UTC)
    data = json.dumps(_data(made), ensure_ascii=False)
    attempts = ((data, True), (data, False), (_plain(data), True))
    for place, (words, own_fonts) in enumerate(attempts, 1):
        try:
            return _compiled(words, int(made_at.timestamp()), own_fonts=own_fonts)
        except typst.TypstError as unshown:
            if "could not be displayed" not in str(unshown) or place == len(attempts):
                raise
    raise ValueError("no attempt was made")


def _compiled(data: str, timestamp: int, *, own_fonts: bool) -> bytes:
    with as_file(files("indelible.features.packs") / "typst" / "cover.typ") as template:
        compiler = typst.Compiler(str(template), ignore_system_fonts=own_fonts, sys_inputs={"data": data})
        pdf = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=timestamp)
    assert isinstance(pdf, bytes)
    return pdf


def _plain(data: str) -> str:
    """Return text in which each character beyond those of the fonts inside typst stands as its number."""
    return "".join(each if _is_shown(each) else f"[U+{ord(each):04X}]" for each in data)


def _is_shown(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code < 0x7F or (0xA1 <= code < 0x180 and code != 0xAD) or character in "–—‘’“”„…·•€™"


def _data(made: Made) -> dict[str, Any]:
    kind, meaning = telling.kind_words(made)
    facts = [
        (label, _short(words))
        for label, words in telling.how_made(made)[_ON_TOP:]
        if label not in (_("Seal words"), _("What this does not show"))
    ]
    return {
        "language": (get_language() or "en").partition("-")[0],
        "title": _("Evidence pack"),
        "author": made.claims["organisation"],
        "organisation": made.claims["organisation"] or made.claims["origin"],
        "question": _short(made.order.words),
        "code": _short(made.order.code) or " ",
        "kind": kind,
        "kind_meaning": meaning,
        "words_title": _("Seal words"),
        "words": made.words,
        "words_meaning": _(
            "The page in this pack computes the same twelve words. They are public, not a password: compare them with "
            "the ones that you were given on another way, such as in the minutes."
        ),
        "mark": _mark(made.seal.root),
        "mark_words": _("The mark of this seal, to recognise it by"),
        "made_title": _("How this was made"),
        "facts": facts,
        "check_title": _("How to check it"),
        "check": [
            _(
                "Open “1 Open this page to check.html” from the unpacked folder. It needs no network and sends nothing."
            ),
            _("Compare the seal words there with the ones that you were given on another way."),
            _(
                "With your own Indelible and the key card that you hold: indelible verify --pack FILE --key KEY."
            ),
        ],
        "limits_title": _("What this does not show"),
        "limits": telling.limits(made),
        "footer": _("%(organisation)s · Evidence pack %(name)s · Seal %(size)s")
        % {
            "organisation": made.claims["organisation"] or made.claims["origin"],
            "name": made.claims["name"],
            "size": f"{made.seal.size:,}",
        },
    }


def _mark(root: bytes) -> str:
    """Return the seal mark as a drawing of its own, in the accent's colour."""
    drawn = seal_mark(root).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return drawn.replace("currentColor", "#4a2bb0").replace('class="hole"', 'fill="#ffffff"')


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + _(" [cut here: the workbook has it whole]")
