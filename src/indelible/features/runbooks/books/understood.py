"""What a sentence in a draft means, said while it is written: as rules and searches are read elsewhere.

What a run fills in ("{field.supplier}") stands as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from indelible.features.rules.world import world_of
from indelible.features.runbooks.checks.sentences import flaws_of_sentence
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.language.reading import understand
from indelible.language.rendering import render
from indelible.storage.database.models import Logbook

_BLANK: Final = re.compile(r"[\"“']?\s*(\{[^{}]*\})\s*[\"”']?")
_PERIOD: Final = re.compile(r"(?:\b(?:in|during|within|over|for)\s+)?\{period\}")


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a sentence, and what was not."""

    sentence: str
    troubles: tuple[str, ...] = ()


def understood(text: str, document: Document, logbook: Logbook) -> Understood | None:
    """Return what a sentence means, None where there is none."""
    if not text.strip():
        return None
    world = world_of(logbook)
    troubles = tuple(flaws_of_sentence(text, document, world))
    held: dict[str, str] = {}

    def put(match: re.Match[str]) -> str:
        holder = f"Zqv{'abcdefgh'[len(held) % 8]}xjk"
        held[holder] = match[1]
        return f'"{holder}"'

    plain = _BLANK.sub(put, _PERIOD.sub("", " ".join(text.split())))
    if not plain.strip():
        return Understood("", troubles)
    found = understand(plain, world, datetime.now(UTC), purpose="search")
    sentence = render(found.pattern, as_="search") if not troubles else ""
    for holder, blank in held.items():
        sentence = blank.join(re.split(f"[\"“']?{holder}[\"”']?", sentence, flags=re.I))
    return Understood(sentence, troubles)
