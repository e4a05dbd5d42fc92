"""Entries as rules let them be sealed: counted under what they match, cleaned of what must not be kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connections, transaction

from indelible.intake.reading import Record, Rejected

IBAN = "ES9121000418450200051332"
CARD = "4111111111111111"


@pytest.fixture
def source(book: Any) -> Any:
    """A source that sends by itself."""
    from indelible.features.sources.models import Kind
    from indelible.features.sources.services import By, begin_source

    made = begin_source(book, "Xero of Northwind", "xero", By())
    made.kind = Kind.WEB
    made.save()
    return made


def begin(book: Any, pattern: dict[str, Any], *needs: tuple[str, str]) -> str:
    """Put a rule in force as services do: entry, tables, mark; return what it counts under."""
    from django.utils import timezone

    from indelible.features.rules.models import Rule, RuleVersion
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.tagging import rules_changed

    with transaction.atomic():
        rule = Rule.objects.create(logbook=book, state_since=timezone.now())
        told = append(book, [Draft({"action": {"said": "rule added"}}, rules=("0.1",))]).recorded[0]
        version = RuleVersion.objects.create(
            rule=rule,
            number=1,
            typed="typed",
            sentence="said",
            pattern=pattern,
            needs=[{"fact": fact, "mark": mark} for fact, mark in needs],
            begun_at=timezone.now(),
            begun_entry=told.index,
        )
        rules_changed(book)
    return version.key


def change(number: int, id: str | None = None, after: str = IBAN, note: str = "") -> Record:
    event: Any = {
        "action": {"verb": "change", "category": "master_data", "said": "Vendor edited"},
        "targets": [{"kind": "supplier.bank_account", "id": f"S-{number}"}],
        "changes": [{"field": "IBAN", "before": "DE89370400440532013000", "after": after}],
        "original": {"text": f"S-{number};{after};DE89370400440532013000"},
    }
    if note:
        event["reason"] = note
    return Record(number, number, event, id, b"f" * 16, f"S-{number};{after}".encode())


def entry(source: Any, index: int | None) -> Any:
    from indelible.storage.database.reads import get_entry

    assert index is not None
    return get_entry(source.logbook, index).event


def test_entries_are_counted_under_the_rules_they_match_and_no_others(book: Any, source: Any) -> None:
    from indelible.features.sources.live.desk import take

    bank = begin(book, {"verbs": ["change"], "things": ["supplier"]})
    begin(book, {"verbs": ["view"], "things": ["supplier"]})
    anything = begin(book, {"verbs": ["change", "view"]})
    fates = take(source, [change(1, "a"), change(2, "b")]).fates
    assert entry(source, fates[1].entry)["numbers"]["rules"] == {bank: 2, anything: 2}


def test_an_event_without_a_time_counts_as_of_when_it_is_recorded(book: Any, source: Any) -> None:
    from indelible.features.sources.live.desk import take

    every_day = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    key = begin(book, {"verbs": ["change"], "when": every_day})
    told = entry(source, take(source, [change(1)]).fates[0].entry)
    assert "occurred_at" not in told and told["numbers"]["rules"] == {key: 1}


def test_a_marked_value_is_in_no_table_at_all(book: Any, source: Any) -> None:
    from indelible.features.sources.live.desk import take
    from indelible.storage.database import search

    key = begin(
        book,
        {"verbs": ["change"], "things": ["supplier.bank_account"]},
        ("changes.before", "mask"),
        ("changes.after", "drop"),
    )
    note = f"called them about {IBAN}, paid with {CARD}"
    told = entry(source, take(source, [change(1, "a", note=note)]).fates[0].entry)
    search.catch_up(book)
    assert told["changes"] == [{"field": "IBAN", "before": "DE••• 3000", "after": "removed by rule"}]
    assert told["original"]["text"] == "S-1;removed by rule;removed by rule"
    assert told["extra"]["removed"]["rules"] == [key]
    with connections["default"].cursor() as cursor:
        for table in connections["default"].introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                words = json.dumps([str(value) for value in row])
                assert IBAN not in words and CARD not in words and "053201" not in words, table


def test_the_same_record_again_is_a_repeat_though_its_values_were_removed(book: Any, source: Any) -> None:
    from indelible.features.sources.live.desk import take

    begin(book, {"verbs": ["change"]}, ("changes.after", "drop"))
    first = take(source, [change(1, "a")]).fates[0]
    again = take(source, [change(1, "a")]).fates[0]
    assert (again.what, again.entry) == ("duplicate", first.entry)
    # Told anew in other bytes, with a removed value that nobody can compare any more: not a conflict by that alone.
    other = change(1, "a", after="FR7630006000011234567890189")
    assert take(source, [other]).fates[0].what == "duplicate"
    differs = change(1, "a")
    differs.event["action"] = {"verb": "delete", "said": "Vendor deleted"}
    object.__setattr__(differs, "original", b"other")
    assert take(source, [differs]).fates[0].what == "conflict"


def test_of_two_marks_on_one_fact_the_one_that_shows_least_holds(book: Any, source: Any) -> None:
    from indelible.features.sources.live.desk import take

    masks = begin(book, {"verbs": ["change"]}, ("changes.after", "mask"))
    drops = begin(book, {"things": ["supplier"]}, ("changes.after", "drop"))
    told = entry(source, take(source, [change(1)]).fates[0].entry)
    assert told["changes"][0]["after"] == "removed by rule"
    assert told["extra"]["removed"]["rules"] == [masks, drops]


def test_equal_values_have_equal_codes_and_nobody_can_make_one_without_the_secret(
    book: Any, source: Any
) -> None:
    from indelible.features.sources.live.desk import take

    begin(book, {"verbs": ["change"]}, ("changes.after", "code"))
    fates = take(source, [change(1), change(2), change(3, after="FR7630006000011234567890189")]).fates
    codes = [entry(source, fate.entry)["changes"][0]["after"] for fate in fates]
    assert codes[0] == codes[1] != codes[2]
    assert codes[0].startswith("code 20") and IBAN not in codes[0]


def test_a_card_number_is_removed_without_any_rule_also_from_what_is_rejected(book: Any, source: Any) -> None:
    from indelible.features.sources.live.desk import take
    from indelible.features.sources.models import ImportReject

    taken = take(source, [change(1, note=f"card {CARD}"), Rejected(2, "not_a_record", f"x;{CARD}")])
    assert entry(source, taken.fates[0].entry)["reason"] == "card 411111******1111"
    assert ImportReject.objects.get().text == "x;411111******1111"
