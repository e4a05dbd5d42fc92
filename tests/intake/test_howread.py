"""How a file is read, as one document, does what the page about columns promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from indelible.intake.given import GivenError
from indelible.intake.howread import as_document, from_document
from indelible.intake.identity import Seen
from indelible.intake.mapping import MappingError
from indelible.intake.reading import Record, Rejected, read, survey

TABLE = "Datum;Benutzer;Betrag\n01.04.2026 09:00;ana;1.200,00\n02.04.2026 09:00;;85,50\n"
HOW = {
    "columns": {"Datum": "occurred_at", "Benutzer": "actor", "Betrag": "amount"},
    "constants": {"action": "Paid", "currency": "EUR"},
    "given": {"timezone": "Europe/Berlin", "nobody": "leave_out"},
}


def test_constants_and_answers_hold_for_every_row(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(TABLE, encoding="utf-8")
    mapping, given = from_document(HOW)
    assert as_document(mapping, given) == HOW
    found = survey(file, "list.csv", given=given, mapping=mapping)
    first, second = read(found)
    found.close()
    assert isinstance(first, Record)
    assert first.event["action"]["said"] == "Paid"
    assert first.event["extra"] == {"amount": "1200.00", "currency": "EUR"}
    assert isinstance(second, Rejected)
    assert (second.line, second.reason, second.text) == (3, "names_nobody", "02.04.2026 09:00;;85,50")


@pytest.mark.parametrize("wrong", [[], {}, {"given": {"timezone": 1}}, {"given": []}, {"colour": "red"}])
def test_a_document_that_means_nothing_is_refused(wrong: object) -> None:
    with pytest.raises(MappingError):
        from_document(wrong)


def test_an_answer_in_it_is_checked_like_any_other() -> None:
    with pytest.raises(GivenError):
        from_document({"given": {"timezone": "Mars/Base"}})


def test_a_look_at_the_beginning_says_about_how_much_there_is(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("time,user\n" + "2026-03-01T09:00:00Z,ana\n" * 1_000, encoding="utf-8")
    found = survey(file, "list.csv", most=100)
    assert found.partial
    assert 990 <= found.expected <= 1_010
    assert [column.role for column in found.columns] == ["occurred_at", "actor"]
    found.close()


def test_what_came_before_is_known_beyond_what_is_held_in_memory() -> None:
    contents = [bytes([number % 7]) * 16 for number in range(50)]
    told = []
    for most in (0, 3, 1_000):
        with Seen(most) as seen:
            counted = [seen.count(content) for content in contents]
            ids = [seen.repeats(f"id {number % 11}", number, contents[number % 11]) for number in range(50)]
            other = seen.repeats("id 3", 99, b"other".ljust(16))
        told.append((counted, ids, other))
    assert told[0] == told[1] == told[2]
    assert told[0][0][:8] == [0] * 7 + [1]
    assert told[0][1][:13] == [None] * 11 + [0, 1]
    assert told[0][2] is None  # an id that says something else is no repeat
