"""Going through the log: each entry counts once, on the day it happened; totals come from the running numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.features.coverage.conftest import changed_invoice

NOW = datetime.now(UTC)


def test_entries_count_by_version_and_day_with_what_they_lack(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import keeping, queries
    from indelible.features.coverage.models import RuleDay, RuleSource, RuleSpan, SourceAct, SourceDay

    invoices = rule(verbs=["change"], things=["invoice"], needs=("changes.before", "reason"))
    xero = source()
    send(
        xero,
        changed_invoice(reason="Typing mistake", changes=[{"field": "amount", "before": "1", "after": "2"}]),
        changed_invoice(changes=[{"field": "amount", "after": "2"}]),
        changed_invoice(occurred_at="2026-03-04T09:00:00Z", flags=["arrived_late"]),
        changed_invoice(action={"verb": "view", "said": "Viewed"}),
    )
    assert keeping.behind(book) > 0
    assert keeping.catch_up(book) == 0 and keeping.behind(book) == 0
    assert keeping.catch_up(book) == 0, "and nothing twice"

    first, second = RuleDay.objects.order_by("day")
    assert (first.rule, first.version, first.day) == (invoices.pk, 1, date(2026, 3, 3))
    assert (first.matched, first.late, first.lacking) == (2, 0, 1)
    assert first.facts == {"changes.before": 1, "reason": 1}
    assert (second.matched, second.late, second.day) == (1, 1, date(2026, 3, 4))
    assert RuleSource.objects.get().entries == 3
    assert RuleSpan.objects.get().to_at is None
    acts = {(row.verb, row.kind): row.entries for row in SourceAct.objects.all()}
    assert acts == {("change", "invoice.sales"): 3, ("view", "invoice.sales"): 1}
    viewed = SourceDay.objects.get(verb="view")
    assert (viewed.uncovered, viewed.example) == (1, book_size(book) - 1)
    assert SourceDay.objects.get(verb="change").uncovered == 0

    send(xero, changed_invoice())
    keeping.catch_up(book)
    standing = queries.standing_of(book, NOW, _march())[invoices.pk]
    assert (standing.seen, standing.late, standing.ever, standing.lacking) == (4, 1, 4, 3)
    assert standing.facts == {"changes.before": 3, "reason": 3}


def test_what_is_not_counted_yet_is_said_and_totals_are_exact_all_the_same(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import keeping, queries

    invoices = rule(verbs=["change"], things=["invoice"])
    send(source(), changed_invoice())
    keeping.catch_up(book)
    send(source("Another", "xero"), changed_invoice(), changed_invoice())
    standing = queries.standing_of(book, NOW, _march(), count=0)[invoices.pk]
    assert (standing.seen, standing.ever, standing.behind) == (1, 3, 3)
    assert "uncounted" in {lack.code for lack in standing.judgement.lacks}
    counted = queries.standing_of(book, NOW, _march())[invoices.pk]
    assert (counted.seen, counted.ever, counted.behind) == (3, 3, 0), "little is counted when somebody looks"


def test_another_zone_counts_anew(book: Any, rule: Any, source: Any, send: Any, ana: Any) -> None:
    from indelible.features.coverage import keeping
    from indelible.features.coverage.models import RuleDay
    from indelible.features.people.models import Organisation

    rule(verbs=["change"], things=["invoice"])
    send(source(), changed_invoice(occurred_at="2026-03-03T23:30:00Z"))
    keeping.catch_up(book)
    assert RuleDay.objects.get().day == date(2026, 3, 4), "in Madrid"
    Organisation.objects.update(zone="America/New_York")
    keeping.catch_up(book)
    row = RuleDay.objects.get()
    assert (row.day, row.matched) == (date(2026, 3, 3), 1)


def test_the_queries_do_not_grow_with_the_rules(
    book: Any, rule: Any, source: Any, send: Any, django_assert_max_num_queries: Any
) -> None:
    from indelible.features.coverage import keeping, queries

    rules = [rule(verbs=["change"], things=["invoice"]) for _ in range(12)]
    sources = [source(f"Xero {n}") for n in range(4)]
    for each in sources:
        send(each, changed_invoice(extra={"sequence": "1"}), changed_invoice(extra={"sequence": "2"}))
    with django_assert_max_num_queries(70):
        keeping.catch_up(book)
    with django_assert_max_num_queries(32):
        found = queries.standing_of(book, NOW)
    assert {each.ever for each in found.values()} == {8} and len(found) == len(rules)


def book_size(book: Any) -> int:
    from indelible.storage.database.reads import head

    return head(book).size


def _march() -> Any:
    from indelible.features.coverage.judging import Span

    start = datetime(2026, 3, 1, tzinfo=UTC)
    return Span(start, start + timedelta(days=31))
