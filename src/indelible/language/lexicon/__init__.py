"""What the words of a language may mean: each word or phrase with its readings, as terminals of the grammar.

The words are data: the closed word list (`events.vocabulary`), and beside it one set of TOML files a language
(`en_acts`, `en_things`, `en_words`). A phrase is looked up piece by piece: verbs and small words in the forms that
`forms` makes, nouns by their singular. Built at first use, and kept.

Another language is another set of files and forms, and a grammar of its own where its words stand otherwise.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final

from indelible.events.vocabulary import CATEGORIES, FACTS, THINGS, VERBS
from indelible.language.lexicon.forms import singular, third, verb_forms
from indelible.language.parts import Part
from indelible.language.pattern import ROLES, Condition
from indelible.language.tokens import Piece, pieces_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase may be: a terminal of the grammar, what it stands for, and how far-fetched it is (0: not)."""

    type: str
    value: Any
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """One act that a word may stand for, and the kinds of thing with which it does (none: with any other)."""

    verbs: tuple[str, ...]
    things: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def fits(self, kinds: Iterable[str]) -> bool:
        """Whether all of these kinds, at least one, are among those of this option."""
        found = [kind in self.things or kind.partition(".")[0] in self.things for kind in kinds]
        return bool(found) and all(found)


@dataclass(frozen=True, slots=True)
class Act:
    """What a word for an act stands for. More than one option: it depends on the things."""

    options: tuple[Option, ...]
    offer: str = ""
    alone: bool = False  # whether it is said without a thing: "sign-ins"
    noun: bool = False
    directed: bool = False  # whether it says more than the act: "increased"
    facts: tuple[str, ...] = ()

    def meant(self, kinds: Sequence[str]) -> tuple[Option, ...]:
        """Return the options that are left with these kinds of thing; several are a question."""
        if len(self.options) == 1 and not self.options[0].things:
            return self.options
        for option in self.options:
            if option.fits(kinds):
                return (option,)
        rest = tuple(one for one in self.options if not one.things)
        return rest or (self.options if len(self.options) > 1 else ())


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a word for things stands for: kinds, or with `ask` one of them."""

    kinds: tuple[str, ...]
    ask: bool = False
    by_verb: tuple[tuple[str, tuple[str, ...]], ...] = ()


_PLAIN: Final = re.compile(r"[a-z]+(?: [a-z]+)*")
CONJUNCTIONS: Final = {
    "both": (",", "and", "or", ", and", ", or", "and or", "and/or", "&", "as well as", "plus", ", as well as",
             "and also", "or else", "nor", ", nor", "along with"),
    "wide": (",", "and", ", and", "but", ", but", ", and also", "and also"),
    "clause": (",", "and", ", and", "or", ", or", "as well as", "and also", "and when", "or when", ", and when",
               "and whenever", "or whenever", "and if", "or if"),
    "between": (".", ";", ",", "and", ", and", ", and also", "and also", "and then", ". and", "but", ", but",
                ", then", "and please", "and they"),
}  # fmt: skip
_LISTS: Final = {"CA": 0, "CT": 0, "CN": 0, "CW": 0, "CG": 0, "CWI": 0, "CF": 0, "CL": 0, "CO": 0, "CS": 0, "CD": 0,
                 "CFI": 0, "CTL": 0, "CLA": 0, "CXA": 0, "CLT": 0}  # fmt: skip
_OF_COSTS: Final = frozenset(
    {"in", "on", "at", "with", "from", "within", "over", "through", "under", "against", "as"}
)
_IN_COSTS: Final = frozenset({"to", "into", "of", "with", "via", "using", "through", "on", "at", "by way of"})
_CORE_FACTS: Final = ("actor", "occurred_at", "on_behalf_of", "action", "targets", "outcome", "context", "source",
                      "at", "changes")  # fmt: skip
_ASKING: Final = frozenset(
    {
        "in",
        "at",
        "until",
        "with",
        "exactly",
        "who",
        "what",
        "when",
        "where",
        "why",
        "how",
        "which",
        "from",
        "to",
        "for",
        "whether",
        "on",
        "by",
    }
)
_BY_FACTS: Final = frozenset(
    {"actor", "occurred_at", "reason", "source", "outcome", "context", "context.ip", "context.device"}
)
_MEASURED: Final = frozenset(
    (
        "amount quantity value balance size duration count row_count people_count item_count line_count headcount "
        "batch_total gross_total difference score population_count offset_ms missing_estimate age_of_items expires "
        "due_date due_at deadline valid_from valid_to received_at aware_at happened_at copies_left approval_limit "
        "limit_applied changes.before changes.after"
    ).split()
)
"""Facts that may be compared with "over 500" and the like without a word between."""
_ALONE: Final = frozenset({"sign_in", "sign_out", "enter", "exit"})
_JOINING: Final = frozenset({"with", "to", "into", "of", "from", "at", "by"})
PARTICLES: Final = ("on", "off", "away", "back", "out", "over", "up", "down")


@dataclass
class Trie:
    """Phrases by their pieces, each with its readings."""

    root: dict[str, Any] = field(default_factory=dict)

    def add(self, keys: Sequence[str], reading: Reading) -> None:
        """Let this phrase have this reading too; of two equal ones the nearer stays."""
        if not keys or not all(keys):
            return
        node = self.root
        for key in keys:
            node = node.setdefault(key, {})
        readings = node.setdefault("", [])
        for place, other in enumerate(readings):
            if other.type == reading.type and other.value == reading.value:
                if reading.cost < other.cost:
                    readings[place] = reading
                return
        readings.append(reading)

    def found(self, keys: Sequence[str], start: int) -> Iterator[tuple[int, list[Reading]]]:
        """Yield each phrase that begins at this place: where it ends, and its readings."""
        node = self.root
        for place in range(start, len(keys)):
            key = keys[place]
            if not key or key not in node:
                return
            node = node[key]
            if "" in node:
                yield place + 1, node[""]


def keys_of(phrase: str) -> list[str]:
    """Return a phrase as it is looked up."""
    if _PLAIN.fullmatch(phrase):
        return phrase.split(" ")
    return [piece.key for piece in pieces_of(phrase)]


def noun_keys(phrase: str) -> list[str]:
    """Return a noun phrase as it is looked up, whatever its number."""
    return [singular(key) for key in keys_of(phrase)]


class Lexicon:
    """The words of one language."""

    def __init__(self, language: str = "en") -> None:
        self.acts = _load(f"{language}_acts.toml")
        self.things = _load(f"{language}_things.toml")
        self.words = _load(f"{language}_words.toml")
        self.exact, self.nouns = Trie(), Trie()
        self._add_small_words()
        self._add_conjunctions()
        self._add_acts()
        self._add_things()
        self._add_facts()
        self._add_narrowing()
        self._add_times()
        self._add_names()

    def readings(self, pieces: Sequence[Piece], start: int) -> Iterator[tuple[int, Reading]]:
        """Yield where each phrase that begins here ends, and what it may be."""
        keys = [piece.key for piece in pieces]
        for end, readings in self.exact.found(keys, start):
            for reading in readings:
                yield end, reading
        singulars = [singular(key) for key in keys]
        for end, readings in self.nouns.found(singulars, start):
            for reading in readings:
                yield end, reading

    def of_phrase(self, phrase: str, kind: str) -> list[Reading]:
        """Return what a whole phrase may be, as that terminal."""
        found = [(self.exact, keys_of(phrase)), (self.nouns, noun_keys(phrase))]
        return [
            reading
            for trie, keys in found
            for end, readings in trie.found(keys, 0)
            if end == len(keys)
            for reading in readings
            if reading.type == kind
        ]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word that begins or continues a phrase, for spelling."""
        found: set[str] = set()
        stack = [self.exact.root, self.nouns.root]
        while stack:
            node = stack.pop()
            for key, below in node.items():
                if key:
                    found.add(key)
                    stack.append(below)
        return frozenset(word for word in found if word.isalpha())

    # How it is filled

    def _exact(self, phrase: str, reading: Reading) -> None:
        for one in _with_late(reading, phrase, self.acts["irregular"]):
            self.exact.add(keys_of(phrase), one)

    def _noun(self, phrase: str, reading: Reading) -> None:
        for one in _with_late(reading, phrase, self.acts["irregular"]):
            self.nouns.add(noun_keys(phrase), one)

    def _add_small_words(self) -> None:
        skip = self.words["skip"]
        for kind, words, cost in (
            ("SKIP", skip["words"], 0),
            ("SKIP", skip["weak"], 1),
            ("SKIP_START", skip["opening"], 0),
        ):
            for word in words:
                self._exact(word, Reading(kind, None, cost))
        for kind, words in self.words["tokens"].items():
            if kind in ("LIFE", "LIFE_LOG"):
                continue
            for word in words:
                cost = 1 if kind == "SOMEONE" and "user" in word else 0
                if kind == "OF":
                    cost = 1 if word in _OF_COSTS else 0
                elif kind == "IN":
                    cost = 1 if word in _IN_COSTS else 0
                elif kind == "CMD_RULE" and word == "audit":
                    cost = 1  # "audit log exports"
                elif (kind == "SINCE" and word == "from") or kind == "FOR_SPAN":
                    cost = 1
                elif kind == "REVIEWED":
                    cost = 2  # rather an act: "candidates looked at by HR"
                elif kind == "SILENT" and word.startswith(("if", "when", "after")):
                    cost = 1  # rather what somebody is to be told of
                elif (kind == "BY" and word == "of") or (kind == "NOTIN" and word.startswith("outside")):
                    cost = 1
                self._exact(word, Reading(kind, word, cost))
        for word in self.words["tokens"]["OUTSIDE"]:
            if not word.startswith(("not in", "not from", "other than", "not being")):
                self._exact(word, Reading("OUTSIDE_M", word))
        for word in ("to", "of", "on"):
            self._exact(word, Reading("OF_LATE", word))
        self._exact("of", Reading("BY_OF", "of", 1))
        for word in ("to", "into"):
            self._exact(word, Reading("IN_TO", word))
        self._exact("of", Reading("OF_OWNER", "of", 1))
        for word in ("new", "brand new"):
            self._exact(word, Reading("NEW", word))
        for word in self.words["tokens"]["SILENT"]:
            self._exact(word, Reading("SILENT_TOLD", word))
        for word in self.words["tokens"]["REVIEWED_BY"]:
            self._exact(word, Reading("BY_REVIEWER", word))
        for word, span in (("LIFE", "record-life"), ("LIFE_LOG", "log-life")):
            for phrase in self.words["tokens"][word]:
                self._exact(phrase, Reading("LIFE", span))
        for op, words in self.words["compare"].items():
            for word in words:
                for prefix in ("", *self.words["before_compare"]["words"]):
                    self._exact(f"{prefix} {word}".strip(), Reading("COMPARE", op))
                    self._exact(f"{prefix} {word}".strip(), Reading("COMPARE_N", op))
                    turned = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}.get(op)
                    if (
                        turned
                        and word[0].isalpha()
                        and not word.startswith(("no", "not", "is", "are", "was", "a "))
                    ):
                        for no in ("not", "no") if word.endswith("than") else ("not",):
                            self._exact(f"{prefix} {no} {word}".strip(), Reading("COMPARE", turned))
        for particle in PARTICLES:
            self._exact(particle, Reading("PARTICLE", particle))

    def _add_conjunctions(self) -> None:
        for word in CONJUNCTIONS["both"]:
            for kind, cost in _LISTS.items():
                self._exact(word, Reading(kind, word, cost))
        for word in ("and to", "or to", "and of", "or of", "and in", "or in", "and on", "or on"):
            self._exact(word, Reading("CT", word, 1))  # "changes to suppliers and to their bank details"
        for word in CONJUNCTIONS["wide"]:
            self._exact(word, Reading("CM", word))
        for word in CONJUNCTIONS["clause"]:
            self._exact(word, Reading("CC", word, 4))
        for word in CONJUNCTIONS["between"]:
            self._exact(word, Reading("SEP", word))
        for mark in ":!?()/":
            self.exact.add([mark], Reading("SKIP", None))
        self.exact.add([":"], Reading("WITH", ":", 1))  # "each reconciliation: the difference, the papers"
        self.exact.add(["-"], Reading("CM", "-"))
        self.exact.add(["-"], Reading("AND_TO", "-"))

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

    def _add_things(self) -> None:
        roots = {kind.partition(".")[0] for kind in THINGS}
        for kind, thing in THINGS.items():
            self._noun(thing.name, Reading("THING", Kinds((kind,))))
            bare = thing.name.partition(" ")[2] if thing.name.startswith(("a ", "an ")) else thing.name
            self._noun(bare, Reading("THING", Kinds((kind,))))
            for name in self.things["things"].get(kind, ()):
                self._noun(name, Reading("THING", Kinds((kind,))))
                for article in (" of a ", " of an "):
                    if article in name:
                        for other in (" of ", " of the ", " of our ", " of all ", " of any ", " of every "):
                            self._noun(name.replace(article, other), Reading("THING", Kinds((kind,))))
        for name, kinds in self.things["several"].items():
            by_verb = tuple(
                (verb, tuple(some)) for verb, some in self.things["several_by_verb"].get(name, {}).items()
            )
            self._only_thing(name, Kinds(tuple(kinds), by_verb=by_verb))
        for name, kind in self.things["general"].items():
            assert kind in roots or kind in THINGS, kind
            self._noun(name, Reading("THING", Kinds((kind,))))
        for name, kinds in self.things["ask"].items():
            if name not in self.things["several"]:
                by_verb = tuple(
                    (verb, tuple(some)) for verb, some in self.things["ask_by_verb"].get(name, {}).items()
                )
                self._only_thing(name, Kinds(tuple(kinds), ask=True, by_verb=by_verb))

    def _only_thing(self, name: str, kinds: Kinds) -> None:
        """Let a word stand for these kinds and none of those that it was given before."""
        keys = noun_keys(name)
        node = self.nouns.root
        for key in keys:
            node = node.setdefault(key, {})
        node[""] = [one for one in node.get("", []) if one.type != "THING"] + [Reading("THING", kinds)]

    def _add_facts(self) -> None:
        said: dict[str, tuple[str, ...]] = {}
        for fact in (*FACTS, *_CORE_FACTS):
            if fact_name(fact) != f"the {fact}":
                said[fact_name(fact)] = (fact,)
            said.setdefault(fact.replace("_", " "), (fact,))
        for fact, words in self.words["facts"].items():
            for word in words:
                said[word] = (fact,)
        for word, facts in self.words["facts_several"].items():
            said[word] = tuple(facts)
        # Of two facts that differ in number alone ("item", "items") each goes by its own form.
        apart = {
            word for word in said if word.endswith("s") and singular(word) in said and singular(word) != word
        }
        apart |= {singular(word) for word in apart}
        for word, told in said.items():
            add = (
                self._exact
                if word in apart or word.startswith("the ") or word in ("person", "user")
                else self._noun
            )
            add(word, Reading("FACT", told))
            if set(told) <= _BY_FACTS:
                add(word, Reading("BYFACT", told, 1))
            add(word, Reading("LACKED", told, 1 if told == ("authority",) else 0))
            add(word, Reading("HAD_FACT", told))
            if len(told) == 1:
                add(word, Reading("REF", told[0]))
                add(word, Reading("FACT_MORE", told[0], 1))
                if told[0] in _MEASURED:
                    add(word, Reading("REF_BARE", told[0], 2))
        for phrase, told in self.words["facts_asked"].items():
            for form in (phrase, phrase.replace("and ", ", "), phrase.replace("and ", ", and ")):
                self._exact(form, Reading("AND_FACT", tuple(told)))
        for phrase, told in said.items():
            if phrase.partition(" ")[0] in _ASKING and " " in phrase:
                for form in (f"and {phrase}", f", {phrase}", f", and {phrase}"):
                    self._noun(form, Reading("AND_FACT", told, 1))
        for role in ROLES:
            self._noun(role, Reading("REF", role))
        fields = dict.fromkeys(
            (*(fact_name(fact) for fact in FACTS if "." not in fact), *self.words["fields"]["words"])
        )
        for name in fields:
            if name in ("what", "from", "to"):
                continue
            cost = (
                2
                if name
                in ("end", "start", "from", "to", "what", "period", "system", "systems", "reason", "name")
                else 1
            )
            self._noun(name, Reading("FIELD", name, cost))
            self._noun(name, Reading("FIELD_ALONE", name, cost + 3))

    def _add_narrowing(self) -> None:
        for outcomes, words in self.words["outcomes"].items():
            for word in words:
                self._exact(word, Reading("OUTCOME", tuple(outcomes.split())))
            for outcome in outcomes.split():
                self._exact(outcome, Reading("OUTCOME_NAME", (outcome,)))
        for fact, words in self.words["units"].items():
            for word in words:
                self._noun(word, Reading("UNIT", fact))
        # "Refused payments" were rejected; "refused sign-ins" were denied.
        self._exact("refused", Reading("OUTCOME", ("denied",), 2))
        for sign in self.words["signs"]["words"]:
            self._exact(sign, Reading("SIGN", sign))
        for word in self.words["unchecked"]["before"]:
            for kind in ("ADJ_A", "ADJ_T"):
                self._exact(word, Reading(kind, word, 1))
        for phrase in self.words["unchecked"]["words"]:
            self._exact(phrase, Reading("UNCHECKED", phrase))

    def _add_times(self) -> None:
        for period in self.words["periods"]["words"]:
            self._exact(period, Reading("PERIOD", period.replace("previous", "last")))
        for days, words in self.words["days"].items():
            for word in words:
                self._noun(word, Reading("DAY", tuple(days.split())))
        for hours, words in self.words["hours"].items():
            for word in words:
                self._exact(word, Reading("HOURS", hours))
        for span, words in self.words["often"].items():
            if span != "every":
                for word in words:
                    self._exact(word, Reading("OFTEN", span))

    def _add_names(self) -> None:
        for kind, words in self.words["kinds"].items():
            for word in words:
                self._noun(word, Reading("KIND_OF_ACTOR", kind))
        for role in self.words["roles"]["words"]:
            self._noun(role, Reading("ROLE", None))
        for title in self.words["roles"]["titles"]:
            self._exact(title, Reading("ROLE", "=", 1 if title.islower() else 0))
        for group in self.words["groups"]["words"]:
            self._exact(group, Reading("GROUP", group.removeprefix("the ")))
        for system in self.words["systems"]["words"]:
            self._exact(system, Reading("SYSTEM", system.removeprefix("the ")))


def _with_late(reading: Reading, phrase: str, irregular: Mapping[str, Sequence[str]]) -> tuple[Reading, ...]:
    """Return a reading with those that it may also have behind what narrows the things: "invoices over 500 EUR approved
    by Tom", "invoices over 500 EUR that Tom approves"."""
    value, cost = reading.value, reading.cost + 1
    if reading.type == "OWN_APPROVAL":
        return (reading, Reading("OWN_APPROVAL_LATE", value, cost))
    if reading.type == "THING":
        return (reading, Reading("LTHING", value, cost))
    if reading.type != "ACT":
        return (reading,)
    if value.noun:
        return (reading, Reading("XACT", value, cost))
    first = phrase.partition(" ")[0]
    was = " " not in phrase and (
        phrase.endswith("ed") or any(phrase in forms for forms in irregular.values())
    )
    before = (Reading("ADJ_T", phrase, reading.cost + 4),) if was else ()
    passive = first.endswith(("ed", "ing")) or any(first in forms for forms in irregular.values())
    late = (Reading("LACT", value, cost),) if passive else ()
    return (reading, Reading("XACT", value, cost), Reading("VACT", value, cost), *late, *before)


def fact_name(fact: str) -> str:
    """Return how a fact is spoken of in a list of facts: "the old value", "valid to"."""
    return {
        "changes.before": "the old value",
        "changes.after": "the new value",
        "approval_ref": "the approval",
        "attachments": "the papers",
        "context": "from where",
        "context.ip": "the address",
        "context.device": "the device",
        "on_behalf_of": "for whom",
        "meaning": "what the signature means",
        "actor": "who",
        "occurred_at": "when",
        "changes": "all changes",
        "at": "when it was recorded",
        "source": "which system",
        "action": "what they did",
        "targets": "to what",
    }.get(fact, fact.replace("_", " "))


def third_person(base: str) -> str:
    """Return a verb of several words as it is said of somebody: "takes off hold"."""
    first, blank, rest = base.partition(" ")
    return f"{third(first)}{blank}{rest}"


def _load(name: str) -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


@cache
def lexicon() -> Lexicon:
    """Return the words of English, read at the first call."""
    return Lexicon()
