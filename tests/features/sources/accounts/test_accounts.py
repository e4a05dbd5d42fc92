"""Accounts: missing numbers, totals, what arrived late, days that are closed, and the fifth question of a check."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import close_old_connections, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.intake.reading import Record

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)


@pytest.fixture
def source(book: Any) -> Any:
    """A source that sends by itself."""
    from indelible.features.sources.models import Kind, Source
    from indelible.features.sources.services import By, begin_source

    made = begin_source(book, "Payroll Cloud", "web", By())
    Source.objects.filter(pk=made.pk).update(kind=Kind.WEB)
    return Source.objects.get(pk=made.pk)


@pytest.fixture
def send(source: Any) -> Callable[..., Any]:
    """A function that sends records: each with facts of its own, at an hour of 12 June."""
    from indelible.features.sources.live.desk import take

    def deliver(*facts: dict[str, Any], at: str = "2026-06-12T09:00:00Z", received: datetime = NOW) -> Any:
        records = []
        for place, extra in enumerate(facts, start=1):
            event: Any = {"action": {"verb": "pay", "said": "paid"}, "occurred_at": at}
            event |= {"extra": extra} if extra else {}
            ident = f"{at} {sorted(extra.items())}" if extra else None
            records.append(Record(place, place, event, ident, b"f" * 16, repr(extra).encode()))
        return take(source, records, received_at=received)

    return deliver


@pytest.fixture
def said(book: Any) -> Callable[[], list[str]]:
    """A function that gives what Indelible itself said since the source began."""
    from indelible.events.sentence import tell
    from indelible.storage.database.reads import get_entries, head

    def read() -> list[str]:
        entries = get_entries(book, 2, head(book).size - 1)
        own = [each for each in entries if each.event.get("source", {}).get("system") == "indelible"]
        return [tell(each.event).text for each in own]

    return read


def holes(source: Any) -> list[tuple[str, int, int]]:
    from indelible.features.sources.models import SequenceGap

    rows = SequenceGap.objects.filter(source=source, filled_at=None).order_by("stream", "first")
    return [(row.stream, row.first, row.last) for row in rows]


# Running numbers -----------------------------------------------------------------------------------------


def test_missing_numbers_are_told_after_a_while_and_told_again_when_they_come(
    source: Any, send: Any, said: Any, book: Any
) -> None:
    from django.utils import timezone

    from indelible.features.sources.accounts.telling import tell
    from indelible.storage.database.checking import check

    def seq(*numbers: Any) -> list[dict[str, Any]]:
        return [{"sequence": number, "sequence_of": "invoices"} for number in numbers]

    send(
        *seq(1, 2, "3"), {"sequence": 9, "sequence_of": "receipts"}, {}, {"sequence": "x"}, {"sequence": True}
    )
    send(*seq(7, 5))
    send(*seq(6))
    assert holes(source) == [("invoices", 4, 4)]
    now = timezone.now()
    assert tell(now) == 0, "it may have been overtaken on its way"
    send(*seq(20))
    assert [tell(now + timedelta(minutes=6)), tell(now + timedelta(minutes=6))] == [2, 0]
    send(*seq(10))
    send(*seq(11))
    assert holes(source) == [("invoices", 4, 4), ("invoices", 8, 9), ("invoices", 12, 19)]
    assert tell(timezone.now() + timedelta(minutes=6)) == 1, "two that join are told as one"
    assert said() == [
        "Missing from Payroll Cloud: number 4 of invoices",
        "Missing from Payroll Cloud: numbers 8 to 19 of invoices",
        "What was missing from Payroll Cloud came later: numbers 10 to 11 of invoices",
    ]
    missing = check(book).missing
    assert missing is not None and missing.verdict == "does not match"
    assert missing.findings[0].message == "Payroll Cloud: number 4 of invoices never came."


def test_a_column_of_a_file_can_be_the_running_number(take: Any) -> None:
    from indelible.features.sources.accounts.telling import tell
    from indelible.features.sources.models import SequenceGap
    from indelible.intake.mapping import Mapping

    table = "time,user,what,no\n" + "".join(
        f"2026-06-01 10:0{number}:00,ana,paid {number},{number}\n" for number in (1, 2, 5, 4, 7)
    )
    roles = {"time": "occurred_at", "user": "actor", "what": "action", "no": "sequence"}
    done = take(table, "a.csv", {"timezone": "UTC"}, mapping=Mapping.from_json({"columns": roles}))
    assert done.recorded == 5
    gaps = SequenceGap.objects.order_by("first")
    assert [(gap.first, gap.last) for gap in gaps] == [(3, 3), (6, 6)]
    assert tell(gaps[0].seen_at + timedelta(minutes=6)) == 2


def test_an_explained_hole_is_named_and_does_not_fail(source: Any, send: Any, book: Any) -> None:
    from django.utils import timezone

    from indelible.features.sources.accounts.telling import tell
    from indelible.features.sources.models import SequenceGap
    from indelible.features.sources.services import By
    from indelible.features.sources.silence.explaining import explain_numbers
    from indelible.storage.database.checking import check

    send({"sequence": 1}, {"sequence": 3})
    tell(timezone.now() + timedelta(minutes=6))
    explain_numbers(SequenceGap.objects.get(), "A test", By({"name": "Ana Ruiz", "kind": "person"}))
    report = check(book)
    assert report.verdict == "matches" and report.missing is not None
    assert report.missing.verdict == "matches", "its own numbers, and the one hole is explained"
    assert report.missing.findings[0].explained
    assert report.as_json()["missing"]["number"] == 5


def test_a_series_that_does_not_count_one_by_one_is_given_up(
    source: Any, send: Any, monkeypatch: Any
) -> None:
    from indelible.features.sources.accounts import streams
    from indelible.features.sources.models import SequenceMark

    monkeypatch.setattr(streams, "MOST_HOLES", 5)
    send(*({"sequence": number} for number in range(0, 40, 2)))
    assert SequenceMark.objects.get().given_up_at is not None
    assert holes(source) == []
    assert send({"sequence": 100}).count("recorded") == 1


def test_a_batch_costs_the_same_however_many_numbers_it_has(
    source: Any, django_assert_max_num_queries: Any
) -> None:
    from indelible.features.sources.accounts.streams import take_numbers

    take_numbers({(source.pk, ""): list(range(10))}, NOW)
    with django_assert_max_num_queries(4):
        take_numbers({(source.pk, ""): list(range(10, 1_000))}, NOW)


# Totals --------------------------------------------------------------------------------------------------


def day_total(source: Any, **told: Any) -> Any:
    from indelible.features.sources.accounts.totals import declare

    return declare(source, datetime(2026, 6, 12, tzinfo=UTC), datetime(2026, 6, 13, tzinfo=UTC), **told)


def test_a_total_matches_differs_and_is_compared_again_when_more_arrives(
    source: Any, send: Any, said: Any, book: Any
) -> None:
    from django.utils import timezone

    from indelible.features.sources.accounts.totals import compare_due
    from indelible.features.sources.models import ControlTotal
    from indelible.storage.database.checking import check

    send({"amount": "10.10", "currency": "EUR"}, {"amount": "0.20", "currency": "EUR"})
    send({"amount": "5", "currency": "USD"})
    send({"n": "other day"}, at="2026-06-11T23:59:59.999Z")
    send({"n": "next day"}, at="2026-06-13T00:00:00Z")
    total = day_total(source, count=3, amount="10.30", currency="eur", said_by="Payroll report")
    assert (total.state, total.found_count, total.found_amount) == ("matches", 3, "10.30")
    assert said()[-1] == (
        "Indelible gave a total for Payroll Cloud, 2026-06-12 00:00 UTC to 2026-06-13 00:00 UTC:"
        " 3 records and 10.30 EUR, by the word of Payroll report"
    )
    assert (answer := check(book).missing) is not None and answer.verdict == "matches"
    assert compare_due(timezone.now()) == 0, "nothing came"
    send({"amount": "1.00", "currency": "EUR"}, at="2026-06-12T23:00:00Z")
    assert compare_due(timezone.now()) == 1
    total.refresh_from_db()
    assert (total.state, total.found_count, total.found_amount) == ("differs", 4, "11.30")
    answer = check(book).missing
    assert (
        answer is not None
        and answer.verdict == "does not match"
        and answer.findings[0].kind == "total_differs"
    )
    again = day_total(source, count=4, amount=Decimal("11.3"), currency="EUR")
    assert again.state == "matches" and ControlTotal.objects.get(pk=total.pk).replaced_by == again
    send({}, at="2026-06-12T22:00:00Z")
    compare_due(timezone.now())
    again.refresh_from_db()
    assert (again.state, again.without_amount) == ("differs", 1), "a record more is one too many"
    assert day_total(source, amount="11.30", currency="EUR").state == "unchecked", "one states no amount"


def test_what_is_taken_back_and_second_accounts_are_not_counted(source: Any, send: Any, take: Any) -> None:
    from indelible.features.sources.live.desk import take as deliver
    from indelible.features.sources.models import ControlTotal

    for said in ("paid", "paid twice"):
        event: Any = {"action": {"verb": "pay", "said": said}, "occurred_at": "2026-06-12T09:00:00Z"}
        deliver(source, [Record(1, 1, event, "a", b"f" * 16, said.encode())], received_at=NOW)
    assert day_total(source, count=1).state == "matches"
    assert ControlTotal.objects.get().found_count == 1


def test_a_period_that_is_not_over_is_not_compared(source: Any) -> None:
    from django.utils import timezone

    from indelible.features.sources.accounts.totals import declare

    now = timezone.now()
    assert declare(source, now - timedelta(days=1), now + timedelta(days=1), count=3).state == "open"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "total-empty"),
        ({"count": -1}, "total-bad-count"),
        ({"amount": "12,5", "currency": "EUR"}, "total-bad-amount"),
        ({"amount": "1e999999999", "currency": "EUR"}, "total-bad-amount"),
        ({"amount": "NaN", "currency": "EUR"}, "total-bad-amount"),
        ({"amount": "12.5"}, "total-needs-currency"),
    ],
)
def test_what_makes_no_total(source: Any, told: dict[str, Any], code: str) -> None:
    from indelible.features.sources.services import SourceError

    with pytest.raises(SourceError) as refusal:
        day_total(source, **told)
    assert refusal.value.code == code


@settings(deadline=None)
@given(st.lists(st.decimals(-(10**12), 10**12, places=4), max_size=30))
def test_amounts_are_added_exactly(amounts: list[Decimal]) -> None:
    from indelible.features.sources.accounts.totals import exact_amount, plain

    read = [exact_amount(plain(each)) for each in amounts]
    assert read == amounts
    assert exact_amount(True) is None and exact_amount(1.5) is None and exact_amount("") is None


# Late, and days that are over ----------------------------------------------------------------------------


def test_a_live_record_that_comes_days_later_is_marked_and_sealed_so(
    source: Any, send: Any, book: Any
) -> None:
    from indelible.features.sources.models import Import, SourceAccount
    from indelible.storage.database.reads import get_entry

    fates = [send({"n": "x"}, at=at).fates[0] for at in ("2026-06-09T09:00:00Z", "2026-06-11T13:00:00Z")]
    flags = [get_entry(book, fate.entry).event.get("flags") for fate in fates]
    assert flags == [["arrived_late"], None]
    assert Import.objects.get().late == 1 and SourceAccount.objects.get().late == 1
    source.settings = {"late_after_hours": 200}
    assert (
        get_entry(book, send({"n": "y"}, at="2026-06-09T09:00:00Z").fates[0].entry).event.get("flags") is None
    )


def test_rows_of_a_file_from_a_time_that_was_covered_are_counted(take: Any) -> None:
    from indelible.features.sources.models import SourceAccount

    head = "time,user,action\n"
    rows = [f"2026-06-0{day} 10:00:00,ana,sign in {day}\n" for day in range(1, 7)]
    given = {"timezone": "UTC"}
    first = take(head + "".join([rows[0], rows[3]]), "a.csv", given)
    assert "arrived_late" not in {each["code"] for each in first.notices}
    second = take(head + "".join(rows), "b.csv", given)
    late = [each for each in second.notices if each["code"] == "arrived_late"]
    assert [each["count"] for each in late] == [2], "two lie in the middle, two are newer, two were held"
    assert SourceAccount.objects.get().late == 2


def test_a_day_that_is_over_is_closed_once_whoever_closes_it(
    source: Any, send: Any, said: Callable[[], list[str]]
) -> None:
    from indelible.features.sources.accounts.closing import close_day, close_days
    from indelible.features.sources.models import Import, Stage

    send({"n": "1"}, {"n": "2"})
    assert close_days(datetime(2026, 6, 13, 0, 59, tzinfo=UTC)) == 0
    key, closed = Import.objects.get().pk, []

    def close() -> None:
        try:
            closed.append(close_day(key, NOW))
        finally:
            close_old_connections()
            connections.close_all()

    threads = [threading.Thread(target=close) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(closed) == [False, False, True]
    assert said() == ["The messages of 2026-06-12 from Payroll Cloud are accounted for: 2 records"]
    row = Import.objects.get()
    assert row.stage == Stage.DONE and row.receipt is not None
    taken = send({"n": "3"})
    assert taken.account != key, "what comes after is accounted for on the day it comes"


def test_a_batch_that_fails_leaves_no_number_and_no_hour_behind(
    source: Any, send: Any, monkeypatch: Any
) -> None:
    from indelible.features.sources.live import desk
    from indelible.features.sources.models import Heard, SequenceMark

    def fails(*_args: object) -> None:
        raise RuntimeError("killed in the middle")

    with monkeypatch.context() as patch:
        patch.setattr(desk, "settle", fails)
        with pytest.raises(RuntimeError):
            send({"sequence": 5})
    assert not SequenceMark.objects.exists() and not Heard.objects.exists()
    send({"sequence": 5})
    assert SequenceMark.objects.get().seen == 1 and Heard.objects.get().records == 1


def test_the_fifth_question_never_changes_the_others(book: Any, source: Any) -> None:
    from indelible.storage.database.checking import check

    report = check(book)
    assert report.verdict == "matches"
    assert report.missing is not None and report.missing.verdict == "could not be checked"
    assert report.missing.message.startswith("1 source gives neither")
