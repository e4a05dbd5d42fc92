"""Parts of a sentence about when something happened."""

from __future__ import annotations

from typing import Any

from indelible.language.parts import Part, Parts
from indelible.language.pattern import DAYS


class Times:
    """Days, hours, periods."""

    def day_range(self, children: list[Any]) -> Parts:
        first, last = (child for child in children if child.type == "DAY")
        start, end = DAYS.index(first.value[0]), DAYS.index(last.value[-1])
        days = tuple(DAYS[place % 7] for place in range(start, end + 1 + (7 if end < start else 0)))
        return (Part("when", ("days", days), first.start, last.end),)

    def _when(self, children: list[Any], how: str) -> Parts:
        values = [
            child.value
            for child in children
            if child.type in ("DATE", "DATE_W", "PERIOD", "CLOCK", "NAME_F", "HOURS")
        ]
        return (Part("when", (how, *values), children[0].start, children[-1].end),)

    def within(self, children: list[Any]) -> Parts:
        return self._when(children, "within")

    def since(self, children: list[Any]) -> Parts:
        return self._when(children, "since")

    def until(self, children: list[Any]) -> Parts:
        return self._when(children, "until")

    def before(self, children: list[Any]) -> Parts:
        return self._when(children, "before")

    def after(self, children: list[Any]) -> Parts:
        return self._when(children, "after")

    def between(self, children: list[Any]) -> Parts:
        return self._when(children, "between")

    def hours(self, children: list[Any]) -> Parts:
        return self._when(children, "hours")

    def clock_between(self, children: list[Any]) -> Parts:
        return self._when(children, "clock_between")

    def clock_after(self, children: list[Any]) -> Parts:
        return self._when(children, "clock_after")

    def clock_before(self, children: list[Any]) -> Parts:
        return self._when(children, "clock_before")

    def period_text(self, children: list[Any]) -> Parts:
        return self._when(children, "text")

    def days(self, children: list[Any]) -> Any:
        return children

    def on_days(self, children: list[Any]) -> Parts:
        days = tuple(day for edge in children[-1] if edge.type == "DAY" for day in edge.value)
        return (Part("when", ("days", days), children[-1][0].start, children[-1][-1].end),)
