"""Parts of a sentence about who did what to which things."""

from __future__ import annotations

from typing import Any

from indelible.language.grammar_values import (
    flat,
    in_groups,
    turned,
)
from indelible.language.parts import Edge, Part, Parts
from indelible.language.pattern import Condition


class Events:
    """Who, acts, things, systems."""

    def acting(self, children: list[Any]) -> Parts:
        return tuple(flat(children))

    def not_done(self, children: list[Any]) -> Parts:
        objects, _not, acts, _by, whos = children
        return (*flat([objects, acts]), *turned(flat([whos])))

    def late(self, children: list[Any]) -> Parts:
        acts = tuple(child.value for child in children if child.type in ("LACT", "VACT"))
        return (Part("late_acts", acts, children[0].start, children[-1].end),)

    def late_things(self, children: list[Any]) -> Parts:
        return tuple(
            Part("late_thing", child.value, child.start, child.end)
            for child in children
            if child.type == "LTHING"
        )

    def counted(self, children: list[Any]) -> Parts:
        op, number, thing = children
        count = Condition("row_count", op.value, number.value)
        return (*flat([thing]), Part("counted", count, op.start, number.end))

    def acting_for(self, children: list[Any]) -> Parts:
        """Return for whom somebody acted: a fact of one person's name; of others, that they acted or were acted for."""
        parts = tuple(flat(children))
        if (
            len(parts) == 1
            and parts[0].name == "who"
            and isinstance(name := parts[0].value.name, str)
            and name
        ):
            return (Part("where", Condition("on_behalf_of", "=", name), parts[0].start, parts[0].end),)
        return (*parts, Part("unchecked_as_typed", None, children[0].start, parts[-1].end))

    def acting_of(self, children: list[Any]) -> Parts:
        """Return who acted in "logins of Tom"; in "the salary of Tom" he did not, which `meaning` sees."""
        parts = tuple(flat(children))
        return (*parts, Part("of", None, parts[0].start, parts[0].end)) if parts else parts

    def not_acting(self, children: list[Any]) -> Parts:
        return tuple(turned(flat(children))) or (Part("impossible", None),)  # "not by anyone"

    def of_group(self, children: list[Any]) -> Parts:
        return tuple(in_groups(children))

    def not_of_group(self, children: list[Any]) -> Parts:
        return tuple(turned(in_groups(children)))

    def not_these(self, children: list[Any]) -> Parts:
        return tuple(turned(flat(children)))

    def split(self, children: list[Any]) -> Parts:
        parts = list(flat(children))
        verb = next(child for child in children if isinstance(child, Edge) and child.type == "SPLIT_ACT")
        particle = next(child for child in children if isinstance(child, Edge) and child.type == "PARTICLE")
        act = verb.value.get(particle.value)
        if act is None:
            parts.append(Part("misfit", None, particle.start, particle.end))
        else:
            parts.append(Part("act", act, verb.start, verb.end))
        return tuple(parts)

    def fields_of(self, children: list[Any]) -> Parts:
        return tuple(flat(children))

    def except_things(self, children: list[Any]) -> Parts:
        return tuple(
            Part("not_thing" if part.name == "thing" else "misfit", part.value, part.start, part.end)
            for part in flat(children)
        )

    def except_acts(self, children: list[Any]) -> Parts:
        return tuple(
            Part("not_act", part.value, part.start, part.end) for part in flat(children) if part.name == "act"
        )

    def in_systems(self, children: list[Any]) -> Parts:
        return tuple(flat(children))

    def to_systems(self, children: list[Any]) -> Parts:
        return tuple(Part("system_to", part.value, part.start, part.end) for part in flat(children))

    def not_in(self, children: list[Any]) -> Parts:
        return tuple(Part("not_system", part.value, part.start, part.end) for part in flat(children))

    def unchecked(self, children: list[Any]) -> Parts:
        return (Part("unchecked", children[1].value, children[1].start, children[1].end),)

    def sign_of(self, children: list[Any]) -> Parts:
        return (Part("sign", children[1].value, children[1].start, children[1].end),)

    def free_fact(self, children: list[Any]) -> Parts:
        return (Part("fact", (children[1].value,), children[1].start, children[1].end),)
