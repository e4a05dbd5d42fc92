"""What a start does to the tables: everything the first time, nothing the second."""

from __future__ import annotations

from typing import Any

import pytest

from indelible.server import prepare


@pytest.mark.django_db
def test_a_second_start_changes_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(prepare, "call_command", lambda *arguments, **_options: ran.append(arguments))
    monkeypatch.setattr(prepare.connections, "close_all", lambda: None)  # the test's own are among them
    assert prepare.bring_tables_up_to_date() == []
    assert ran == []


@pytest.mark.django_db
def test_a_change_still_to_be_made_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(prepare, "open_migrations", lambda: ["database.0001_the_log"])
    monkeypatch.setattr(prepare, "call_command", lambda *arguments, **_options: ran.append(arguments))
    monkeypatch.setattr(prepare.connections, "close_all", lambda: None)
    assert prepare.bring_tables_up_to_date() == ["database.0001_the_log"]
    assert ran == [("migrate",)]
