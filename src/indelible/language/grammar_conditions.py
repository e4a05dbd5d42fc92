"""Parts of a sentence about facts: how they compare, whether they are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indelible.language.grammar_values import (
    Compared,
    flat,
    value_of,
)
from indelible.language.parts import Edge, Part, Parts
from indelible.language.pattern import Condition


class Conditions:
    """Conditions on facts."""

    def absent(self, children: list[Any]) -> Parts:
        return tuple(self._lacking(children, "absent"))

    def present(self, children: list[Any]) -> Parts:
        return tuple(self._lacking(children, "present"))

    def _lacking(self, children: list[Any], op: Any) -> Iterator[Part]:
        for part in flat(children):
            for fact in part.value:
                yield Part("where", Condition(fact, op), part.start, part.end)

    def fact_compared(self, children: list[Any]) -> Parts:
        return self.compared([children[0], children[1]])

    def ref(self, children: list[Any]) -> Any:
        if len(children) == 1:
            return children[0]
        prefix = "changes/" if children[0].type == "THE_FIELD" else ""
        return Edge("REF", prefix + children[1].value, children[0].start, children[1].end)

    def compare(self, children: list[Any]) -> Any:
        if len(children) == 1:
            return children[0]
        value, unit, fact = children[1]
        return Compared(children[0].value, value, unit, fact, children[0].start)

    def quantity(self, children: list[Any]) -> Any:
        first = children[0]
        if first.type == "AMOUNT":
            return (*first.value, None)
        if len(children) == 2 and children[1].type == "UNIT" and children[1].value == "%":
            return (first.value, "%", None)
        if len(children) == 2 and children[1].type == "UNIT":
            return (first.value, "", children[1].value)
        if len(children) == 3:
            return (first.value, children[2].value, None)
        return (first.value, "", None)

    def quantity_more(self, children: list[Any]) -> Any:
        op = ">=" if children[-1].type == "ORMORE" else "<="
        value, unit, fact = self.quantity(children[:-1])
        return Compared(op, value, unit, fact, children[0].start)

    def compared(self, children: list[Any]) -> Parts:
        ref, found = children
        value = Condition(ref.value, found.op, found.value, found.unit)
        return (Part("where", value, ref.start, ref.end),)

    def bare_compared(self, children: list[Any]) -> Parts:
        found = children[-1]
        return (Part("bare_where", found, found.start, found.start),)

    def bare_between(self, children: list[Any]) -> Parts:
        fact = children[0].value if children[0].type == "REF_BARE" else None
        low, high = (child for child in children if isinstance(child, tuple))
        unit, by_unit = low[1] or high[1], low[2] or high[2]
        start = children[0].start
        ranging = any(isinstance(child, Edge) and child.value == "from" for child in children)
        name = "range_from_to" if ranging else "bare_where"
        return tuple(
            Part(name, Compared(op, value, unit, fact or by_unit, start), start, start)
            for op, value in ((">=", low[0]), ("<=", high[0]))
        )

    def is_value(self, children: list[Any]) -> Parts:
        return self._valued(children, "=")

    def is_not_value(self, children: list[Any]) -> Parts:
        return self._valued(children, "!=")

    def contains(self, children: list[Any]) -> Parts:
        return self._valued(children, "contains")

    def _valued(self, children: list[Any], op: Any) -> Parts:
        value, unit = value_of(children[2])
        return (Part("where", Condition(children[0].value, op, value, unit), children[0].start, -1),)

    def value_with_unit(self, children: list[Any]) -> Any:
        return Edge("AMOUNT", (children[0].value, children[2].value), children[0].start, children[2].end)

    def is_missing(self, children: list[Any]) -> Parts:
        return (Part("where", Condition(children[0].value, "absent"), children[0].start),)

    def is_given(self, children: list[Any]) -> Parts:
        return (Part("where", Condition(children[0].value, "present"), children[0].start),)

    def is_changed(self, children: list[Any]) -> Parts:
        return (Part("where", Condition(children[0].value, "changed"), children[0].start),)

    def same_as(self, children: list[Any]) -> Parts:
        return (Part("where", Condition(children[0].value, "same_as", children[2].value), children[0].start),)

    def from_to(self, children: list[Any]) -> Parts:
        before, after = value_of(children[1]), value_of(children[3])
        return (
            Part(
                "changed_from_to",
                Condition("changes.before", "=", *before),
                children[1].start,
                children[1].end,
            ),
            Part(
                "changed_from_to", Condition("changes.after", "=", *after), children[3].start, children[3].end
            ),
        )

    def to_value(self, children: list[Any]) -> Parts:
        after = value_of(children[1])
        return (Part("where", Condition("changes.after", "=", *after), children[1].start, children[1].end),)
