"""Spans of time as people write them ("5 days", "72 hours") and as documents hold them ("P5D", "PT72H")."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import ngettext

from indelible.features.runbooks.timetable.spans import SpanError, span_of

_TYPED: Final = re.compile(r"([+-]?\d{1,5})\s*([^\W\d_]+)\.?", re.UNICODE)
_DATE_LETTERS: Final = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
_TIME_LETTERS: Final = {"H": "hours", "M": "minutes"}
_PIECES: Final = re.compile(r"(\d+)([YMWDH])")


def words_of(span: str, *, working: bool = False) -> str:
    """Say a span: "5 working days", "1 month", "72 hours". One that cannot be read stands as it is."""
    try:
        span_of(span)
    except SpanError:
        return span
    days, _t, hours = span.removeprefix("-").removeprefix("P").partition("T")
    told = [_piece(_DATE_LETTERS[letter], int(count), working) for count, letter in _PIECES.findall(days)]
    told += [_piece(_TIME_LETTERS[letter], int(count), working) for count, letter in _PIECES.findall(hours)]
    return " ".join(told) or span


def _piece(unit: str, count: int, working: bool) -> str:
    forms = {
        "years": ngettext("%(n)s year", "%(n)s years", count),
        "months": ngettext("%(n)s month", "%(n)s months", count),
        "weeks": ngettext("%(n)s week", "%(n)s weeks", count),
        "days": ngettext("%(n)s day", "%(n)s days", count),
        "hours": ngettext("%(n)s hour", "%(n)s hours", count),
        "minutes": ngettext("%(n)s minute", "%(n)s minutes", count),
    }
    if working and unit == "days":
        return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count}
    if working and unit == "hours":
        return ngettext("%(n)s working hour", "%(n)s working hours", count) % {"n": count}
    return forms[unit] % {"n": count}


def read_span(text: str) -> str:
    """Return what somebody typed as a span: "5 days", "1 month 2 weeks", "-2 days", or "P5D" itself.

    Raises ValueError for anything else.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    try:
        span_of(text.upper())
    except SpanError:
        return _typed(text)
    return text.upper()


def _typed(text: str) -> str:
    rest = _TYPED.sub("", text).replace(",", "").strip()
    pieces = _TYPED.findall(text)
    if rest or not pieces or any(count.startswith("-") for count, _unit in pieces[1:]):
        raise ValueError(text)
    found: dict[str, int] = {}
    for count, unit in pieces:
        name = _unit(unit)
        if name in found:
            raise ValueError(text)
        found[name] = abs(int(count))
    days = "".join(f"{found[name]}{letter}" for letter, name in _DATE_LETTERS.items() if name in found)
    hours = "".join(f"{found[name]}{letter}" for letter, name in _TIME_LETTERS.items() if name in found)
    span = ("-" if pieces[0][0].startswith("-") else "") + "P" + days + (f"T{hours}" if hours else "")
    try:
        span_of(span)
    except SpanError:
        raise ValueError(text) from None
    return span


def _unit(word: str) -> str:
    """Return which unit a word means, in English or in the language of the page."""
    word = word.casefold()
    for name in ("years", "months", "weeks", "days", "hours", "minutes"):
        known = {name, name[:-1], _piece(name, 1, False).split()[-1], _piece(name, 2, False).split()[-1]}
        if word in {each.casefold() for each in known}:
            return name
    raise ValueError(word)


def typed_form(span: str) -> str:
    """Return a span as it is offered to be changed: "5 days", "-2 days"."""
    words = words_of(span)
    return f"-{words}" if span.startswith("-") and words != span else words
