"""What can be asked of a pack: questions read once, fixed for good, and refused in words where they do not fit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from indelible.explanations import all_codes
from indelible.features.packs.asking import order_of
from indelible.features.packs.orders import Order, PackError

NOW = datetime(2026, 6, 12, 9, 30, tzinfo=UTC)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("when:someday", {}, "pack-question-not-understood"),
    ("source:Nobody", {"whole": True}, "pack-source-unknown"),
    ("rule:9", {"whole": True}, "pack-rule-unknown"),
    ("who:maria", {"whole": True}, "pack-whole-needs-source"),
    ("source:1 who:maria", {"whole": True}, "pack-whole-needs-source"),
    ("source:1 source:2", {"whole": True}, "pack-whole-needs-source"),
    ("who:maria", {"by": "happened"}, "pack-happened-needs-whole"),
    ("source:1", {"whole": True, "by": "happened"}, "pack-happened-needs-period"),
    ("source:1 when:2026-01-01T00:00:00.5", {"whole": True}, "pack-period-too-fine"),
    ("", {"withhold": ["salary"]}, "pack-field-unknown"),
    ("", {"withhold": ["numbers/sources/1"], "reason": "secret"}, "pack-number-withheld"),
    ("", {"withhold": ["actor"]}, "pack-reason-missing"),
    ("", {"zone": "Europe/Nowhere"}, "pack-zone-unknown"),
    ("", {"indexes": []}, "pack-nothing-found"),
    ("", {"indexes": [3, 9_999]}, "pack-entry-unknown"),
    ("", {"words": "why " * 600}, "pack-words-too-long"),
]


def test_what_cannot_be_asked_is_refused_in_words(filled: list[int], book: Any) -> None:
    # One record for all of them: setting one up takes longer than asking.
    for asked, how, code in REFUSED:
        with pytest.raises(PackError) as refusal:
            order_of(book, asked, **how)
        assert refusal.value.code == code, (asked, how)
        assert code in all_codes()


def test_a_source_goes_by_its_id_and_is_told_by_its_name(accounts: Any, filled: list[int], book: Any) -> None:
    order = order_of(book, 'source:"AccountsPro of Northwind" when:2026-06', whole=True, zone="Europe/Madrid")
    assert order.code == f"source:{accounts.pk} when:2026-06-01..2026-06-30"
    assert order.words == (
        "Everything from the source “AccountsPro of Northwind”, recorded from 2026-06-01 to 2026-06-30"
    )
    assert order.sequences == (f"sources/{accounts.pk}",)
    assert (order.since, order.until) == ("2026-05-31T22:00:00Z", "2026-06-30T22:00:00Z")
    assert order_of(book, f"source:{accounts.pk}", whole=True).sequences == order.sequences


def test_a_time_that_moves_is_fixed_when_it_is_asked(filled: list[int], book: Any) -> None:
    def code(asked: str) -> str:
        return order_of(book, asked, zone="Europe/Madrid", now=NOW).code

    assert code("when:today") == "when:2026-06-12"
    assert code("when:last-7-days") == "when:2026-06-06..2026-06-12"
    assert code("when:yesterday..") == "when:2026-06-11.."
    assert code("when:2026-06-01..") == "when:2026-06-01.."


def test_an_order_reads_back_as_it_was_kept(filled: list[int], book: Any) -> None:
    asked = order_of(
        book, indexes=[5, 3, 4, 9], withhold=[("targets", "trade secret"), ("actor", "security")]
    )
    assert asked.code == "index:3..5,9"
    assert asked.words == "Entries 4 to 6, 10"
    assert Order.from_json(asked.as_json()) == asked
