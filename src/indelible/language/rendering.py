"""A pattern and its duties, said in words: one canonical sentence, which reading turns into the same again.

Names and values stand as they are where they read as what they are, else in quotation marks. Lists go by the word
list: "creates, changes or deletes a supplier or a payment".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from indelible.events.folding import plain
from indelible.events.vocabulary import CATEGORIES, THINGS, VERBS
from indelible.language.lexicon import Act, lexicon, third_person
from indelible.language.pattern import EVERYTHING, NO_DUTIES, Duties, Pattern, When, Who
from indelible.language.rendering_conditions import (
    said_condition,
    said_facts,
    said_when,
    typed_when,
)
from indelible.language.rendering_duties import WHOM, is_rhythm, said_duties, said_rhythm
from indelible.language.rendering_values import (
    listed,
    quoted,
    said_code,
    said_name,
    said_rule,
    said_text,
    typed_word,
)
from indelible.language.understanding import Kind

_VERB_ORDER: Final = {name: place for place, name in enumerate(VERBS)}

_THING_ORDER: Final = {kind: place for place, kind in enumerate(THINGS)}

_GENERAL: Final = {"invoice": "any kind of invoice", "register": "any kind of declaration in a register",
                   "report": "any kind of report of wrongdoing", "log": "anything of the log itself"}  # fmt: skip

_KINDS: Final = {
    "person": "a human",
    "service": "a service",
    "system": "the system",
    "unknown": "an unknown actor",
}

_OUTCOMES: Final = ("success", "failure", "denied", "partial", "pending", "unknown")


def render(pattern: Pattern, duties: Duties = NO_DUTIES, *, as_: Kind = "rule") -> str:
    """Return the one sentence for a pattern and its duties, as that kind of sentence."""
    if as_ == "rhythm" and is_rhythm(pattern, duties):
        return said_rhythm(pattern, duties)
    told = duties.tell if as_ == "alarm" and duties.tell and duties.tell.whom else None
    if as_ == "search":
        begin = "Entries where "
    elif as_ == "alarm":
        begin = f"Tell {said_text(told.whom if told else 'me', WHOM)} when "
    else:
        begin = "Record when "
    sentences = [begin + _clause(pattern) + "."]
    if told and told.when:
        sentences[0] = sentences[0][:-1] + f", watching for {quoted(told.when)}."
    sentences += [f"{one}." for one in said_duties(duties, told=told is not None)]
    return " ".join(sentences)


def query_text(pattern: Pattern) -> str:
    """Return the question as one types it with qualifiers; reading it as a search gives the same pattern."""
    found: list[str] = []
    words: dict[str, object] = {}
    exact = [one for one in pattern.who if one.name]
    found += [f"who:{typed_word(one.name)}" for one in exact if one.name and _has_words(one.name)]
    found += [f"about:{kind}" for kind in pattern.things]
    found += [
        f"about:{typed_word(name)}" for name in pattern.named if _has_words(name) and not _is_kind_word(name)
    ]
    found += [f"what:{verb}" for verb in pattern.verbs]
    found += [f"what:{_category_typed(category)}" for category in pattern.categories]
    found += [f"what:{typed_word(said)}" for said in pattern.said if _is_said(said)]
    found += [f"source:{typed_word(system)}" for system in pattern.systems if _has_words(system)]
    found += [f"outcome:{outcome}" for outcome in pattern.outcomes]
    found += [
        f"flag:{typed_word(flag)}" for flag in pattern.flags if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", flag)
    ]
    found += [f"rule:{rule}" for rule in pattern.rules if re.fullmatch(r"\d+(\.\d+)?", rule)]
    found += typed_when(pattern.when)
    words = {
        "who": [one for one in pattern.who if not (one.name and _has_words(one.name))],
        "named": [one for one in pattern.named if not (_has_words(one) and not _is_kind_word(one))],
        "said": [one for one in pattern.said if not _is_said(one)],
        "systems": [one for one in pattern.systems if not _has_words(one)],
        "flags": [one for one in pattern.flags if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", one)],
        "rules": [one for one in pattern.rules if not re.fullmatch(r"\d+(\.\d+)?", one)],
        "not_who": pattern.not_who, "not_verbs": pattern.not_verbs, "not_things": pattern.not_things,
        "not_systems": pattern.not_systems, "where": pattern.where, "facts": pattern.facts,
        "unchecked": pattern.unchecked,
        "when": When(days=pattern.when.days, hours=pattern.when.hours) if pattern.when else None,
    }  # fmt: skip
    rest = Pattern.of(**words)
    narrowing = [*([f"by {_whos(rest.who)}"] if rest.who else []), *_mods(rest)]
    if rest.named:
        narrowing.insert(0, f"anything called {listed([quoted(one) for one in rest.named])}")
    elif narrowing and not found:
        narrowing.insert(0, "anything")
    text = " ".join([*found, ", ".join(narrowing)]).strip()
    texts = " ".join(one if re.fullmatch(r"[^\W_]+\*", one) else quoted(one) for one in pattern.text)
    return " ".join(part for part in (texts, text) if part)


def _clause(pattern: Pattern) -> str:
    outside = not pattern.who and bool(pattern.not_who) and all(one.group for one in pattern.not_who)
    if outside:
        subject = f"someone outside {listed([said_name(one.group) for one in pattern.not_who])}"
    else:
        subject = _whos(pattern.who) if pattern.who else "someone"
    things = _things(pattern.things) if pattern.things else "anything"
    if pattern.named:
        things += f" called {listed([said_code(name) for name in pattern.named])}"
        if len(pattern.things) > 1:
            things = _things(pattern.things)
    clause = f"{subject} {_acts(pattern)} {things}"
    mods = _mods(pattern, outside=outside)
    if pattern.named and len(pattern.things) > 1:
        mods.insert(0, f"named {listed([said_code(name) for name in pattern.named])}")
    return ", ".join([clause, *mods])


def _mods(pattern: Pattern, *, outside: bool = False) -> list[str]:
    """Return what narrows a clause, part by part."""
    mods: list[str] = []
    if pattern.not_who and not outside:
        mods.append(f"not by {_whos(pattern.not_who)}")
    if pattern.not_things:
        mods.append(f"except {_things(pattern.not_things)}")
    if pattern.not_verbs:
        mods.append(
            f"except when someone {listed([_act(verb, ()) for verb in _by_order(pattern.not_verbs)])}"
        )
    if pattern.systems:
        mods.append(f"in {listed([said_name(system) for system in pattern.systems])}")
    if pattern.not_systems:
        mods.append(f"not in {listed([said_name(system) for system in pattern.not_systems])}")
    if pattern.outcomes:
        mods.append("where the outcome is " + listed([one for one in _OUTCOMES if one in pattern.outcomes]))
    if pattern.flags:
        mods.append(f"flagged {listed([quoted(flag) for flag in pattern.flags])}")
    if pattern.rules:
        mods.append(f"counted under rule {listed([said_rule(rule) for rule in pattern.rules])}")
    if pattern.said:
        mods.append(f"called by the source {listed([quoted(said) for said in pattern.said])}")
    if pattern.text:
        mods.append(f"with the text {listed([quoted(text) for text in pattern.text], 'and')}")
    if pattern.where:
        mods.append("where " + " and where ".join(said_condition(one) for one in pattern.where))
    if pattern.when:
        mods.extend(said_when(pattern.when))
    mods.extend(f"but only {quoted(said)} (which is not checked)" for said in pattern.unchecked)
    if pattern.facts:
        mods.append(f"with {said_facts(pattern.facts)}")
    return mods


def _acts(pattern: Pattern) -> str:
    phrases = [_act(verb, pattern.things) for verb in _by_order(pattern.verbs)]
    phrases += [f"does something of the category {name.replace('_', ' ')} to" for name in pattern.categories]
    phrases = list(dict.fromkeys(phrases))
    return listed(phrases) if phrases else "does anything to"


def _by_order(verbs: Iterable[str]) -> list[str]:
    return sorted(verbs, key=lambda verb: (_VERB_ORDER.get(verb, len(_VERB_ORDER)), verb))


@lru_cache(maxsize=1 << 12)
def _act(verb: str, things: tuple[str, ...]) -> str:
    """Return the verb as it is said of somebody, in the words that mean it with these things."""
    if verb not in VERBS:
        return quoted(verb)
    own = VERBS[verb].someone
    candidates = [own, *(third_person(base) for base in lexicon().acts["verbs"].get(verb, ()))]
    for phrase in candidates:
        readings = lexicon().of_phrase(phrase, "ACT")
        found = [one.value for one in readings if one.cost == 0 and not one.value.noun]
        if found and all(_means(act, verb, things) for act in found):
            return phrase
    return verb


def _means(act: Act, verb: str, things: tuple[str, ...]) -> bool:
    options = act.meant(things)
    return not act.alone and not act.noun and len(options) == 1 and options[0].verbs == (verb,)


def _things(kinds: Sequence[str]) -> str:
    ordered = sorted(kinds, key=lambda kind: (_THING_ORDER.get(kind, len(_THING_ORDER)), kind))
    return listed([_thing(kind) for kind in ordered])


def _thing(kind: str) -> str:
    if kind in THINGS:
        return THINGS[kind].name
    return _GENERAL.get(kind, kind)


def _whos(whos: Sequence[Who]) -> str:
    """Return who is meant; groups come last, since a list of groups takes in every name after it."""
    said = [said_name(one.name) for one in whos if one.name]
    said += [_KINDS.get(one.kind, quoted(one.kind)) for one in whos if one.kind]
    groups = [said_name(one.group) for one in whos if one.group]
    if groups:
        inside = f"someone in {listed(groups)}"
        return f"{', '.join(said)} or {inside}" if said else inside
    return listed(said)


def _category_typed(category: str) -> str:
    return quoted(CATEGORIES[category]) if category in VERBS else category


def _has_words(value: str) -> bool:
    return bool(plain(value)) and value == value.strip()


def _is_kind_word(value: str) -> bool:
    from indelible.language.qualifiers import kinds_named
    from indelible.language.world import NOWHERE

    return bool(kinds_named(value, NOWHERE))


def _is_said(value: str) -> bool:
    from indelible.language.qualifiers import _what

    return _has_words(value) and _what(value).name == "said"


__all__ = ["EVERYTHING", "query_text", "render"]
