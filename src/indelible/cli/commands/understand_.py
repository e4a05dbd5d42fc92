"""`indelible understand`: what a sentence means, and what must be asked before anybody acts on it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indelible.cli import options
from indelible.cli.output import counted, line, print_json
from indelible.cli.session import DEFAULT_HOME, choose_logbook, open_home
from indelible.storage.home import Home

if TYPE_CHECKING:
    from indelible.language.pattern import Condition, Duties, Pattern, Who
    from indelible.language.understanding import Understanding
    from indelible.language.world import World

WIDTH = 18
FITS = {
    "rule": "Understood, as what to record:",
    "search": "Understood, as a question:",
    "alarm": "Understood, as what to be told of:",
    "rhythm": "Understood, as what should come regularly:",
}
SPAN = re.compile(r"P(?P<time>T?)(?P<count>\d{1,6})(?P<unit>[YMWDHS])")
UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day", "TH": "hour", "TM": "minute", "TS": "second"}


@click.command("understand")
@options.common
@click.argument("words", nargs=-1, required=True, metavar="SENTENCE")
def command(home: str | None, logbook: str | None, as_json: bool, words: tuple[str, ...]) -> int:
    """Say what a sentence means.

    SENTENCE says what to record, asks, or wants to be told: "every change to a supplier's bank details made by
    anyone outside Finance". Nothing is recorded or changed. The exit code is 1 where something was not understood
    or must be asked.
    """
    from indelible.language.reading import understand

    world = _world(home, logbook)
    reading = understand(" ".join(words), world, datetime.now(UTC))
    if as_json:
        print_json(reading.to_json())
    else:
        _tell(reading)
    return 0 if reading.understood else 1


def _world(home: str | None, logbook: str | None) -> World:
    """Return the names of the organisation whose logbook it is; none where there is no logbook yet.

    Raises Fault where a logbook is named that is not there, or must be named.
    """
    from indelible.language.world import NOWHERE

    path = Path(home or os.environ.get("INDELIBLE_HOME") or DEFAULT_HOME).absolute()
    if logbook is None and not Home(path).exists:
        return NOWHERE
    opened = open_home(home)
    from indelible.features.rules.world import world_of
    from indelible.storage.database.models import Logbook

    if logbook is None and not Logbook.objects.exists():
        return NOWHERE
    return world_of(choose_logbook(opened, logbook))


def _tell(reading: Understanding) -> None:
    if reading.understood:
        line(FITS[reading.kind])
        line(f"  {reading.sentence}")
    else:
        line("Not understood as it stands, so nothing can be done with it yet.")
    rows = [*_parts(reading.pattern), *_duties(reading.duties)]
    if rows and not reading.understood:
        line("What was understood:")
    for name, value in rows:
        line(f"  {name:<{WIDTH}}{value}")
    for unknown in reading.not_understood:
        line(f'Not understood: "{unknown.words}"')
        for suggestion, rewritten in zip(unknown.suggestions, unknown.rewritten, strict=False):
            line(f"  Did you mean {suggestion}? {rewritten}")
    for question in reading.questions:
        line(question.text)
        for number, choice in enumerate(question.choices, start=1):
            line(f"  {number}. {choice.label}: {choice.sentence}")
    for offer in reading.offers:
        line(f"Offered: {offer.label}" + (f": {offer.sentence}" if offer.sentence else ""))


def _parts(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """Yield each part of a pattern that says something, in the order of a sentence."""
    from indelible.events.vocabulary import THINGS, VERBS
    from indelible.language.lexicon import fact_name

    def things(kinds: tuple[str, ...]) -> list[str]:
        return [THINGS[kind].name if kind in THINGS else kind for kind in kinds]

    when = pattern.when
    either = {
        "What happens": [VERBS[verb].past for verb in pattern.verbs] + list(pattern.categories),
        "In its own word": list(pattern.said),
        "To what": things(pattern.things),
        "Namely": list(pattern.named),
        "By": [_somebody(who) for who in pattern.who],
        "Not by": [_somebody(who) for who in pattern.not_who],
        "In": list(pattern.systems),
        "With outcome": list(pattern.outcomes),
        "Flag": list(pattern.flags),
        "Rule": list(pattern.rules),
        "On": list(when.days) if when else [],
    }
    neither = {
        "But not": [VERBS[verb].past for verb in pattern.not_verbs],
        "Not to": things(pattern.not_things),
        "Not in": list(pattern.not_systems),
    }
    every = {
        "Words in it": list(pattern.text),
        "Only if": [_condition(condition) for condition in pattern.where],
        "Hours": [when.hours] if when and when.hours else [],
        "Period": [" to ".join((when.start or "the beginning", when.end or "now"))]
        if when and (when.start or when.end) and not when.text
        else [when.text]
        if when and when.text
        else [],
        "Also told": [fact_name(fact) for fact in pattern.facts],
        "Not checked": list(pattern.unchecked),
    }
    for told, last in ((either, "or"), (neither, "or"), (every, "and")):
        yield from ((name, _listed(values, last)) for name, values in told.items() if values)


def _listed(values: list[str], last: str) -> str:
    """Return "a, b or c"."""
    *before, end = values
    return f"{', '.join(before)} {last} {end}" if before else end


def _somebody(who: Who) -> str:
    return who.name or (f"anyone in {who.group}" if who.group else f"a {who.kind}")


def _condition(condition: Condition) -> str:
    from indelible.language.lexicon import fact_name

    op = {"absent": "is missing", "present": "is there", "same_as": "is the same as"}.get(
        condition.op, condition.op
    )
    value = fact_name(condition.value) if condition.op == "same_as" else condition.value
    return " ".join(part for part in (fact_name(condition.fact), op, value, condition.unit) if part)


def _duties(duties: Duties) -> Iterator[tuple[str, str]]:
    """Yield what is to be done about the events."""
    review, tell = duties.review, duties.tell
    told = {
        "Keep": " from ".join(part for part in (_spoken(duties.keep), duties.keep_from) if part),
        "Looked at": " by ".join(
            part
            for part in (
                f"every {_spoken(review.every).removeprefix('1 ')}" if review.every else "",
                review.by,
            )
            if part
        )
        if review
        else "",
        "Tell": " when ".join(part for part in (tell.whom, tell.when) if part) if tell else "",
        "Silent after": _spoken(duties.silent_after),
        "Expected": duties.expected,
        "Because": duties.reason,
    }
    yield from ((name, value) for name, value in told.items() if value)


def _spoken(span: str) -> str:
    """Return "P7Y" as "7 years". What is no span of one unit stays as it is."""
    told = SPAN.fullmatch(span)
    if told is None:
        return span
    unit = UNITS.get(told["time"] + told["unit"])
    if unit is None:
        return span
    return counted(int(told["count"]), unit, f"{unit}s")
