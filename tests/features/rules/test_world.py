"""What words can mean in an organisation, gathered from the features that know its names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def test_a_source_called_like_its_system_is_one_name(book: Any) -> None:
    from indelible.features.rules.world import world_of
    from indelible.features.sources.services import By, begin_source
    from indelible.language.reading import understand

    begin_source(book, "Xero", "xero", By())
    begin_source(book, "Payroll of Northwind", "payroll-cloud", By())
    world = world_of(book)
    assert world.systems == ("Payroll of Northwind", "Xero", "payroll-cloud")
    now = datetime(2026, 11, 30, tzinfo=UTC)
    read = understand("Record every change to a supplier in Xero", world, now)
    assert read.understood and read.pattern.systems == ("Xero",)
