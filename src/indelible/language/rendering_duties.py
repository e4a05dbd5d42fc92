"""Duties as sentences of their own: "Keep it 7 years.", "Tell the CFO when ..."; and what is expected regularly."""

from __future__ import annotations

import re
from typing import Final

from indelible.language.pattern import Duties, Pattern
from indelible.language.rendering_values import listed, quoted, said_name, said_text

_NONE: Final[frozenset[str]] = frozenset()

_SILENCE: Final = frozenset("silent silence quiet nothing none we it there".split())

WHOM: Final = frozenset(
    (
        "when if whenever as about each every of once immediately at right straight in on should moment "
        "silent after know not except nobody no never but nothing let because keep"
    ).split()
)

_REVIEWER: Final = frozenset(
    "the check checks review reviews looks look goes should must will shall has needs to".split()
)


def said_duties(duties: Duties, *, told: bool) -> list[str]:
    """Return each duty as a sentence, without its full stop."""
    said: list[str] = []
    if duties.keep or duties.keep_from:
        start = f" from {_from(duties.keep_from)}" if duties.keep_from else ""
        said.append("Keep it" + (f" {_kept(duties.keep)}" if duties.keep else "") + start)
    if duties.review:
        by = said_text(duties.review.by, _REVIEWER) if duties.review.by else ""
        every = f" {_often(duties.review.every)}" if duties.review.every else ""
        if by:
            said.append(
                f"{by[0].upper()}{by[1:]} checks it{every}"
                if by[0].isupper() or by[0] == '"'
                else f"{quoted(duties.review.by)} checks it{every}"
            )
        elif every:
            said.append(f"Check it{every}")
    if duties.look:
        by = said_text(duties.look.by, _REVIEWER) if duties.look.by else ""
        within = f" {said_within(duties.look.within)}" if duties.look.within else ""
        if by:
            by = f"{by[0].upper()}{by[1:]}" if by[0].isupper() or by[0] == '"' else quoted(duties.look.by)
        said.append(f"{by} looks at each{within}" if by else f"Look at each{within}")
    if duties.tell and not told:
        when = f" when {said_text(duties.tell.when, _SILENCE)}" if duties.tell.when else ""
        said.append(f"Tell {said_text(duties.tell.whom, WHOM) if duties.tell.whom else 'me'}{when}")
    if duties.silent_after:
        said.append(f"It must not be silent for more than {_span(duties.silent_after)}")
    if duties.expected:
        said.append(f"Expect one {_rhythm_words(duties.expected)}")
    if duties.reason:
        said.append(f"Because {said_text(duties.reason, _NONE)}")
    return said


def _from(start: str) -> str:
    text = quoted(start) if start.lower().startswith("the ") else said_text(start, _NONE)
    return f"the {text}" if text == start and start.startswith(("end of", "release of")) else text


def _kept(keep: str) -> str:
    if keep == "record-life":
        return "for the life of the record"
    if keep == "log-life":
        return "for the life of the log"
    return _span(keep)


_SPAN: Final = re.compile(r"P(?:([1-9]\d{0,4})Y)?(?:([1-9]\d{0,4})M)?(?:([1-9]\d{0,4})W)?(?:([1-9]\d{0,4})D)?"
                          r"(?:T(?:([1-9]\d{0,4})H)?(?:([1-9]\d{0,4})M)?(?:([1-9]\d{0,4})S)?)?")  # fmt: skip

_UNITS: Final = ("year", "month", "week", "day", "hour", "minute", "second")


def _span(span: str) -> str:
    match = _SPAN.fullmatch(span)
    if match is None or not any(match.groups()) or span.endswith("T"):
        return quoted(span)
    told = [
        f"{count} {unit}{'' if count == '1' else 's'}"
        for count, unit in zip(match.groups(), _UNITS, strict=True)
        if count
    ]
    return listed(told, "and")


def said_within(within: str) -> str:
    """Return "within 2 working days"; only one unit is counted in working time."""
    span, _, kind = within.partition(" ")
    match = re.fullmatch(r"PT?([1-9]\d{0,4})([DHM])", span)
    if kind == "working" and match is not None:
        unit = _WORKING.get(("T" if "T" in span else "") + match[2])
        if unit:
            return f"within {match[1]} working {unit}{'' if match[1] == '1' else 's'}"
    return f"within {_span(within)}"


_WORKING: Final = {"D": "day", "TH": "hour"}


def _often(span: str) -> str:
    words = _span(span)
    if words.startswith('"'):
        return words
    return (
        f"every {words.removeprefix('1 ')}"
        if " and " not in words and "," not in words and words.startswith("1 ")
        else f"every {words}"
    )


def _rhythm_words(expected: str) -> str:
    every, _, on = expected.partition(" on ")
    if (
        re.fullmatch(r"the \d{1,2}(st|nd|rd|th)|[A-Z][a-z]+day", on)
        and _SPAN.fullmatch(every)
        and not _often(every).startswith('"')
    ):
        return f"{_often(every)} on {on}"
    if not on and _SPAN.fullmatch(every) and not _often(every).startswith('"'):
        return _often(every)
    return quoted(expected)


def is_rhythm(pattern: Pattern, duties: Duties) -> bool:
    """Whether the pattern only says of whom something regular is expected."""
    only = Pattern.of(systems=pattern.systems)
    return len(pattern.systems) == 1 and pattern == only and bool(duties.expected or duties.silent_after)


def said_rhythm(pattern: Pattern, duties: Duties) -> str:
    """Return what is expected of a system, as one sentence or more."""
    whom = said_text(duties.tell.whom, WHOM) if duties.tell and duties.tell.whom else "me"
    system = said_name(pattern.systems[0])
    if duties.expected:
        first = f"Tell {whom} when {system} sends nothing {_rhythm_words(duties.expected)}"
        rest = Duties(
            duties.keep,
            duties.keep_from,
            duties.review,
            None,
            duties.silent_after,
            "",
            duties.reason,
            duties.look,
        )
    else:
        first = f"Tell {whom} when {system} is silent for {_span(duties.silent_after)}"
        rest = Duties(duties.keep, duties.keep_from, duties.review, None, "", "", duties.reason, duties.look)
    return " ".join(f"{one}." for one in (first, *said_duties(rest, told=False)))
