"""What a programmer says becomes an event in the one form, or an error that they see at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from indelible.client.events import encode, make_event


def test_what_is_not_known_is_not_there() -> None:
    event = make_event("invoice.opened", occurred_at=datetime(2026, 3, 3, 15, 3, tzinfo=UTC), id="a")
    assert event == {"id": "a", "occurred_at": "2026-03-03T15:03:00Z", "action": {"said": "invoice.opened"}}


def test_short_forms_and_whole_ones_say_the_same() -> None:
    short = make_event("x", id="1", actor="maria@example.com", target=("invoice.sales", "INV-1"))
    whole = make_event(
        "x", id="1", actor={"email": "maria@example.com"}, targets=[{"kind": "invoice.sales", "id": "INV-1"}]
    )
    short.pop("occurred_at"), whole.pop("occurred_at")
    assert short == whole
    assert make_event("x", actor="Maria Lopez")["actor"] == {"name": "Maria Lopez"}
    assert make_event("x", target=("invoice.sales", "7", "March"))["targets"] == [
        {"kind": "invoice.sales", "id": "7", "name": "March"}
    ]


def test_changes_keep_every_digit_and_what_was_empty() -> None:
    event = make_event(
        "x",
        before={"amount": Decimal("1200.00"), "note": None},
        after={"amount": Decimal("12000.00"), "note": ""},
    )
    assert event["changes"] == [
        {"field": "amount", "before": "1200.00", "after": "12000.00"},
        {"field": "note", "after": ""},
    ]


def test_a_time_keeps_its_instant() -> None:
    local = datetime(2026, 3, 3, 15, 3, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
    assert make_event("x", occurred_at=local)["occurred_at"] == "2026-03-03T14:03:00.250000Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"said": " "},
        {"occurred_at": datetime(2026, 3, 3)},
        {"extra": {"rate": 1.5}},
        {"before": {"rates": [1, {"x": 0.1}]}},
        {"reason": "x" * 1_000_001},
        {"reason": "half \ud800"},
    ],
)
def test_what_could_not_be_recorded_is_refused_here(wrong: dict[str, Any]) -> None:
    said = wrong.pop("said", "x")
    with pytest.raises(ValueError):
        encode(make_event(said, **wrong))


def test_each_event_has_an_id_of_its_own() -> None:
    assert make_event("x")["id"] != make_event("x")["id"]
