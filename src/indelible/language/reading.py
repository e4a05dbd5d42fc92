"""Reads a sentence about events: what it means, what of it was not understood, and what must be asked.

1. The text is cut into pieces (`tokens`), and each run of pieces gets its possible readings (`readings`): words of the
   lexicon, names of the organisation, names as typed, amounts, days.
2. The grammar says which readings fit together (`parsing`, `grammar.lark`), and what that means (`meaning`).
3. One meaning is an understanding. Several equally likely ones are a question whose choices are whole sentences. Words
   that fit nowhere are named, with what may have been meant; nothing is put right in silence.

Whatever is typed is answered: at most `MOST_CHARACTERS` are read, and the number of readings tried is bounded.
"""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from indelible.events.folding import fold
from indelible.language.days import Calendar
from indelible.language.lexicon import Trie
from indelible.language.meaning import Meant, meant_by
from indelible.language.meaning_spots import Misfit
from indelible.language.parsing import Way, ways
from indelible.language.parts import Said
from indelible.language.pattern import EVERYTHING, NO_DUTIES, Duties, Pattern, Tell
from indelible.language.readings import Readings
from indelible.language.readings_names import names_of
from indelible.language.rendering import render
from indelible.language.spelling import suggestions
from indelible.language.tokens import Piece, pieces_of
from indelible.language.understanding import Choice, Kind, Offer, Question, Understanding, Unknown
from indelible.language.world import World

Purpose = Literal["rule", "search", "alarm"]

MOST_CHARACTERS: Final = 1_000
MOST_PIECES: Final = 200
MOST_CHOICES: Final = 6
MOST_QUESTIONS: Final = 3
_KEPT_WORLDS: Final = 8

_QUESTIONS: Final = {
    "two-readings": "This can mean several things. Choose one, or write it another way.",
    "which-person": "More than one person is called so. Choose one.",
    "which-system": "From which system? Choose one, or name it in the sentence.",
    "two-rules": "This speaks of different things. Choose one, or make a rule of each.",
    "what-exactly": "This is not enough to go by. Choose one, or write it another way.",
}
_REFUSED: Final = (
    "No rule can say that something is not recorded. To change or switch off a rule, open it under "
    "“What we record”; that is recorded too."
)


def understand(text: str, world: World, now: datetime, *, purpose: Purpose = "rule") -> Understanding:
    """Return what a sentence means to this organisation at this moment (an aware datetime).

    `purpose` says where it was typed: in a search, words that mean nothing else are text to look for; where an alarm is
    made, the bare sentence is what to be told of.
    """
    pieces = pieces_of(text) if len(text) <= MOST_CHARACTERS else []
    if len(text) > MOST_CHARACTERS or len(pieces) > MOST_PIECES:
        return Understanding(text, purpose, not_understood=(Unknown(text[:80], 0, len(text)),))
    if not pieces:
        sentence = render(EVERYTHING, as_="search") if purpose == "search" and not text.strip() else ""
        left = (Unknown(text.strip(), 0, len(text)),) if text.strip() else ()
        return Understanding(text, purpose, sentence=sentence, not_understood=left)
    return _Reading(text, pieces, world, now, purpose).understanding()


def warm_up() -> None:
    """Build the lexicon, the grammar and the index of spelling, so that the first sentence is as quick as any other.

    It takes half a second of a processor and twenty megabytes; whoever does not call it pays at the first sentence.
    """
    from indelible.language import grammar, spelling
    from indelible.language.lexicon import lexicon

    lexicon()
    grammar.new_parse()
    spelling.warm_up()


class _Reading:
    """One sentence being read."""

    def __init__(
        self, text: str, pieces: Sequence[Piece], world: World, now: datetime, purpose: Purpose
    ) -> None:
        self.text, self.pieces, self.world, self.purpose = text, pieces, world, purpose
        self.calendar = Calendar(now, world.zone)
        self.readings = Readings(text, pieces, _names(world), world, now, purpose)
        self._meant: dict[int, Meant | None] = {}

    def understanding(self) -> Understanding:
        """Return the whole answer."""
        found = ways(self.readings, self._fits)
        if any("stop" in way.said.flags for way in found):
            return Understanding(self.text, "rule", offers=(Offer("refused", _REFUSED),),
                                 not_understood=(Unknown(self.text.strip(), *_span(self.pieces)),))  # fmt: skip
        if not found:
            return self._nothing()
        first = self._first_of(found)
        meant = self._means(first, {})
        kind = self._kind(meant, first)
        duties = self._duties(meant, kind)
        left = self._left_out(first)
        left.extend(Unknown(self.text[start:end], start, end) for start, end in meant.misfits)
        questions = list(self._questions(found, first, meant, kind))
        if left and meant.pattern.is_everything and duties in (NO_DUTIES, Duties(tell=Tell("me"))):
            return Understanding(
                self.text, kind, not_understood=tuple(left), offers=tuple(self._ready(understood=False))
            )
        sentence = render(meant.pattern, duties, as_=kind)
        if "?" in duties.expected:
            duties = replace(duties, expected="")
            questions.append(
                Question(
                    "what-exactly",
                    self.text.strip(),
                    _QUESTIONS["what-exactly"],
                    self._how_often(meant, duties),
                )
            )
        if kind == "rhythm" and not meant.pattern.systems:
            questions.append(self._which_system(duties))
        offers = tuple(self._offers(meant, kind, duties, understood=not left and not questions))
        return Understanding(
            self.text, kind, meant.pattern, duties, sentence,
            tuple(sorted(left, key=lambda one: one.start)), tuple(questions[:MOST_QUESTIONS]), offers,
        )  # fmt: skip

    # What a way means

    def _fits(self, said: Said) -> bool:
        try:
            meant_by(said, self.text, self.world, self.calendar, self.purpose, {})
        except Misfit:
            return False
        return True

    def _means(self, way: Way, picks: Mapping[int, int]) -> Meant:
        return meant_by(way.said, self.text, self.world, self.calendar, self.purpose, picks)

    def _first_of(self, found: Sequence[Way]) -> Way:
        return found[0]

    def _kind(self, meant: Meant, way: Way) -> Kind:
        if way.said.kind is not None:
            return way.said.kind
        if self.purpose != "rule":
            return self.purpose
        asks = self.pieces[0].key in ("who", "which", "what", "whose") or self.text.rstrip().endswith("?")
        return "search" if asks or any(piece.kind == "qualifier" for piece in self.pieces) else "rule"

    def _duties(self, meant: Meant, kind: Kind) -> Duties:
        if kind == "alarm" and meant.duties.tell is None:
            return replace(meant.duties, tell=Tell("me"))
        return meant.duties

    # What is left over

    def _left_out(self, way: Way) -> list[Unknown]:
        """Return the words that fit nowhere, neighbours together."""
        runs: list[list[int]] = []
        for place in way.left_out:
            if (
                runs
                and runs[-1][-1] == place - 1
                and not (self._suggested(place) or self._suggested(place - 1))
            ):
                runs[-1].append(place)
            else:
                runs.append([place])
        return [self._unknown(run) for run in runs]

    def _suggested(self, place: int) -> bool:
        return not self.readings.is_known(place) and bool(suggestions(self.pieces[place].key))

    def _unknown(self, run: Sequence[int]) -> Unknown:
        start, end = self.pieces[run[0]].start, self.pieces[run[-1]].end
        words = self.text[start:end]
        near: list[str] = []
        if (
            len(run) == 1
            and not self.readings.is_known(run[0])
            and self.pieces[run[0]].kind in ("word", "id")
        ):
            names = [*self.world.groups, *self.world.systems, *self.world.things]
            names += [part for person in self.world.people for part in person.name.split()]
            near = suggestions(self.pieces[run[0]].key, names)
        rewritten = tuple(self.text[:start] + one + self.text[end:] for one in near)
        return Unknown(words, start, end, tuple(near), rewritten)

    def _nothing(self) -> Understanding:
        """Answer a text in which the grammar found nothing at all."""
        unknown = [self._unknown([place]) for place in range(len(self.pieces))
                   if not self.readings.is_known(place) or not self.readings.steps[place]]  # fmt: skip
        if not unknown:
            start, end = _span(self.pieces)
            unknown = [Unknown(self.text[start:end], start, end)]
        offers = tuple(self._ready(understood=False))
        return Understanding(self.text, self.purpose, not_understood=tuple(unknown), offers=offers)

    # What must be asked

    def _questions(self, found: Sequence[Way], first: Way, meant: Meant, kind: Kind) -> Iterator[Question]:
        for spot in meant.spots[:MOST_QUESTIONS]:
            choices = []
            for number, label in enumerate(spot.labels[:MOST_CHOICES]):
                try:
                    picked = self._means(first, {spot.start: number})
                except Misfit:
                    continue
                duties = self._duties(picked, kind)
                choices.append(Choice(label, render(picked.pattern, duties, as_=kind), picked.pattern))
            words = self.text[spot.start : spot.end] or self.text[spot.start :]
            yield Question(spot.code, words, _QUESTIONS[spot.code], tuple(choices))
        if meant.spots:
            return
        if meant.two_rules:
            duties = self._duties(meant, kind)
            choices = [
                Choice(render(one, as_=kind), render(one, duties, as_=kind), one)
                for one in meant.two_rules[:MOST_CHOICES]
            ]
            wide = render(meant.pattern, duties, as_=kind)
            choices.append(Choice("One wide rule, which takes in more than both", wide, meant.pattern))
            yield Question("two-rules", self.text.strip(), _QUESTIONS["two-rules"], tuple(choices))
            return
        others: dict[tuple[Pattern, Duties], Choice] = {}
        for way in found:
            try:
                other = self._means(way, {})
            except Misfit:
                continue
            duties = self._duties(other, kind)
            sentence = render(other.pattern, duties, as_=kind)
            others.setdefault((other.pattern, duties), Choice(sentence, sentence, other.pattern))
        if len(others) > 1:
            yield Question(
                "two-readings",
                self.text.strip(),
                _QUESTIONS["two-readings"],
                tuple(others.values())[:MOST_CHOICES],
            )

    def _which_system(self, duties: Duties) -> Question:
        """Ask of whom something regular is expected."""
        patterns = [Pattern.of(systems=[system]) for system in self.world.systems[:MOST_CHOICES]]
        choices = tuple(Choice(one.systems[0], render(one, duties, as_="rhythm"), one) for one in patterns)
        return Question("which-system", self.text.strip(), _QUESTIONS["which-system"], choices)

    def _how_often(self, meant: Meant, duties: Duties) -> tuple[Choice, ...]:
        choices = []
        for label, span in (("Every day", "P1D"), ("Every week", "P1W"), ("Every month", "P1M")):
            sentence = render(meant.pattern, replace(duties, expected=span), as_="rhythm")
            choices.append(Choice(label, sentence, meant.pattern))
        return tuple(choices)

    # What may be wanted besides

    def _offers(self, meant: Meant, kind: Kind, duties: Duties, *, understood: bool) -> Iterator[Offer]:
        for code in dict.fromkeys(meant.offers):
            for one in _ready_offers()["narrow"]:
                if one["code"] == code:
                    values = {part.name: getattr(meant.pattern, part.name) for part in fields(Pattern)}
                    narrower = Pattern.of(**(values | {"verbs": one["verbs"]}))
                    yield Offer("narrow", one["label"], render(narrower, duties, as_=kind))
        if meant.signs and kind == "rule":
            whom = duties.tell.whom if duties.tell else "me"
            signs = set(meant.signs)
            values = {part.name: getattr(meant.pattern, part.name) for part in fields(Pattern)}
            values["unchecked"] = [one for one in meant.pattern.unchecked if one not in signs]
            told = replace(duties, tell=Tell(whom, ", ".join(meant.signs)))
            yield Offer(
                "alarm", "Be told of it, as a warning sign", render(Pattern.of(**values), told, as_="alarm")
            )
        yield from self._ready(understood=understood)

    def _ready(self, *, understood: bool) -> Iterator[Offer]:
        if understood:
            return
        said = f" {' '.join(fold(self.text).split())} "
        for kind, offers in (("pack", "packs"), ("rule", "rules")):
            for one in _ready_offers()[offers]:
                if any(f" {word} " in said for word in one["words"]):
                    offer: Any = kind
                    yield Offer(offer, one["label"], name=one["name"])


def _span(pieces: Sequence[Piece]) -> tuple[int, int]:
    return pieces[0].start, pieces[-1].end


@cache
def _ready_offers() -> Mapping[str, Any]:
    text = resources.files("indelible.language.lexicon").joinpath("offers_en.toml").read_text("utf-8")
    return tomllib.loads(text)


_worlds: OrderedDict[int, tuple[World, Trie]] = OrderedDict()


def _names(world: World) -> Trie:
    """Return the organisation's names, kept for the last few worlds that were asked for."""
    kept = _worlds.get(id(world))
    if kept is not None and kept[0] is world:
        return kept[1]
    names = names_of(world)
    _worlds[id(world)] = (world, names)  # the world is held, so that its id stays its own
    while len(_worlds) > _KEPT_WORLDS:
        _worlds.popitem(last=False)
    return names
