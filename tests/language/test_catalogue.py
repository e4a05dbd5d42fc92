"""The sentences of the rule catalogue are read exactly, and said back in the same words."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime

import pytest

from indelible.language.pattern import Pattern
from indelible.language.reading import understand
from indelible.language.world import NOWHERE
from tests.shared import shared_path

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def rules() -> list[dict[str, str]]:
    text = shared_path("catalogue.md").read_text("utf-8")
    return [
        dict(re.findall(r"^(\w+): (.*)$", block, re.MULTILINE))
        for block in re.findall(r"```yaml\n(id: .*?)```", text, re.DOTALL)
    ]


def listed(text: str) -> list[str]:
    return [re.sub(r"\{.*\}", "", one.strip().strip('"')) for one in text.strip()[1:-1].split(",")]


def words(sentence: str) -> list[str]:
    return sorted(re.findall(r"[\w'-]+", sentence))


def test_each_of_the_88_sentences_means_its_block_and_is_written_back_in_its_own_words():
    found = rules()
    assert len(found) == 88
    for rule in found:
        says = ast.literal_eval(rule["says"])
        things = [kind for kind in listed(rule["targets"]) if kind != "any"]
        meant = Pattern.of(verbs=listed(rule["verbs"]), things=things, facts=listed(rule["needs"]))
        understanding = understand(says, NOWHERE, NOW)
        assert understanding.understood, (rule["id"], understanding.to_json())
        assert understanding.pattern == meant, rule["id"]
        assert understanding.kind == "rule"
        # A pattern is a set: it cannot know in which order its verbs were said.
        assert words(understanding.sentence) == words(says), rule["id"]
        assert understand(understanding.sentence, NOWHERE, NOW).pattern == meant, rule["id"]


@pytest.mark.parametrize("ending", ["", ".", " please", "!"])
def test_the_two_seed_sentences_are_understood_as_they_stand(ending):
    access = understand("Record all system access by user and time" + ending, NOWHERE, NOW)
    assert access.understood
    assert access.pattern == Pattern.of(verbs=["sign_in", "sign_out", "view"], facts=["actor", "occurred_at"])
    assert {offer.kind for offer in access.offers} == {"narrow"}
    edits = understand(
        "Track data edits in sensitive workflows like invoices or user profiles" + ending, NOWHERE, NOW
    )
    assert edits.understood
    assert edits.pattern == Pattern.of(
        verbs=["change", "create", "delete"],
        things=["employee", "invoice.purchase", "invoice.sales", "user_account"],
        facts=["changes.after", "changes.before"],
    )
