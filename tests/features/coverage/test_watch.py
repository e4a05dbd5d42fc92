"""A rule that falls silent or is broken, and that it is kept again, are entries, and others hear of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indelible.events.sentence import tell
from tests.features.coverage.conftest import changed_invoice
from tests.features.coverage.simulated import CALENDAR

DAY = timedelta(days=1)


@pytest.fixture
def heard() -> Any:
    from indelible.features.coverage import changes

    found: list[Any] = []
    changes.hear(found.append)
    yield found
    changes._hearers.remove(found.append)


def told(book: Any) -> list[str]:
    from indelible.storage.database.reads import get_entries, head

    size = head(book).size
    return [tell(each.event).text for each in get_entries(book, size - 1, size - 1)]


def test_silence_is_told_once_and_ends_when_something_comes(
    book: Any, rule: Any, source: Any, send: Any, heard: list[Any]
) -> None:
    from indelible.features.coverage import watch
    from indelible.features.coverage.models import RuleTrouble
    from indelible.storage.database.reads import get_entry, head

    invoices = rule(verbs=["change"], things=["invoice"], duties={"silent_after": "P2D"})
    xero = source()
    send(xero, changed_invoice())
    now = datetime.now(UTC)
    assert watch.look(book, now, CALENDAR) == 0
    later = now + 10 * DAY
    assert watch.look(book, later, CALENDAR) == 1
    assert watch.look(book, later + DAY, CALENDAR) == 0, "told once"
    row = RuleTrouble.objects.get()
    assert (row.rule_id, row.kind, row.ended_at) == (invoices.pk, "silent", None)
    assert row.began_at < now + DAY and row.expected_by is not None
    entry = get_entry(book, row.began_entry)
    assert entry.event["numbers"]["rules"] == {"0.1": entry.event["numbers"]["rules"]["0.1"]}
    assert told(book)[-1].startswith(f"Nothing came under rule {invoices.pk}, “Record when someone")

    send(xero, changed_invoice())
    assert watch.look(book, datetime.now(UTC), CALENDAR) == 1
    row.refresh_from_db()
    assert row.ended_at is not None and row.ended_entry == head(book).size - 1
    assert told(book)[-1].endswith("; now it comes again")
    assert [(each.kind, each.is_over, each.rule, each.entry) for each in heard] == [
        ("silent", False, invoices.pk, row.began_entry),
        ("silent", True, invoices.pk, row.ended_entry),
    ]


def test_missing_numbers_break_every_rule_of_a_source_in_one_entry_until_they_come(
    book: Any, rule: Any, source: Any, send: Any, heard: list[Any]
) -> None:
    from indelible.features.coverage import queries, watch
    from indelible.features.coverage.judging import State
    from indelible.features.coverage.models import RuleTrouble
    from indelible.features.sources.accounts import telling
    from indelible.storage.database.reads import head

    rules = [rule(verbs=["change"], things=["invoice"]), rule(things=["invoice.sales"])]
    other = rule(verbs=["sign_in"])
    xero = source()
    send(xero, *(changed_invoice(extra={"sequence": str(n)}) for n in (1, 2, 5)))
    now = datetime.now(UTC)
    standings = queries.standing_of(book, now)
    assert {standings[each.pk].state for each in rules} == {State.PARTIAL}, "they may still come"
    telling.tell(now + timedelta(hours=3))
    size = head(book).size
    assert watch.look(book, now + timedelta(hours=3), CALENDAR) == 2
    assert head(book).size == size + 1, "one cause, one entry"
    assert f"the rules {rules[0].pk} and {rules[1].pk} is not kept" in told(book)[-1]
    assert "Xero of Northwind: numbers 3 to 4 never came" in told(book)[-1]
    assert {row.rule_id for row in RuleTrouble.objects.all()} == {each.pk for each in rules}
    assert other.pk not in {each.rule for each in heard}

    send(xero, *(changed_invoice(extra={"sequence": str(n)}) for n in (3, 4, 6)))
    assert watch.look(book, datetime.now(UTC), CALENDAR) == 2
    assert not RuleTrouble.objects.filter(ended_at=None).exists()
    assert [each.is_over for each in heard] == [False, False, True, True]


def test_more_lacking_facts_than_allowed_break_a_rule_and_what_is_allowed_does_not(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import queries, watch
    from indelible.features.coverage.judging import State

    strict = rule(verbs=["change"], needs=("reason",))
    lenient = rule(verbs=["change"], needs=("reason",), expected={"by": "unknown", "may_lack": 60})
    now = datetime.now(UTC)
    recent = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    send(
        source(),
        changed_invoice(occurred_at=recent),
        changed_invoice(occurred_at=recent, reason="Typing mistake"),
    )
    standings = queries.standing_of(book, now)
    assert standings[strict.pk].state == State.BROKEN
    assert standings[lenient.pk].state != State.BROKEN
    assert watch.look(book, now, CALENDAR) == 1
    assert "1 of 2 entries lacks a fact that the rule asks for; 5% are allowed" in told(book)[-1]


def test_a_rule_that_is_switched_off_is_waited_for_no_more(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import watch
    from indelible.features.rules.models import Rule

    invoices = rule(verbs=["change"], things=["invoice"], duties={"silent_after": "P2D"})
    send(source(), changed_invoice())
    later = datetime.now(UTC) + 10 * DAY
    assert watch.look(book, later, CALENDAR) == 1
    Rule.objects.filter(pk=invoices.pk).update(state="off", state_since=later)
    assert watch.look(book, later + DAY, CALENDAR) == 1
    assert told(book)[-1].startswith("Nothing is expected under rule")
