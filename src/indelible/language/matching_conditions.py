"""Conditions on facts: `amount > 5000 EUR`, no approval, made and approved by one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Final

from indelible.events.folding import exact_code
from indelible.language.matching_facts import (
    COMPARED,
    changed,
    compares,
    figure_of,
    is_currency,
    is_equal,
    is_fact,
    presence_of,
    reader_of,
    span_of,
)
from indelible.language.matching_seen import Seen
from indelible.language.matching_times import zone_of
from indelible.language.matching_who import Login, logins_of
from indelible.language.matching_words import is_address, line_of, phrase_of, whole_of, words_of
from indelible.language.pattern import OPS, Condition
from indelible.language.world import World

Test = Callable[[Seen], bool]

PEOPLE: Final = frozenset(
    "actor approver author checked_by counterparty decided_by done_by granted_by holder maker manager on_behalf_of "
    "owner payee real_person recipient requested_by sender verified_by witness".split()
)
"""Facts that name somebody: two of them are the same person, too, where two logins are one person's."""


def condition_test(condition: Condition, world: World) -> Test:
    """Return the test of one condition. Raises ValueError for a way to compare that there is not."""
    op, fact, value = condition.op, condition.fact, condition.value
    if op not in OPS:
        raise ValueError(f"no way to compare: {op!r}")
    present = presence_of(fact)
    if op == "absent":
        return lambda seen: not present(seen.event)
    if op == "present":
        return lambda seen: present(seen.event)
    if op == "changed":
        return lambda seen: changed(seen.event, fact)
    read = reader_of(fact)
    if op == "contains":
        phrase = phrase_of(value)
        return lambda seen: bool(phrase) and bool(told := read(seen.event)) and phrase in line_of(told)
    if op == "same_as":
        return _same_test(fact, value, world)
    if op in COMPARED:
        return _compare_test(condition, world)
    return _equal_test(condition, world)


def _equal_test(condition: Condition, world: World) -> Test:
    read, value = reader_of(condition.fact), condition.value
    span = span_of(value, zone_of(world))

    def equal(said: str) -> bool:
        if is_equal(said, value):
            return True
        other = None if span is None else span_of(said, zone_of(world))
        return span is not None and other is not None and span[0] <= other[0] and other[1] <= span[1]

    def test(seen: Seen) -> bool:
        values = [one for one in read(seen.event) if in_unit(one, condition, seen, world)]
        if condition.op == "=":
            return any(equal(one) for one in values)
        return bool(values) and not any(equal(one) for one in values)

    return test


def _compare_test(condition: Condition, world: World) -> Test:
    read, op, value, zone = reader_of(condition.fact), condition.op, condition.value, zone_of(world)
    if figure_of(value) is None and span_of(value, zone) is None and is_fact(value):
        return _compare_facts_test(condition, reader_of(value), zone)

    def test(seen: Seen) -> bool:
        return any(
            compares(one, op, value, zone) for one in read(seen.event) if in_unit(one, condition, seen, world)
        )

    return test


def _compare_facts_test(condition: Condition, other: Callable[..., Sequence[str]], zone: tzinfo) -> Test:
    read, op = reader_of(condition.fact), condition.op

    def test(seen: Seen) -> bool:
        values = other(seen.event)
        return any(compares(one, op, value, zone) for one in read(seen.event) for value in values)

    return test


def in_unit(said: str, condition: Condition, seen: Seen, world: World) -> bool:
    """Whether what a fact says is in the unit of the condition, so that the two can be compared.

    What names no unit of its own is in the currency that the event tells, else in the organisation's; and in any
    other unit, since counts and spans go by their fact's name. A percentage says its sign itself.
    """
    wanted = condition.unit
    if not wanted:
        return True
    if wanted == PERCENT:
        return said.strip().endswith(PERCENT)
    figure = figure_of(said)
    told = figure.unit if figure is not None else ""
    if not told and is_currency(wanted):
        currency = seen.event.get("extra", {}).get("currency")
        told = currency.strip() if isinstance(currency, str) else world.currency
    return not told or words_of(_SIGNS.get(told, told)) == words_of(wanted)


PERCENT: Final = "%"
_SIGNS: Final = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "Kč": "CZK"}


def _same_test(fact: str, other: str, world: World) -> Test:
    read, read_other = reader_of(fact), reader_of(other)
    people = fact in PEOPLE and other in PEOPLE
    known = _Known(world) if people else None

    def test(seen: Seen) -> bool:
        left = read(seen.event)
        if not left:
            return False
        right = read_other(seen.event)
        if any(is_equal(one, two) for one in left for two in right):
            return True
        if known is None or not right:
            return False
        return not known.persons(left, seen).isdisjoint(known.persons(right, seen))

    return test


class _Known:
    """Which persons of a world go by what events call somebody."""

    def __init__(self, world: World) -> None:
        self._by_text: dict[str, list[tuple[int, Login]]] = {}
        for place, person in enumerate(world.people):
            for login in logins_of(person.goes_by):
                self._by_text.setdefault(login.code or login.whole, []).append((place, login))

    def persons(self, texts: Sequence[str], seen: Seen) -> set[int]:
        """Return the places in the world of everybody who goes by one of these texts, in this source and time."""
        return {
            place
            for text in texts
            for place, login in self._by_text.get(
                exact_code(text.strip()) if is_address(text) else whole_of(text), ()
            )
            if login.holds(seen)
        }
