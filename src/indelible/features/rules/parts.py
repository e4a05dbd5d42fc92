"""A pattern taken apart into what a page lets people choose, and put together again.

What happens, of what, in which system and by whom are choices of their own; everything else of a pattern (conditions,
when, outcomes, particular things) is a list of tick boxes, each with its words: unticked, it is gone. Nothing is lost
on the way: `without` of nothing is the pattern itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.features.rules import wording
from indelible.language.pattern import Pattern, When
from indelible.language.world import World

CHOSEN: Final = ("verbs", "things", "systems", "who", "not_who", "facts", "when")
_LISTED: Final = (
    "where",
    "outcomes",
    "named",
    "categories",
    "not_verbs",
    "not_things",
    "not_systems",
    "flags",
    "rules",
    "said",
    "text",
    "unchecked",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a pattern that can be taken away: its name in a form, and its words."""

    name: str  # "where:0", "when:days"
    words: str
    narrows: bool = True  # False: it is not checked


def pieces_of(pattern: Pattern, world: World) -> list[Piece]:
    """Return everything of a pattern that is not chosen by a field of its own, in words."""
    found = [
        Piece(f"{part}:{place}", _words(part, value, world), part != "unchecked")
        for part in _LISTED
        for place, value in enumerate(getattr(pattern, part))
    ]
    if pattern.when is not None:
        found += [Piece(f"when:{part}", words) for part, words in wording.when(pattern.when)]
    return found


def without(pattern: Pattern, names: Iterable[str]) -> Pattern:
    """Return a pattern without the pieces of these names; names that are none are passed over."""
    gone = set(names)
    parts: dict[str, Any] = as_parts(pattern)
    for part in _LISTED:
        parts[part] = [
            value for place, value in enumerate(getattr(pattern, part)) if f"{part}:{place}" not in gone
        ]
    if pattern.when is not None:
        parts["when"] = _when_without(pattern.when, gone)
    return Pattern.of(**parts)


def as_parts(pattern: Pattern) -> dict[str, Any]:
    """Return a pattern's parts by name, for `Pattern.of`."""
    return {one.name: getattr(pattern, one.name) for one in fields(Pattern)}


def relaxed(pattern: Pattern, world: World) -> Iterator[tuple[str, Pattern]]:
    """Yield what is left out, in words, and the pattern without it: one piece at a time, who and where last."""
    for piece in pieces_of(pattern, world):
        if piece.narrows:
            yield piece.words, without(pattern, [piece.name])
    if pattern.who or pattern.not_who:
        yield by_whom(pattern), replace(pattern, who=(), not_who=())
    if pattern.systems:
        yield _systems(pattern), replace(pattern, systems=())


def wider(pattern: Pattern, world: World) -> Iterator[tuple[str, Pattern]]:
    """Yield the pattern without what happens, and without of what: for a rule that means nothing as it stands."""
    if pattern.verbs:
        yield _(" or ").join(wording.verb(name) for name in pattern.verbs), replace(pattern, verbs=())
    if pattern.things:
        yield (
            _(" or ").join(wording.thing(kind, world) for kind in pattern.things),
            replace(pattern, things=()),
        )


def by_whom(pattern: Pattern) -> str:
    """Say who acts: "anyone", "Maria or somebody in Finance", "anyone but somebody in Finance"."""
    named = _(" or ").join(wording.who(one) for one in pattern.who) or _("anyone")
    if not pattern.not_who:
        return named
    others = _(" or ").join(wording.who(one) for one in pattern.not_who)
    return _("%(who)s, but not %(others)s") % {"who": named, "others": others}


def _systems(pattern: Pattern) -> str:
    return _("in %(systems)s") % {"systems": _(" or ").join(pattern.systems)}


def _when_without(when: When, gone: set[str]) -> When:
    if "when:days" in gone:
        when = replace(when, days=())
    if "when:hours" in gone:
        when = replace(when, hours="")
    if "when:period" in gone:
        when = replace(when, text="", start="", end="")
    return when


def _words(part: str, value: Any, world: World) -> str:
    match part:
        case "where":
            return wording.condition(value)
        case "outcomes":
            return str(wording.OUTCOMES.get(value, value))
        case "categories":
            return _("it belongs to “%(name)s”") % {"name": wording.category(value)}
        case "named":
            return _("it is about “%(name)s”") % {"name": value}
        case "not_verbs":
            return _("what happens is not “%(does)s”") % {"does": wording.verb(value)}
        case "not_things":
            return _("it is not about %(thing)s") % {"thing": wording.thing(value, world)}
        case "not_systems":
            return _("it is not in %(system)s") % {"system": value}
        case "flags":
            return _("it is marked “%(mark)s”") % {"mark": value.replace("_", " ")}
        case "rules":
            return _("it is counted under rule %(number)s") % {"number": value}
        case "said":
            return _("the source calls it “%(word)s”") % {"word": value}
        case "text":
            return _("the entry contains “%(words)s”") % {"words": value}
        case _:
            return str(value)
