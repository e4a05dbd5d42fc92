"""The grammar at work: readings of words go in one by one, the parts of a meaning come out.

The grammar itself is `grammar.lark`. A *part* says one thing about the events meant or about the duties, together
with the place in the sentence where it was said; `meaning` makes a pattern of the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from lark import Lark, Transformer
from lark.lexer import Lexer
from lark.parsers.lalr_interactive_parser import InteractiveParser

from indelible.language.parts import Edge, Part, Parts, Said
from indelible.language.pattern import DAYS, Condition, Who
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


class _Meaning(Transformer[Any, Any]):
    """Makes parts of what the grammar finds. Whatever is not named here just hands its parts on."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        if str(data).startswith("_"):  # a repetition, which the parser takes in where it stands
            return _Repeated(children)
        return tuple(_flat(children))

    # Sentences

    def sentence(self, children: list[Any]) -> Said:
        kind: Kind | None = None
        clauses: tuple[Parts, ...] = ()
        duties: Parts = ()
        for child in children:
            if isinstance(child, _Opening):
                kind, duties = child.kind, child.parts
            elif isinstance(child, _Clauses):
                clauses = child.clauses
            elif isinstance(child, tuple):
                duties = (*duties, *child)
        return Said(kind, clauses, duties)

    def sentence_with(self, children: list[Any]) -> Said:
        """Return "invoices must be recorded, with the amount": the facts belong to the events meant."""
        said = self.sentence(children[:-2])
        facts, duties = children[-2:]
        last = (*said.clauses[-1], *facts)
        return Said(said.kind, (*said.clauses[:-1], last), (*said.duties, *duties))

    def rhythmical(self, children: list[Any]) -> Said:
        parts = tuple(_flat(child.parts if isinstance(child, _Opening) else child for child in children))
        systems = tuple(part for part in parts if part.name == "system")
        return Said(
            "rhythm", (systems,) if systems else (), tuple(part for part in parts if part.name != "system")
        )

    def stopping(self, children: list[Any]) -> Said:
        return Said("rule", flags=frozenset({"stop"}))

    def for_rule(self, children: list[Any]) -> Any:
        return _Opening("rule")

    def for_search(self, children: list[Any]) -> Any:
        return _Opening("search")

    def for_any(self, children: list[Any]) -> Any:
        return _Opening(None)

    def for_alarm(self, children: list[Any]) -> Any:
        whom = next((child for child in children if child.type == "WHOM"), None)
        return _Opening("alarm", (Part("tell", (whom.value if whom else "me", "")),))

    def first_clause(self, children: list[Any]) -> Any:
        return _Clauses((tuple(_flat(children)),))

    def next_clause(self, children: list[Any]) -> Any:
        before, _conjunction, clause = children
        return _Clauses((*before.clauses, tuple(_flat([clause]))))

    # Who

    def acting(self, children: list[Any]) -> Parts:
        return tuple(_flat(children))

    def not_done(self, children: list[Any]) -> Parts:
        objects, _not, acts, _by, whos = children
        return (*_flat([objects, acts]), *_turned(_flat([whos])))

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
        return (*_flat([thing]), Part("counted", count, op.start, number.end))

    def acting_for(self, children: list[Any]) -> Parts:
        """Return for whom somebody acted: a fact of one person's name; of others, that they acted or were acted for."""
        parts = tuple(_flat(children))
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
        parts = tuple(_flat(children))
        return (*parts, Part("of", None, parts[0].start, parts[0].end)) if parts else parts

    def not_acting(self, children: list[Any]) -> Parts:
        return tuple(_turned(_flat(children))) or (Part("impossible", None),)  # "not by anyone"

    def of_group(self, children: list[Any]) -> Parts:
        return tuple(_grouped(children))

    def not_of_group(self, children: list[Any]) -> Parts:
        return tuple(_turned(_grouped(children)))

    def not_these(self, children: list[Any]) -> Parts:
        return tuple(_turned(_flat(children)))

    # Things and acts

    def split(self, children: list[Any]) -> Parts:
        parts = list(_flat(children))
        verb = next(child for child in children if isinstance(child, Edge) and child.type == "SPLIT_ACT")
        particle = next(child for child in children if isinstance(child, Edge) and child.type == "PARTICLE")
        act = verb.value.get(particle.value)
        if act is None:
            parts.append(Part("misfit", None, particle.start, particle.end))
        else:
            parts.append(Part("act", act, verb.start, verb.end))
        return tuple(parts)

    def fields_of(self, children: list[Any]) -> Parts:
        return tuple(_flat(children))

    def except_things(self, children: list[Any]) -> Parts:
        return tuple(
            Part("not_thing" if part.name == "thing" else "misfit", part.value, part.start, part.end)
            for part in _flat(children)
        )

    def except_acts(self, children: list[Any]) -> Parts:
        return tuple(
            Part("not_act", part.value, part.start, part.end)
            for part in _flat(children)
            if part.name == "act"
        )

    # What narrows

    def in_systems(self, children: list[Any]) -> Parts:
        return tuple(_flat(children))

    def to_systems(self, children: list[Any]) -> Parts:
        return tuple(Part("system_to", part.value, part.start, part.end) for part in _flat(children))

    def day_range(self, children: list[Any]) -> Parts:
        first, last = (child for child in children if child.type == "DAY")
        start, end = DAYS.index(first.value[0]), DAYS.index(last.value[-1])
        days = tuple(DAYS[place % 7] for place in range(start, end + 1 + (7 if end < start else 0)))
        return (Part("when", ("days", days), first.start, last.end),)

    def not_in(self, children: list[Any]) -> Parts:
        return tuple(Part("not_system", part.value, part.start, part.end) for part in _flat(children))

    def absent(self, children: list[Any]) -> Parts:
        return tuple(self._lacking(children, "absent"))

    def present(self, children: list[Any]) -> Parts:
        return tuple(self._lacking(children, "present"))

    def _lacking(self, children: list[Any], op: Any) -> Iterator[Part]:
        for part in _flat(children):
            for fact in part.value:
                yield Part("where", Condition(fact, op), part.start, part.end)

    def unchecked(self, children: list[Any]) -> Parts:
        return (Part("unchecked", children[1].value, children[1].start, children[1].end),)

    def sign_of(self, children: list[Any]) -> Parts:
        return (Part("sign", children[1].value, children[1].start, children[1].end),)

    def free_fact(self, children: list[Any]) -> Parts:
        return (Part("fact", (children[1].value,), children[1].start, children[1].end),)

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
        return _Compared(children[0].value, value, unit, fact, children[0].start)

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
        return _Compared(op, value, unit, fact, children[0].start)

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
            Part(name, _Compared(op, value, unit, fact or by_unit, start), start, start)
            for op, value in ((">=", low[0]), ("<=", high[0]))
        )

    def is_value(self, children: list[Any]) -> Parts:
        return self._valued(children, "=")

    def is_not_value(self, children: list[Any]) -> Parts:
        return self._valued(children, "!=")

    def contains(self, children: list[Any]) -> Parts:
        return self._valued(children, "contains")

    def _valued(self, children: list[Any], op: Any) -> Parts:
        value, unit = _value(children[2])
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
        before, after = _value(children[1]), _value(children[3])
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
        after = _value(children[1])
        return (Part("where", Condition("changes.after", "=", *after), children[1].start, children[1].end),)

    # When

    def _when(self, children: list[Any], how: str) -> Parts:
        values = [
            child.value
            for child in children
            if child.type in ("DATE", "DATE_W", "PERIOD", "CLOCK", "NAME_F", "HOURS")
        ]
        return (Part("when", (how, *values), children[0].start, children[-1].end),)

    def within(self, children: list[Any]) -> Parts:
        return self._when(children, "within")

    def since(self, children: list[Any]) -> Parts:
        return self._when(children, "since")

    def until(self, children: list[Any]) -> Parts:
        return self._when(children, "until")

    def before(self, children: list[Any]) -> Parts:
        return self._when(children, "before")

    def after(self, children: list[Any]) -> Parts:
        return self._when(children, "after")

    def between(self, children: list[Any]) -> Parts:
        return self._when(children, "between")

    def hours(self, children: list[Any]) -> Parts:
        return self._when(children, "hours")

    def clock_between(self, children: list[Any]) -> Parts:
        return self._when(children, "clock_between")

    def clock_after(self, children: list[Any]) -> Parts:
        return self._when(children, "clock_after")

    def clock_before(self, children: list[Any]) -> Parts:
        return self._when(children, "clock_before")

    def period_text(self, children: list[Any]) -> Parts:
        return self._when(children, "text")

    def days(self, children: list[Any]) -> Any:
        return children

    def on_days(self, children: list[Any]) -> Parts:
        days = tuple(day for edge in children[-1] if edge.type == "DAY" for day in edge.value)
        return (Part("when", ("days", days), children[-1][0].start, children[-1][-1].end),)

    # Duties

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


class _Repeated:
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
class _Opening:
    kind: Kind | None
    parts: Parts = ()


@dataclass(frozen=True, slots=True)
class _Clauses:
    clauses: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    op: Any
    value: str
    unit: str
    fact: str | None
    start: int


_SENDERS: Final = ("SYSTEM", "NAME_S", "LOOSE_S")


def _flat(children: Iterable[Any]) -> Iterator[Part]:
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
            yield from _flat(child)


def _grouped(children: Iterable[Any]) -> Iterator[Part]:
    """Yield who is meant, each name being that of a group."""
    for part in _flat(children):
        if part.name == "who" and part.value.name:
            yield Part("who", Who(group=part.value.name), part.start, part.end)
        else:
            yield part


def _turned(parts: Iterable[Part]) -> Iterator[Part]:
    turn = {"who": "not_who", "not_who": "who"}
    for part in parts:
        yield Part(turn.get(part.name, part.name), part.value, part.start, part.end)


def _value(found: Any) -> tuple[str, str]:
    if isinstance(found, Edge) and found.type == "AMOUNT":
        return (found.value[0], found.value[1])
    return (found.value, "")


class _NoLexer(Lexer):
    """The grammar is fed by hand."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        return iter(())


@cache
def _parser() -> Lark:
    text = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer=_NoLexer, transformer=_Meaning())


def new_parse() -> InteractiveParser:
    """Return a parser at the beginning of a sentence; the grammar is built at the first call."""
    return _parser().parse_interactive("")
