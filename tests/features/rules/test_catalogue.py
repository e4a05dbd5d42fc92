"""The ready rules are whole, lawful, and those of the catalogue."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from indelible.events.vocabulary import CATEGORIES, FACTS, THINGS, VERBS
from indelible.features.rules.catalogue import CLASSES, MARKS, PACKS, RULES, TEAMS
from indelible.language.pattern import Pattern
from indelible.language.reading import understand
from indelible.language.world import NOWHERE
from tests.shared import shared_path


def test_every_word_of_a_ready_rule_is_in_the_word_list() -> None:
    for rule in RULES.values():
        assert rule.category in CATEGORIES, rule.id
        assert set(rule.verbs) <= set(VERBS), rule.id
        assert set(rule.things) <= set(THINGS), rule.id
        assert {need.fact for need in rule.needs} <= FACTS, rule.id
        assert {need.mark for need in rule.needs} <= {"", *MARKS}, rule.id
        assert rule.keep_class in CLASSES, rule.id
        assert rule.watch and rule.why and rule.serves and rule.reviewer and rule.systems, rule.id


def test_a_condition_is_part_of_the_pattern_or_named_as_unchecked() -> None:
    for rule in RULES.values():
        assert bool(rule.where) == bool(rule.checked or rule.unchecked), rule.id
        Pattern.from_json(dict(rule.checked))


def test_a_sentence_means_what_its_rule_says() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    for rule in RULES.values():
        read = understand(rule.says, NOWHERE, now)
        assert read.understood, (rule.id, read.to_json())
        meant = Pattern.of(verbs=rule.verbs, things=rule.things, facts=[need.fact for need in rule.needs])
        assert read.pattern == meant, rule.id


def test_packs_hold_ready_rules_only() -> None:
    assert len(RULES) == 88 and len(PACKS) == 11 and len(TEAMS) == 7
    assert all(set(pack.rules) <= set(RULES) for pack in PACKS.values())
    assert len(PACKS["first-week"].rules) == 10
    assert set(PACKS["soc-2"].rules) < set(PACKS["iso-27001"].rules)


def test_it_is_the_catalogue() -> None:
    text = shared_path("catalogue.md").read_text("utf-8")
    blocks = re.findall(r"^\*\*[A-Z]+-\d+ · (.+?)\*\*\n\n```yaml\n(.*?)```", text, re.S | re.M)
    assert len(blocks) == len(RULES)
    for title, block in blocks:
        told = dict(re.findall(r"^(\w+): (.*)$", block, re.M))
        rule = RULES[told["id"]]
        assert (rule.title, _plain(told["says"])) == (title, rule.says)
        assert _several(told["verbs"]) == list(rule.verbs), rule.id
        assert _several(told["targets"]) == (list(rule.things) or ["any"]), rule.id
        needs = [need.fact + (f"{{{need.mark}}}" if need.mark else "") for need in rule.needs]
        assert _several(told["needs"]) == needs, rule.id
        assert _plain(told.get("where", '""')) == rule.where
        assert _plain(told["why"]) == rule.why
        assert _several(told["serves"]) == list(rule.serves), rule.id
        assert _several(told["systems"]) == list(rule.systems), rule.id
        assert told["keep"].split()[0] == rule.keep_class
        assert _plain(told["from"]) == rule.keep_from
        assert _plain(told["reviewer"]) == rule.reviewer
        assert "; ".join(rule.watch).lower() + "." == _plain(told["watch"]).lower()


def _plain(told: str) -> str:
    return told[1 : told.rindex('"')]


def _several(told: str) -> list[str]:
    inside = told[1 : told.rindex("]")]
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|([^\s,]+)', inside)]
