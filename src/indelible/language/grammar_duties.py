"""Parts of a sentence about what is to be done: keep, check, tell, expect."""

from __future__ import annotations

from typing import Any, Final

from indelible.language.parts import Edge, Part, Parts

_SENDERS: Final = ("SYSTEM", "NAME_S", "LOOSE_S")


class DutiesSaid:
    """Duties."""

    def expected_of(self, children: list[Any]) -> Parts:
        sender = next(child for child in children if isinstance(child, Edge) and child.type in _SENDERS)
        often = next((child.value for child in children if isinstance(child, Part)), "")
        system = Part("system", sender.value, sender.start, sender.end)
        return (system, Part("expected", often)) if often else (system, Part("expected", "?", sender.start))

    def silent_of(self, children: list[Any]) -> Parts:
        sender = children[0]
        return (Part("system", sender.value, sender.start, sender.end), Part("silent", children[2].value))

    def often_on(self, children: list[Any]) -> Any:
        every = next((child.value for child in children if child.type == "OFTEN"), "P1M")
        on = next((child.value for child in children if child.type == "ON_DAY"), "")
        return Part("often", every + (f" {on}" if on else ""))

    def keep(self, children: list[Any]) -> Parts:
        parts = [Part("keep", children[1].value)]
        if len(children) == 4:
            parts.append(Part("keep_from", children[3].value))
        return tuple(parts)

    def keep_from(self, children: list[Any]) -> Parts:
        return (Part("keep_from", children[2].value),)

    def review(self, children: list[Any]) -> Parts:
        by = next((one.value for one in children if one.type in ("REVIEWER", "REVIEWER_LAST", "TEXT")), "")
        every = next((one.value for one in children if one.type in ("OFTEN", "NAME_F")), "")
        return (Part("review", (every, by)),)

    def look(self, children: list[Any]) -> Parts:
        """Return that each one is looked at; where the sentence began with it, what is looked at stands first."""
        by = next((one.value for one in children if one.type in ("REVIEWER", "REVIEWER_LAST", "TEXT")), "")
        within = next((one.value for one in children if one.type == "WITHIN"), "")
        return (Part("look", (within, by)),)

    def tell(self, children: list[Any]) -> Parts:
        whom = next((one.value for one in children if one.type == "WHOM"), "me")
        sign = next((one.value for one in children if one.type == "TEXT"), "")
        return (Part("tell", (whom, sign)),)

    def tell_silent(self, children: list[Any]) -> Parts:
        whom = next((one.value for one in children if one.type == "WHOM"), "me")
        told = () if whom == "me" else (Part("tell", (whom, "")),)
        return (*told, Part("silent", children[-1].value))

    def silent(self, children: list[Any]) -> Parts:
        return (Part("silent", children[1].value),)

    def expect(self, children: list[Any]) -> Parts:
        return (Part("expected", children[1].value),)

    def because(self, children: list[Any]) -> Parts:
        return (Part("reason", children[1].value),)
