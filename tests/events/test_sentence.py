"""Every entry reads: who did what to which thing, from what to what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from indelible.events.event import check_event
from indelible.events.phrases import PHRASES, ROLES, Part, all_phrases, gaps
from indelible.events.sentence import tell
from indelible.events.vocabulary import OUTCOMES, THINGS, VERBS
from tests.events.lawful_events import events

MARIA = {"name": "Maria Lopez", "email": "maria@example.com", "kind": "person"}
INVOICE = {"kind": "invoice.sales", "name": "INV-1043"}
AMOUNT = {"field": "Amount", "before": "1,200.00", "after": "12,000.00"}


def told(**event: Any) -> str:
    return tell(check_event(event)).text


def act(verb: str, *targets: dict[str, str], **more: Any) -> str:
    event: dict[str, Any] = {"actor": MARIA, "action": {"verb": verb}}
    if targets:
        event["targets"] = list(targets)
    return told(**event, **more)


SUPPLIER = {"kind": "supplier", "name": "Harrow Freight"}
FILE = {"kind": "file", "name": "Board minutes.pdf"}
PERSON = {"kind": "user_account", "name": "Alina Popescu"}
ROLE = {"kind": "role", "name": "Payment approver"}

# Each verb once, on a thing that it is at home with: what was done, and what was only tried.
VERB_SENTENCES: dict[str, tuple[list[dict[str, str]], str, str]] = {
    "create": ([SUPPLIER], "created supplier Harrow Freight", "create supplier Harrow Freight"),
    "view": (
        [{"kind": "employee.pay", "name": "Tom Reed"}],
        "looked at the pay of Tom Reed",
        "look at the pay of Tom Reed",
    ),
    "search": ([{"kind": "customer", "name": "4711"}], "searched customer 4711", "search customer 4711"),
    "change": ([INVOICE], "changed sales invoice INV-1043", "change sales invoice INV-1043"),
    "delete": ([INVOICE], "deleted sales invoice INV-1043", "delete sales invoice INV-1043"),
    "restore": ([FILE], "restored the file Board minutes.pdf", "restore the file Board minutes.pdf"),
    "move": ([FILE], "moved the file Board minutes.pdf", "move the file Board minutes.pdf"),
    "merge": (
        [SUPPLIER, {"kind": "supplier", "name": "Harlow"}],
        "merged supplier Harrow Freight and supplier Harlow",
        "merge supplier Harrow Freight and supplier Harlow",
    ),
    "import": (
        [{"kind": "external_file", "name": "bank.csv"}],
        "imported the file bank.csv",
        "import the file bank.csv",
    ),
    "export": (
        [{"kind": "customer.file", "name": "all.csv"}],
        "exported the customer file all.csv",
        "export the customer file all.csv",
    ),
    "share": (
        [FILE, PERSON],
        "shared the file Board minutes.pdf with Alina Popescu",
        "share the file Board minutes.pdf with Alina Popescu",
    ),
    "unshare": (
        [FILE, PERSON],
        "stopped sharing the file Board minutes.pdf with Alina Popescu",
        "stop sharing the file Board minutes.pdf with Alina Popescu",
    ),
    "send": ([INVOICE], "sent sales invoice INV-1043", "send sales invoice INV-1043"),
    "receive": (
        [{"kind": "goods_receipt", "name": "GR-9"}],
        "received goods receipt GR-9",
        "receive goods receipt GR-9",
    ),
    "sign_in": ([{"name": "Payroll"}], "signed in to Payroll", "sign in to Payroll"),
    "sign_out": ([{"name": "Payroll"}], "signed out of Payroll", "sign out of Payroll"),
    "grant": (
        [ROLE, PERSON],
        "granted the role Payment approver to Alina Popescu",
        "grant the role Payment approver to Alina Popescu",
    ),
    "revoke": (
        [PERSON, ROLE],
        "took the role Payment approver away from Alina Popescu",
        "take the role Payment approver away from Alina Popescu",
    ),
    "enable": (
        [PERSON],
        "switched on the account of Alina Popescu",
        "switch on the account of Alina Popescu",
    ),
    "disable": (
        [PERSON],
        "switched off the account of Alina Popescu",
        "switch off the account of Alina Popescu",
    ),
    "lock": ([PERSON], "locked the account of Alina Popescu", "lock the account of Alina Popescu"),
    "unlock": ([PERSON], "unlocked the account of Alina Popescu", "unlock the account of Alina Popescu"),
    "reset": (
        [{"kind": "credential", "name": "Alina Popescu"}],
        "reset the password of Alina Popescu",
        "reset the password of Alina Popescu",
    ),
    "assign": (
        [{"kind": "complaint", "name": "C-12"}, PERSON],
        "assigned complaint C-12 to Alina Popescu",
        "assign complaint C-12 to Alina Popescu",
    ),
    "issue": (
        [{"kind": "badge", "name": "88"}, {"kind": "visitor", "name": "Ivo Lang"}],
        "issued badge 88 to Ivo Lang",
        "issue badge 88 to Ivo Lang",
    ),
    "return": (
        [{"kind": "device", "name": "LT-204"}, {"kind": "employee", "name": "Tom Reed"}],
        "took back device LT-204 from Tom Reed",
        "take back device LT-204 from Tom Reed",
    ),
    "request": (
        [{"kind": "absence", "name": "Maria L."}],
        "asked for the absence of Maria L.",
        "ask for the absence of Maria L.",
    ),
    "submit": (
        [{"kind": "expense", "name": "E-5"}],
        "submitted expense claim E-5",
        "submit expense claim E-5",
    ),
    "approve": ([INVOICE], "approved sales invoice INV-1043", "approve sales invoice INV-1043"),
    "reject": ([INVOICE], "rejected sales invoice INV-1043", "reject sales invoice INV-1043"),
    "review": (
        [{"kind": "access_review", "name": "May 2025"}],
        "reviewed access review May 2025",
        "review access review May 2025",
    ),
    "sign": ([{"kind": "contract", "name": "C-88"}], "signed contract C-88", "sign contract C-88"),
    "override": (
        [{"kind": "approval_limit", "name": "Buyers"}],
        "overrode the approval limit Buyers",
        "override the approval limit Buyers",
    ),
    "pay": ([INVOICE], "paid sales invoice INV-1043", "pay sales invoice INV-1043"),
    "post": ([{"kind": "journal", "name": "J-7"}], "posted manual journal J-7", "post manual journal J-7"),
    "void": ([INVOICE], "voided sales invoice INV-1043", "void sales invoice INV-1043"),
    "refund": ([INVOICE], "refunded sales invoice INV-1043", "refund sales invoice INV-1043"),
    "open": (
        [{"kind": "period", "name": "May 2025"}],
        "opened accounting period May 2025",
        "open accounting period May 2025",
    ),
    "close": (
        [{"kind": "period", "name": "May 2025"}],
        "closed accounting period May 2025",
        "close accounting period May 2025",
    ),
    "escalate": (
        [{"kind": "complaint", "name": "C-12"}, PERSON],
        "escalated complaint C-12 to Alina Popescu",
        "escalate complaint C-12 to Alina Popescu",
    ),
    "note": ([SUPPLIER], "added a note to supplier Harrow Freight", "add a note to supplier Harrow Freight"),
    "notify": (
        [{"kind": "breach", "name": "B-1"}, PERSON],
        "told Alina Popescu about personal-data breach B-1",
        "tell Alina Popescu about personal-data breach B-1",
    ),
    "start": ([{"kind": "payroll_run", "name": "May"}], "started payroll run May", "start payroll run May"),
    "stop": (
        [{"kind": "log_source", "name": "Xero"}],
        "stopped the log Xero",
        "stop the log Xero",
    ),
    "detect": ([{"kind": "alert", "name": "A-3"}], "noticed security alert A-3", "notice security alert A-3"),
    "verify": ([SUPPLIER], "checked supplier Harrow Freight", "check supplier Harrow Freight"),
    "seal": ([{"kind": "log.seal", "name": "42,806"}], "made seal 42,806", "make seal 42,806"),
    "backup": (
        [{"kind": "system_setting", "name": "Payroll"}],
        "backed up the setting Payroll",
        "back up the setting Payroll",
    ),
    "place_hold": (
        [{"kind": "contract", "name": "C-88"}],
        "placed contract C-88 under hold",
        "place contract C-88 under hold",
    ),
    "release_hold": (
        [{"kind": "contract", "name": "C-88"}],
        "released contract C-88 from hold",
        "release contract C-88 from hold",
    ),
    "erase": ([{"kind": "customer", "name": "4711"}], "erased customer 4711", "erase customer 4711"),
    "dispose": (
        [{"kind": "media", "name": "disk 4"}],
        "destroyed the material for destruction disk 4",
        "destroy the material for destruction disk 4",
    ),
    "hand_over": ([FILE], "handed over the file Board minutes.pdf", "hand over the file Board minutes.pdf"),
    "enter": (
        [{"kind": "door", "name": "Server room"}],
        "went in at door Server room",
        "go in at door Server room",
    ),
    "exit": (
        [{"kind": "door", "name": "Server room"}],
        "went out at door Server room",
        "go out at door Server room",
    ),
}


def test_every_verb_has_a_sentence_here() -> None:
    assert set(VERB_SENTENCES) == set(VERBS) == set(PHRASES["verbs"])


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_reads_right_when_it_was_done_failed_or_was_refused(verb: str) -> None:
    targets, done, to_do = VERB_SENTENCES[verb]
    assert act(verb, *targets) == f"Maria Lopez {done}"
    assert act(verb, *targets, outcome="success") == f"Maria Lopez {done}"
    assert act(verb, *targets, outcome="partial") == f"Maria Lopez {done}, but only in part"
    assert act(verb, *targets, outcome="failure") == f"Maria Lopez tried to {to_do} and failed"
    assert act(verb, *targets, outcome="denied") == f"Maria Lopez was not allowed to {to_do}"
    assert (
        act(verb, *targets, outcome="pending") == f"Maria Lopez began to {to_do}, which is not finished yet"
    )
    assert act(verb, *targets, outcome="unknown") == (
        f"Maria Lopez tried to {to_do}, and how it ended is not known"
    )


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_on_nothing_named_is_still_a_sentence(verb: str) -> None:
    sentence = act(verb)
    assert sentence.startswith("Maria Lopez ")
    assert len(sentence.split()) > 2
    assert "{" not in sentence


def test_the_sentences_of_the_first_pages() -> None:
    assert act("change", INVOICE, changes=[AMOUNT]) == (
        "Maria Lopez changed the amount of sales invoice INV-1043 from 1,200.00 to 12,000.00"
    )
    assert (
        told(actor={"name": "Tom Reed"}, action={"verb": "grant"}, targets=[PERSON, ROLE])
        == "Tom Reed granted the role Payment approver to Alina Popescu"
    )
    assert (
        told(
            actor={"name": "Daniel Osei"},
            action={"verb": "sign"},
            targets=[{"kind": "runbook.step", "name": "4 of Month-end close, May 2025"}],
            reason="Bank balances agree with the ledger",
        )
        == "Daniel Osei signed off step 4 of Month-end close, May 2025: “Bank balances agree with the ledger”"
    )
    assert (
        told(
            actor={"name": "Payroll Cloud", "kind": "service"},
            action={"verb": "create"},
            targets=[{"kind": "employee", "id": "2087"}],
        )
        == "Payroll Cloud created the job record of 2087"
    )
    assert told(
        actor={"name": "Jonas Berg"},
        action={"verb": "change"},
        targets=[SUPPLIER],
        changes=[{"field": "Bank account", "before": "ES91 •••• 1332", "after": "ES44 •••• 9027"}],
    ) == (
        "Jonas Berg changed the bank account of supplier Harrow Freight from ES91 •••• 1332 to ES44 •••• 9027"
    )
    assert (
        act("delete", {"kind": "invoice.sales", "name": "INV-1051"})
        == "Maria Lopez deleted sales invoice INV-1051"
    )
    assert (
        told(
            actor={"name": "Alina Popescu"},
            action={"verb": "import"},
            targets=[{"kind": "file", "name": "Board minutes May 2025.pdf"}],
        )
        == "Alina Popescu imported the file Board minutes May 2025.pdf"
    )


def test_names_things_and_values_are_parts_of_their_own() -> None:
    sentence = tell(
        check_event({"actor": MARIA, "action": {"verb": "change"}, "targets": [INVOICE], "changes": [AMOUNT]})
    )
    assert sentence.parts == [
        Part("Maria Lopez", "actor"),
        Part(" changed the amount of "),
        Part("sales invoice INV-1043", "thing", 0),
        Part(" from "),
        Part("1,200.00", "before"),
        Part(" to "),
        Part("12,000.00", "after"),
    ]


def test_a_failed_sign_in_names_the_system_and_the_reason() -> None:
    grace = {"id": "00u1", "name": "Grace Chen"}
    assert (
        told(
            actor=grace,
            action={"verb": "sign_in"},
            targets=[{"kind": "user_account", "id": "00u1"}],
            source={"system": "okta"},
            outcome="failure",
            reason="INVALID_CREDENTIALS",
        )
        == "Grace Chen tried to sign in to Okta and failed: INVALID_CREDENTIALS"
    )


def test_a_sign_in_under_another_name_says_so() -> None:
    assert (
        told(
            action={"verb": "sign_in"},
            targets=[{"kind": "user_account", "name": "root"}],
            source={"system": "generic", "name": "Warehouse"},
            outcome="denied",
            reason="Too many tries.",
        )
        == "Somebody not named was not allowed to sign in to Warehouse as root: “Too many tries.”"
    )


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        (None, "Somebody not named"),
        ({"kind": "unknown"}, "Somebody not named"),
        ({"kind": "person"}, "Somebody not named"),
        ({"kind": "system"}, "The system"),
        ({"kind": "service"}, "A service not named"),
        ({"kind": "unknown", "id": "S-1-5"}, "S-1-5"),
        ({"email": "a@example.com", "id": "7"}, "a@example.com"),
    ],
)
def test_whoever_did_it_is_called_by_what_the_source_says(actor: dict[str, str] | None, name: str) -> None:
    event: dict[str, Any] = {"action": {"verb": "export"}, "targets": [FILE]}
    if actor:
        event["actor"] = actor
    assert told(**event) == f"{name} exported the file Board minutes.pdf"


def test_acting_for_another_is_said_at_once() -> None:
    assert act("approve", INVOICE, on_behalf_of={"name": "Tom Reed"}, outcome="denied") == (
        "Maria Lopez, acting for Tom Reed, was not allowed to approve sales invoice INV-1043"
    )
    assert act("approve", INVOICE, on_behalf_of={"kind": "person"}) == (
        "Maria Lopez, acting for somebody not named, approved sales invoice INV-1043"
    )


def test_several_things_are_counted_from_the_third_on() -> None:
    letters = [{"kind": "payment", "id": letter} for letter in "ABCDE"]
    assert act("approve", *letters[:2]) == "Maria Lopez approved payment A and payment B"
    assert act("approve", *letters[:3]) == "Maria Lopez approved payment A, payment B and payment C"
    assert act("approve", *letters) == "Maria Lopez approved payment A, payment B and 3 more"


@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        (
            [{"field": "memo", "before": "", "after": "x"}],
            "the memo of sales invoice INV-1043 from nothing to x",
        ),
        (
            [{"field": "memo", "before": "x", "after": ""}],
            "the memo of sales invoice INV-1043 from x to nothing",
        ),
        ([{"field": "memo", "before": "x"}], "the memo of sales invoice INV-1043 (it was x)"),
        ([{"field": "memo", "after": "x"}], "the memo of sales invoice INV-1043 to x"),
        ([{"field": "memo", "before": ""}], "the memo of sales invoice INV-1043 (it was empty)"),
        ([{"field": "memo", "after": ""}], "the memo of sales invoice INV-1043 to nothing"),
        ([{"field": "memo", "before": "", "after": ""}], "the memo of sales invoice INV-1043"),
        ([{"field": "memo"}], "the memo of sales invoice INV-1043"),
        ([{"before": "x", "after": "y"}], "sales invoice INV-1043 from x to y"),
        (
            [{"field": "active", "before": False, "after": True}],
            "the active of sales invoice INV-1043 from false to true",
        ),
        (
            [{"field": "tags", "before": [], "after": ["a", "b"]}],
            "the “tags” of sales invoice INV-1043 from nothing to a, b",
        ),
        (
            [{"field": "due_date", "before": 1, "after": 0}],
            "the due date of sales invoice INV-1043 from 1 to 0",
        ),
        ([{"before": {"a": "b"}, "after": {"a": ["c"]}}], 'sales invoice INV-1043 from a: b to {"a": ["c"]}'),
        (
            [AMOUNT, {"field": "terms", "after": "30 days"}],
            "the amount of sales invoice INV-1043 from 1,200.00 to 12,000.00 and the terms to 30 days",
        ),
        (
            [{"field": letter, "after": "1"} for letter in "abcde"],
            "the “a” of sales invoice INV-1043 to 1, the “b” to 1 and 3 more details",
        ),
    ],
)
def test_changed_details_read_from_what_to_what(changes: list[dict[str, Any]], ending: str) -> None:
    assert act("change", INVOICE, changes=changes) == f"Maria Lopez changed {ending}"


def test_a_move_says_from_where_to_where() -> None:
    assert act("move", FILE, changes=[{"field": "folder", "before": "/Sales", "after": "/Leavers"}]) == (
        "Maria Lopez moved the file Board minutes.pdf from /Sales to /Leavers"
    )
    assert act("move", FILE, changes=[{"after": "/Leavers"}], outcome="failure") == (
        "Maria Lopez tried to move the file Board minutes.pdf to /Leavers and failed"
    )


def test_details_beside_another_act_stand_in_brackets() -> None:
    assert act("grant", ROLE, PERSON, changes=[{"field": "type", "before": "member", "after": "owner"}]) == (
        "Maria Lopez granted the role Payment approver to Alina Popescu (type from member to owner)"
    )
    assert act("create", SUPPLIER, changes=[{"field": "terms", "after": "30 days"}]) == (
        "Maria Lopez created supplier Harrow Freight (terms 30 days)"
    )


def test_a_word_that_we_do_not_know_is_told_as_the_source_said_it() -> None:
    bucket = [{"name": "example-payroll"}]
    event: dict[str, Any] = {
        "actor": {"name": "Grace Chen"},
        "action": {"said": "PutBucketPolicy"},
        "targets": bucket,
    }
    assert told(**event) == "Grace Chen did “PutBucketPolicy” on example-payroll"
    assert told(**event, outcome="denied", reason="AccessDenied") == (
        "Grace Chen was not allowed to do “PutBucketPolicy” on example-payroll: AccessDenied"
    )
    assert Part("“PutBucketPolicy”", "said") in tell(check_event(event)).parts
    assert told(actor=MARIA, targets=bucket) == "Maria Lopez did something not named to example-payroll"
    assert told(actor=MARIA) == "Maria Lopez did something not named"
    assert told(**event, outcome="unknown") == (
        "Grace Chen did “PutBucketPolicy” on example-payroll, and how it ended is not known"
    )


def test_where_no_thing_is_named_the_word_of_the_source_helps() -> None:
    assert told(actor=MARIA, action={"verb": "change", "said": "Invoice Edited"}) == (
        "Maria Lopez changed something not named (“Invoice Edited”)"
    )


def test_signing_in_is_to_a_system_and_not_to_a_policy_or_an_account() -> None:
    okta = {"system": "okta"}
    policy, nobody = {"kind": "system_setting", "name": "Default Policy"}, {"kind": "user_account"}
    assert act("sign_in", policy, nobody, source=okta) == "Maria Lopez signed in to Okta"
    assert act("sign_in", {"kind": "role", "name": "Auditor"}, source={"system": "aws_cloudtrail"}) == (
        "Maria Lopez signed in to AWS as Auditor"
    )


def test_a_log_of_another_system_is_not_the_record() -> None:
    entries = {"kind": "log.entry"}
    assert act("search", entries, source={"system": "okta"}) == "Maria Lopez searched entries of a log"
    assert act("search", entries) == "Maria Lopez searched entries of the record"


def test_a_thing_without_a_name_stands_back_behind_one_with_a_name() -> None:
    secret, right, badge = {"kind": "credential"}, {"kind": "role"}, {"kind": "badge"}
    assert act("reset", PERSON, secret) == "Maria Lopez reset the password of Alina Popescu"
    assert act("revoke", PERSON, right) == "Maria Lopez took access away from Alina Popescu"
    assert act("issue", PERSON, badge) == "Maria Lopez issued a badge to Alina Popescu"
    assert act("approve", INVOICE, right) == "Maria Lopez approved sales invoice INV-1043"


def test_some_things_have_their_own_word_for_an_act() -> None:
    code = {"kind": "code_change", "name": "example-org/payroll"}
    assert act("change", code) == "Maria Lopez changed the code of example-org/payroll"
    assert act("request", PERSON) == "Maria Lopez asked for access for Alina Popescu"
    assert act("reset", {"kind": "user_account", "id": "maria@example.com"}) == (
        "Maria Lopez reset their own account"
    )
    assert act("move", code, changes=[{"field": "owner", "before": "hiro-old"}]) == (
        "Maria Lopez moved software change example-org/payroll from hiro-old"
    )


def test_a_thing_without_a_name_comes_with_the_word_of_the_source() -> None:
    assert told(
        actor=MARIA, action={"verb": "delete", "said": "FileDeleted"}, targets=[{"kind": "file"}]
    ) == ("Maria Lopez deleted a file (“FileDeleted”)")


def test_ones_own_account_is_ones_own() -> None:
    own = {"kind": "credential", "name": "maria@example.com"}
    assert act("reset", own) == "Maria Lopez reset their own password"
    assert act("reset", {"kind": "credential"}) == "Maria Lopez reset a password"


def test_a_paper_without_a_number_in_its_name_is_told_by_number_and_whose_it_is() -> None:
    bill = {"kind": "invoice.purchase", "id": "1007", "name": "Example Supplies"}
    assert act("approve", bill) == "Maria Lopez approved purchase invoice 1007 (Example Supplies)"
    assert (
        act("void", {"kind": "payment", "name": "Example, Inc."})
        == "Maria Lopez voided a payment (Example, Inc.)"
    )
    assert act("void", {"kind": "payment", "id": "ch_EXAMPLE"}) == "Maria Lopez voided payment ch_EXAMPLE"
    assert act("void", {"kind": "quote", "id": "0f3a-77c1-99aa-1234", "name": "Harrow"}) == (
        "Maria Lopez voided a quote (Harrow)"
    )


def test_a_name_that_says_what_it_is_is_not_told_twice() -> None:
    assert act("void", {"kind": "invoice.sales", "name": "Invoice 1043"}) == "Maria Lopez voided Invoice 1043"


def test_things_that_customers_named_read_like_others() -> None:
    assert (
        act("create", {"kind": "x.greenhouse_tray", "id": "T9"}) == "Maria Lopez created greenhouse tray T9"
    )
    assert act("create", {"kind": "x.iris_bed"}) == "Maria Lopez created an iris bed"


def test_facts_that_a_reader_would_miss_are_told() -> None:
    assert act("pay", INVOICE, extra={"amount": "1,200.00", "currency": "EUR"}) == (
        "Maria Lopez paid sales invoice INV-1043 for 1,200.00 EUR"
    )
    assert act("export", {"kind": "customer.file", "name": "all.csv"}, extra={"row_count": 4120}) == (
        "Maria Lopez exported the customer file all.csv (4,120 rows)"
    )
    assert act("hand_over", FILE, extra={"recipient": "Holm and Partners"}) == (
        "Maria Lopez handed over the file Board minutes.pdf to Holm and Partners"
    )
    assert act("notify", {"kind": "breach", "name": "B-1"}, extra={"recipient": "the regulator"}) == (
        "Maria Lopez told the regulator about personal-data breach B-1"
    )
    assert act("search", extra={"query": "salary"}) == "Maria Lopez searched for “salary”"
    assert act("sign", {"kind": "contract", "name": "C-88"}, extra={"meaning": "approved"}) == (
        "Maria Lopez signed contract C-88 (“approved”)"
    )
    assert act("enter", context={"location": "Gate 2"}) == "Maria Lopez went in at Gate 2"
    assert act("create", SUPPLIER, attachments=[{"name": "scan.pdf"}]) == (
        "Maria Lopez created supplier Harrow Freight with the file scan.pdf"
    )
    assert act("create", SUPPLIER, attachments=[{"name": "a"}, {"name": "b"}]) == (
        "Maria Lopez created supplier Harrow Freight with 2 files"
    )


def test_what_is_said_about_another_entry_names_it() -> None:
    assert act("change", INVOICE, refers_to={"entry": 14, "as": "conflict"}) == (
        "Maria Lopez changed sales invoice INV-1043; entry 15 tells this differently"
    )
    assert act("sign", refers_to={"entry": 11, "through": 18, "as": "sign_off"}) == (
        "Maria Lopez signed off entries 12 to 19"
    )
    assert act("erase", refers_to={"entry": 42647, "as": "erasure"}, reason="request 12") == (
        "Maria Lopez erased content of entry 42,648: “request 12”"
    )
    assert act("note", SUPPLIER, refers_to={"entry": 0, "as": "note"}) == (
        "Maria Lopez added a note to supplier Harrow Freight, about entry 1"
    )


def test_an_entry_with_nothing_left_to_tell_says_so() -> None:
    assert told(occurred_at="2026-03-03T00:00:00Z") == "This entry does not say what happened"
    assert tell({}, index=42816).text == "Entry 42,817 does not say what happened"


def test_every_thing_has_a_phrase_with_its_name_and_one_without() -> None:
    assert set(PHRASES["things"]) == set(THINGS)
    assert all(gaps(phrase) == ("name",) for phrase in PHRASES["things"].values())
    for kind in THINGS:
        assert "Q-17" in act("review", {"kind": kind, "name": "Q-17"})
        assert act("review", {"kind": kind}).startswith("Maria Lopez reviewed ")


def test_done_and_to_do_leave_the_same_gaps() -> None:
    pairs = [
        forms
        for phrases in PHRASES["verbs"].values()
        for key, value in phrases.items()
        for forms in (value.values() if key == "on" else [value])
    ]
    assert all(len(forms) == 2 and set(gaps(forms[0])) == set(gaps(forms[1])) for forms in pairs)


def test_a_sentence_can_be_told_in_another_language() -> None:
    german = {
        "{actor} {did}": "{actor} {did}",
        "changed {details}": "änderte {details}",
        "the {field} of {thing}": "{field} von {thing}",
        "{what} from {before} to {after}": "{what} von {before} auf {after}",
        "sales invoice {name}": "Rechnung {name}",
    }
    event = check_event(
        {"actor": MARIA, "action": {"verb": "change"}, "targets": [INVOICE], "changes": [AMOUNT]}
    )
    assert tell(event, translate=lambda text: german.get(text, text)).text == (
        "Maria Lopez änderte amount von Rechnung INV-1043 von 1,200.00 auf 12,000.00"
    )


def test_no_phrase_ends_with_a_full_stop() -> None:
    assert not [phrase for phrase in all_phrases() if phrase.endswith(".")]


@given(events)
@settings(max_examples=400, deadline=None)
def test_any_event_is_told_and_nothing_of_the_source_is_taken_for_ours(event: dict[str, Any]) -> None:
    sentence = tell(check_event(event), index=3)
    assert sentence.text == "".join(part.text for part in sentence.parts)
    assert sentence.parts
    assert all(part.text and part.role in ROLES for part in sentence.parts)
    assert event.get("outcome", "success") in OUTCOMES
    ours = "".join(part.text for part in sentence.parts if part.role == "text")
    assert "{" not in ours
    for reason in [event["reason"]] if "reason" in event else []:
        assert Part(reason, "reason") in sentence.parts


def test_a_part_says_which_target_it_names() -> None:
    event = check_event({"actor": MARIA, "action": {"verb": "grant"}, "targets": [PERSON, ROLE]})
    assert [(part.text, part.target) for part in tell(event).parts if part.role == "thing"] == [
        ("Payment approver", 1),
        ("Alina Popescu", 0),
    ]
