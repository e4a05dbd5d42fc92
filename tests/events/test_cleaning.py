"""Cleaning: what must never be sealed is gone from every corner of an event, and what need not go stays."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.cleaning import FLAG, REMOVED, clean, find_secrets, may_hold_secrets, without_secrets
from indelible.events.cleaning.finding import is_card
from indelible.events.cleaning.marking import DROPPED, marked
from indelible.events.event import check_event

CARDS = (  # published test numbers of the schemes, none of them anybody's
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
)
NO_CARDS = (
    "4111111111111112",  # the check digit does not fit
    "1772546580123",  # milliseconds since 1970
    "20260303140300123456",  # a compact time
    "ES9121000418450200051332",  # an account
    "9780306406157",  # a book
    "0000000000000000",
    "123456789012",
)


def code(text):
    return f"[{len(text)}]"


def cleaned(event, **marks):
    return clean(event, {fact.replace("__", "."): (mark, ("3.2",)) for fact, mark in marks.items()}, code)


@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_shows_its_first_six_and_last_four_digits_and_no_more(number):
    assert is_card(number)
    told = number[:6] + "*" * (len(number) - 10) + number[-4:]
    assert without_secrets(f"paid with {number}, thanks") == (f"paid with {told}, thanks", ["card_number"])
    assert may_hold_secrets(number.encode())


@pytest.mark.parametrize("shown", ["4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005"])
def test_a_card_number_in_groups_is_found_and_keeps_its_groups(shown):
    text, kinds = without_secrets(shown)
    assert kinds == ["card_number"]
    assert len(text) == len(shown)
    assert text[:4] == shown[:4] and text[-4:] == shown[-4:]


@pytest.mark.parametrize("number", NO_CARDS)
def test_other_long_numbers_stay(number):
    assert without_secrets(f"ref {number}.") == (f"ref {number}.", [])


@pytest.mark.parametrize(
    ("text", "secret", "kind"),
    [
        ("login with password=Tr0ub4dor&next=/", "Tr0ub4dor", "password"),
        ('{"user":"ana","password":"correcthorse"}', "correcthorse", "password"),
        ("{'new_password': 'hunter22'}", "hunter22", "password"),
        ('escaped {\\"password\\":\\"correcthorse\\"}', "correcthorse", "password"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789", "token"),
        ("cvv: 123", "123", "card_security_code"),
        ('"pin": "4711"', "4711", "pin"),
        ("otp=998877", "998877", "one_time_code"),
        ("use ghp_" + "A1b2" * 9, "ghp_" + "A1b2" * 9, "token"),
        ("key sk_live_" + "9x" * 12, "sk_live_" + "9x" * 12, "token"),
        (
            "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlc2lnbmF0dXJl",
            "eyJzdWIiOiIxMjM0In0",
            "token",
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
            "MIIE",
            "private_key",
        ),
        ("cut -----BEGIN PRIVATE KEY-----\nMIIEvQ", "MIIEvQ", "private_key"),
    ],
)
def test_what_opens_doors_is_taken_out(text, secret, kind):
    assert may_hold_secrets(text.encode())
    left, kinds = without_secrets(text)
    assert secret not in left
    assert kinds == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Reset the password of Ana",
        "Password: changed by the help desk",
        "password=********",
        "Failed: invalid password",
        "pin: the notice to the board",
        "secret: santa",
        "token refreshed",
        "Tom passed: yes",
        "Authorization: refused",
        "The pwd policy changed from 8 to 12",
    ],
)
def test_words_about_secrets_stay(text):
    assert without_secrets(text) == (text, [])


@given(st.text(max_size=200))
def test_the_quick_look_never_misses_what_the_long_one_finds(text):
    if find_secrets(text):
        assert may_hold_secrets(text.encode("utf-8", "surrogatepass"))


@given(st.text(alphabet=" -0123456789", max_size=60))
def test_the_quick_look_never_misses_a_number(text):
    if find_secrets(text):
        assert may_hold_secrets(text.encode())


@given(
    name=st.sampled_from(
        ["password", "newPassword", "api_key", "apiKey", "cvv", "OTP", "client_secret", "access-token", "pwd"]
    ),
    sign=st.sampled_from(["=", ": ", '":"', "':'", " = "]),
    before=st.sampled_from(["", "\n", "x ", "\t", '{"', "é", "\\"]),
    times=st.integers(0, 2),
)
def test_the_quick_look_sees_names_through_any_layers_of_json(name, sign, before, times):
    text = f"{before}{name}{sign}123456"
    for _ in range(times):
        text = json.dumps({"said": text})
    if find_secrets(text):
        assert may_hold_secrets(text.encode()) and may_hold_secrets(json.dumps(text).encode())


@given(st.text(alphabet="passwordpin=:\"' {}abc123\\", max_size=80))
def test_cleaning_twice_changes_nothing_more(text):
    once, _ = without_secrets(text)
    assert without_secrets(once)[0] == once


EVENT = {
    "occurred_at": "2026-03-03T14:03:00Z",
    "actor": {"name": "Maria Lopez", "kind": "person"},
    "action": {"verb": "change", "category": "master_data", "said": "Vendor bank edited"},
    "targets": [{"kind": "supplier.bank_account", "id": "S-7", "name": "Harrow Freight"}],
    "changes": [{"field": "IBAN", "before": "ES9121000418450200051332", "after": "DE89370400440532013000"}],
    "reason": "They called: new account DE89 3704 0044 0532 0130 00",
    "extra": {"approval_ref": "T-12", "note": "old es91-2100-0418-4502-0005-1332"},
    "original": {"text": "S-7;ES91 2100 0418 4502 0005 1332;de89370400440532013000;mlopez"},
}


def test_a_mark_holds_wherever_the_value_stands():
    event = cleaned(EVENT, changes__before="mask", changes__after="mask")
    check_event(event)
    assert event["changes"] == [{"field": "IBAN", "before": "ES••• 1332", "after": "DE••• 3000"}]
    told = json.dumps(event).replace(" ", "").replace("-", "").lower()
    assert "91210004" not in told and "893704" not in told
    assert event["original"] == {"text": "S-7;removed by rule;removed by rule;mlopez"}
    assert event["reason"] == "They called: new account removed by rule"
    assert event["extra"][REMOVED] == {"values": 2, "rules": ["3.2"]}
    assert event["flags"] == [FLAG]
    assert EVENT["changes"][0]["before"].startswith("ES9121")  # not changed in place


def test_an_original_that_says_it_in_another_spelling_is_left_out_whole():
    spelled = {**EVENT, "original": {"text": '{"iban": ["ES91", 2100, 418, 4502, 5, 1332]}'}}
    event = cleaned(spelled, changes__before="mask")
    assert "original" not in event
    assert event["extra"][REMOVED]["original"] == "left out"


def test_an_original_that_cannot_be_read_is_left_out_whole():
    unread = {**EVENT, "original": {"base64": base64.b64encode(bytes(range(200, 256)) * 3).decode()}}
    assert "original" not in cleaned(unread, changes__before="drop")


def test_an_unreadable_original_beside_a_secret_is_left_out_too():
    data = b"\x00\x00\x95\x95\x95" * 40  # as wide as UTF-16, and no text in it
    unread = {"reason": "password=Tr0ub4dor1", "original": {"base64": base64.b64encode(data).decode()}}
    event = clean(unread, {}, code)
    assert "original" not in event and event["reason"] == "password=[removed]"
    assert event["extra"][REMOVED]["original"] == "left out"


@pytest.mark.parametrize("encoding", ["utf-16-le", "cp1252"])
def test_an_original_in_another_encoding_is_cleaned_in_it(encoding):
    text = "café;ES91 2100 0418 4502 0005 1332;4111 1111 1111 1111"
    before = {**EVENT, "original": {"base64": base64.b64encode(text.encode(encoding)).decode()}}
    event = cleaned(before, changes__before="drop")
    left = base64.b64decode(event["original"]["base64"]).decode(encoding)
    assert left == "café;removed by rule;4111 11** **** 1111"


def test_pay_leaves_nothing_that_tells_how_much():
    event = {
        "action": {"verb": "change"},
        "changes": [{"field": "salary", "before": "54000.00", "after": "61,500.00"}],
        "original": {"text": "salary;54.000,00;61500"},
    }
    told = cleaned(event, changes__before="mask", changes__after="mask")
    assert told["changes"] == [{"field": "salary", "before": "•••", "after": "•••"}]
    assert told["original"]["text"] == "salary;removed by rule;removed by rule"


def test_a_code_tells_equal_values_and_nothing_else():
    first = cleaned({"extra": {"payee_account": "DE89 3704 0044"}}, payee_account="code")
    second = cleaned({"extra": {"payee_account": "de893704-0044"}}, payee_account="code")
    assert first["extra"]["payee_account"] == second["extra"]["payee_account"] == "code [12]"


def test_a_dropped_fact_says_who_dropped_it():
    event = cleaned({"reason": "flu", "extra": {"diagnosis": "J10"}}, reason="drop")
    assert event["reason"] == DROPPED
    assert event["extra"][REMOVED] == {"values": 1, "rules": ["3.2"]}


def test_an_address_keeps_its_network():
    event = cleaned({"context": {"ip": "203.0.113.77", "device": "Laptop"}}, context__ip="mask")
    assert event["context"] == {"ip": "203.0.113.0/24 •••", "device": "Laptop"}


def test_secrets_go_whatever_the_rules_say_and_the_original_shrinks_by_them_alone():
    event = clean(
        {
            "changes": [{"field": "Password", "before": "old one 1", "after": "new one 2"}],
            "extra": {"settings": {"api_key": "k-123456"}, "note": "card 4111111111111111"},
            "original": {"text": '{"api_key":"k-123456","note":"card 4111111111111111","by":"Ana"}'},
        },
        {},
        code,
    )
    check_event(event)
    told = json.dumps(event)
    assert "old one" not in told and "k-123456" not in told and "4111111111111111" not in told
    assert event["original"]["text"] == '{"api_key":"[removed]","note":"card 411111******1111","by":"Ana"}'
    assert "card_number" in event["extra"][REMOVED]["kinds"]


def test_an_event_without_anything_of_the_kind_is_the_same_object():
    event = {"action": {"verb": "view", "said": "opened"}, "original": {"text": "a;b;c"}}
    assert clean(event, {}, code) is event
    assert cleaned(event, payee_account="drop") is event


@given(
    value=st.text(alphabet="ABCDEFGH0123456789", min_size=5, max_size=30),
    mark=st.sampled_from(["mask", "code", "drop"]),
    around=st.text(alphabet=" ;,xyz", max_size=10),
)
def test_nothing_of_a_marked_value_is_left_to_read(value, mark, around):
    event = {
        "extra": {"payee_account": value, "note": around + value.lower() + around},
        "reason": around + "-".join(value) + around if around.strip() else value,
        "original": {"text": f"{around}{value}{around}"},
    }
    told = cleaned(event, payee_account=mark)
    check_event(told)
    bare = "".join(one for one in json.dumps(told, ensure_ascii=False).casefold() if one.isalnum())
    assert value.casefold() not in bare
    assert marked(told["extra"]["payee_account"], mark, code) == told["extra"]["payee_account"]
