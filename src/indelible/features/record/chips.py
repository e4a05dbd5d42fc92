"""The chips above the list: each part that narrows a question, in words, and the question without it.

One chip is one part that narrows: taking it away always finds at least as much as before. So two persons of one
question stand in one chip (by either), while two words that must both stand in the text are two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.screen import visible
from indelible.events.vocabulary import CATEGORIES, THINGS, VERBS
from indelible.features.record.flags import flag_names
from indelible.features.rules import wording
from indelible.language.pattern import Pattern, When, Who


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a question: what kind of part, in words, and the question that is left without it."""

    part: str  # who, about, what, source, when, outcome, flag, rule, condition, text, fact, unchecked
    label: str
    reading: str
    rest: Pattern

    @property
    def words(self) -> str:
        """What stands on the chip."""
        return f"{self.label}: {self.reading}"


LABELS: Final[dict[str, str | Promise]] = {
    "what": gettext_lazy("What happened"),
    "about": gettext_lazy("About"),
    "who": gettext_lazy("Who"),
    "source": gettext_lazy("Source"),
    "when": gettext_lazy("When"),
    "outcome": gettext_lazy("Outcome"),
    "flag": gettext_lazy("Mark"),
    "rule": gettext_lazy("Rule"),
    "condition": gettext_lazy("Condition"),
    "text": gettext_lazy("Text"),
    "fact": gettext_lazy("Must tell"),
    "unchecked": gettext_lazy("Cannot be checked"),
}


def chips_of(pattern: Pattern) -> tuple[Chip, ...]:
    """Return the parts of a question in the order of its sentence."""
    return tuple(_chips(pattern))


def _chips(asked: Pattern) -> Iterable[Chip]:
    if asked.verbs or asked.categories:
        acts = [*map(_verb, asked.verbs), *(f"{CATEGORIES.get(one, one)}" for one in asked.categories)]
        yield _chip("what", either(acts), asked, verbs=(), categories=())
    if asked.said:
        yield _chip("what", either(map(_quoted, asked.said)), asked, said=())
    if asked.not_verbs:
        yield _chip("what", _not(map(_verb, asked.not_verbs)), asked, not_verbs=())
    if asked.things:
        yield _chip("about", either(map(thing_words, asked.things)), asked, things=())
    if asked.named:
        yield _chip("about", either(map(_quoted, asked.named)), asked, named=())
    if asked.not_things:
        yield _chip("about", _not(map(thing_words, asked.not_things)), asked, not_things=())
    if asked.who:
        yield _chip("who", either(map(_somebody, asked.who)), asked, who=())
    if asked.not_who:
        yield _chip("who", _not(map(_somebody, asked.not_who)), asked, not_who=())
    if asked.systems:
        yield _chip("source", either(map(visible, asked.systems)), asked, systems=())
    if asked.not_systems:
        yield _chip("source", _not(map(visible, asked.not_systems)), asked, not_systems=())
    if asked.rules:
        yield _chip("rule", either(map(rule_words, asked.rules)), asked, rules=())
    if asked.outcomes:
        known = dict(outcome_words())
        yield _chip("outcome", either(known.get(one, one) for one in asked.outcomes), asked, outcomes=())
    if asked.flags:
        marks = flag_names()
        yield _chip("flag", either(marks.get(one, one) for one in asked.flags), asked, flags=())
    for condition in asked.where:
        kept = tuple(one for one in asked.where if one != condition)
        yield _chip("condition", visible(wording.condition(condition)), asked, where=kept)
    if asked.when is not None:
        yield from _times(asked, asked.when)
    for word in asked.text:
        others = tuple(one for one in asked.text if one != word)
        yield _chip("text", visible(word), asked, text=others)
    if asked.facts:
        yield _chip("fact", either(map(wording.fact, asked.facts)), asked, facts=())
    for condition_text in asked.unchecked:
        rest = tuple(one for one in asked.unchecked if one != condition_text)
        yield _chip("unchecked", visible(condition_text), asked, unchecked=rest)


def _chip(part: str, reading: str, asked: Pattern, **left: Any) -> Chip:
    return Chip(part, str(LABELS[part]), reading, replace(asked, **left))


def _times(asked: Pattern, when: When) -> Iterable[Chip]:
    """Give the period, the days of the week and the hours, each by itself."""
    if when.start or when.end or when.text:
        yield _chip(
            "when", period_words(when), asked, when=_or_none(replace(when, start="", end="", text=""))
        )
    if when.days:
        days = either(str(wording.DAYS.get(day, day)) for day in when.days)
        yield _chip("when", days, asked, when=_or_none(replace(when, days=())))
    if when.hours:
        yield _chip("when", _hours(when.hours), asked, when=_or_none(replace(when, hours="")))


def _or_none(when: When) -> When | None:
    return None if when == When() else when


# The words of each part -----------------------------------------------------------------------------------


def period_words(when: When) -> str:
    """Say a period: as typed where it moves with the day, else its ends."""
    if when.text:
        return visible(when.text)
    if when.start == when.end:
        return when.start
    if when.start and when.end:
        return _("%(first)s to %(last)s") % {"first": when.start, "last": when.end}
    if when.start:
        return _("since %(first)s") % {"first": when.start}
    return _("until %(last)s") % {"last": when.end}


def _hours(hours: str) -> str:
    known = {"working hours": _("in working hours"), "outside working hours": _("outside working hours")}
    return known.get(hours, visible(hours))


def rule_words(rule: str) -> str:
    """Say a rule, or one version of it: "rule 3", "rule 3, version 2"."""
    number, _dot, version = rule.partition(".")
    if version:
        return _("rule %(rule)s, version %(version)s") % {"rule": number, "version": version}
    return _("rule %(rule)s") % {"rule": number}


def thing_words(kind: str) -> str:
    """Name a kind of thing without its article: "sales invoice"."""
    known = THINGS.get(kind)
    name = known.name if known else visible(kind.removeprefix("x.")).replace("_", " ").replace(".", " ")
    for article in ("a ", "an ", "the "):
        name = name.removeprefix(article)
    return name


def outcome_words() -> list[tuple[str, str]]:
    """Return the outcomes with the words people read."""
    return [
        ("success", _("it was done")),
        ("failure", _("it failed")),
        ("denied", _("it was refused")),
        ("partial", _("it was partly done")),
        ("pending", _("it is not decided yet")),
        ("unknown", _("the source does not say")),
    ]


def either(values: Iterable[str]) -> str:
    """Join what widens: "Maria Lopez or Tom Reed"."""
    return _(" or ").join(values)


def _not(values: Iterable[str]) -> str:
    return _("not %(values)s") % {"values": either(values)}


def _quoted(text: str) -> str:
    return f"“{visible(text)}”"


def _verb(verb: str) -> str:
    return VERBS[verb].past if verb in VERBS else visible(verb)


def _somebody(who: Who) -> str:
    return visible(wording.who(who))
