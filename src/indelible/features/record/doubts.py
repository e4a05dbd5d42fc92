"""What a question leaves open, as the pages say it: words nobody knows, and questions back with their choices.

A word that no part of the language knows is looked for in the text of entries, and that is said. Where a question has
several readings nothing is looked for before somebody chose one; each choice is a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from indelible.events.screen import visible
from indelible.features.record.addresses import list_url
from indelible.features.record.asking import LONGEST, Asked, as_typed
from indelible.language.pattern import NO_DUTIES, Pattern
from indelible.language.spelling import suggestions
from indelible.language.understanding import Question, Unknown
from indelible.web.numbers import written

MOST_WORDS: Final = 20
Link = tuple[str, str]  # words, address


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that was not understood, or can be read in several ways, with ways on."""

    words: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubts:
    """All that stands above the list because a question was not clear."""

    unknown: tuple[Doubt, ...] = ()
    questions: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()
    narrower: tuple[Link, ...] = ()
    as_text: str = ""  # the address that looks for the words as they stand, where a question is open


def doubts_of(asked: Asked) -> Doubts:
    """Return what a question leaves open."""
    read = asked.understanding
    return Doubts(
        (*(_unknown(one, asked) for one in asked.unknown), *_slips(asked)),
        tuple(
            Doubt(_question(one), tuple((choice.label, list_url(choice.sentence)) for choice in one.choices))
            for one in asked.questions
        ),
        tuple(_notes(asked)),
        tuple((offer.label, list_url(offer.sentence)) for offer in read.offers if offer.kind == "narrow"),
        list_url(as_typed(Pattern.of(text=asked.typed.split()[:MOST_WORDS]))) if asked.is_open else "",
    )


def _question(one: Question) -> str:
    """Ask back, naming the words in question: "Which Maria?"."""
    if one.code in ("which-person", "which-system"):
        return _("Which “%(words)s”? %(text)s") % {"words": visible(one.words), "text": one.text}
    return one.text


def _unknown(one: Unknown, asked: Asked) -> Doubt:
    words = {"words": visible(one.words)}
    if asked.is_searched(one):
        told = _("We do not know “%(words)s”. We searched the text for it.") % words
    else:
        told = _("We do not understand “%(words)s”. It does not narrow the list.") % words
    links = zip(one.suggestions, one.rewritten, strict=False)
    return Doubt(told, tuple((suggestion, list_url(whole)) for suggestion, whole in links))


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that is looked for in the text, and known words that it may have been meant for."""

    typed: str
    meant: tuple[str, ...]


def slips_of(asked: Asked) -> list[Slip]:
    """Return the words looked for in the text that look like a slip of typing."""
    found = []
    for text in _searched(asked)[:MOST_WORDS]:
        if text.isalpha() and (meant := tuple(suggestions(text.lower()))):
            found.append(Slip(text, meant))
    return found


def _slips(asked: Asked) -> Iterator[Doubt]:
    for slip in slips_of(asked):
        words = re.compile(rf"(?<!\w){re.escape(slip.typed)}(?!\w)", re.IGNORECASE)
        links = tuple((word, list_url(words.sub(word, asked.typed))) for word in slip.meant)  # letters alone
        yield Doubt(_("We searched the text for “%(words)s”.") % {"words": visible(slip.typed)}, links)


def _searched(asked: Asked) -> list[str]:
    """Return what is looked for in the text though nobody put it in quotes."""
    return [text for text in asked.pattern.text if f'"{text}"' not in asked.typed]


def _notes(asked: Asked) -> list[str]:
    notes = []
    if asked.was_cut:
        notes.append(
            _("Only the first %(n)s characters of the question were read.") % {"n": written(LONGEST)}
        )
    if asked.understanding.duties != NO_DUTIES:
        notes.append(
            _(
                "A search only finds entries. What the sentence says should be done with them is left aside here."
            )
        )
    slips = {one.typed for one in slips_of(asked)}
    if searched := [text for text in _searched(asked) if text not in slips]:
        told = {"words": _(" and ").join(f"“{visible(text)}”" for text in searched)}
        notes.append(_("We searched the text for %(words)s.") % told)
    notes += [
        _("No entry tells whether %(words)s, so the list is not narrowed by it.") % {"words": visible(one)}
        for one in asked.pattern.unchecked
    ]
    return notes
