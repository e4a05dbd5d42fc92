"""Facts of an event: where each one stands, what it says, and how two of them compare.

A fact is what `catalogue` names (`amount`, `reason`, `changes.before`, `context.ip`), a field of the event (`actor`),
`changes/<field>` for what one detail became, or a role (`pattern.ROLES`). It may say several things (a list, the old
values of several details): a condition then holds where any of them fulfils it, and `!=` where none says it.

Figures are exact. Plain digits with a point are read as they stand; `1,200.50` and `1.200,50` too. What can be read
both ways (`1,200`) fulfils a condition only where both readings do: a doubt is no yes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, cast

from indelible.events.folding import exact_code
from indelible.events.shape import Event
from indelible.events.vocabulary import FACTS
from indelible.language.matching_words import is_address, party_texts, scalars, words_of

MAKING: Final = frozenset({"create", "submit", "request", "post", "import", "change"})
AGREEING: Final = frozenset({"approve", "sign"})
ROLE_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "maker": ("author", "requested_by"),
    "approver": ("approver", "granted_by"),
}
ROLE_VERBS: Final = {"maker": MAKING, "approver": AGREEING}

_FIELDS: Final = frozenset(Event.__annotations__) - {"extra", "changes"}
_LONGEST: Final = 60  # characters of a figure
_FIGURE: Final = re.compile(
    r"(?P<before>[^\d\s.,()+−-]{1,4}\s?)?(?P<minus>[-+−]?)"
    r"(?P<number>\d+|\d+[.,]\d+|\d{1,3}(?:[  '’]\d{3})+(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d+)?)(?:\s?(?P<after>[^\d\s.,()+−-]{1,20}))?"
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MICROSECOND: Final = timedelta(microseconds=1)


class Figure:
    """A number as a text says it: each way to read it, and its unit where the text has one."""

    __slots__ = ("readings", "unit")

    def __init__(self, readings: tuple[Decimal, ...], unit: str = "") -> None:
        self.readings = readings
        self.unit = unit


@lru_cache(maxsize=1 << 12)
def figure_of(text: str) -> Figure | None:
    """Return the number that a text is; None where it is none."""
    bare = text.strip()
    if not bare or len(bare) > _LONGEST:
        return None
    match = _FIGURE.fullmatch(bare)
    if match is None or not match["number"].isascii():
        return None
    number = re.sub(r"[  '’]", "", match["number"])
    minus = "-" if match["minus"] in ("-", "−") else ""
    readings = tuple(dict.fromkeys(Decimal(minus + one) for one in _readings(number)))
    return Figure(readings, (match["before"] or "").strip() or match["after"] or "")


def _readings(number: str) -> Iterable[str]:
    points, commas = number.count("."), number.count(",")
    if points and commas:
        last = max(number.rfind("."), number.rfind(","))
        yield number[:last].replace(".", "").replace(",", "") + "." + number[last + 1 :]
    elif commas == 1:
        whole, _, rest = number.partition(",")
        yield f"{whole}.{rest}"
        if len(rest) == 3 and len(whole) <= 3 and whole != "0":
            yield whole + rest
    elif commas or points > 1:
        yield number.replace(",", "").replace(".", "")
    else:
        yield number


Reader = Callable[[Event], list[str]]
Presence = Callable[[Event], bool]


def reader_of(fact: str) -> Reader:
    """Return what reads a fact's values off an event; none where it lacks the fact, or says it without words."""
    if fact in ROLE_FACTS:
        return lambda event: role(event, fact)
    if fact.startswith("changes/"):
        field = words_of(fact[8:])
        return lambda event: _changed(event, field)
    if fact in ("changes.before", "changes.after"):
        side = fact[8:]
        return lambda event: _with_extra(
            event, fact, [change.get(side) for change in event.get("changes", ())]
        )
    if fact.startswith("context."):
        part = fact[8:]
        return lambda event: _with_extra(event, fact, event.get("context", {}).get(part))
    if fact in ("actor", "on_behalf_of"):
        return lambda event: [
            *party_texts(cast("Mapping[str, Any]", event.get(fact, {}))),
            *scalars(event.get("extra", {}).get(fact)),
        ]
    if fact in _FIELDS or fact == "changes":
        return lambda event: _with_extra(event, fact, event.get(fact))
    return lambda event: _in_extra(event, fact)


def _in_extra(event: Event, fact: str) -> list[str]:
    """Return what a fact of `extra` says; quick where it says nothing, as most do for most rules."""
    extra = event.get("extra")
    if extra is None or (value := extra.get(fact)) is None:
        return []
    return [value] if isinstance(value, str) else list(scalars(value))


def presence_of(fact: str) -> Presence:
    """Return what tells whether an event has a fact, whatever it says."""
    if fact in ROLE_FACTS:
        return lambda event: bool(role(event, fact))
    if fact.startswith("changes/"):
        field = words_of(fact[8:])
        return lambda event: any(_names(change, field) for change in event.get("changes", ()))
    if fact in ("changes.before", "changes.after"):
        side = fact[8:]
        return lambda event: (
            any(side in change for change in event.get("changes", ())) or fact in event.get("extra", {})
        )
    if fact.startswith("context."):
        part = fact[8:]
        return lambda event: part in event.get("context", {}) or fact in event.get("extra", {})
    if fact in _FIELDS or fact == "changes":
        return lambda event: fact in event or fact in event.get("extra", {})
    return lambda event: fact in event.get("extra", {})


def _with_extra(event: Event, fact: str, value: object) -> list[str]:
    return [*([value] if isinstance(value, str) else scalars(value)), *_in_extra(event, fact)]


def _changed(event: Event, field: str) -> list[str]:
    """Return what a detail became; what it was, where the event does not say what it became."""
    if "changes" not in event:
        return []
    return [
        said
        for change in event["changes"]
        if _names(change, field)
        for said in scalars(change.get("after", change.get("before")))
    ]


def _names(change: Mapping[str, Any], field: str) -> bool:
    return "field" in change and _field_words(change["field"]) == field


_field_words = lru_cache(maxsize=1 << 12)(words_of)


def changed(event: Event, fact: str) -> bool:
    """Whether a fact is among the details that became another."""
    if fact in ("changes", "changes.before", "changes.after"):
        return any(_differs(change) for change in event.get("changes", ()))
    field = words_of(fact.removeprefix("changes/"))
    return any(_names(change, field) and _differs(change) for change in event.get("changes", ()))


def _differs(change: Mapping[str, Any]) -> bool:
    return not ("before" in change and "after" in change and change["before"] == change["after"])


def role(event: Event, name: str) -> list[str]:
    """Return the names of who made the thing, or agreed to it, as far as the event tells."""
    if "extra" in event:
        for fact in ROLE_FACTS[name]:
            if told := _in_extra(event, fact):
                return told
    if event.get("action", {}).get("verb") in ROLE_VERBS[name]:
        return party_texts(event.get("actor", {}))
    return []


COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def is_equal(one: str, other: str) -> bool:
    """Whether two texts say the same: the same number, the same address, or the same words."""
    left, right = figure_of(one), figure_of(other)
    if left is not None and right is not None:
        same_unit = not left.unit or not right.unit or words_of(left.unit) == words_of(right.unit)
        return same_unit and all(a == b for a in left.readings for b in right.readings)
    if is_address(one) or is_address(other):
        return exact_code(one.strip()) == exact_code(other.strip())
    words = words_of(one)
    return words == words_of(other) if words else one.strip().casefold() == other.strip().casefold()


def compares(one: str, op: str, other: str, zone: tzinfo) -> bool:
    """Whether two texts are numbers or times, and the first stands to the second as asked."""
    left, right = figure_of(one), figure_of(other)
    if left is not None and right is not None:
        if left.unit and right.unit and words_of(left.unit) != words_of(right.unit):
            return False
        return all(COMPARED[op](a, b) for a in left.readings for b in right.readings)
    begun, ended = span_of(one, zone), span_of(other, zone)
    if begun is None or ended is None:
        return False
    if op == "<":
        return begun[1] <= ended[0]
    if op == ">":
        return begun[0] >= ended[1]
    return begun[0] < ended[1] if op == "<=" else begun[1] > ended[0]


@lru_cache(maxsize=1 << 10)
def span_of(text: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return from when to when a day or an instant lasts, the end not included; None where a text is neither."""
    bare = text.strip()
    try:
        if _DAY.fullmatch(bare):
            day = date.fromisoformat(bare)
            start = datetime.combine(day, time(), zone)
            return start.astimezone(UTC), datetime.combine(day + timedelta(1), time(), zone).astimezone(UTC)
        if _INSTANT.fullmatch(bare):
            moment = datetime.fromisoformat(bare)
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
            moment = moment.astimezone(UTC)
            return moment, moment + _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return None


def is_currency(unit: str) -> bool:
    """Whether a unit is a currency, by its code."""
    return _CURRENCY.fullmatch(unit) is not None


def is_fact(name: str) -> bool:
    """Whether a condition's value is the name of another fact rather than a value."""
    return name in FACTS or name in ROLE_FACTS or name.startswith("changes/")
