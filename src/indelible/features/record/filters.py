"""The filters above the list: each adds one part to the question, and the question is all there is.

A filter is a small form that works without scripts: it sends what is asked so far and the part to add, and the
answer is the address of the new question. So a list can be sent to somebody as a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.events.vocabulary import CATEGORIES, OUTCOMES, VERBS
from indelible.features.record.asking import as_typed
from indelible.features.record.chips import outcome_words
from indelible.features.record.flags import flag_names
from indelible.language.pattern import Condition, Op, Pattern, When

MOST_TYPED: Final = 300
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")

AMOUNT_OPS: Final[tuple[Op, ...]] = (">", ">=", "<", "<=", "=")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its part of the question, what people see, and what can be chosen (free text where nothing)."""

    name: str
    label: str
    question: str
    hint: str = ""
    choices: Sequence[tuple[str, Sequence[tuple[str, str]]]] = field(default_factory=tuple)


def filters_of(
    pattern: Pattern, source_names: Sequence[str], rules: Sequence[tuple[str, str]]
) -> list[Filter]:
    """Return the filters that can still narrow the question. `rules` are (number, words) of what can be chosen."""
    acts = sorted((verb.past, name) for name, verb in VERBS.items())
    filters = [
        Filter("when", _("When"), _("When did it happen?")),
        Filter("who", _("Who"), _("Who did it?"), _("A name, an e-mail address or a login name")),
        Filter("about", _("About"), _("About what?"), _("A kind of thing (invoice), its number or its name")),
        Filter(
            "what",
            _("What happened"),
            _("What happened?"),
            choices=(
                (_("In general"), sorted(CATEGORIES.items(), key=_words)),
                (_("Exactly"), [(name, past) for past, name in acts]),
            ),
        ),
        Filter(
            "source", _("Source"), _("From which source?"), choices=(("", [(n, n) for n in source_names]),)
        ),
        Filter("amount", _("Amount"), _("How much?"), choices=(("", amount_words()),)),
        Filter("outcome", _("Outcome"), _("With which outcome?"), choices=(("", outcome_words()),)),
        Filter(
            "flag",
            _("Marks"),
            _("With which mark?"),
            choices=(("", sorted(flag_names().items(), key=_words)),),
        ),
        Filter("rule", _("Rule"), _("Counted under which rule?"), choices=(("", rules),)),
    ]
    return [one for one in filters if _can_narrow(one, pattern)]


def _can_narrow(one: Filter, pattern: Pattern) -> bool:
    if one.name == "when":
        return pattern.when is None or not (pattern.when.start or pattern.when.end or pattern.when.text)
    return one.name not in ("source", "rule") or any(values for _group, values in one.choices)


def _words(pair: tuple[str, str]) -> str:
    return pair[1]


def amount_words() -> list[tuple[str, str]]:
    """Return how an amount can be compared, with the words people read."""
    words = {
        ">": _("over"),
        ">=": _("this or more"),
        "<": _("under"),
        "<=": _("this or less"),
        "=": _("exactly"),
    }
    return [(op, words[op]) for op in AMOUNT_OPS]


def ready_views() -> list[tuple[str, str]]:
    """Return the ready views as (label, question)."""
    return [
        (_("Everything"), ""),
        (_("Money"), as_typed(Pattern.of(categories=("money",)))),
        (_("Who may do what"), as_typed(Pattern.of(categories=("access",)))),
        (_("Signing in"), as_typed(Pattern.of(categories=("sign_in",)))),
        (_("Failed or refused"), as_typed(Pattern.of(outcomes=("failure", "denied")))),
        (_("The record itself"), as_typed(Pattern.of(categories=("log",)))),
    ]


def with_filter(pattern: Pattern, sent: Mapping[str, str], read: Callable[[str], Pattern]) -> Pattern:
    """Return the question with the part that a filter's form sent added to it; as it was where that says nothing.

    `read` reads a question as typed: what `about:` means is for the language to say.
    """
    name, value = sent.get("add", ""), sent.get("value", "").strip()[:MOST_TYPED]
    if name == "when":
        return _with_days(pattern, sent.get("from", "").strip(), sent.get("to", "").strip())
    make = _MADE.get(name)
    if make is None or not value:
        return pattern
    return both(pattern, make(value, sent, read))


def both(first: Pattern, second: Pattern) -> Pattern:
    """Return a question with the parts of another added: within a part either suffices, as always."""
    parts: dict[str, Any] = {
        one.name: getattr(first, one.name) + getattr(second, one.name)
        for one in fields(Pattern)
        if one.name != "when"
    }
    return Pattern.of(**parts, when=second.when or first.when)


def _with_days(pattern: Pattern, first: str, last: str) -> Pattern:
    if not (first or last) or not all(_DAY.fullmatch(day) for day in (first, last) if day):
        return pattern
    return replace(pattern, when=replace(pattern.when or When(), start=first, end=last, text=""))


_Made = Callable[[str, Mapping[str, str], Callable[[str], Pattern]], Pattern]


def _read(name: str) -> _Made:
    """Have the language read a qualifier, as if it had been typed."""

    def made(value: str, _sent: Mapping[str, str], read: Callable[[str], Pattern]) -> Pattern:
        return read(f'{name}:"{value.replace(chr(34), "")}"')

    return made


def _what(value: str, _sent: Mapping[str, str], read: Callable[[str], Pattern]) -> Pattern:
    if value in VERBS:
        return Pattern.of(verbs=(value,))
    return Pattern.of(categories=(value,)) if value in CATEGORIES else _read("what")(value, _sent, read)


def _outcome(value: str, _sent: object, _read: object) -> Pattern:
    return Pattern.of(outcomes=(value,)) if value in OUTCOMES else Pattern()


def _amount(value: str, sent: Mapping[str, str], _read: object) -> Pattern:
    op, unit = sent.get("op", ""), sent.get("unit", "").strip().upper()
    value = value.replace(",", "").replace(" ", "")
    if op not in AMOUNT_OPS or not _AMOUNT.fullmatch(value) or (unit and not _CURRENCY.fullmatch(unit)):
        return Pattern()
    return Pattern.of(where=(Condition("amount", op, value, unit),))


def _rule(value: str, _sent: object, _read: object) -> Pattern:
    return Pattern.of(rules=(value,)) if value.isascii() and value.isdigit() else Pattern()


_MADE: Final[dict[str, _Made]] = {
    "who": _read("who"),
    "about": _read("about"),
    "what": _what,
    "source": lambda value, _sent, _read: Pattern.of(systems=(value,)),
    "amount": _amount,
    "outcome": _outcome,
    "flag": lambda value, _sent, _read: Pattern.of(flags=(value,)),
    "rule": _rule,
}
