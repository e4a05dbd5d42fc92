"""Columns are recognised by their headers in several languages, and by what stands in them."""

import pytest

from indelible.intake.mapping import Mapping, MappingError
from indelible.intake.roles import Place, guess_roles


def places(**columns: list[str]) -> list[Place]:
    return [Place(name, name, list(values)) for name, values in columns.items()]


@pytest.mark.parametrize(
    "written",
    [
        "Timestamp|User name|Action|Object|Old value|New value|Result|Reason|IP address",
        "Zeitpunkt|Benutzer|Aktion|Objekt|Alter Wert|Neuer Wert|Ergebnis|Begründung|IP-Adresse",
        "Horodatage|Utilisateur|Action|Objet|Ancienne valeur|Nouvelle valeur|Résultat|Motif|Adresse IP",
        "TIMESTAMP|user_name|event-action|object|old_value|newValue|RESULT|reason|ip_address",
    ],
)
def test_headers_in_english_german_and_french_say_their_roles(written: str) -> None:
    headers = written.split("|")
    row = ["2026-03-04 10:15", "ana", "update", "x", "1", "2", "ok", "because", "192.0.2.1"]
    found = guess_roles([Place(header, header, [cell]) for header, cell in zip(headers, row, strict=True)])
    roles = ["occurred_at", "actor", "action", "target", "before", "after", "outcome", "reason", "ip"]
    assert found == dict(zip(headers, roles, strict=True))


def test_a_header_is_not_believed_against_its_values() -> None:
    found = guess_roles(
        places(time=["high", "low"], id=["7", "7"], ip=["north", "south"], user=["ana", "ben"])
    )
    assert found == {"user": "actor"}


def test_columns_of_one_name_are_told_apart_by_their_order() -> None:
    columns = [Place("Name", "Name", ["Ana"]), Place("Name (2)", "Name", ["Payroll"])]
    assert guess_roles(columns) == {"Name": "actor", "Name (2)": "target"}


def test_a_persons_choice_is_read_and_given_back_as_json() -> None:
    chosen = {"columns": {"Betrag": "amount", "Notiz": "keep", "Wer": "actor"}}
    assert Mapping.from_json(chosen).as_json() == chosen


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"columns": {"A": "king"}}, "mapping-unknown-role"),
        ({"columns": {"User": "actor", "Approver": "actor"}}, "mapping-role-twice"),
        ({"columns": ["A"]}, "mapping-unreadable"),
        ({"columns": {}, "colour": {}}, "mapping-unreadable"),
        ({"columns": {}, "constants": {"actor": "Ana"}}, "mapping-unreadable"),
        ({"columns": {}, "constants": {"action": " "}}, "mapping-unreadable"),
        ({"columns": {}, "layouts": {}}, "mapping-unreadable"),
        ({"columns": {}, "layouts": [{"columns": {"A": "king"}}]}, "mapping-unknown-role"),
        ([], "mapping-unreadable"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused(value: object, code: str) -> None:
    with pytest.raises(MappingError) as refusal:
        Mapping.from_json(value)
    assert refusal.value.code == code


def test_each_table_is_read_by_the_layout_that_fits_its_columns() -> None:
    chosen = {
        "columns": {"Datum": "occurred_at", "Wer": "actor", "Betrag": "amount"},
        "constants": {"action": "Paid", "currency": "EUR"},
        "layouts": [{"columns": {"Time": "occurred_at", "User": "actor"}}],
    }
    mapping = Mapping.from_json(chosen)
    assert mapping.as_json() == chosen
    payments, doors = mapping.every()
    assert mapping.for_columns(["datum", "WER", "Betrag", "Notiz"]) == payments
    assert mapping.for_columns(["User", "Time", "Door"]) == doors
    assert mapping.for_columns(["User", "Door", "Floor", "Key", "Note"]) == doors
    assert mapping.for_columns(["Door"]) is None
