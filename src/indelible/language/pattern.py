"""What a sentence means: which events it speaks of, and what is to be done about them.

A `Pattern` holds what an event must be like. Each part narrows; within a part any member suffices, except in
`where` and `text`, of which all must hold. An empty part does not narrow, and the empty pattern means every event.
What each part means:

* `verbs`, `categories`: the event's act. Both given widen each other (by either).
* `things`: kinds of thing. `supplier` also means `supplier.bank_account`; the general part of several kinds
  (`invoice`) means each of them; an organisation's own kinds begin with `x.`.
* `named`: particular things, by an id or name as typed ("INV-1043", "Harrow Freight"), as words of the ids and names of
  what it was done to; an address letter by letter.
* `who`, `not_who`: who acted or for whom: a name as words, an address letter by letter, and every login of whoever in
  the world goes by exactly that name or address; a group's logins; or a kind of actor (of who acted alone). A login is
  the whole of what is said, in its source and its time. `not_who`: none of these. An event that names nobody is by none
  of them, and a group that there is not has no members.
* `systems`: the source's name or system, as words; or its id in digits.
* `not_verbs`, `not_things`, `not_systems`: none of these, whatever else it is.
* `outcomes`, `flags`: as sealed, to the letter. `rules`: entries counted under this rule ("3", any version) or version
  ("3.2").
* `said`: the source's own word for the act, as words. `text`: words that stand anywhere in the entry but in the record
  as received: in who, what it was done to, what changed, what is said besides, and the source's name.
* `where`: conditions on facts. `when`: on when it happened (when it was recorded, where no time is known; where neither
  is, no condition on time holds).
* `facts`: what must be told besides. They never narrow: an entry that lacks one is recorded and counted.
* `unchecked`: conditions in the words of the sentence that no event can tell ("the person is a leaver"). They never
  narrow, and whoever shows the pattern says that they are not checked.

As words means: folded (`events.folding.plain`), and standing in that order, next to each other, in one text; a `*` at
the end takes in longer words; what has no words means nothing that there is. `matching_words` has it in full.

Patterns are values: hashable, and equal where they mean the same. `Pattern.of` sorts and removes doubles; make them
by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, cast

Op = Literal["=", "!=", ">", ">=", "<", "<=", "contains", "absent", "present", "changed", "same_as"]
OPS: Final = ("=", "!=", ">", ">=", "<", "<=", "contains", "absent", "present", "changed", "same_as")

ROLES: Final = ("maker", "approver")
"""Facts that are nobody's field: who made the thing that an act is about, and who agreed to it.

`maker` is the first that the event tells of: `extra.author`, `extra.requested_by`, the actor of a create, submit,
request, post, import or change. `approver` likewise: `extra.approver`, `extra.granted_by`, the actor of an approve
or sign. What it does not tell, only its thing's history can (alarms look there).
"""


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """Somebody: exactly one of the three is given."""

    name: str = ""  # a person, login or address, as typed
    group: str = ""  # a group of the organisation, by its name
    kind: str = ""  # person, service, system, unknown

    def to_json(self) -> dict[str, str]:
        """Return it as `understand` prints it: {"name": "Maria"}."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """A condition on one fact.

    `fact`: a name of catalogue facts (`amount`, `changes.before`, `context.ip`, `reason`), of `ROLES`, or
    `changes/<field>` for what changed in one field ("amount" of an invoice that was changed: `changes/amount`).
    `value` is text as sealed; for `same_as` it is the other fact's name, and so it may be for `>` and its like; for
    absent, present and changed it is empty. Numbers compare as exact decimals, days and instants as times; `=` also
    takes the same words. With a `unit` (a currency, "rows") only a fact in the same unit can be compared; one that
    names no currency is in that of the world. A fact that says several things fulfils a condition where any of them
    does, and `!=` where none is the value. A fact that the event lacks fulfils `absent` alone.
    """

    fact: str
    op: Op
    value: str = ""
    unit: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as `understand` prints it."""
        told = {"fact": self.fact, "op": self.op, "value": self.value, "unit": self.unit}
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class When:
    """When it happened. Days and hours are those of the organisation's zone and calendar.

    `start` and `end` are instants (RFC 3339) or days (2026-06-01), `end` not included where it is an instant and
    included whole where it is a day. `days`: mon ... sun. `hours`: "working hours", "outside working hours", or
    "22:00-06:00". `text` is the period as typed ("last month"), which a saved question means anew each day; then
    start and end are worked out from it by `language.periods` when it is asked.
    """

    start: str = ""
    end: str = ""
    days: tuple[str, ...] = ()
    hours: str = ""
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as `understand` prints it: from, to, days, hours, and text where it moves with the day."""
        told: dict[str, Any] = {
            "from": self.start,
            "to": self.end,
            "days": list(self.days),
            "hours": self.hours,
            "text": self.text,
        }
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which events are meant. See the module's own words for each part; make one by `Pattern.of`."""

    verbs: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    who: tuple[Who, ...] = ()
    not_who: tuple[Who, ...] = ()
    systems: tuple[str, ...] = ()
    not_verbs: tuple[str, ...] = ()
    not_things: tuple[str, ...] = ()
    not_systems: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    when: When | None = None
    facts: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @classmethod
    def of(cls, **parts: Any) -> Pattern:
        """Return the pattern of these parts, each in order and without doubles. `when` stays as it is; an empty one
        is none."""
        when = parts.pop("when", None)
        sorted_parts: dict[str, Any] = {name: tuple(sorted(set(values))) for name, values in parts.items()}
        if when is not None:
            order = {day: place for place, day in enumerate(DAYS)}
            days = tuple(sorted(set(when.days), key=order.__getitem__))
            when = When(when.start, when.end, days, when.hours, when.text)
            when = None if when == When() else when
        return cls(**sorted_parts, when=when)

    @property
    def is_everything(self) -> bool:
        """Whether every event is meant."""
        return all(
            not getattr(self, one.name) for one in fields(self) if one.name not in ("facts", "unchecked")
        )

    def parts(self) -> list[tuple[str, Any]]:
        """Return each member of each part that narrows, as (name of the part, member); `when` is one of its own."""
        return [
            (one.name, member)
            for one in fields(self)
            if one.name not in ("facts", "unchecked") and (value := getattr(self, one.name))
            for member in (value if isinstance(value, tuple) else (value,))
        ]

    def without(self, part: str, member: Any) -> Pattern:
        """Return the pattern less one member of a part."""
        value = getattr(self, part)
        left: Any = tuple(one for one in value if one != member) if isinstance(value, tuple) else None
        return replace(self, **{part: left})

    def to_json(self) -> dict[str, Any]:
        """Return the pattern as `indelible understand` prints it. What the sentence does not say is absent."""
        told: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if not value:
                continue
            if isinstance(value, tuple):
                told[one.name] = [each if isinstance(each, str) else each.to_json() for each in value]
            else:
                told[one.name] = value.to_json()
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Pattern:
        """Return the pattern that `to_json` gave. Raises ValueError for what is none."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(told) - known):
            raise ValueError(f"no part of a pattern: {unknown}")
        try:
            parts: dict[str, Any] = dict(told)
            for name in ("who", "not_who"):
                parts[name] = [Who(**one) for one in parts.get(name, ())]
            parts["where"] = [_condition(one) for one in parts.get("where", ())]
            if (when := parts.get("when")) is not None:
                parts["when"] = When(
                    when.get("from", ""),
                    when.get("to", ""),
                    tuple(when.get("days", ())),
                    when.get("hours", ""),
                    when.get("text", ""),
                )
            return cls.of(**parts)
        except (TypeError, KeyError, AttributeError) as fault:
            raise ValueError(f"not a pattern: {fault}") from fault


def _condition(told: Mapping[str, str]) -> Condition:
    condition = Condition(**cast(dict[str, Any], dict(told)))
    if condition.op not in OPS:
        raise ValueError(f"no way to compare: {condition.op}")
    return condition


DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERYTHING: Final = Pattern()


@dataclass(frozen=True, slots=True)
class Review:
    """Who looks at the entries, and how often. `every` is an ISO 8601 duration ("P1M"); `by` as typed
    ("Controller")."""

    every: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody looks at each one, and within which time. `within` is an ISO 8601 duration, and "P2D working" where
    only working time counts; `by` as typed ("Finance")."""

    within: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """Whom to tell, and the warning sign, both as typed."""

    whom: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Duties:
    """What is to be done about the events. Durations are ISO 8601 as spoken (weekly is P1W)."""

    keep: str = ""  # "P7Y"; or a word that is no span: "record-life", "log-life"
    keep_from: str = ""  # what starts the clock, as typed: "end of financial year"
    review: Review | None = None
    tell: Tell | None = None
    silent_after: str = ""  # "P2D"; "PT4H"
    expected: str = (
        ""  # a rhythm in the words of `features.sources` ("P1M on the 28th"): how often something should come
    )
    reason: str = field(default="")  # "because ...": why it is recorded
    look: Look | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the duties as `understand` prints them; what the sentence does not say is absent."""
        told: dict[str, Any] = {
            "keep": self.keep,
            "keep_from": self.keep_from,
            "review": _filled(self.review),
            "tell": _filled(self.tell),
            "silent_after": self.silent_after,
            "expected": self.expected,
            "reason": self.reason,
            "look": _filled(self.look),
        }
        return {key: value for key, value in told.items() if value}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Duties:
        """Return the duties that `to_json` gave. Raises ValueError for what is none."""
        try:
            parts = dict(told)
            if "review" in parts:
                parts["review"] = Review(**parts["review"])
            if "look" in parts:
                parts["look"] = Look(**parts["look"])
            if "tell" in parts:
                parts["tell"] = Tell(**parts["tell"])
            return cls(**parts)
        except TypeError as fault:
            raise ValueError(f"no duties: {fault}") from fault


NO_DUTIES: Final = Duties()


def _filled(part: Review | Look | Tell | None) -> dict[str, str]:
    if part is None:
        return {}
    return {one.name: value for one in fields(part) if (value := getattr(part, one.name))}


def merged(values: Iterable[str]) -> tuple[str, ...]:
    """Return values in order and without doubles, as a pattern holds them."""
    return tuple(sorted(set(values)))
