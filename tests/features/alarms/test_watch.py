"""Each warning sign of the catalogue is a sign that can be watched for, or says why it is none."""

from __future__ import annotations

from collections import Counter


def test_every_phrase_of_the_ready_rules_is_answered_in_their_order() -> None:
    from indelible.features.alarms.watch import all_watches
    from indelible.features.rules.catalogue import RULES

    told = {rule: [one.words for one in lines] for rule, lines in all_watches().items()}
    assert told == {key: list(rule.watch) for key, rule in RULES.items()}


def test_each_becomes_a_sign_with_settings_that_it_has_or_says_why_not() -> None:
    from indelible.events.vocabulary import FACTS, VERBS
    from indelible.features.alarms.signs import all_signs
    from indelible.features.alarms.watch import WHY, all_watches

    counted: Counter[str] = Counter()
    for rule, lines in all_watches().items():
        for one in lines:
            where = f"{rule}: {one.words}"
            counted["watched" if one.sign else "told why not"] += 1
            if not one.sign:
                assert one.why in WHY and one.because, where
                continue
            sign = all_signs()[one.sign]
            full = sign.with_defaults(one.settings)
            assert {name: full[name] for name in one.settings} == dict(one.settings), where
            for name in ("facts", "fact"):
                known = {*FACTS, "thing", "actor", "linked_to"}
                assert isinstance(full.get(name), str) or set(full.get(name, ())) <= known, where
            for name in ("acts", "begins", "first", "second"):
                assert set(full.get(name, ())) <= VERBS.keys(), where
            assert sign.says(full), where
    assert counted["watched"] > 2 * sum(counted.values()) / 5, counted


def test_a_phrase_is_found_however_it_is_typed() -> None:
    from indelible.features.alarms.watch import found_for

    found = found_for(" round  AMOUNT.")
    assert found is not None and found.sign == "round_amount"
    assert found_for("the moon is full") is None
