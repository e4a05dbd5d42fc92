"""Which sources feed a rule, and what a rule promises that no source has ever sent.

A source feeds a rule if it gave an entry that the rule counted, or delivered the act and the thing that the rule speaks
of (so that what it lost may have been such an entry), or took the place of one that did, by the same system. One that
delivered nothing yet feeds it if the format of its system, as we know it, tells of such acts. A rule that names
systems is fed by those alone. Pure but for the formats that the package brings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from indelible.events.folding import plain
from indelible.features.coverage.judging import Feed
from indelible.intake.profile import profiles
from indelible.language.matching import is_a
from indelible.language.pattern import Pattern

Acts = Mapping[tuple[str, str], int]  # verb and first kind of thing -> entries


@dataclass(frozen=True, slots=True)
class Known:
    """What feeding goes by of one source."""

    feed: Feed
    system: str
    acts: Acts


@dataclass(frozen=True, slots=True)
class Unkept:
    """A part of a promise that nothing has ever come for.

    `verb` and `thing` name it, either may be empty; `system` instead where no source of that name is there.
    `can`: the format of some source that is there tells of such things, as far as we know it; None where that cannot
    be said.
    """

    verb: str = ""
    thing: str = ""
    system: str = ""
    can: bool | None = None


def feeds_of(pattern: Pattern, gave: Iterable[int], sources: Mapping[int, Known]) -> list[Feed]:
    """Return the sources that feed a rule. `gave` are the ids of those that gave it entries."""
    gave = set(gave)
    known = {pk: each for pk, each in sources.items() if is_named(pattern, pk, each)}
    found = {pk for pk in known if pk in gave or any(matches(pattern, *act) for act in known[pk].acts)}
    systems = {known[pk].system for pk in found if known[pk].system}
    for pk, each in known.items():
        if not each.acts and (each.system in systems or can_give(pattern, each.system)):
            found.add(pk)
    return [known[pk].feed for pk in sorted(found)]


def matches(pattern: Pattern, verb: str, kind: str) -> bool:
    """Whether an act on a kind of thing can be what a pattern speaks of. What only its conditions say is left aside.

    An event may have further things: so a pattern's thing is asked of the first alone, and no thing told is a maybe.
    """
    if pattern.verbs and not pattern.categories and verb not in pattern.verbs:
        return False
    if verb in pattern.not_verbs:
        return False
    if kind and pattern.things and not is_a(kind, pattern.things):
        return False
    return not (kind and pattern.not_things and is_a(kind, pattern.not_things))


def is_named(pattern: Pattern, pk: int, source: Known) -> bool:
    """Whether a pattern's systems let this source in: by words of its name or system, or by its id."""
    names = (plain(source.feed.name), plain(source.system))
    if any(_is_meant(system, pk, names) for system in pattern.not_systems):
        return False
    return not pattern.systems or any(_is_meant(system, pk, names) for system in pattern.systems)


def _is_meant(system: str, pk: int, names: tuple[str, str]) -> bool:
    return system == str(pk) or any(f" {plain(system)} " in f" {name} " for name in names)


def can_give(pattern: Pattern, system: str) -> bool | None:
    """Return whether the format of a system tells of what a pattern speaks of; None where we know none of it."""
    if system not in vocabulary():
        return None
    verbs, kinds = vocabulary()[system]
    if pattern.verbs and not pattern.categories and not verbs & set(pattern.verbs):
        return False
    return not pattern.things or any(is_a(kind, pattern.things) for kind in kinds)


@cache
def vocabulary() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Return by system the verbs and the kinds of thing that its formats tell of. Guessed formats are left out."""
    found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for profile in profiles():
        fixed = {target.kind for target in profile.targets if target.kind}
        kinds = profile.words.kinds | frozenset(profile.kinds.values()) | fixed
        if profile.system == "generic":
            continue
        before = found.get(profile.system, (frozenset(), frozenset()))
        found[profile.system] = before[0] | profile.words.verbs, before[1] | kinds
    return found


def unkept(pattern: Pattern, sources: Mapping[int, Known]) -> list[Unkept]:
    """Return the parts of a promise that no source has ever sent: acts and things it names, and systems not there.

    Each named thing is asked for by itself, and each named act on any of the things.
    """
    known = {pk: each for pk, each in sources.items() if is_named(pattern, pk, each)}
    if pattern.systems and not known:
        return [Unkept(system=system) for system in pattern.systems]
    acts = {act for each in known.values() for act in each.acts}
    found: list[Unkept] = []
    for thing in pattern.things:
        part = Pattern.of(verbs=pattern.verbs, categories=pattern.categories, things=(thing,))
        if not any(kind and matches(part, verb, kind) for verb, kind in acts):
            verb = pattern.verbs[0] if len(pattern.verbs) == 1 else ""
            found.append(Unkept(verb, thing, can=_can(part, known.values())))
    whole = len(found) == len(pattern.things) and bool(pattern.things)
    if len(pattern.verbs) > 1 or not pattern.things:
        for verb in pattern.verbs:
            part = Pattern.of(verbs=(verb,), things=pattern.things)
            if not whole and not any(matches(part, *act) for act in acts):
                thing = pattern.things[0] if len(pattern.things) == 1 else ""
                found.append(Unkept(verb, thing, can=_can(part, known.values())))
    return found


def _can(pattern: Pattern, sources: Iterable[Known]) -> bool | None:
    answers = {can_give(pattern, each.system) for each in sources if each.feed.ended is None}
    return True if True in answers else None if None in answers else False
