"""Signs of one event: seen where the event tells enough, and never out of a doubt."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events import signs
from indelible.events.event import Event
from indelible.events.office import WorkCalendar

MADRID = WorkCalendar("Europe/Madrid")
TUESDAY = "2026-03-03"


def changed(before: object, after: object, field: str = "amount") -> Event:
    return {"action": {"verb": "change"}, "changes": [{"field": field, "before": before, "after": after}]}  # type: ignore[typeddict-item]


def at(moment: str, **more: object) -> Event:
    event = {"action": {"verb": "change"}, "actor": {"name": "Maria"}, "occurred_at": moment, **more}
    return event  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("before", "after", "times"),
    [
        ("1,200.00", "12,000.00", 10),
        ("1.200,00", "12.000,00", 10),
        ("1 200,00", "12 000,00", 10),
        ("1'200.00", "120'000.00", 100),
        ("1200", "12000", 10),
        ("€1,200", "€12,000", 10),
        ("1.200", "12.000", 10),  # either way it is ten times
        ("1,00,000", "10,00,000", 10),
        ("100.00 EUR", "2,550.00 EUR", 25),
        (120, 1200, 10),
        ("0.1", "1", 10),
        ("0.3", "3.0", 10),  # exact, no binary fraction
    ],
)
def test_a_figure_ten_times_larger_is_seen_in_whatever_style_it_is_written(
    before: object, after: object, times: int
) -> None:
    assert signs.jump(changed(before, after)) == signs.Jump("amount", times)
    assert signs.jump(changed(after, before)) is None
    assert signs.jump(changed(after, before), smaller=True) == signs.Jump("amount", times)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("1,200.00", "11,999.99", "amount"),
        ("1.200", "1300", "amount"),  # 1.2 or 1,200: a doubt is no sign
        ("0", "100", "amount"),
        ("-100", "1000", "amount"),
        ("", "1000", "amount"),
        ("open", "closed", "amount"),
        ("12345678", "987654321", "bank_account"),
        ("12345678", "987654321", "accountNumber"),
        ("0049", "49301", "prefix"),
        ("2026-03-03", "2036-03-03", "due"),
        ("1e9", "NaN", "amount"),
    ],
)
def test_what_is_no_figure_or_a_doubt_is_no_sign(before: object, after: object, field: str) -> None:
    assert signs.jump(changed(before, after, field)) is None


@given(st.decimals("0.01", "999999", places=2), st.sampled_from(["{:,.2f}", "{:.2f}"]), st.booleans())
def test_ten_times_is_seen_exactly_when_it_is(amount: Decimal, style: str, comma: bool) -> None:
    swap = str.maketrans(",.", ".,") if comma else {}
    before, after = (style.format(one).translate(swap) for one in (amount, amount * 10))
    below = style.format(amount * 10 - Decimal("0.01")).translate(swap)
    assert signs.jump(changed(before, after)) == signs.Jump("amount", 10)
    assert signs.jump(changed(before, below)) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_is_no_figure(text: str) -> None:
    assert len(signs.readings(text)) <= 2


def test_office_hours_are_those_of_people_with_a_clock() -> None:
    night, noon = f"{TUESDAY}T21:30:00Z", f"{TUESDAY}T11:00:00Z"
    assert signs.outside_office_hours(at(night), MADRID)
    assert not signs.outside_office_hours(at(noon), MADRID)
    assert not signs.outside_office_hours(at(night, actor={"name": "nightly", "kind": "service"}), MADRID)
    assert not signs.outside_office_hours(at(night, time={"said": "3.3.2026"}), MADRID)  # no hour is known
    assert signs.outside_office_hours(at(night, time={"said": "3.3.2026 22:30"}), MADRID)
    assert not signs.outside_office_hours({"action": {"verb": "change"}, "actor": {"name": "M"}}, MADRID)
    assert signs.on_free_day(at("2026-03-07T11:00:00Z"), MADRID)
    # Friday 23:30 in UTC is Saturday in Madrid.
    assert signs.on_free_day(at("2026-03-06T23:30:00Z"), MADRID)


def test_maker_and_approver_are_compared_by_any_name_they_go_by() -> None:
    approves = {"verb": "approve"}
    maria = {"id": "mlopez", "name": "Maria Lopez"}
    assert signs.own_approval({"action": approves, "actor": maria, "extra": {"author": "MLopez"}})  # type: ignore[typeddict-item]
    assert signs.own_approval(
        {"action": {"verb": "submit"}, "actor": maria, "extra": {"approver": "maria lopez"}}
    )  # type: ignore[typeddict-item]
    assert not signs.own_approval({"action": approves, "actor": maria, "extra": {"author": "treed"}})  # type: ignore[typeddict-item]
    assert not signs.own_approval({"action": approves, "actor": maria})  # type: ignore[typeddict-item]


def test_facts_words_and_recipients() -> None:
    event: Event = {
        "action": {"verb": "share", "said": "Shared"},
        "reason": "As instructed by the board",
        "extra": {"recipient": "Tom <tom@gmail.example>", "amount": "5.000,00"},
        "changes": [{"field": "x", "after": "plug"}],
        "context": {"ip": "203.0.113.9"},
    }
    assert signs.lacks(
        event, ("reason", "approval_ref", "changes.after", "changes.before", "context.ip")
    ) == (
        "approval_ref",
        "changes.before",
    )
    assert signs.says(event, ("AS INSTRUCTED", "plug", "lug", "instruct")) == ("AS INSTRUCTED", "plug")
    assert signs.outsiders(event, ("northwind.example",)) == ("gmail.example",)
    assert signs.outsiders(event, ("gmail.example",)) == ()
    assert signs.outsiders(event, ()) == ()  # nobody said who we are
    assert signs.round_amount(event) == Decimal(5000)
    assert signs.round_amount({"action": {"verb": "pay"}, "extra": {"amount": "5,123.00"}}) is None


def test_our_own_acts_carry_no_marks() -> None:
    night = at(f"{TUESDAY}T21:30:00Z", **changed("1", "10"))
    assert signs.marks(night, MADRID) == ("ten_times_larger", "outside_office_hours")
    assert signs.marks({**night, "source": {"system": "indelible"}}, MADRID) == ()  # type: ignore[typeddict-item]
