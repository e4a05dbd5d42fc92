"""Known sentences, the worlds they are read in, and how a reading is held against what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from indelible.language.reading import understand
from indelible.language.understanding import Understanding
from indelible.language.world import Member, Person, World
from tests.conformance.vectors import load

KNOWN = load("language")
NOW = datetime.fromisoformat(KNOWN["now"])
WORLDS: Mapping[str, World] = {
    name: World(
        people=tuple(
            Person(person, (Member(person), *map(Member, logins)))
            for person, logins in told.get("people", {}).items()
        ),
        groups={group: tuple(map(Member, logins)) for group, logins in told.get("groups", {}).items()},
        systems=tuple(told.get("systems", ())),
        things=told.get("things", {}),
        mark=name,
    )
    for name, told in KNOWN["worlds"].items()
}


@cache
def read(sentence: str, world: str) -> Understanding:
    """Return how a sentence is read in one of the worlds."""
    return understand(sentence, WORLDS[world], NOW)


def differences(case: Mapping[str, Any], reading: Understanding) -> Iterator[str]:
    """Yield in what a reading is other than the file says."""
    free = set(case.get("open", ()))
    if "understood" not in free and reading.understood != case["understood"]:
        left = [unknown.words for unknown in reading.not_understood] or [q.text for q in reading.questions]
        yield f"understood is {reading.understood}: {left or reading.sentence}"
    if "kind" in case and reading.kind != case["kind"]:
        yield f"kind is {reading.kind}, not {case['kind']}"
    if "pattern" in case:
        yield from _parts(case["pattern"], reading.pattern.to_json(), free, whole="pattern")
        yield from _parts(case["duties"], reading.duties.to_json(), free, whole="duties")
    yield from _named(case, reading)
    yield from _asked(case, reading)
    yield from _offered(case, reading)


def _parts(wanted: Mapping[str, Any], got: Mapping[str, Any], free: set[str], *, whole: str) -> Iterator[str]:
    """Compare part by part; where the whole is left open, only the parts that are told."""
    for part in sorted(set(wanted) | (set(got) if whole not in free else set())):
        if part not in free and not _same(wanted.get(part), got.get(part)):
            yield f"{part} is {got.get(part)}, not {wanted.get(part)}"


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(got, dict) and "text" in wanted:
        # A period that moves with the day: whether its days are worked out already is nobody's concern.
        got = {key: value for key, value in got.items() if key not in ("from", "to")}
    return bool(_exact(wanted) == _exact(got))


def _exact(told: Any) -> Any:
    """Return it with numbers as numbers: 5000.00 is 5000."""
    if isinstance(told, list):
        return [_exact(one) for one in told]
    if isinstance(told, dict) and "value" in told:
        try:
            return {**told, "value": Decimal(told["value"]).normalize()}
        except InvalidOperation:
            return told
    return told


def _named(case: Mapping[str, Any], reading: Understanding) -> Iterator[str]:
    unknown = {one.words.casefold(): one.suggestions for one in reading.not_understood}
    for words in case.get("names", ()):
        if not any(words.casefold() in each for each in unknown):
            yield f"{words!r} is not named, but {list(unknown)}"
    for words, meant in case.get("suggests", {}).items():
        offered = [
            one for each, all_of_it in unknown.items() if words.casefold() in each for one in all_of_it
        ]
        if meant not in offered:
            yield f"{meant!r} is not suggested for {words!r}, but {offered}"


def _asked(case: Mapping[str, Any], reading: Understanding) -> Iterator[str]:
    if "asks" not in case:
        return
    questions = [
        question for question in reading.questions if question.code == case["asks"].get("code", question.code)
    ]
    for question in questions:
        found = [choice.pattern.to_json() for choice in question.choices]
        if all(any(_holds(one, wanted) for one in found) for wanted in case["asks"]["choices"]):
            return
    yield f"not asked: {[question.to_json() for question in reading.questions]}"


def _holds(got: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a choice means at least what is wanted."""
    for part, values in wanted.items():
        have = got.get(part, [] if isinstance(values, list) else {})
        if isinstance(values, dict):
            if any(have.get(key) != value for key, value in values.items()):
                return False
        elif any(_exact([value])[0] not in _exact(have) for value in values):
            return False
    return True


def _offered(case: Mapping[str, Any], reading: Understanding) -> Iterator[str]:
    offers = [f"{offer.kind} {offer.name}".strip() for offer in reading.offers]
    kinds = [offer.kind for offer in reading.offers]
    for wanted in case.get("offers", ()):
        if wanted not in offers and wanted not in kinds:
            yield f"{wanted!r} is not offered, but {offers}"
