"""Rows stand under the days of the reader's calendar, each with the picture of its act."""

from __future__ import annotations

from indelible.events.event import Event
from indelible.events.vocabulary import VERBS
from indelible.web.icons import ICONS
from indelible.web.moments import Reader
from indelible.web.timeline import NODES, Row, SealLine, by_day, flags_of


def _row(index: int, at: str, verb: str = "change", **more: object) -> Row:
    event: Event = {"action": {"verb": verb, "said": verb}}
    return Row(index, at, event, **more)  # type: ignore[arg-type]


def test_rows_stand_under_the_reader_s_days_and_seals_do_not_count() -> None:
    rows = [
        _row(3, "2025-06-11T22:30:00Z"),
        SealLine(3, "2025-06-11T22:10:00Z", "last of the day"),
        _row(2, "2025-06-11T21:30:00Z"),
        _row(1, "2025-06-11T08:00:00Z"),
    ]
    days = by_day(rows, Reader("Europe/Madrid"))
    assert [(day.title, day.entries) for day in days] == [
        ("Thursday 12 June 2025", 1),
        ("Wednesday 11 June 2025", 2),
    ]


def test_a_row_stands_under_when_it_happened_or_else_when_it_came_in() -> None:
    assert _row(1, "2025-06-12T08:00:00Z", occurred_at="2024-01-01T00:00:00Z").shown_at.startswith("2024")
    assert _row(1, "2025-06-12T08:00:00Z").shown_at.startswith("2025")


def test_every_node_is_drawn_and_belongs_to_a_known_verb() -> None:
    assert set(NODES) <= set(VERBS)
    assert set(NODES.values()) <= set(ICONS)


def test_an_altered_row_shows_the_alarm_whatever_was_done() -> None:
    row = _row(1, "2025-06-12T08:00:00Z", "approve", state="altered")
    assert (row.node, row.node_tone) == ("bang", "bad")
    assert _row(1, "2025-06-12T08:00:00Z", "approve").node == "tick"


def test_a_correction_and_a_refusal_are_marked_on_their_rows() -> None:
    event: Event = {
        "action": {"verb": "change", "said": "corrected"},
        "refers_to": {"entry": 4, "as": "correction"},
        "outcome": "denied",
        "flags": ["arrived_late", "time_zone_assumed"],
    }
    assert [flag.word for flag in flags_of(event)] == ["Arrived late", "Correction", "Refused"]


def test_a_row_of_another_day_of_the_reader_s_calendar_carries_its_date() -> None:
    late = _row(1, "2025-06-11T22:30:00Z", occurred_at="2025-06-11T21:30:00Z")

    def dated(zone: str) -> list[bool]:
        return [row.dated for day in by_day([late], Reader(zone)) for row in day.rows if isinstance(row, Row)]

    assert dated("Europe/Madrid") == [True]  # 11 June, 23:30 under 12 June: one day in UTC, two in Madrid
    assert dated("UTC") == [False]


def test_a_row_without_its_content_has_no_sentence() -> None:
    assert Row(1, "2025-06-12T08:00:00Z", {}, state="altered").unreadable
    assert Row(1, "2025-06-12T08:00:00Z", {}, state="removed").unreadable
    assert not _row(1, "2025-06-12T08:00:00Z", state="altered").unreadable


def test_a_row_names_the_rules_it_is_counted_under_but_not_the_built_in_one() -> None:
    def counted(*keys: str) -> str:
        return Row(1, "2025-06-12T09:00:00Z", {"numbers": {"rules": dict.fromkeys(keys, 1)}}).counted  # type: ignore[typeddict-item]

    assert counted() == counted("0.1") == ""
    assert counted("0.1", "12.1", "3.2", "3.1") == "rules 3, 12"
    assert counted("3.2") == "rule 3"
    assert counted("1.1", "2.1", "3.1", "10.1", "11.1") == "rules 1, 2, 3 and 2 more"
