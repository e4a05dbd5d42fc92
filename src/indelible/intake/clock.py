"""The times of one column: looked at as a whole first, then read one by one.

Joins what times.py proves from the values with what is known from elsewhere: the answers of a person, the
period in a report's title, the zone that a system's documents promise, and running ids, which tell where
the clock went back. Says which doubts are left to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from indelible.intake import times
from indelible.intake.given import Given, Question
from indelible.intake.notices import Notice, NoticeBook
from indelible.intake.remarks import remark
from indelible.intake.times import ColumnTimes, Direction, Order, ReadTime, TimeReader
from indelible.intake.zones import zone_in_lines


class Clock:
    """Looks at the times of one column, then reads them in the file's order."""

    def __init__(
        self,
        *,
        header: str,
        preamble: Sequence[str],
        given: Given,
        source_zone: str | None = None,
        date_1904: bool = False,
    ) -> None:
        self._gathering = times.Survey(header)
        self._header = header
        self._period = times.period_of(preamble)
        self._stated = zone_in_lines(preamble)
        self._given = given
        self._source_zone = source_zone
        self._date_1904 = date_1904
        self._ids = _Ids()
        self._reader: TimeReader | None = None

    def look_at(self, text: str, id: str = "") -> None:
        """Take one time into account, with the source's id of its record."""
        self._gathering.add(text)
        self._ids.add(id)

    def begin(self) -> None:
        """Start reading from the file's beginning."""
        given = self._given
        self._reader = TimeReader(
            self._column(),
            zone=given.timezone,
            order=cast("Order | None", given.date_order),
            period=self._period,
            received=given.received,
            direction=self._ids.direction,
            epoch_1904=self._date_1904,
        )

    def read(self, text: str) -> ReadTime:
        """Return the instant that the next time of the file means."""
        if self._reader is None:
            self.begin()
        return cast(TimeReader, self._reader).read(text)

    def questions(self) -> list[Question]:
        """Return the doubts about the whole column that nobody has settled."""
        column, given = self._column(), self._given
        open_ones: tuple[tuple[bool, str, str, list[str]], ...] = (
            (
                column.order_ambiguous and not given.date_order,
                "date_order_ambiguous",
                "date_order",
                ["DMY", "MDY"],
            ),
            (column.needs_zone and not given.timezone, "time_zone_needed", "timezone", self._likely_zone()),
            (column.needs_year and not (self._period or given.received), "year_needed", "received", []),
        )
        return [
            Question(
                code, remark(code, column.count).message, key, list(choices), self._example(key), self._header
            )
            for is_open, code, key, choices in open_ones
            if is_open
        ]

    def notices(self) -> list[Notice]:
        """Return what is to be said about the column as a whole."""
        column = self._column()
        book = NoticeBook()
        if len(column.scales) > 1:
            book.add("mixed_time_scales", names=sorted(column.scales))
        if column.order_ambiguous:
            book.extend([remark("date_order_ambiguous", 1)])
        if self._stated is not None and self._gathering.result().needs_zone:
            book.extend([remark("time_zone_from_preamble", 1)])
        return list(book)

    def _likely_zone(self) -> list[str]:
        """Return the zone that a line above the column names probably means, to be offered as the answer."""
        return [self._stated.region] if self._stated is not None and self._stated.region else []

    def _example(self, key: str) -> str:
        if key == "timezone" and self._stated is not None:
            return self._stated.line
        return self._column().example

    def _column(self) -> ColumnTimes:
        column = self._gathering.result()
        stated = self._stated.region if self._stated is not None and self._stated.is_sure else ""
        zone = self._source_zone or ("" if self._given.timezone else stated)
        if zone and column.needs_zone:
            return replace(column, header_zone=zone, needs_zone=False)
        return column


class _Ids:
    """Tells whether running ids rise or fall all the way, one at a time."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._rises = self._falls = True
        self._count = 0

    def add(self, id: str) -> None:
        if not (id.isascii() and id.isdecimal() and len(id) < 19):
            self._rises = self._falls = False
            return
        number = int(id)
        if self._last is not None:
            self._rises = self._rises and number > self._last
            self._falls = self._falls and number < self._last
        self._last = number
        self._count += 1

    @property
    def direction(self) -> Direction | None:
        if self._count < 2 or self._rises == self._falls:
            return None
        return "rising" if self._rises else "falling"
