"""What somebody asks of the record: the words typed, as they were read.

A search, a saved view, a filter, a download and a pack all ask the same way: words go to the language, which gives a
pattern; the pattern is what is looked for, what the chips show, and what the list says above itself. Nothing is
dropped without a word: what was not understood is named, and where there are several readings nothing is looked for
before one was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property

from django.utils.translation import gettext as _

from indelible.events.folding import fold
from indelible.features.record.chips import Chip, chips_of
from indelible.features.rules.world import world_of
from indelible.language.pattern import EVERYTHING, Pattern, merged
from indelible.language.reading import understand
from indelible.language.rendering import query_text, render
from indelible.language.understanding import Question, Understanding, Unknown
from indelible.language.world import World
from indelible.storage.database.models import Logbook

LONGEST = 1_000
"""So many characters of a question are read."""

_AROUND = "\"'.,;?!()"  # what may stand around a word that is looked for


@dataclass(frozen=True)
class Asked:
    """A question as it was read."""

    typed: str  # as it stands in addresses, blanks made one
    now: datetime  # what "today" means in it
    world: World
    understanding: Understanding
    pattern: Pattern
    was_cut: bool = False  # more was typed than is read

    @property
    def questions(self) -> tuple[Question, ...]:
        """What must be answered before anything can be looked for."""
        return self.understanding.questions

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What was not understood."""
        return self.understanding.not_understood

    @property
    def is_open(self) -> bool:
        """Whether nothing may be looked for yet, since it could be read in several ways."""
        return bool(self.questions)

    @property
    def is_clear(self) -> bool:
        """Whether the question says one thing: every word was understood, or is looked for in the text of entries."""
        return not self.is_open and all(self.is_searched(one) for one in self.unknown)

    def is_searched(self, unknown: Unknown) -> bool:
        """Whether words that were not understood are looked for in the text of entries."""
        searched = {word for text in self.pattern.text for word in text.casefold().split()}
        words = [word.strip(_AROUND) for word in unknown.words.casefold().split()]
        return any(words) and searched.issuperset(filter(None, words))

    @cached_property
    def words(self) -> str:
        """The question in words, to stand above its answers and in each file made of them."""
        return sentence_of(self.pattern)

    @cached_property
    def chips(self) -> tuple[Chip, ...]:
        """The parts of the reading, each of which can be taken away; none while it could be read in several ways."""
        return () if self.is_open else chips_of(self.pattern)


def asked_of(logbook: Logbook, typed: str, now: datetime, zone: tzinfo, world: World | None = None) -> Asked:
    """Read a question. Days are those of `zone`, office hours those of the organisation."""
    text = " ".join(typed[:LONGEST].replace("\0", " ").split())  # no database holds the empty byte in a text
    known = in_zone(world or world_of(logbook), zone)
    if not text:
        return Asked("", now, known, Understanding("", "search"), EVERYTHING)
    read = understand(text, known, now, purpose="search")
    return Asked(text, now, known, read, _with_unknown_words(read), was_cut=len(typed) > LONGEST)


def _with_unknown_words(read: Understanding) -> Pattern:
    """Return what was read, with words that mean nothing else as text to look for; a qualifier is none."""
    if read.questions:
        return read.pattern
    words = (word for one in read.not_understood if ":" not in one.words for word in one.words.split())
    found = [bare for word in words if fold(bare := word.strip(_AROUND)).strip()]
    return replace(read.pattern, text=merged((*read.pattern.text, *found)))


def as_typed(pattern: Pattern) -> str:
    """Return a question as somebody would type it, for addresses: reading it again gives the same question.

    Words of the text stand in the whole sentence, since a bare word in quotation marks may be read as a name.
    """
    return render(pattern, as_="search") if pattern.text else query_text(pattern)


def in_zone(world: World, zone: tzinfo) -> World:
    """Return the same world for somebody whose days are those of another zone."""
    return world if world.zone == zone else replace(world, zone=zone, mark=f"{world.mark} {zone}")


def sentence_of(pattern: Pattern) -> str:
    """Return a question in words, without the full stop: "Entries where ..."."""
    if pattern.is_everything and not pattern.facts and not pattern.unchecked:
        return _("Every entry of the record")
    return render(pattern, as_="search").rstrip(".")
