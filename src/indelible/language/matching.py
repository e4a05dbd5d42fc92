"""Holds a pattern against an event: the test that rules are counted by, and alarms and searches end in.

`compiled` gives the test of one pattern. `RuleSet` holds many at once, for every entry that is recorded: what a
pattern says of verb, category and kinds of thing is looked up in one place that remembers the answer for each
combination it has met, so that of a hundred rules only those are looked at that can match at all.

Each part of a pattern means what `pattern` says. Times: an event happened when it says, else when it was recorded
(`at`); where neither is known, nothing that asks for a time holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from indelible.events.content import is_source_id
from indelible.events.folding import exact_code
from indelible.events.shape import Event
from indelible.language.matching_conditions import condition_test
from indelible.language.matching_seen import Seen
from indelible.language.matching_times import time_tests
from indelible.language.matching_who import who_test
from indelible.language.matching_words import is_address, line_of, phrase_of
from indelible.language.pattern import Pattern
from indelible.language.world import World

Test = Callable[[Seen], bool]
Kinds = tuple[str, ...]
Act = tuple[str | None, str | None, Kinds]
"""Verb, category and kinds of thing of an event."""
ActTest = Callable[[str | None, str | None, Kinds], bool]
Keys = tuple[str, ...]
Conditional = tuple[tuple[str, Test | None], ...]  # a rule's key, and what else it asks for

MOST_ACTS: Final = 4_096  # combinations of verb, category and kinds whose rules are remembered


class EventTest(Protocol):
    """Tells whether an event is meant. `source` is the id of its source, `at` when it was recorded, if known."""

    def __call__(self, event: Event, source: int, at: str = "", /) -> bool:
        """Return whether the pattern means this event."""
        ...


def compiled(pattern: Pattern, world: World) -> EventTest:
    """Return the test of a pattern, in the words of a world.

    Raises ValueError for a pattern that nothing can be held against: a time or day that is none, a way to compare
    that there is not.
    """
    act = _act_test(pattern)
    tests = _tests(pattern, world)

    def test(event: Event, source: int, at: str = "", /) -> bool:
        if act is not None and not act(*_act_of(event)):
            return False
        if not tests:
            return True
        seen = Seen(event, source, at)
        return all(one(seen) for one in tests)

    return test


class RuleSet:
    """Many patterns held against one event after the other, each by its key ("3.2"). Safe in any number of threads.

    Raises ValueError where one of them can be held against nothing.
    """

    def __init__(self, rules: Mapping[str, Pattern], world: World) -> None:
        self._rules = [
            (key, _act_test(rules[key]), _all_of(_tests(rules[key], world)))
            for key in sorted(rules, key=_order)
        ]
        # What is known of an act: keys of the rules that surely match, and, where some ask for more, all in order.
        self._known: dict[Act, tuple[Keys, Conditional]] = {}

    def matching(self, event: Event, source: int, at: str = "") -> tuple[str, ...]:
        """Return the keys of the rules that mean this event, in order of the keys (3.2 before 3.10)."""
        act = _act_of(event)
        known = self._known.get(act)
        if known is None:
            known = self._work_out(act)
        sure, some = known
        if not some:
            return sure
        seen = Seen(event, source, at)
        return tuple([key for key, test in some if test is None or test(seen)])

    def _work_out(self, act: Act) -> tuple[Keys, Conditional]:
        possible = tuple((key, test) for key, asks, test in self._rules if asks is None or asks(*act))
        known: tuple[Keys, Conditional] = (
            ((), possible)
            if any(test is not None for _key, test in possible)
            else (tuple(key for key, _test in possible), ())
        )
        if len(self._known) >= MOST_ACTS:
            self._known.clear()
        self._known[act] = known
        return known


def _all_of(tests: tuple[Test, ...]) -> Test | None:
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]

    def test(seen: Seen) -> bool:
        for one in tests:  # noqa: SIM110 (quicker than all(), and this is done for every entry)
            if not one(seen):
                return False
        return True

    return test


def _order(key: str) -> tuple[object, ...]:
    parts = key.split(".")
    if all(part.isascii() and part.isdecimal() for part in parts):
        return 0, tuple(int(part) for part in parts)
    return 1, key


def _act_of(event: Event) -> Act:
    action = event.get("action")
    targets = event.get("targets")
    if targets is None:
        kinds: Kinds = ()
    elif len(targets) == 1:
        kind = targets[0].get("kind")
        kinds = () if kind is None else (kind,)
    else:
        kinds = tuple(sorted({one["kind"] for one in targets if "kind" in one}))
    if action is None:
        return None, None, kinds
    return action.get("verb"), action.get("category"), kinds


def _act_test(pattern: Pattern) -> ActTest | None:
    """Return the test of what a pattern says of verb, category and kinds of thing; None where it says nothing."""
    verbs, categories = frozenset(pattern.verbs), frozenset(pattern.categories)
    not_verbs, things, not_things = frozenset(pattern.not_verbs), pattern.things, pattern.not_things
    if not (verbs or categories or not_verbs or things or not_things):
        return None

    def test(verb: str | None, category: str | None, kinds: Kinds) -> bool:
        if (verbs or categories) and not (verb in verbs or category in categories):
            return False
        if verb in not_verbs:
            return False
        if things and not any(is_a(kind, things) for kind in kinds):
            return False
        return not (not_things and any(is_a(kind, not_things) for kind in kinds))

    return test


def is_a(kind: str, things: Iterable[str]) -> bool:
    """Whether a kind of thing is one of some, or more special than one of them."""
    return any(kind == one or kind.startswith(one + ".") for one in things)


def _tests(pattern: Pattern, world: World) -> tuple[Test, ...]:
    """Return the tests of everything else that a pattern says, the cheap ones first."""
    tests: list[Test] = []
    if pattern.outcomes:
        outcomes = frozenset(pattern.outcomes)
        tests.append(lambda seen: seen.event.get("outcome") in outcomes)
    if pattern.flags:
        flags = frozenset(pattern.flags)
        tests.append(lambda seen: not flags.isdisjoint(seen.event.get("flags", ())))
    if pattern.rules:
        tests.append(_rules_test(pattern.rules))
    if pattern.systems:
        tests.append(_systems_test(pattern.systems))
    if pattern.not_systems:
        excluded = _systems_test(pattern.not_systems)
        tests.append(lambda seen: not excluded(seen))
    if pattern.when is not None:
        tests += time_tests(pattern.when, world)
    tests += [condition_test(condition, world) for condition in pattern.where]
    if pattern.who:
        tests.append(who_test(pattern.who, world))
    if pattern.not_who:
        any_of_them = who_test(pattern.not_who, world)
        tests.append(lambda seen: not any_of_them(seen))
    if pattern.named:
        tests.append(_named_test(pattern.named))
    if pattern.said:
        tests.append(_said_test(pattern.said))
    tests += [_text_test(value) for value in pattern.text]
    return tuple(tests)


def _rules_test(rules: Iterable[str]) -> Test:
    wanted = frozenset(rules)

    def test(seen: Seen) -> bool:
        counted = seen.event.get("numbers", {}).get("rules", {})
        return any(key in wanted or key.partition(".")[0] in wanted for key in counted)

    return test


def _systems_test(systems: Iterable[str]) -> Test:
    ids = frozenset(one for one in systems if is_source_id(one))
    phrases = tuple(phrase for one in systems if (phrase := phrase_of(one)))

    def test(seen: Seen) -> bool:
        return str(seen.source) in ids or any(phrase in seen.source_line for phrase in phrases)

    return test


def _named_test(names: Iterable[str]) -> Test:
    given = tuple(names)
    addresses = frozenset(exact_code(one.strip()) for one in given if is_address(one))
    phrases = tuple(phrase for one in given if not is_address(one) and (phrase := phrase_of(one)))

    def test(seen: Seen) -> bool:
        if any(phrase in seen.about for phrase in phrases):
            return True
        return bool(addresses) and any(
            exact_code(text.strip()) in addresses for text in seen.thing_texts if "@" in text
        )

    return test


def _said_test(values: Iterable[str]) -> Test:
    phrases = tuple(phrase for one in values if (phrase := phrase_of(one)))

    def test(seen: Seen) -> bool:
        said = seen.event.get("action", {}).get("said")
        if said is None:
            return False
        line = line_of((said,))
        return any(phrase in line for phrase in phrases)

    return test


def _text_test(value: str) -> Test:
    phrase = phrase_of(value)
    return lambda seen: bool(phrase) and phrase in seen.anywhere
