"""Addresses, parties, amounts, changes and strange characters are read as people mean them."""

import re

import pytest

from indelible.intake.addresses import clean_address
from indelible.intake.changes import changes_in_prose, changes_of
from indelible.intake.money import Amount, amount_of, decimal_sign
from indelible.intake.parties import party, party_of
from indelible.intake.unusual import is_formula_like, is_plain_number, unusual_characters


@pytest.mark.parametrize(
    ("said", "address", "flag"),
    [
        ("192.0.2.7", "192.0.2.7", None),
        ("192.0.2.7:51000", "192.0.2.7", None),
        ("[2001:db8:12::10]:49152", "2001:db8:12::10", None),
        ("::ffff:192.0.2.7", "192.0.2.7", None),
        ("::1", "::1", None),
        ("0.0.0.0", None, "ip_placeholder"),
        ("AWS Internal", None, "ip_not_an_address"),
        ("  ", None, None),
    ],
)
def test_only_a_bare_address_becomes_one(said: str, address: str | None, flag: str | None) -> None:
    assert clean_address(said) == (address, flag)


def test_one_text_names_somebody_by_mail_name_or_both() -> None:
    assert party_of("ana@example.com") == {"email": "ana@example.com"}
    assert party_of("Ana Lund") == {"name": "Ana Lund"}
    assert party_of("Ana Lund <ana@example.com>") == {"name": "Ana Lund", "email": "ana@example.com"}
    assert party_of("ADMIN@EXAMPLE.COM ") == {"name": "ADMIN@EXAMPLE.COM "}


def test_a_login_in_the_place_of_an_address_is_kept_as_the_name() -> None:
    assert party(id="7", name="Ana Lund", email="ana.l") == {"id": "7", "name": "ana.l"}
    assert party(id="7", name="ana@example.com") == {"id": "7", "email": "ana@example.com"}


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1.234,56"], ","),
        (["1,234.56"], "."),
        (["1.234", "0,5"], ","),
        (["1.234.567"], ","),
        (["85.50", "1200"], "."),
        (["1200", ""], "."),
        (["1.234", "2.500"], None),
        (["0.125"], "."),
    ],
)
def test_a_whole_column_of_amounts_proves_its_decimal_sign_or_does_not(
    texts: list[str], sign: str | None
) -> None:
    assert decimal_sign(texts) == sign


@pytest.mark.parametrize(
    ("said", "decimal", "amount"),
    [
        ("$1,250.00", ".", Amount("1250.00")),
        ("($300.00)", ".", Amount("-300.00")),
        ("€ 12.000,00", ",", Amount("12000.00", "EUR")),
        ("-99,00", ",", Amount("-99.00")),
        ("1 234,5 NOK", ",", Amount("1234.5", "NOK")),
        ("0.00", ".", Amount("0.00")),
        ("see note 3", ".", None),
        ("1.2.3.4", ".", None),
        ("", ".", None),
    ],
)
def test_an_amount_keeps_all_its_digits(said: str, decimal: str, amount: Amount | None) -> None:
    assert amount_of(said, decimal=decimal) == amount


def test_objects_before_and_after_are_one_change_a_field() -> None:
    assert changes_of({"a": 1, "b": 2}, {"a": 1, "b": 3}) == [{"field": "b", "before": 2, "after": 3}]
    assert changes_of(None, {"limit": 5}) == [{"field": "limit", "after": 5}]


def test_an_empty_cell_is_untold_unless_the_source_means_it() -> None:
    assert changes_of("", "x", "Amount") == [{"field": "Amount", "after": "x"}]
    assert changes_of("", "x", "Amount", empty_is_value=True) == [
        {"field": "Amount", "before": "", "after": "x"}
    ]
    assert changes_of("", "") == []


def test_a_sentence_can_tell_what_changed() -> None:
    pattern = re.compile(r"^(?P<field>.+?) changed from (?P<before>.+) to (?P<after>.+)$")
    assert changes_in_prose("Due date changed from 1 May to 3 May", [pattern]) == [
        {"field": "Due date", "before": "1 May", "after": "3 May"}
    ]
    assert changes_in_prose("Bank account number changed", [pattern]) == []


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("admin@example.com", ()),
        ("аdmin@example.com", ("mixed_script",)),
        ("Zoe\u0308", ("not_nfc",)),
        ("Zoë", ()),
        ("\u202emoc.elpmaxe@nimda", ("bidi_control",)),
        ("ad\u200bmin", ("invisible_characters",)),
        ("👩🏽\u200d💻 dev", ()),
        ("علي حسن", ()),
        ("한글 이름", ()),
        ("İbrahim ışık", ()),
        ("Иван Petrov", ()),
    ],
)
def test_deceiving_characters_are_told_from_honest_ones(text: str, flags: tuple[str, ...]) -> None:
    assert unusual_characters(text) == flags


def test_a_very_long_text_costs_no_more_than_its_length() -> None:
    long = " " * 1_000_000
    assert party_of("a" + long + "b<") == {"name": "a" + long + "b<"}
    assert clean_address("1" + long + "1") == (None, "ip_not_an_address")
    assert amount_of("1" + long + "x", decimal=".") is None
    assert unusual_characters("ё" + long) == ()


def test_what_a_spreadsheet_would_run_is_seen() -> None:
    assert all(map(is_formula_like, ["=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", "＝1+1"]))
    assert not any(map(is_formula_like, ["normal; =not a start", "", "-"]))
    assert is_plain_number("-99,00")
    assert not is_plain_number("-2+3")
