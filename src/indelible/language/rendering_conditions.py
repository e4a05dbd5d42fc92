"""Conditions, times and facts as a sentence says them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indelible.language.lexicon import fact_name, lexicon
from indelible.language.pattern import DAYS, Condition, When
from indelible.language.rendering_values import NUMBER, grouped, listed, quoted, typed_word

_DAYS: Final = {"mon": "Mondays", "tue": "Tuesdays", "wed": "Wednesdays", "thu": "Thursdays", "fri": "Fridays",
                "sat": "Saturdays", "sun": "Sundays"}  # fmt: skip

_OPS: Final = {">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most", "=": "is",
               "!=": "is not", "contains": "contains"}  # fmt: skip

_BARE_FACTS: Final = frozenset({"from", "to", "what", "start", "end"})


def said_condition(one: Condition) -> str:
    """Return one condition."""
    ref = _ref(one.fact)
    if one.op == "absent":
        return f"{ref} is missing"
    if one.op == "present":
        return f"{ref} is given"
    if one.op == "changed":
        return f"{ref} is changed"
    if one.op == "same_as":
        return f"{ref} is the same as {_ref(one.value)}"
    return f"{ref} {_OPS[one.op]} {said_value(one)}"


def _ref(fact: str) -> str:
    if fact.startswith("changes/"):
        return f"the field {quoted(fact.removeprefix('changes/'))}"
    name = fact_name(fact)
    found = {reading.value for reading in lexicon().of_phrase(name, "REF")}
    found = found or {reading.value for reading in lexicon().of_phrase(name.removeprefix("the "), "REF")}
    other = {reading.value for reading in lexicon().of_phrase(f"the {name}", "REF")}
    if other - {fact}:
        return f"the fact {quoted(fact)}"
    if fact in ("maker", "approver") or (found == {fact} and name not in _BARE_FACTS):
        return (
            name
            if name.startswith(("the ", "what ", "who", "when", "from ", "for ", "which ", "to ", "all "))
            else f"the {name}"
        )
    return f"the fact {quoted(fact)}"


def said_value(one: Condition) -> str:
    """Return the value of a condition, with its unit."""
    number = NUMBER.fullmatch(one.value) is not None
    if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", one.value):
        number = False  # its point may part thousands
    if not one.unit:
        return grouped(one.value) if number else quoted(one.value)
    currencies = lexicon().words["currencies"]
    if number and (one.unit in currencies or one.unit.lower() in currencies["other"]) and one.unit != "other":
        return f"{grouped(one.value)} {one.unit}"
    if number and one.unit == "%":
        return f"{grouped(one.value)}%"
    return f"{one.value if number else quoted(one.value)} in the unit {quoted(one.unit)}"


def said_when(when: When) -> list[str]:
    """Return when it happened, part by part."""
    said: list[str] = []
    if when.start and when.end:
        said.append(f"between {when.start} and {when.end}" if when.start != when.end else f"on {when.start}")
    elif when.start:
        said.append(f"since {when.start}")
    elif when.end:
        said.append(f"until {when.end}")
    if when.text:
        said.append(_moving(when.text))
    if when.days:
        said.append("on " + listed([_DAYS[day] for day in DAYS if day in when.days], "and"))
    if when.hours in ("working hours", "outside working hours"):
        said.append("during working hours" if when.hours == "working hours" else when.hours)
    elif when.hours:
        first, _, last = when.hours.partition("-")
        said.append("at night" if when.hours == "22:00-06:00" else f"between {first} and {last}")
    return said


def _moving(text: str) -> str:
    if text in lexicon().words["periods"]["words"] or re.fullmatch(
        r"last [1-9]\d{0,3} (day|week|month|year)s?", text
    ):
        return (
            text if text in ("today", "yesterday") else f"in the {text}" if re.search(r"\d", text) else text
        )
    return f"in the period {quoted(text)}"


def typed_when(when: When | None) -> list[str]:
    """Return the days of a search as qualifiers."""
    if when is None:
        return []
    typed = []
    if when.start or when.end:
        typed.append(f"when:{when.start}..{when.end}" if when.start != when.end else f"when:{when.start}")
    if when.text:
        typed.append(
            f"when:{typed_word(when.text.replace(' ', '-'))}"
            if re.fullmatch(r"[a-z0-9 ]+", when.text)
            else f"when:{quoted(when.text)}"
        )
    return typed


def said_facts(facts: Sequence[str]) -> str:
    """Return the facts that must be told."""
    first = [fact for fact in ("changes.before", "changes.after") if fact in facts]
    rest = sorted((fact for fact in facts if fact not in first), key=fact_name)
    return listed([_fact(fact) for fact in (*first, *rest)], "and")


def _fact(fact: str) -> str:
    name = fact_name(fact)
    found = {reading.value for reading in lexicon().of_phrase(name, "FACT")}
    found = found or {reading.value for reading in lexicon().of_phrase(name.removeprefix("the "), "FACT")}
    return name if found == {(fact,)} else f"the fact {quoted(fact)}"
