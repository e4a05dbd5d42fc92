"""What a person tells us about a file that the file does not say itself.

A column of times without a zone, or of dates that could be read day first or month first, is a doubt
about every row. Such a doubt is asked before anything is recorded, and the answer is a *given*. A file
whose questions are all answered (or that raises none) is ready to be read.

Doubts about one cell are no questions: they become flags on that record (reading.py, times.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DATE_ORDERS = ("DMY", "MDY", "YMD")
DECIMAL_SIGNS = (".", ",")
NOBODY = ("record", "leave_out")


class GivenError(ValueError):
    """A given that cannot be used: unknown key, unknown zone, unreadable instant.

    `code` is a key of explanations.toml, `detail` names the text that was refused.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Given:
    """The answers of a person for one file; None is "not told".

    `timezone` is a name of the zone database, `received` an instant (the day the file reached us, from
    which a missing year follows), `target` the one thing that all records of the file are about,
    `decimal` the sign before the fractions of a number, `nobody` what becomes of records that name nobody: they are
    recorded as done by someone not named (as they are where it is not told), or left out.
    """

    timezone: str | None = None
    date_order: str | None = None
    received: str | None = None
    target: str | None = None
    decimal: str | None = None
    nobody: str | None = None

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> Given:
        """Read `KEY=VALUE` texts, the later winning; raises GivenError for a key or value we cannot use."""
        given = cls()
        for pair in pairs:
            key, sign, value = pair.partition("=")
            if not sign:
                raise GivenError("given-unknown", pair)
            given = given.with_answer(key.strip(), value.strip())
        return given

    def with_answer(self, key: str, value: str) -> Given:
        """Return these givens with one more answer; raises GivenError for one we cannot use."""
        if key not in {entry.name for entry in fields(self)}:
            raise GivenError("given-unknown", key)
        return replace(self, **{key: _checked(key, value)})

    def as_pairs(self) -> dict[str, str]:
        """Return what was told, by key, for receipts and messages."""
        told = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Question:
    """One doubt about a whole column (or file) that a person has to settle.

    `given` is the key of Given that answers it; `choices` are the values to offer (empty: any text);
    `example` is a value of the file that shows the doubt; `column` is where it stands.
    """

    code: str
    text: str
    given: str
    choices: list[str] = field(default_factory=list)
    example: str = ""
    column: str = ""


def _checked(key: str, value: str) -> str:
    if key == "timezone":
        return _zone_name(value)
    if key == "date_order":
        return _one_of(value.upper(), DATE_ORDERS, "given-date-order")
    if key == "decimal":
        return _one_of(value, DECIMAL_SIGNS, "given-decimal")
    if key == "nobody":
        return _one_of(value, NOBODY, "given-nobody")
    if key == "received":
        _instant(value)
    if not value:
        raise GivenError("given-empty", key)
    return value


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise GivenError("given-timezone", value) from error
    return value


def _one_of(value: str, allowed: tuple[str, ...], code: str) -> str:
    if value not in allowed:
        raise GivenError(code, value)
    return value


def _instant(value: str) -> None:
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise GivenError("given-received", value) from error
