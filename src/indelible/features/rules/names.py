"""Names in a rule that nobody has told us yet: taken as typed, and said to whoever reads the rule.

A group that has no people means nobody, so "outside Finance" means everybody. A system that no source is called
like sends nothing. Whoever records by such a rule has to know.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from indelible.events.folding import plain
from indelible.language.pattern import Pattern
from indelible.language.world import World


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name of a rule that we do not know, what follows from that, and where it is told."""

    words: str
    action: str
    url: str


def unknown_names(pattern: Pattern, world: World) -> list[UnknownName]:
    """Return the groups and systems of a rule that the organisation has not told us of."""
    groups = {plain(name) for name, members in world.groups.items() if members}
    found = []
    for who, words in (
        (pattern.who, _("We know nobody in “%(name)s” yet. Until you name its people, nobody counts.")),
        (
            pattern.not_who,
            _("We know nobody in “%(name)s” yet. Until you name its people, everybody counts as outside it."),
        ),
    ):
        missing = sorted({one.group for one in who if one.group and plain(one.group) not in groups})
        found += [
            UnknownName(words % {"name": name}, _("Name its people"), reverse("people:groups"))
            for name in missing
        ]
    systems = {plain(name) for name in world.systems}
    found += [
        UnknownName(
            _("No source of ours is called “%(name)s” yet.") % {"name": name},
            _("Look at the sources"),
            reverse("sources:list"),
        )
        for name in (*pattern.systems, *pattern.not_systems)
        if not name.isdecimal() and not any(plain(name) in system for system in systems)
    ]
    return found
