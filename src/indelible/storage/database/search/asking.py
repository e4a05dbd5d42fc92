"""A pattern as what the text index is asked: all of several groups, any term of each, and none of some.

The index tells most parts of a pattern exactly. Of the others it finds every entry that may be meant: whether it is,
the pattern's own test decides (`language.matching`), held against the entry itself. So both always agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from indelible.events.content import is_source_id
from indelible.language.matching import EventTest, compiled
from indelible.language.matching_facts import COMPARED, ROLE_FACTS, ROLE_VERBS, figure_of, is_fact, span_of
from indelible.language.matching_seen import moment_at
from indelible.language.matching_times import bounds_of, zone_of
from indelible.language.matching_who import Login, logins_of_group, logins_of_name
from indelible.language.matching_words import is_address, phrase_of, words_of
from indelible.language.pattern import Condition, Pattern, Who
from indelible.language.world import World

from . import tokens
from .facts import NO_ACTOR, UNDATED, detail_key, fact_key, part_key, sizes_from
from .hours import hour_groups
from .terms import ABOUT, ANYWHERE, KEYS, NOBODY, WHO, WORDS, Group, Reach, Term, period_group

HOUR: Final = 3_600_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_KEYLESS: Final = frozenset("time action targets outcome source original refers_to flags numbers".split())
"""Fields that have no key of their own: nearly every entry has them, or nobody asks."""
_ELSEWHERE: Final = _KEYLESS | {"actor", "on_behalf_of", "attachments", "occurred_at", *ROLE_FACTS}
"""Facts whose values do not stand in the words of the row, or not all of them."""

_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "changes": ("before", "after"),
    "context": ("ip", "device", "location", "session"),
}
_UNSIZED: Final = _ELSEWHERE | {"reason", "context", "changes"}


@dataclass(slots=True)
class Asked:
    """What an entry must hold to be meant, as far as the index can tell."""

    groups: list[Group] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)  # it holds none of these
    start: int | None = None  # when it happened, microseconds since 1970
    end: int | None = None  # the first microsecond after
    exact: bool = True  # whether the index tells all; else each entry found is to be tested
    test: EventTest | None = None  # what tells the rest; None where the index tells all


def asked_of(pattern: Pattern, world: World, reach: Reach | None) -> Asked:
    """Return what to ask of the index. `reach`: from when to when anything happened at all; None where nothing did.

    Raises ValueError for a pattern that nothing can be held against.
    """
    test = compiled(pattern, world)
    asked = Asked()
    for ask in (_act, _keys, _words, _time, _people, _conditions):
        ask(asked, pattern, world, reach)
    if not asked.exact:
        asked.test = test
    return asked


def _act(asked: Asked, pattern: Pattern, world: World, reach: Reach | None) -> None:
    verbs = [tokens.verb_key(one) for one in pattern.verbs]
    _any(asked, _of(verbs + [tokens.category_key(one) for one in pattern.categories]))
    _any(asked, _of(tokens.kind_key(one) for one in pattern.things))
    asked.without += _of(tokens.verb_key(one) for one in pattern.not_verbs)
    asked.without += _of(tokens.kind_key(one) for one in pattern.not_things)


def _keys(asked: Asked, pattern: Pattern, world: World, reach: Reach | None) -> None:
    _any(asked, _of(tokens.outcome_key(one) for one in pattern.outcomes))
    _any(asked, _of(tokens.flag_key(one) for one in pattern.flags))
    _any(asked, _of(tokens.rule_key(one) for one in pattern.rules))
    if pattern.systems:
        asked.groups.append(tuple(_systems(pattern.systems)) or (Term(KEYS, NOBODY),))
    asked.without += _systems(pattern.not_systems)


def _words(asked: Asked, pattern: Pattern, world: World, reach: Reach | None) -> None:
    if pattern.named:
        asked.groups.append(tuple(term for one in pattern.named for term in _thing(one)))
    for one in pattern.text:
        group = _phrase(ANYWHERE, one)
        if group[0].phrase != NOBODY:
            group = (*group, replace(group[0], place=KEYS, phrase=tokens.source_words(one)))
        asked.groups.append(group)
    if pattern.said:
        terms = tuple(term for one in pattern.said for term in _phrase(WORDS, one))
        asked.groups.append((*terms, Term(KEYS, tokens.CUT)))
        asked.exact = False


def _time(asked: Asked, pattern: Pattern, world: World, reach: Reach | None) -> None:
    if pattern.when is None:
        return
    asked.start, asked.end = bounds_of(pattern.when, world)
    for keys in hour_groups(pattern.when, world):
        asked.groups.append(tuple(_of(keys)))
    if pattern.when.days or pattern.when.hours:
        asked.exact = False


def _people(asked: Asked, pattern: Pattern, world: World, reach: Reach | None) -> None:
    if pattern.who:
        terms: list[Term] = []
        for who in pattern.who:
            found, exact = _who(who, world, reach)
            terms += found
            asked.exact = asked.exact and exact
        asked.groups.append(tuple(terms) or (Term(KEYS, NOBODY),))
    for who in pattern.not_who:
        found, exact = _who(who, world, reach)
        if exact:
            asked.without += found
        else:  # what the index would leave out might be meant after all
            asked.exact = False


def _who(who: Who, world: World, reach: Reach | None) -> tuple[list[Term], bool]:
    """Return the terms of somebody, and whether they find nobody else."""
    terms: list[Term] = []
    logins: list[Login] = []
    if who.kind:
        terms.append(Term(KEYS, tokens.actor_kind_key(who.kind)))
    if who.group:
        logins += logins_of_group(who.group, world)
    if who.name:
        if is_address(who.name):
            terms.append(Term(KEYS, tokens.actor_key(who.name)))
        else:
            terms += _phrase(WHO, who.name)
        logins += logins_of_name(who.name, world)
    exact = True
    for login in logins:
        term, fits = _login(login, reach)
        terms += [] if term is None else [term]
        exact = exact and fits
    return terms, exact


def _login(login: Login, reach: Reach | None) -> tuple[Term | None, bool]:
    """Return the term of a login within its source and its time, to the whole hour outward."""
    within: list[Group] = []
    if login.source is not None:
        within.append((Term(KEYS, tokens.source_key(str(login.source))),))
    exact = True
    if login.start is not None or login.end is not None:
        if reach is None:
            return None, True
        hours = cut_to(reach, login.start, login.end)
        if hours is None:
            return None, True
        within.append(period_group(*hours))
        exact = not ((login.start or 0) % HOUR or (login.end or 0) % HOUR)
    if login.code:
        return Term(KEYS, "zza" + login.code, within=tuple(within)), exact
    return Term(WHO, login.whole.strip(), within=tuple(within)), exact


def cut_to(reach: Reach, start: int | None, end: int | None) -> Reach | None:
    """Return a stretch of time (microseconds since 1970) cut to when anything happened; None where nothing did."""
    first = reach[0] if start is None or start <= micro_of(reach[0]) else moment_at(start)
    last = reach[1] if end is None or end >= micro_of(reach[1]) else moment_at(end)
    return (first, last) if first < last and (end is None or end > micro_of(reach[0])) else None


def micro_of(moment: datetime) -> int:
    """Return the whole microseconds from 1970 to a moment."""
    return (moment - _EPOCH) // _MICROSECOND


def _conditions(asked: Asked, pattern: Pattern, world: World, reach: Reach | None) -> None:
    for condition in pattern.where:
        _condition(asked, condition, world)


def _condition(asked: Asked, condition: Condition, world: World) -> None:
    fact, op = condition.fact, condition.op
    if op == "absent":
        _absent(asked, fact)
        return
    if op == "present":
        keys = _presence(fact)
        asked.exact = asked.exact and keys is not None and fact not in ROLE_FACTS
        _any_of_fact(asked, fact)
        return
    asked.exact = False
    if op == "changed":
        if fact in ("changes", "changes.before", "changes.after"):
            _any_of_fact(asked, "changes")
        else:
            asked.groups.append(tuple(_of([detail_key(fact.removeprefix("changes/"))])))
        return
    _any_of_fact(asked, fact)
    if op == "same_as" or _is_between_facts(condition, world):
        _any_of_fact(asked, condition.value)
    elif group := _narrowed(condition, world):
        asked.groups.append(group)


def _is_between_facts(condition: Condition, world: World) -> bool:
    value = condition.value
    is_value = figure_of(value) is not None or span_of(value, zone_of(world)) is not None
    return condition.op in COMPARED and not is_value and is_fact(value)


def _narrowed(condition: Condition, world: World) -> Group:
    """Return terms of which any entry holds one whose fact may fulfil a condition; nothing where none narrows."""
    fact, op, value = condition.fact, condition.op, condition.value
    sized = fact.startswith("changes/") or not (fact in _UNSIZED or "." in fact)
    figure = figure_of(value)
    if op in COMPARED:
        if figure is None and span_of(value, zone_of(world)) is None:
            return (Term(KEYS, NOBODY),)  # neither a number nor a time
        return tuple(_of(sizes_from(fact, figure.readings, op))) if figure is not None and sized else ()
    if op == "!=" or fact in _ELSEWHERE or span_of(value, zone_of(world)) is not None:
        return ()
    words = words_of(value)
    if not words or any(truth.startswith(words.split()[-1]) for truth in ("true", "false")):
        return ()  # truths are no words of the index
    terms = list(_phrase(WORDS, value if op == "contains" else words))
    terms.append(Term(KEYS, tokens.CUT))
    if op == "=" and figure is not None:
        if not sized:
            return ()
        terms += _of(sizes_from(fact, figure.readings, "="))
    return tuple(terms)


def _presence(fact: str) -> list[str] | None:
    """Return the keys of which an entry that has a fact holds one; None where the index does not tell."""
    if fact in ROLE_FACTS:
        return [fact_key(one) for one in ROLE_FACTS[fact]] + [
            tokens.verb_key(verb) for verb in sorted(ROLE_VERBS[fact])
        ]
    if fact.startswith("changes/"):
        return [detail_key(fact[8:])]
    if fact in _PARTS:
        return [fact_key(fact), *(part_key(fact, part) for part in _PARTS[fact])]
    field, _, part = fact.partition(".")
    if part in _PARTS.get(field, ()):
        return [fact_key(fact), part_key(field, part)]
    if fact in _KEYLESS or fact in ("actor", "occurred_at"):
        return None
    return [fact_key(fact)]


def _any_of_fact(asked: Asked, fact: str) -> None:
    if (keys := _presence(fact)) is not None:
        asked.groups.append(tuple(_of(keys)))


def _absent(asked: Asked, fact: str) -> None:
    if fact in ("actor", "occurred_at"):
        asked.groups.append(tuple(_of([NO_ACTOR if fact == "actor" else UNDATED])))
        asked.without += _of([fact_key(fact)])
        return
    keys = _presence(fact)
    if keys is None or fact in ROLE_FACTS:
        asked.exact = False
    else:
        asked.without += _of(keys)


def _systems(systems: Iterable[str]) -> list[Term]:
    terms = []
    for one in systems:
        if is_source_id(one):
            terms.append(Term(KEYS, tokens.source_key(one)))
        if words := tokens.source_words(one):
            terms.append(Term(KEYS, words, _is_beginning(one)))
    return terms


def _thing(value: str) -> Group:
    if is_address(value):
        return (Term(KEYS, tokens.address_key(value)),)
    return _phrase(ABOUT, value)


def _phrase(place: str, value: str) -> Group:
    """Return the term of a word or phrase; one that nothing holds where the value has no words."""
    phrase = phrase_of(value)
    return (Term(place, phrase.strip(), _is_beginning(value)) if phrase else Term(KEYS, NOBODY),)


def _is_beginning(value: str) -> bool:
    return value.rstrip().endswith("*")


def _any(asked: Asked, terms: list[Term]) -> None:
    if terms:
        asked.groups.append(tuple(terms))


def _of(keys: Iterable[str]) -> list[Term]:
    return [Term(KEYS, key) for key in dict.fromkeys(keys)]
