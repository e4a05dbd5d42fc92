"""From what was said to what is meant: parts of a sentence become a pattern and its duties.

Words whose act depends on the thing are settled here ("opened" a file, "opened" a case); what cannot be settled is an
open *spot* with its choices, and the pattern is made with one of them picked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indelible.language.days import Calendar
from indelible.language.meaning_patterns import PatternReader
from indelible.language.meaning_spots import Misfit, Spot
from indelible.language.parts import Part, Parts, Said
from indelible.language.pattern import Duties, Look, Pattern, Review, Tell
from indelible.language.understanding import Kind
from indelible.language.world import World


@dataclass
class Meant:
    """What one way through a sentence means, with some choices picked."""

    kind: Kind
    pattern: Pattern
    duties: Duties
    spots: list[Spot] = field(default_factory=list)
    misfits: list[tuple[int, int]] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    two_rules: tuple[Pattern, ...] = ()


def meant_by(
    said: Said, text: str, world: World, calendar: Calendar, kind: Kind, picks: Mapping[int, int]
) -> Meant:
    """Return what a way through a sentence means. `picks`: for a spot, by where it starts, which choice.

    Raises Misfit where it makes no sense.
    """
    reader = PatternReader(text, world, calendar, picks)
    patterns = [reader.pattern(clause) for clause in _shared(said.clauses)]
    duties = _duties(said.duties)
    whole, two = _together(patterns)
    signs = list(reader.signs)
    told = said.kind or kind
    if signs and (told == "alarm" or kind == "alarm"):
        tell = duties.tell or Tell("me")
        when = ", ".join(dict.fromkeys([*([tell.when] if tell.when else []), *signs]))
        duties = Duties(duties.keep, duties.keep_from, duties.review, Tell(tell.whom, when), duties.silent_after,
                        duties.expected, duties.reason, duties.look)  # fmt: skip
    elif signs:
        whole = _with(whole, unchecked=(*whole.unchecked, *signs))
        two = tuple(_with(one, unchecked=(*one.unchecked, *signs)) for one in two)
    return Meant(told, whole, duties, reader.spots, reader.misfits, reader.offers, signs, two)


def _with(pattern: Pattern, **parts: Any) -> Pattern:
    from dataclasses import fields

    values = {one.name: getattr(pattern, one.name) for one in fields(pattern)}
    return Pattern.of(**(values | parts))


def _shared(clauses: Sequence[Parts]) -> list[Parts]:
    """Return the clauses, each with the things or acts that it leaves to its neighbour ("who approved and who
    released each payment")."""
    found: list[list[Part]] = [list(clause) for clause in clauses]
    for place, clause in enumerate(found):
        if any(part.name in ("thing", "thing_exact", "anything", "named") for part in clause):
            continue
        if any(part.name == "act" and part.value.alone for part in clause):
            continue
        for neighbour in (*found[place + 1 :], *reversed(found[:place])):
            things = [
                part
                for part in neighbour
                if part.name in ("thing", "thing_exact", "anything", "named", "field")
            ]
            if things:
                clause.extend(things)
                break
    return [tuple(clause) for clause in found]


def _together(patterns: Sequence[Pattern]) -> tuple[Pattern, tuple[Pattern, ...]]:
    """Return one pattern for all clauses, and the clauses apart where one pattern would mean more than they do."""
    if not patterns:
        return Pattern(), ()
    first = patterns[0]
    for other in patterns[1:]:
        differing = [
            name
            for name in Pattern.__dataclass_fields__
            if name not in ("facts", "unchecked") and getattr(first, name) != getattr(other, name)
        ]
        facts = {name: getattr(first, name) + getattr(other, name) for name in ("facts", "unchecked")}
        if not differing:
            first = _with(first, **facts)
        elif (
            len(differing) == 1
            and differing[0] in ("verbs", "things", "named", "who", "systems")
            and all(getattr(one, differing[0]) for one in (first, other))
        ):
            name = differing[0]
            first = _with(first, **facts, **{name: getattr(first, name) + getattr(other, name)})
        else:
            return _wide(patterns), tuple(patterns)
    return first, ()


def _wide(patterns: Sequence[Pattern]) -> Pattern:
    """Return the pattern that takes in what each of several does, and more."""
    parts: dict[str, Any] = {}
    for name in Pattern.__dataclass_fields__:
        values = [getattr(one, name) for one in patterns]
        if name == "when":
            parts[name] = values[0] if all(value == values[0] for value in values) else None
        elif name in ("where", "text", "not_who", "not_verbs", "not_things", "not_systems"):
            parts[name] = set.intersection(*[set(value) for value in values])
        elif name in ("facts", "unchecked") or all(values):
            parts[name] = [one for value in values for one in value]
        elif name in ("verbs", "categories"):
            both = [one for value in values for one in value]
            parts[name] = both if all(one.verbs or one.categories for one in patterns) else ()
    return Pattern.of(**parts)


def _duties(parts: Parts) -> Duties:
    """Return the duties. Raises Misfit where one is said twice, in two ways."""
    values: dict[str, Any] = {}
    names = {"keep": "keep", "keep_from": "keep_from", "review": "review", "tell": "tell", "silent": "silent_after",
             "expected": "expected", "often": "expected", "reason": "reason", "look": "look"}  # fmt: skip
    for part in parts:
        name = names.get(part.name)
        if name is None:
            continue
        value = part.value
        if name == "review":
            value = Review(*value)
        elif name == "look":
            value = Look(*value)
        elif name == "tell":
            value = Tell(*value)
        if name in values and values[name] != value:
            if name == "tell" and not values[name].when and values[name].whom == value.whom:
                values[name] = value
                continue
            raise Misfit
        values[name] = value
    return Duties(**values)
