"""Each sign is seen when it is there, and not else; each is called by its own name and says what it looks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.features.alarms.conftest import NOON, Put, minutes, told

BANK = ("supplier.bank_account", "S-1")

# sign, settings, what comes first without a notice, what then gives one
SEEN: list[tuple[str, dict[str, Any], list[dict[str, Any]], dict[str, Any]]] = [
    ("any_entry", {}, [], told()),
    (
        "ten_times",
        {},
        [told(changes=[{"field": "amount", "before": "1,200.00", "after": "2,000.00"}])],
        told(changes=[{"field": "amount", "before": "1,200.00", "after": "12,000.00"}]),
    ),
    (
        "ten_times",
        {"which": "smaller", "times": 5},
        [told(changes=[{"field": "limit", "before": "100", "after": "50"}])],
        told(changes=[{"field": "limit", "before": "100", "after": "20"}]),
    ),
    ("out_of_hours", {}, [told()], told(at=NOON + timedelta(hours=10))),
    ("free_day", {}, [told()], told(at=NOON + timedelta(days=4))),
    (
        "lacks_fact",
        {"facts": "approval_ref, reason"},
        [told(reason="asked for", extra={"approval_ref": "12"})],
        told(reason="asked for"),
    ),
    (
        "has_fact",
        {"fact": "result", "values": "failed, red"},
        [told(extra={"result": "green"}), told()],
        told(extra={"result": "Red"}),
    ),
    ("round_amount", {}, [told(extra={"amount": "5,123.00"})], told(extra={"amount": "5,000.00"})),
    ("says_words", {"words": "plug"}, [told(reason="unplugged")], told(reason="A plug, as agreed")),
    (
        "outsider",
        {},
        [told("share", extra={"recipient": "ben@northwind.example"})],
        told("share", extra={"recipient": "tom@gmail.example"}),
    ),
    ("refused", {}, [told()], told(outcome="denied")),
    (
        "own_thing",
        {},
        [told(thing=("employee.pay", "Tom Reed"))],
        told(thing=("employee.pay", "Maria Lopez")),
    ),
    ("one_person", {}, [told("create"), told("approve", who="Tom Reed")], told("approve")),
    (
        "one_person",
        {"first": "submit", "second": "pay"},
        [told("submit"), told("approve")],
        told("pay"),
    ),
    (
        "one_person",
        {},
        [told("approve", extra={"author": "Tom"})],
        told("approve", extra={"author": "maria lopez"}),
    ),
    ("after_act", {"acts": "approve"}, [told("change"), told("approve")], told("change")),
    (
        "after_act",
        {"acts": "create", "days": 2},
        [told("create"), told("change", at=NOON + timedelta(days=3))],
        told("change", at=NOON + timedelta(days=1)),
    ),
    ("many", {"count": 3, "minutes": 10}, [told(), told(at=NOON + minutes(9))], told(at=NOON + minutes(10))),
    (
        "many",
        {"count": 3, "minutes": 10, "per": "thing"},
        [told(who="A"), told(who="B"), told(who="C", thing=("payment", "P"))],
        told(who="D"),
    ),
    (
        # Late arrivals count by when they happened, not by when they came.
        "many",
        {"count": 3, "minutes": 10},
        [told(), told(at=NOON + minutes(8)), told(at=NOON + minutes(30))],
        told(at=NOON + minutes(3), outcome="failure"),
    ),
    (
        "first_time",
        {"what": "address"},
        [],
        told("sign_in", context={"ip": "203.0.113.9"}),
    ),
    (
        "twice",
        {},
        [
            told("create", extra={"supplier": "Harrow", "invoice_number": "9", "amount": "120.00"}),
            told("create", extra={"supplier": "Harrow", "invoice_number": "10", "amount": "120.00"}),
            told("create", extra={"supplier": "Harrow", "amount": "120.00"}),
        ],
        told("create", extra={"supplier": "HARROW", "invoice_number": "9", "amount": "120"}),
    ),
    (
        "larger_than_usual",
        {"times": 3},
        [told("pay", extra={"amount": str(100 + n)}) for n in range(25)]
        + [told("pay", extra={"amount": "300"})],
        told("pay", extra={"amount": "1,000.00"}),
    ),
    (
        "over_limit",
        {"facts": "row_count", "limit": 500},
        [told(extra={"row_count": 500})],
        told(extra={"row_count": 501}),
    ),
    (
        "over_limit",
        {"facts": "amount"},
        [told(extra={"amount": "90", "limit_applied": "100"}), told(extra={"amount": "900"})],
        told(extra={"amount": "100.01", "limit_applied": "100"}),
    ),
    (
        "under_limit",
        {"limit": 5000},
        [told(extra={"amount": "4,000"}), told(extra={"amount": "5,000.01"})],
        told(extra={"amount": "4,990.00"}),
    ),
    (
        "failures_then_success",
        {"count": 3, "minutes": 30},
        [
            told("sign_in"),
            told("sign_in", outcome="failure", at=NOON - timedelta(hours=3)),
            *(told("sign_in", outcome="failure", at=NOON + minutes(n)) for n in range(3)),
            told("sign_in", who="Tom Reed", at=NOON + minutes(4)),
        ],
        told("sign_in", at=NOON + minutes(5)),
    ),
    ("acts", {"acts": "export"}, [told("view")], told("export")),
    ("by_kind", {"kind": "service"}, [told()], told(actor={"name": "robot", "kind": "service"})),
    (
        "field_changed",
        {"fields": "renewal"},
        [told(changes=[{"field": "renewals", "after": "2"}])],
        told(changes=[{"field": "Renewal date", "after": "2027-01-01"}]),
    ),
    (
        "shared_value",
        {},
        [told(thing=BANK, changes=[{"field": "iban", "after": "ES76 2077"}]) for _again in range(2)],
        told(thing=("supplier.bank_account", "S-2"), changes=[{"field": "iban", "after": "es76 2077"}]),
    ),
    ("late", {}, [told(extra={"due_date": "2026-03-03"})], told(extra={"due_date": "2026-03-02"})),
    (
        "back_dated",
        {},
        [told(extra={"effective_date": "2026-03-04"})],
        told(extra={"effective_date": "2026-03-01"}),
    ),
    ("after_end", {}, [told(extra={"valid_to": "2026-03-03"})], told(extra={"valid_to": "2026-03-02"})),
    ("took_long", {"minutes": 5}, [], told()),
    (
        "many_addresses",
        {"count": 2, "minutes": 60},
        [
            told("sign_in", context={"ip": "203.0.113.9"}),
            told("sign_in", context={"ip": "203.0.113.9"}, at=NOON + minutes(5)),
            told("sign_in", context={"ip": "198.51.100.7"}, at=NOON + timedelta(hours=5)),
        ],
        told("sign_in", context={"ip": "198.51.100.8"}, at=NOON + minutes(9)),
    ),
]


def test_each_sign_is_seen_when_it_is_there_and_not_before(
    alarm: Callable[..., Any], put: Put, look: Callable[..., list[Any]]
) -> None:
    from indelible.language.pattern import Pattern

    def of(case: int, event: dict[str, Any]) -> dict[str, Any]:
        """Return an event with a source and a thing that no other case has."""
        things = [{**one, "id": f"{one['id']}-{case}"} for one in event["targets"]]
        own = event["targets"] if event["targets"][0]["kind"].startswith("employee") else things
        return {**event, "targets": own, "source": {"name": f"case{case}", "system": f"case{case}"}}

    made = {}
    for case, (sign, settings, _before, _shown) in enumerate(SEEN):
        made[case] = alarm(sign, pattern=Pattern.of(systems=[f"case{case}"]), **settings)
    put([of(case, event) for case, (_s, _g, before, _shown) in enumerate(SEEN) for event in before])
    assert [(notice.alarm.sign, notice.entries) for notice in look()] == []
    indexes = put([of(case, shown) for case, (*_rest, shown) in enumerate(SEEN)])
    found = {notice.alarm_id: notice.entries for notice in look()}
    unseen = [
        (case, SEEN[case][0])
        for case, index in enumerate(indexes)
        if index not in found.get(made[case].pk, ())
    ]
    assert not unseen
    assert len(found) == len(SEEN)


def test_a_payment_soon_after_new_bank_details_is_seen_though_it_is_another_kind_of_entry(
    alarm: Callable[..., Any], put: Put, look: Callable[..., list[Any]]
) -> None:
    from indelible.language.pattern import Pattern

    alarm("changed_before", pattern=Pattern.of(things=["supplier.bank_account"]))
    (changed, *_rest) = put(
        [
            told(thing=BANK),
            told("pay", thing=("payment", "P-1"), extra={"supplier": "S-2"}),
            told("pay", thing=("payment", "P-2"), extra={"supplier": "S-1"}, at=NOON + timedelta(days=10)),
        ]
    )
    assert look() == []
    (paid,) = put(
        [told("pay", thing=("payment", "P-3"), extra={"supplier": "s-1"}, at=NOON + timedelta(days=9))]
    )
    (notice,) = look()
    assert notice.entries == [changed, paid] and notice.facts == {"days": 9}


def test_what_had_to_follow_and_did_not_is_seen_by_the_clock_and_once(
    alarm: Callable[..., Any], put: Put, look: Callable[..., list[Any]]
) -> None:
    from indelible.features.alarms import overdue

    alarm("not_followed", acts="close", hours=24)
    first, *_rest = put(
        [
            told("open", thing=("alert", "A")),
            told("open", thing=("alert", "B")),
            told("close", thing=("alert", "B")),
        ]
    )
    assert look() == []
    overdue.look(NOON + timedelta(hours=23))
    assert look() == []
    for _again in range(2):
        overdue.look(NOON + timedelta(hours=25))
    (notice,) = look()
    assert notice.entries == [first]


def test_what_was_seen_before_the_alarm_was_set_is_known_and_not_told(
    alarm: Callable[..., Any], put: Put, look: Callable[..., list[Any]]
) -> None:
    put([told("sign_in"), told("sign_in", who="Tom Reed")])
    alarm("first_time", what="act")
    put([told("sign_in", at=NOON + timedelta(days=1))])
    assert look() == []
    put([told("sign_in", who="Dan"), told("sign_in", at=NOON + timedelta(days=500))])
    assert [notice.count for notice in look()] == [1, 1]


def test_entries_of_a_paused_source_are_seen(
    alarm: Callable[..., Any], put: Put, look: Callable[..., list[Any]], book: Any
) -> None:
    from indelible.features.sources.models import Source, State

    Source.objects.create(pk=7, logbook=book, name="Xero", system="xero", state=State.PAUSED)
    alarm("while_paused")
    put([told()])
    assert len(look()) == 1


def test_no_entry_however_odd_keeps_the_engine_from_the_next(
    alarm: Callable[..., Any], put: Put, look: Callable[..., list[Any]]
) -> None:
    from indelible.features.alarms.signs import all_signs

    for code, sign in all_signs().items():
        if not sign.sayings:
            alarm(code)
    huge = "9" * 30
    odd = told(
        changes=[{"field": "amount", "before": "0." + "0" * 30 + "1", "after": huge}, {"field": "x"}],
        extra={
            "amount": huge, "limit_applied": "-1", "due_date": "9999-12-31", "valid_to": "0001-01-01",
            "effective_date": "2026-02-31", "row_count": 0, "supplier": ["a"], "recipient": {"a": "@"}, "count": "1,1",
        },
        context={"ip": "\u202e"},
    )  # fmt: skip
    put(
        [
            odd,
            {**odd, "occurred_at": "9999-12-31T23:59:59.999999999Z"},
            {**odd, "occurred_at": "0001-01-01T00:00:00Z"},
            {"action": {"said": "?"}, "source": {"name": "Xero", "system": "xero"}},
            told(outcome="denied"),
        ]
    )
    assert "refused" in {notice.alarm.sign for notice in look()}


def test_every_sign_has_words_settings_and_a_name_of_its_own() -> None:
    from indelible.features.alarms.signs import all_signs

    tested = {sign for sign, *_rest in SEEN} | {
        "changed_before",
        "not_followed",
        "while_paused",
        "silence",
        "rule_changed",
    }
    assert tested == set(all_signs())
    titles = [str(sign.title) for sign in all_signs().values()]
    assert len(set(titles)) == len(titles)
    for sign in all_signs().values():
        settings = sign.with_defaults({})
        assert sign.says(settings) and sign.told(settings, {})
        odd = {one.name: object() for one in sign.settings}
        assert sign.with_defaults(odd) == settings  # what is no value is the default
