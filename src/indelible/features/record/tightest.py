"""Where nothing is found: the part of the question that keeps everything out, and names that look alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.record.asking import Asked
from indelible.features.record.chips import Chip
from indelible.language.pattern import Pattern, Who, merged
from indelible.language.world import World
from indelible.storage.database import search
from indelible.storage.database.models import Logbook
from indelible.web.numbers import written

MOST_TRIED: Final = 8
_ALIKE: Final = 0.7  # of difflib's ratio: "harlow" and "harrow", not "harlow" and "hammer"
MOST_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Tightest:
    """The part without which the most is found."""

    chip: Chip
    count: int
    counted_all: bool

    @property
    def many(self) -> str:
        """Say how many: "1 entry", "more than 1,000 entries"."""
        words = ngettext("%(n)s entry", "%(n)s entries", self.count)
        if not self.counted_all:
            words = _("at least %(n)s entries")
        return words % {"n": written(self.count)}


def tightest(logbook: Logbook, asked: Asked) -> Tightest | None:
    """Return the one part without which the most is found; None where dropping any one finds nothing."""
    best: Tightest | None = None
    for chip in asked.chips[:MOST_TRIED]:
        found = search.count_in(logbook, chip.rest, asked.world, None, None, now=asked.now)
        if found.count > (best.count if best else 0):
            best = Tightest(chip, found.count, found.counted_all)
    return best


def names_like(asked: Asked) -> list[tuple[str, Pattern]]:
    """Return names that we know and that look like one that was asked for, each with the question that asks for it."""
    known = _known_names(asked.world)
    found: list[tuple[str, Pattern]] = []
    for part, old, typed in _names_asked_for(asked.pattern):
        for name, its_part in _close(typed, known):
            found.append((name, _instead(asked.pattern, part, old, its_part, name)))
    return found[:MOST_NAMES]


def _names_asked_for(pattern: Pattern) -> Iterator[tuple[str, str | Who, str]]:
    """Yield each part of a question that may be a misspelt name: its field, as it stands there, and the name."""
    for part in ("text", "named", "systems"):
        for typed in getattr(pattern, part):
            yield part, typed, typed
    for who in pattern.who:
        if who.name:
            yield "who", who, who.name


def _close(typed: str, known: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    names = get_close_matches(typed.casefold(), known, n=2, cutoff=_ALIKE)
    return [known[name] for name in names if name != typed.casefold()]


def _known_names(world: World) -> dict[str, tuple[str, str]]:
    """Return every name we know by its small letters, whole and in parts: people, and systems."""
    known: dict[str, tuple[str, str]] = {}
    for part, names in (("who", [person.name for person in world.people]), ("systems", world.systems)):
        for name in names:
            for words in (name, *name.split()):
                known.setdefault(words.casefold(), (name, part))
    return known


def _instead(pattern: Pattern, part: str, old: str | Who, its_part: str, name: str) -> Pattern:
    """Return the question with a known name in place of what was typed."""
    parts: dict[str, Any] = {one: [*getattr(pattern, one)] for one in {part, its_part}}
    parts[part].remove(old)
    parts[its_part].append(Who(name=name) if its_part == "who" else name)
    for one, values in parts.items():
        parts[one] = merged(values)
    return replace(pattern, **parts)
