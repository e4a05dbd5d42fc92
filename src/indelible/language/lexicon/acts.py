"""Words for acts: verbs in all their forms, nouns of acts, and acts that depend on the thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from indelible.events.vocabulary import CATEGORIES, VERBS
from indelible.language.lexicon.forms import third, verb_forms
from indelible.language.lexicon.trie import keys_of
from indelible.language.lexicon.values import Act, Option, Reading
from indelible.language.lexicon.words import Words
from indelible.language.parts import Part
from indelible.language.pattern import Condition

_ALONE: Final = frozenset({"sign_in", "sign_out", "enter", "exit"})

_JOINING: Final = frozenset({"with", "to", "into", "of", "from", "at", "by"})

PARTICLES: Final = ("on", "off", "away", "back", "out", "over", "up", "down")


class Acts(Words):
    """The acts of a language."""

    def _add_acts(self) -> None:
        irregular = self.acts["irregular"]
        dependent = {
            tuple(keys_of(form))
            for word in self.acts["depends"]
            for base in word["words"]
            for form in verb_forms(base, irregular)
        }

        def add(phrase: str, act: Act) -> None:
            if tuple(keys_of(phrase)) not in dependent:
                self._exact(phrase, Reading("ACT", act))

        for name, verb in VERBS.items():
            act = Act((Option((name,)),))
            if verb.someone != "makes":
                add(verb.someone, act)
            if verb.past != "left" or name == "exit":
                add(verb.past, Act(act.options, alone=True) if name == "exit" else act)
            for base in self.acts["verbs"].get(name, ()):
                alone = name in _ALONE and base.rpartition(" ")[2] not in _JOINING
                for form in verb_forms(base, irregular):
                    add(form, Act(act.options, alone=alone) if alone else act)
            for noun in self.acts["nouns"].get(name, ()):
                cost = (
                    1
                    if noun in ("receipt", "return", "note", "move", "look", "view", "share", "grant")
                    else 0
                )
                self._noun(noun, Reading("ACT", Act(act.options, alone=name in _ALONE, noun=True), cost))
            self.exact.add([name], Reading("ACT", act, 1))
        for name, bases in self.acts["directed"].items():
            noun = name.endswith("_nouns")
            act = Act((Option((name.removesuffix("_nouns"),)),), noun=noun, directed=True)
            for base in bases:
                for form in (base,) if noun else verb_forms(base, irregular):
                    (self._noun if noun else self._exact)(form, Reading("ACT", act))
        for pair in self.acts["pairs"]:
            act = Act((Option(tuple(pair["verbs"])),), alone=pair["verbs"][0] in _ALONE)
            for base in pair["words"]:
                for form in verb_forms(base, irregular):
                    for joined in (" and ", " or ", " and/or ", "/", ", "):
                        for first, second in (
                            (pair["first"], pair["second"]),
                            (pair["second"], pair["first"]),
                        ):
                            self._exact(f"{form} {first}{joined}{second}", Reading("ACT", act))
        for several in self.acts["several"]:
            act = Act(
                (Option(tuple(several["verbs"])),),
                several.get("offer", ""),
                facts=tuple(several.get("facts", ())),
            )
            for word in several["words"]:
                self._noun(word, Reading("ACT", act))
        self._exact("does anything to", Reading("ACT", Act((Option(()),))))
        self._exact("does anything", Reading("ACT", Act((Option(()),))))
        self._exact("do anything to", Reading("ACT", Act((Option(()),))))
        for category in CATEGORIES:
            phrase = f"does something of the category {category.replace('_', ' ')} to"
            self._exact(phrase, Reading("ACT", Act((Option((), (), (category,)),))))
            self.exact.add([f"category:{category}"], Reading("ACT", Act((Option((), (), (category,)),))))
        splits: dict[str, dict[str, Act]] = {}
        for word in self.acts["depends"]:
            options = tuple(
                Option(tuple(one["verbs"]), tuple(one.get("things", ()))) for one in word["options"]
            )
            act = Act(options)
            for base in word["words"]:
                for form in verb_forms(base, irregular):
                    self._exact(form, Reading("ACT", act))
                first, _, particle = base.partition(" ")
                if particle in PARTICLES:
                    splits.setdefault(first, {})[particle] = act
            for noun in word.get("nouns", ()):
                self._noun(noun, Reading("ACT", act))
        for name in VERBS:
            for base in self.acts["verbs"].get(name, ()):
                first, _, particle = base.partition(" ")
                if particle in PARTICLES:
                    splits.setdefault(first, {}).setdefault(particle, Act((Option((name,)),)))
        for first, by_particle in splits.items():
            for form in verb_forms(first, irregular):
                self._exact(form, Reading("SPLIT_ACT", by_particle))
        own = self.words["own_approval"]
        self._add_own_approval(irregular)
        same = (Part("where", Condition("approver", "same_as", "maker")),)
        approve = Part("act", Act((Option(("approve",)),)))
        for phrase in (*own["words"], *own["does"]):
            self._noun(phrase, Reading("OWN_APPROVAL", (approve, *same)))
        for phrase, told in self.words["lacking"].items():
            absent = tuple(Part("where", Condition(fact, "absent")) for fact in told)
            self._exact(phrase, Reading("OWN_IS", absent))
        for phrase, told in self.words["given"].items():
            given = tuple(Part("where", Condition(fact, "present")) for fact in told)
            self._exact(phrase, Reading("OWN_IS", given))
        for phrase in own["is"]:
            self._noun(phrase, Reading("OWN_IS", same))
        for phrase in own["own"]:
            self._exact(phrase, Reading("OWN", phrase, 2))

    def _add_own_approval(self, irregular: Mapping[str, Sequence[str]]) -> None:
        """Let people say in many words that whoever made something approved it too."""
        same = (Part("where", Condition("approver", "same_as", "maker")),)
        approve = Part("act", Act((Option(("approve",)),)))
        sign = Part("act", Act((Option(("sign",)),)))
        makers = self.words["own_approval"]["makers"]
        for made in self.words["own_approval"]["made"]:
            for verb, act in (
                ("approved", approve),
                ("authorised", approve),
                ("authorized", approve),
                ("signed", sign),
            ):
                for one in ("the same person", "one person", "the same user", "one and the same person"):
                    for joined in (f"{made} and {verb} by {one}", f"{verb} and {made} by {one}"):
                        self._exact(joined, Reading("OWN_APPROVAL", (act, *same)))
        for verb, act in (
            ("approve", approve), ("authorise", approve), ("authorize", approve), ("sign", sign), ("sign off", sign),
        ):  # fmt: skip
            reading = Reading("OWN_APPROVAL", (act, *same))
            forms = tuple(verb_forms(verb, irregular))
            for own in self.words["own_approval"]["own"]:
                for form in forms:
                    self._exact(f"{form} {own}", reading)
            for maker in makers:
                for form in forms[2:3]:
                    for of in ("their own", "their", "its", "its own", "the", "his own", "her own"):
                        self._exact(f"{form} by {of} {maker}", reading)
            for made in self.words["own_approval"]["made"]:
                for who in self.words["own_approval"]["who"]:
                    for it in ("it", "them", "these"):
                        self._exact(f"{forms[2]} by {who} {made} {it}", reading)


def third_person(base: str) -> str:
    """Return a verb of several words as it is said of somebody: "takes off hold"."""
    first, blank, rest = base.partition(" ")
    return f"{third(first)}{blank}{rest}"
