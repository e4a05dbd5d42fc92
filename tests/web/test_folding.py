"""Like entries in one line: what is folded, what never is, and that every entry keeps its number and its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indelible.web.folding import FEWEST, folded
from indelible.web.moments import Reader
from indelible.web.timeline import Flag, Fold, Line, Row, SealLine, by_day


def added(index: int, second: int = 0, **more: Any) -> Row:
    """An entry in which Payroll Cloud added a staff member's job record, at that second of 09:30."""
    at = f"2025-06-12T09:{30 + second // 60:02}:{second % 60:02}Z"
    event: Any = {
        "actor": {"name": "Payroll Cloud", "kind": "service"},
        "action": {"verb": "create", "said": "employee.new"},
        "targets": [{"kind": "employee", "id": str(index)}],
        "outcome": "success",
        **more,
    }
    return Row(index, at, event, occurred_at=at, source="Payroll Cloud")


def lines(*rows: Row | SealLine) -> list[Line]:
    return [line for day in folded(by_day(rows, Reader())) for line in day.rows]


def fifty() -> list[Row]:
    return [added(index, 50 - index) for index in range(50)]


def test_fifty_like_entries_of_a_minute_stand_in_one_line_and_each_keeps_its_number() -> None:
    (line,) = lines(*fifty())
    assert isinstance(line, Fold)
    assert line.words == "Payroll Cloud created a staff member's job record, 50 times"
    assert [row.index for row in line.rows] == list(range(50))
    assert Fold("", line.rows[::-1]).numbers == "entries 1 to 50"
    assert Fold("", line.rows[::-2]).numbers == "25 entries from 2 to 50"
    (day,) = folded(by_day(fifty(), Reader()))
    assert day.entries == 50


@pytest.mark.parametrize(
    "other",
    [
        added(99, flags=["arrived_late"], outcome="failure"),
        added(99, actor={"name": "Tom Reed", "kind": "person"}),
        added(99, action={"verb": "delete", "said": "employee.new"}),
        added(99, targets=[{"kind": "candidate", "id": "9"}]),
        added(99, refers_to={"entry": 3, "as": "note"}),
        replace(added(99), source="Okta"),
        replace(added(99), state="altered"),
        replace(added(99), state="removed", event={}),
        replace(added(99), corrected_by=120),
        replace(added(99), flags=(Flag("10 times larger"),)),
        replace(added(99), occurred_at="2025-06-12T08:30:00Z"),
        SealLine(42, "2025-06-12T09:30:30Z", "holds everything below"),
    ],
)
def test_what_is_not_alike_or_worth_a_look_stands_by_itself(other: Row | SealLine) -> None:
    rows = fifty()
    found = lines(*rows[:25], other, *rows[25:])
    assert [type(line) for line in found] == [Fold, type(other), Fold]
    assert found[1] == other


def test_a_few_are_not_folded_nor_what_took_longer_than_a_minute() -> None:
    few = fifty()[: FEWEST - 1]
    assert lines(*few) == few
    slow = [added(index, 9 * index) for index in range(FEWEST)]
    assert lines(*reversed(slow)) == slow[::-1]


def test_entries_by_nobody_named_are_told_as_such() -> None:
    rows = [replace(row, event={**row.event, "actor": {"kind": "unknown"}}) for row in fifty()]
    (line,) = lines(*rows)
    assert isinstance(line, Fold)
    assert line.words.startswith("Somebody not named created")
