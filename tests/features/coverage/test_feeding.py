"""Which sources feed a rule; what it promises that no source sends; how far numbers show that it is complete."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from indelible.features.coverage.feeding import Known, Unkept, can_give, feeds_of, unkept
from indelible.features.coverage.judging import Feed, State
from indelible.language.pattern import Pattern
from tests.features.coverage.conftest import changed_invoice

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
XERO = Known(Feed(1, "Xero of Northwind", BEGAN), "xero", {("change", "invoice.sales"): 40})
OKTA = Known(Feed(2, "Okta", BEGAN), "okta", {("sign_in", "user_account"): 9})
FRESH = Known(Feed(3, "Xero of Harrow", BEGAN), "xero", {})
SOURCES = {1: XERO, 2: OKTA, 3: FRESH}
INVOICES = Pattern.of(verbs=["change"], things=["invoice"])


def fed(pattern: Pattern, gave: tuple[int, ...] = (), sources: dict[int, Known] = SOURCES) -> list[int]:
    return [each.source for each in feeds_of(pattern, gave, sources)]


def test_a_source_feeds_by_what_it_delivered_and_one_of_the_same_system_takes_its_place() -> None:
    assert fed(INVOICES) == [1, 3]
    assert fed(Pattern.of(verbs=["sign_in"])) == [2]
    assert fed(Pattern.of(verbs=["change"], things=["employee"]), (2,)) == [2, 3], "what it gave counts"
    assert fed(Pattern.of(verbs=["change"], things=["invoice"], systems=["Xero of Northwind"])) == [1]
    assert fed(Pattern.of(verbs=["change"], not_systems=["xero"])) == []
    assert fed(Pattern.of(systems=["2"])) == [2]
    assert fed(Pattern.of(things=["x.greenhouse_tray"])) == []


def test_what_no_source_ever_sent_is_named_by_act_and_thing() -> None:
    assert unkept(INVOICES, SOURCES) == []
    refunds = Pattern.of(verbs=["change", "refund"], things=["invoice"])
    assert unkept(refunds, SOURCES) == [Unkept("refund", "invoice", can=True)]
    trays = Pattern.of(verbs=["change"], things=["x.greenhouse_tray"])
    assert unkept(trays, SOURCES) == [Unkept("change", "x.greenhouse_tray", can=False)]
    assert unkept(Pattern.of(verbs=["enter"]), SOURCES) == [Unkept("enter", "", can=False)]
    assert unkept(Pattern.of(verbs=["change"], systems=["Sage"]), SOURCES) == [Unkept(system="Sage")]
    assert can_give(INVOICES, "somebody's own") is None


def test_numbers_without_a_hole_show_that_a_rule_is_complete_and_nothing_less_does(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import queries
    from indelible.features.coverage.models import RuleSpan
    from indelible.features.sources.models import Gap, Source

    now = datetime.now(UTC)
    began = now - timedelta(days=200)
    invoices = rule(verbs=["change"], things=["invoice"], at=began)
    xero = source(created_at=began)

    def numbered(n: int, days: int, **more: Any) -> dict[str, Any]:
        at = (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return changed_invoice(occurred_at=at, extra={"sequence": str(n)}, **more)

    def standing() -> Any:
        queries.standing_of(book, now)
        RuleSpan.objects.update(from_at=began)
        return queries.standing_of(book, datetime.now(UTC))[invoices.pk]

    send(xero, *(numbered(n, 50 - n) for n in range(1, 50)))
    found = standing()
    assert found.state == State.COMPLETE and found.judgement.how == ("numbers",)
    assert found.judgement.through is not None and found.seen > 20

    gap = Gap.objects.create(source=xero, kind="silent", began_at=now - timedelta(days=5), noticed_at=now,
                             ended_at=now - timedelta(days=4))  # fmt: skip
    found = standing()
    assert found.state == State.PARTIAL
    assert [lack.code for lack in found.judgement.lacks] == ["source_silent"]
    gap.delete()

    send(xero, changed_invoice(occurred_at=numbered(0, 1)["occurred_at"]))
    found = standing()
    assert found.state == State.USUAL, "one entry carries no number"
    assert {lack.code for lack in found.judgement.lacks} == {"numbers_partly"}
    Source.objects.filter(pk=xero.pk).update(state="ended", state_since=now)
    assert standing().state == State.UNTESTED


def test_a_matching_total_of_the_whole_period_shows_it_too_and_one_that_differs_breaks_the_rule(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import periods, queries
    from indelible.features.coverage.models import RuleSpan
    from indelible.features.sources.models import ControlTotal

    now = datetime(2026, 6, 20, tzinfo=UTC)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    invoices, bank = rule(verbs=["change"], things=["invoice"], at=began), source(created_at=began)
    send(bank, *(changed_invoice(occurred_at=f"2026-05-{n:02}T10:00:00Z") for n in range(4, 10)))
    may = periods.asked_for("last-month", "", "", now, UTC).span  # type: ignore[arg-type]
    total = ControlTotal.objects.create(source=bank, period_from=may.start, period_to=may.end, count=6,
                                        declared_at=now, entry=0, state="matches")  # fmt: skip
    queries.standing_of(book, now, may)
    RuleSpan.objects.update(from_at=began)
    found = queries.standing_of(book, now, may)[invoices.pk]
    assert (found.state, found.judgement.how, found.seen) == (State.COMPLETE, ("totals",), 6)
    ControlTotal.objects.filter(pk=total.pk).update(state="differs", count=7, found_count=6)
    found = queries.standing_of(book, now, may)[invoices.pk]
    assert found.state == State.BROKEN
    assert [lack.code for lack in found.judgement.lacks] == ["total_differs"]


def test_what_no_rule_covers_is_counted_by_source_act_and_thing(
    book: Any, rule: Any, source: Any, send: Any
) -> None:
    from indelible.features.coverage import keeping, queries

    rule(verbs=["change"], things=["invoice"])
    xero = source()
    viewed = {"action": {"verb": "view", "said": "Viewed"}}
    send(xero, changed_invoice(), changed_invoice(**viewed), changed_invoice(**viewed))
    keeping.catch_up(book)
    (found,) = queries.uncovered(book, datetime.now(UTC))
    assert (found.source_name, found.verb, found.kind, found.entries) == (
        "Xero of Northwind", "view", "invoice.sales", 2,
    )  # fmt: skip
