"""Exact filters, as they are typed in a search: `who:maria about:invoice when:2026-06-01..`."""

from __future__ import annotations

import re
from typing import Final

from indelible.events.folding import fold, plain
from indelible.events.vocabulary import CATEGORIES, OUTCOMES, THINGS, VERBS
from indelible.language.days import Calendar
from indelible.language.lexicon import Act, Option, Reading, lexicon
from indelible.language.parts import Part
from indelible.language.pattern import Who
from indelible.language.world import World

_OUTCOMES: Final = {
    "ok": "success", "succeeded": "success", "successful": "success", "failed": "failure", "refused": "denied",
    "rejected": "denied", "waiting": "pending",
}  # fmt: skip
_ROOTS: Final = frozenset(kind.partition(".")[0] for kind in THINGS)


def parts_of(name: str, value: str, world: World, calendar: Calendar) -> list[Part] | None:
    """Return what a qualifier says, None where its value is none that it can have."""
    value = value.strip()
    if not fold(value).strip():
        return None
    if name == "who":
        groups = {plain(group): group for group in world.groups}
        people = {plain(person.name) for person in world.people}
        if plain(value) in groups and plain(value) not in people:
            return [Part("who", Who(group=groups[plain(value)]))]
        return [Part("who", Who(name=value))]
    if name == "about":
        kinds = kinds_named(value, world)
        return [Part("thing_exact", kinds)] if kinds else [Part("named", value)]
    if name == "what":
        return [_what(value)]
    if name == "source":
        return [Part("system", value)]
    if name == "flag":
        return [Part("flag", "_".join(re.sub(r"[-_]", " ", value.lower()).split()))]
    if name == "rule":
        return [Part("rule", value)] if re.fullmatch(r"\d+(\.\d+)?", value) else None
    if name == "outcome":
        outcome = _OUTCOMES.get(value.lower(), value.lower())
        return [Part("outcome", (outcome,))] if outcome in OUTCOMES else None
    when = calendar.when(value)
    return None if when is None else [Part("when", ("given", when))]


def kinds_named(value: str, world: World) -> tuple[str, ...]:
    """Return the kinds that a word names; a general word stands for all of its kinds."""
    low = value.lower()
    if low in THINGS or low in _ROOTS or re.fullmatch(r"x(\.[a-z0-9_]+)+", low):
        return (low,)
    for own, kind in world.things.items():
        if plain(own) == plain(value) or plain(own) + "s" == plain(value):
            return (kind,)
    if plain(value).removesuffix("s") in _ROOTS and plain(value).removesuffix("s") not in THINGS:
        return (plain(value).removesuffix("s"),)
    found = lexicon().of_phrase(value, "THING")
    return next((one.value.kinds for one in found if not one.value.ask), ())


def _what(value: str) -> Part:
    low = value.lower().replace(" ", "_").replace("-", "_")
    if low in VERBS:
        return Part("act", Act((Option((low,)),)))
    if low in CATEGORIES:
        return Part("act", Act((Option((), (), (low,)),)))
    for category, title in CATEGORIES.items():
        if plain(title) == plain(value):
            return Part("act", Act((Option((), (), (category,)),)))
    found: list[Reading] = lexicon().of_phrase(value, "ACT")
    acts = [one.value for one in found]
    if acts and len(acts[0].options) == 1:
        return Part("act", acts[0])
    if acts:
        verbs = dict.fromkeys(verb for option in acts[0].options for verb in option.verbs)
        return Part("act", Act((Option(tuple(verbs)),)))
    return Part("said", value)
