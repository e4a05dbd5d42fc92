"""The pattern that a search prints: keys as the stable contract of the command line names them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indelible.cli.commands.search_ import pattern_of
from indelible.storage.database.search.parsing import parse_query

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("2026-06", {"from": "2026-06-01", "to": "2026-06-30"}),
        ("2026-06-12", {"from": "2026-06-12", "to": "2026-06-12"}),
        ("2026-06-01..", {"from": "2026-06-01"}),
        ("..2026-06-12", {"to": "2026-06-12"}),
        ("2024", {"from": "2024-01-01", "to": "2024-12-31"}),
    ],
)
def test_a_period_is_told_by_its_first_and_last_day(typed: str, when: dict[str, str]) -> None:
    query = parse_query(f"when:{typed}", NOW, UTC).query
    assert pattern_of(query) == {"when": when}


def test_a_period_that_is_no_run_of_days_is_told_by_instants() -> None:
    query = parse_query("when:2026-06-12T10:00:00Z..", NOW, UTC).query
    assert pattern_of(query)["when"] == {"from": "2026-06-12T10:00:00Z"}
