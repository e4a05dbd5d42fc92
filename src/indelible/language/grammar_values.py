"""What the rules of the grammar hand to each other: parts of a meaning, and what is on the way to one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from indelible.language.parts import Edge, Part, Parts
from indelible.language.pattern import Who
from indelible.language.understanding import Kind

_NAMES_OF: Final = {
    "ACT": "act",
    "XACT": "act",
    "NEW": "new",
    "AND_FACT": "asked_fact",
    "THING": "thing",
    "FACT": "fact",
    "BYFACT": "fact",
    "OUTCOME": "outcome",
    "OUTCOME_NAME": "outcome",
    "SYSTEM": "system",
    "NAME_S": "system",
    "TEXT_WORD": "text",
    "NAME_T": "text",
    "NAME_L": "flag",
    "NAME_W": "said",
    "RULE_NO": "rule",
    "UNCHECKED": "unchecked",
    "SIGN": "sign",
    "ANYTHING": "anything",
    "FIELD": "field",
    "FIELD_ALONE": "field_alone",
    "NAME_N": "named",
    "NAME_A": "named",
    "NAME_M": "named",
    "OWN": "unchecked",
    "ADJ_A": "unchecked",
    "ADJ_T": "unchecked",
    "OWNER": "owner",
    "OWNER_LATE": "owner",
    "SIGN_A": "sign",
    "LACKED": "lacked",
    "HAD_FACT": "had",
}

_WHO: Final = {"PERSON": "name", "NAME_P": "name", "KIND_OF_ACTOR": "kind", "ROLE": "group", "GROUP": "group",
               "NAME_G": "group"}  # fmt: skip


class Repeated:
    """What a repetition has gathered so far. Several ways through the sentence share it, and the parser appends to
    the list it is given: so each gets a list of its own."""

    __slots__ = ("_items",)

    def __init__(self, items: list[Any]) -> None:
        self._items = tuple(items)

    @property
    def children(self) -> list[Any]:
        """The items, in a new list."""
        return list(self._items)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a sentence begins."""

    kind: Kind | None
    parts: Parts = ()


@dataclass(frozen=True, slots=True)
class Clauses:
    """Clauses that speak of different events."""

    clauses: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact compared with a quantity."""

    op: Any
    value: str
    unit: str
    fact: str | None
    start: int


def flat(children: Iterable[Any]) -> Iterator[Part]:
    """Yield the parts of all that the grammar found, with one for each word that says something by itself."""
    for child in children:
        if isinstance(child, Part):
            yield child
        elif isinstance(child, Edge):
            if child.type == "QUALIFIED":
                yield from child.value
            elif child.type in ("OWN_APPROVAL", "OWN_IS", "OWN_APPROVAL_LATE"):
                yield from (Part(part.name, part.value, child.start, child.end) for part in child.value)
            elif name := _NAMES_OF.get(child.type):
                yield Part(name, child.value, child.start, child.end)
            elif kind := _WHO.get(child.type):
                yield Part("who", Who(**{kind: child.value}), child.start, child.end)
        elif child is not None:
            yield from flat(child)


def in_groups(children: Iterable[Any]) -> Iterator[Part]:
    """Yield who is meant, each name being that of a group."""
    for part in flat(children):
        if part.name == "who" and part.value.name:
            yield Part("who", Who(group=part.value.name), part.start, part.end)
        else:
            yield part


def turned(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield who is meant as who is not, and the other way round."""
    turn = {"who": "not_who", "not_who": "who"}
    for part in parts:
        yield Part(turn.get(part.name, part.name), part.value, part.start, part.end)


def value_of(found: Any) -> tuple[str, str]:
    """Return a value and its unit."""
    if isinstance(found, Edge) and found.type == "AMOUNT":
        return (found.value[0], found.value[1])
    return (found.value, "")
