"""Names: those that the organisation has told us, and those that nobody has."""

from __future__ import annotations

from typing import Final

from indelible.language.lexicon import Kinds, Reading, Trie, keys_of, noun_keys
from indelible.language.lexicon.forms import singular
from indelible.language.parts import Edge
from indelible.language.readings_figures import NAME_TYPES, Figures
from indelible.language.readings_places import Step
from indelible.language.spelling import is_near
from indelible.language.world import World

_KNOWN_NAMES: Final = frozenset({"PERSON", "GROUP", "SYSTEM"})

MOST_NAME_WORDS: Final = 4


class Names(Figures):
    """Names by where they stand and how they are written."""

    def _add_names(self, place: int) -> None:
        piece = self.pieces[place]
        if piece.kind not in ("word", "id"):
            return
        if self.kind == "search" and piece.kind == "word" and not self._known[place]:
            self._add("TEXT_WORD", piece.text, place, place + 1, 2 if piece.capital and place else 0)
        if piece.kind == "word":
            weak = not any(step.edge.type not in ("LOOSE_V",) for step in self.steps[place])
            self._add_loose(place, 2 if weak else 3)
        if not piece.capital or piece.kind != "word" or piece.text == "I":
            return
        if place and self.pieces[place - 1].kind == "number" and any(self._currency_at(place)):
            return
        if place == 0 or self.pieces[place - 1].text in (".", ";"):
            if any(
                step.cost < 5 and step.edge.type not in ("LOOSE_V", "LOOSE_S", "TEXT_WORD")
                for step in self.steps[place]
            ):
                return
            if is_near(piece.key):
                return
        end = place
        while end < len(self.pieces) and end - place < MOST_NAME_WORDS:
            one = self.pieces[end]
            if not (
                (one.capital and one.kind in ("word", "id"))
                or (end > place and one.kind in ("number",) and one.text.isdigit())
            ):
                break
            end += 1
            if any(step.edge.type in ("DATE", "DAY") for step in self.steps[place]):
                break
            for kind in NAME_TYPES:
                cost = self._name_cost(place, end) + (1 if kind == "NAME_V" else 0)
                if any(
                    step.end == end and step.edge.type in _KNOWN_NAMES and step.cost == 0
                    for step in self.steps[place]
                ):
                    cost += 1  # one that the organisation has told us of
                if kind == "NAME_N" and self._follows_many(place):
                    cost += 3  # "payments Tom Reed approved", but "supplier Harrow Freight"
                self._add(kind, self.typed(place, end), place, end, cost)
            if one.possessive:
                break

    def _follows_many(self, place: int) -> bool:
        """Whether a name stands behind several things, or begins what is said of them."""
        before = self.pieces[place - 1].key if place else ""
        if before in ("or", "and"):
            return any(
                piece.key in ("that", "which", "did") for piece in self.pieces[max(0, place - 4) : place]
            )
        return before.endswith("s") or before in ("did", "do", "that", "which")

    def _name_cost(self, start: int, end: int) -> int:
        """A run of capitals is one name; a part of it is less likely, and so is one of words that we know."""
        cost = 0
        if end < len(self.pieces) and self.pieces[end].capital and self.pieces[end].kind == "word":
            cost += 3
        strong = {"ACT", "THING", "SYSTEM", "GROUP", "PERSON", "DAY", "DATE", "ROLE"}
        if any(step.end == end and step.edge.type in strong for step in self.steps[start]):
            cost += 2
        return cost

    def _add_loose(self, place: int, cost: int) -> None:
        piece = self.pieces[place]
        known = self._known[place]
        if not any(step.edge.type in ("THING", "SYSTEM") for step in self.steps[place]):
            self.steps[place].append(
                Step(Edge("LOOSE_V", piece.text, piece.start, piece.end), place + 1, cost)
            )
        if not any(step.edge.type in ("SKIP", "SOMEONE", "ANYTHING") for step in self.steps[place]):
            self.steps[place].append(Step(Edge("LOOSE_S", piece.text, piece.start, piece.end), place + 1, 4))
        self._known[place] = known


def names_of(world: World) -> Trie:
    """Return the organisation's own names: its people, groups, systems and kinds of thing."""
    trie = Trie()
    called: dict[tuple[str, ...], set[str]] = {}
    for person in world.people:
        whole = tuple(keys_of(person.name))
        names = {whole} | {(key,) for key in whole if len(key) > 1}
        names |= {tuple(keys_of(member.login)) for member in person.goes_by}
        for name in names:
            if name and all(name):
                called.setdefault(name, set()).add(person.name)
    for name, people in called.items():
        meant = sorted({one for one in people if tuple(keys_of(one)) == name} or people)
        trie.add(name, Reading("PERSON", meant[0] if len(meant) == 1 else tuple(meant)))
    for group in world.groups:
        keys = keys_of(group)
        trie.add(keys, Reading("GROUP", group))
        if len(keys) == 1:
            for other in (f"{keys[0]}s", singular(keys[0])):
                trie.add([other], Reading("GROUP", group))
    for system in world.systems:
        trie.add(keys_of(system), Reading("SYSTEM", system))
    for name_of_thing, kind in world.things.items():
        keys = keys_of(name_of_thing)
        reading = Reading("THING", Kinds((kind,)))
        for form in (keys, [*keys[:-1], f"{keys[-1]}s"] if keys else [], noun_keys(name_of_thing)):
            trie.add(form, reading)
            trie.add(form, Reading("LTHING", reading.value, 1))
    return trie
