"""What a search prints: the pattern of the language, the words that were not understood, and questions back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from indelible.cli.commands import search_
from tests.features import conftest as features

record, ana = features.record, features.ana  # fixtures


@pytest.fixture
def ask(ana: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that searches a logbook with one entry of Maria Lopez, and gives exit code and what was printed."""
    from indelible.features.people.models import KnownPerson
    from indelible.storage.database.append import Draft, append
    from indelible.web.acts import logbook_in_use
    from tests.features.record.conftest import told

    book = logbook_in_use()
    index = append(book, [Draft(told(), source=7)]).entries[0].index
    assert index == 1
    for name in ("Maria Lopez", "Maria Silva"):
        KnownPerson.objects.create(name=name)
    monkeypatch.setattr(search_, "open_home", lambda home: home)
    monkeypatch.setattr(search_, "choose_logbook", lambda home, name: book)

    def ask(*words: str, as_json: bool = True) -> tuple[int, Any]:
        result = CliRunner().invoke(
            search_.command, [*words, *(["--json"] if as_json else [])], standalone_mode=False
        )
        assert result.exception is None, result.output
        return result.return_value, json.loads(result.output) if as_json else result.output

    return ask


def test_a_sentence_is_answered_with_its_pattern(ask: Any) -> None:
    code, told = ask("invoices changed by Maria Lopez in August 2025")
    assert code == 0
    assert [entry["index"] for entry in told["entries"]] == [1]
    assert told["pattern"] == {
        "verbs": ["change"],
        "things": ["invoice.purchase", "invoice.sales"],
        "who": [{"name": "Maria Lopez"}],
        "when": {"from": "2025-08-01", "to": "2025-08-31"},
    }
    assert (told["more"], told["not_understood"], told["questions"]) == (False, [], [])
    assert told["sentence"].startswith("Entries where")


def test_a_question_is_asked_back_and_nothing_is_listed(ask: Any) -> None:
    code, told = ask("invoices changed by Maria")
    assert code == 1
    assert told["entries"] == []
    assert [choice["label"] for choice in told["questions"][0]["choices"]] == ["Maria Lopez", "Maria Silva"]
    code, said = ask("invoices changed by Maria", as_json=False)
    assert "Maria Lopez" in said
    assert "Nothing was looked for." in said


def test_words_that_were_not_understood_are_named(ask: Any) -> None:
    code, told = ask("when:someday", "who:maria")
    assert code == 1
    assert told["not_understood"] == ["when:someday"]
    code, said = ask("when:someday", as_json=False)
    assert "Not understood: when:someday" in said


def test_a_plain_word_is_looked_for_in_the_text(ask: Any) -> None:
    code, told = ask("lopez")
    assert code == 0
    assert len(told["entries"]) == 1
