"""`indelible understand`: what a sentence means, for people and for programs, with and without a record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indelible.cli.run import run
from tests.cli.test_commands import Shell

SEED = "Track data edits in sensitive workflows like invoices or user profiles."


class Nowhere:
    """Runs `indelible understand` in this process, where nothing is recorded yet, so that no names are known."""

    def __init__(self, home: Path, printed: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._printed = printed

    def run(self, *words: str, code: int = 0) -> str:
        self._printed.readouterr()
        done = run(["understand", "--home", str(self.home), *words])
        shown = self._printed.readouterr().out
        assert done == code, shown
        return shown

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run("--json", *words, code=code))


@pytest.fixture
def nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Nowhere:
    return Nowhere(tmp_path / "nowhere", capsys)


def test_a_sentence_is_told_as_pattern_duties_and_canonical_sentence(nowhere: Nowhere) -> None:
    told = nowhere.json("Record payments over 5,000 EUR. Keep it 7 years.")
    assert told["understood"] is True
    assert told["kind"] == "rule"
    assert told["pattern"] == {
        "things": ["payment"],
        "where": [{"fact": "amount", "op": ">", "value": "5000", "unit": "EUR"}],
    }
    assert told["duties"] == {"keep": "P7Y"}
    assert (told["not_understood"], told["questions"]) == ([], [])
    again = nowhere.json(told["sentence"])
    assert (again["pattern"], again["duties"]) == (told["pattern"], told["duties"])
    assert not nowhere.home.exists()


def test_words_need_no_quotes_and_a_reader_sees_the_parts(nowhere: Nowhere) -> None:
    shown = nowhere.run(*SEED.split(), "Keep", "it", "a", "year.", "Legal", "checks", "it", "monthly.")
    for part in (
        "Understood, as what to record:",
        "changed, created or deleted",
        "a purchase invoice",
        "a person's account",
        "the new value and the old value",
        "1 year",
        "every month by Legal",
    ):
        assert part in shown


def test_what_is_not_understood_is_named_with_what_may_be_meant_and_ends_with_1(nowhere: Nowhere) -> None:
    told = nowhere.json("suplier bank details changed", code=1)
    assert told["understood"] is False
    (unknown,) = told["not_understood"]
    assert (unknown["words"], unknown["start"], unknown["end"]) == ("suplier", 0, 7)
    assert "supplier" in unknown["did_you_mean"]
    shown = nowhere.run("suplier bank details changed", code=1)
    assert 'Not understood: "suplier"' in shown
    assert "Did you mean supplier? supplier bank details changed" in shown


def test_two_readings_are_a_question_with_choices_that_leave_no_doubt(nowhere: Nowhere) -> None:
    told = nowhere.json("who turned the alarm off", code=1)
    (question,) = told["questions"]
    assert len(question["choices"]) > 1
    for choice in question["choices"]:
        assert nowhere.json(choice["sentence"])["pattern"] == choice["pattern"]
    shown = nowhere.run("who turned the alarm off", code=1)
    assert question["question"] in shown
    assert "  2. " in shown


def test_names_are_those_of_the_logbook_where_there_is_one(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.json("init")
    (tmp_path / "events.csv").write_text(
        "time,user,action\n2026-03-01T09:00:00Z,ana,update\n", encoding="utf-8"
    )
    shell.json("import", str(tmp_path / "events.csv"), "--source", "Notion")
    told = shell.json("understand", "everything in notion")
    assert told["pattern"] == {"systems": ["Notion"]}
    assert (
        shell.json("understand", "logins", "--logbook", "other", code=2)["error"]["code"] == "logbook-unknown"
    )
