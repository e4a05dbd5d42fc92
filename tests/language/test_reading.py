"""What sentences mean, what of them is named as not understood, and what is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from indelible.language.reading import MOST_CHARACTERS, understand, warm_up
from indelible.language.world import NOWHERE, Member, Person, World

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WORLD = World(
    people=(
        Person("Maria Lopez", (Member("maria.lopez@northwind.example"),)),
        Person("Maria Schmidt"),
        Person("Tom Reed", (Member("tom"),)),
    ),
    groups={"Finance": (), "Night shift": ()},
    systems=("Xero", "Door System"),
    things={"greenhouse tray": "x.greenhouse_tray"},
    currency="EUR",
)
AMOUNT = {"fact": "amount", "op": ">", "value": "5000", "unit": "EUR"}
INVOICES = ["invoice.purchase", "invoice.sales"]


def pattern(text: str, purpose: Any = "rule") -> dict[str, Any]:
    """Return the pattern of a sentence that must be understood."""
    reading = understand(text, WORLD, NOW, purpose=purpose)
    assert reading.understood, reading.to_json()
    return reading.pattern.to_json()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("approval of payments", {"verbs": ["approve"], "things": ["payment"]}),
        ("payment approvals", {"verbs": ["approve"], "things": ["payment"]}),
        ("Payments that were authorized", {"verbs": ["approve"], "things": ["payment"]}),
        ("please log when somebody authorises a payment", {"verbs": ["approve"], "things": ["payment"]}),
        ("make sure that payments approved are recorded", {"verbs": ["approve"], "things": ["payment"]}),
        ("changes to suppliers’ bank details", {"verbs": ["change"], "things": ["supplier.bank_account"]}),
        ("who has access been granted", None),
        ("log-ins", {"verbs": ["sign_in"]}),
        ("failed logons", {"verbs": ["sign_in"], "outcomes": ["denied", "failure"]}),
        ("changes to and deletions of invoices", {"verbs": ["change", "delete"], "things": INVOICES}),
        ("invoices changed by Tom Reed in Xero",
            {"verbs": ["change"], "things": INVOICES, "who": [{"name": "Tom Reed"}], "systems": ["Xero"]}),
        ("payments over 5,000 EUR", {"things": ["payment"], "where": [AMOUNT]}),
        ("payments over EUR 5.000,00", {"things": ["payment"], "where": [AMOUNT | {"value": "5000.00"}]}),
        ("payments over €5k", {"things": ["payment"], "where": [AMOUNT]}),
        ("payments over 5000", {"things": ["payment"], "where": [AMOUNT]}),
        ("exports of more than 50 people",
            {"verbs": ["export"], "where": [{"fact": "people_count", "op": ">", "value": "50"}]}),
        ("contracts changed from draft to approved",
            {"verbs": ["change"], "things": ["contract"],
             "where": [{"fact": "changes.after", "op": "=", "value": "approved"},
             {"fact": "changes.before", "op": "=", "value": "draft"}]}),
        ("greenhouse trays moved at night",
            {"verbs": ["move"], "things": ["x.greenhouse_tray"], "when": {"hours": "22:00-06:00"}}),
        ("contracts signed outside office hours",
            {"verbs": ["sign"], "things": ["contract"], "when": {"hours": "outside working hours"}}),
        ("contracts signed since 1 June", {"verbs": ["sign"], "things": ["contract"], "when": {"from": "2026-06-01"}}),
        ("contracts signed last month", {"verbs": ["sign"], "things": ["contract"], "when": {"text": "last month"}}),
        ("contract C-88 signed", {"verbs": ["sign"], "things": ["contract"], "named": ["C-88"]}),
        ("everything except logins", {"not_verbs": ["sign_in"]}),
        ("payments not by the Night shift team", {"things": ["payment"], "not_who": [{"group": "Night shift"}]}),
        ("prices changed with no reason given",
            {"verbs": ["change"], "things": ["discount", "price"], "where": [{"fact": "reason", "op": "absent"}]}),
        ("own approvals of payments",
            {"verbs": ["approve"], "things": ["payment"],
             "where": [{"fact": "approver", "op": "same_as", "value": "maker"}]}),
        ("what automated agents do", {"who": [{"kind": "service"}]}),
    ],
)  # fmt: skip
def test_a_sentence_means_what_it_says(text, meant):
    if meant is None:
        assert not understand(text, WORLD, NOW).understood
    else:
        assert pattern(text) == meant


def test_duties_are_read_from_the_sentences_that_follow():
    reading = understand(
        "Record changes to contracts. Keep it for 7 years from the end of the financial year. The controller checks it "
        "every two weeks. Tell the CFO when the value doubles. Alert me if silent for 2 days. "
        "Because the auditor asks.",
        WORLD,
        NOW,
    )
    assert reading.understood
    assert reading.duties.to_json() == {
        "keep": "P7Y",
        "keep_from": "end of the financial year",
        "review": {"every": "P2W", "by": "controller"},
        "tell": {"whom": "the CFO", "when": "the value doubles"},
        "silent_after": "P2D",
        "reason": "the auditor asks",
    }


def test_a_slip_is_named_with_what_may_have_been_meant_and_not_put_right():
    text = "changes to suplier bank details by Maria Lopez"
    reading = understand(text, WORLD, NOW)
    assert not reading.understood
    (slip,) = [unknown for unknown in reading.not_understood if unknown.suggestions]
    assert (slip.words, text[slip.start : slip.end], slip.suggestions[0]) == (
        "suplier",
        "suplier",
        "supplier",
    )
    assert understand(slip.rewritten[0], WORLD, NOW).understood


@pytest.mark.parametrize(
    ("text", "code", "choices"),
    [
        ("contracts signed by Maria", "which-person", 2),
        ("who turned the alarm off", "two-readings", 3),
        ("PO approvals", "two-readings", 1),
        ("invoices approved and payments rejected", "two-rules", 3),
        ("payments over 5.000 EUR", "two-readings", 2),
        ("payments approved on 04/05/2026", "two-readings", 2),
        ("invoices opened", "two-readings", 4),
    ],
)
def test_what_has_several_readings_is_asked_and_each_choice_has_one(text, code, choices):
    reading = understand(text, WORLD, NOW)
    assert not reading.understood
    (question,) = reading.questions
    assert (question.code, len(question.choices)) == (code, choices)
    for choice in question.choices:
        settled = understand(choice.sentence, WORLD, NOW)
        assert settled.understood and settled.pattern == choice.pattern, choice.sentence


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("who changed contracts last month?", "search"),
        ("show me failed logins", "search"),
        ("logins", "rule"),
        ("tell me when someone changes a contract", "alarm"),
        ("tell me if Xero sends nothing on the 28th", "rhythm"),
    ],
)
def test_how_a_sentence_begins_says_what_it_is_for(text, kind):
    reading = understand(text, WORLD, NOW)
    assert reading.understood and reading.kind == kind


def test_nobody_is_helped_to_record_less():
    for text in ("stop logging", "do not record payments", "switch off rule 3"):
        reading = understand(text, NOWHERE, NOW)
        assert not reading.understood and [offer.kind for offer in reading.offers] == ["refused"]


def test_what_is_no_rule_gets_an_offer():
    assert [offer.name for offer in understand("GDPR stuff", NOWHERE, NOW).offers] == ["privacy"]
    assert [offer.name for offer in understand("keep leavers out", NOWHERE, NOW).offers] == ["HR-05"]
    twice = understand("invoices paid twice", NOWHERE, NOW)
    assert twice.pattern.unchecked == ("twice",) and [offer.kind for offer in twice.offers] == ["alarm"]


def test_a_search_takes_unknown_words_for_text_and_qualifiers_for_what_they_say():
    assert pattern("harlow", "search") == {"text": ["harlow"]}
    assert pattern('"north wing" leak*', "search") == {"text": ["leak*", "north wing"]}
    assert pattern("harlow payments", "search") == {"text": ["harlow"], "things": ["payment"]}
    assert pattern("who:maria about:invoice when:2026-06-01..", "search") == {
        "who": [{"name": "maria"}],
        "things": ["invoice"],
        "when": {"from": "2026-06-01"},
    }
    assert pattern(
        'what:deleted about:"INV-1043" outcome:refused flag:own-approval source:12 rule:3.2', "search"
    ) == {
        "verbs": ["delete"],
        "named": ["INV-1043"],
        "outcomes": ["denied"],
        "flags": ["own_approval"],
        "systems": ["12"],
        "rules": ["3.2"],
    }
    assert pattern("what:POSTED_LATE when:last-month", "search") == {
        "said": ["POSTED_LATE"],
        "when": {"text": "last month"},
    }
    wrong = understand("when:someday payments", WORLD, NOW, purpose="search")
    assert [unknown.words for unknown in wrong.not_understood] == ["when:someday"]


def test_too_long_a_text_is_refused_without_reading_it():
    reading = understand("changes to contracts " * MOST_CHARACTERS, WORLD, NOW)
    assert not reading.understood and reading.not_understood[0].end == 21 * MOST_CHARACTERS


def test_a_process_that_is_warm_reads_as_one_that_is_not():
    warm_up()
    warm_up()
    assert understand("invoices deleted", WORLD, NOW).understood
