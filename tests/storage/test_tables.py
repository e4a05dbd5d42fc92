"""The tables are what a stranger with SQL was told to find."""

from __future__ import annotations

from django.db import connections


def test_entry_has_exactly_the_columns_of_the_contract(database):
    with connections[database].cursor() as cursor:
        columns = [
            column.name
            for column in connections[database].introspection.get_table_description(cursor, "entry")
        ]
    assert sorted(columns) == ["content", "index", "logbook", "recorded_at", "secret"]
