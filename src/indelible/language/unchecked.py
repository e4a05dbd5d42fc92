"""Conditions that people say and no event can tell by itself: "after the invoice was paid", "to new suppliers", "by
more than 10%". They are kept as said, and whoever shows the pattern says that they are not checked.

Whole phrases of this kind are words of the lexicon; here are those that are made of a head and something known. What
stands behind the head must be a word that the language knows, so that a slip is still named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from indelible.language.lexicon import Lexicon
from indelible.language.tokens import Piece

Found = tuple[int, int]
"""Where such a phrase ends, and how far-fetched it is."""

_PEOPLE: Final = frozenset(
    {"customer", "supplier", "candidate", "employee", "visitor", "customer.health_data"}
)
_SOMEBODY: Final = frozenset({"ROLE", "GROUP", "PERSON", "KIND_OF_ACTOR"})
_DONE: Final = frozenset({"ACT", "THING"})
MOST_WORDS: Final = 6


class Known(Protocol):
    """What is known of a sentence: its pieces, and what each run of them may be."""

    pieces: Sequence[Piece]
    lexicon: Lexicon

    def found_at(self, place: int) -> Iterator[tuple[str, Any, int]]:
        """Yield terminal, value and end of each reading that begins here."""


def unchecked_at(known: Known, place: int) -> Iterator[Found]:
    """Yield each condition that begins here."""
    words = known.lexicon.words["unchecked"]
    key = known.pieces[place].key
    for head, made in (
        ("time", _after_something),
        ("by", _by_somebody),
        ("to", _to_somebody),
        ("from", _from_somebody),
        ("without", _lacking),
    ):
        if key in words[f"{head}_heads"]:
            yield from made(known, place + 1, words)
    yield from _for_long(known, place, words)
    if key == "by":
        yield from _by_so_much(known, place + 1, words)


def rate_at(known: Known, place: int) -> Iterator[Found]:
    """Yield each sign of many at once that begins here: "more than 5 in an hour", "3 times a day"."""
    words = known.lexicon.words["unchecked"]
    for start in _behind(known, place, "COMPARE"):
        for counted in _behind(known, start, "NUMBER"):
            after = counted + (_key(known, counted) in ("times", "time", "attempts", "tries"))
            if after == counted and start == place:
                continue
            if after > counted and start > place:
                yield after, 0
            if _key(known, after) in words["rates"]:
                ends = [end for kind, _value, end in known.found_at(after + 1) if kind == "DURATION"]
                if _key(known, after + 1) in words["rate_units"]:
                    ends.append(after + 2)
                elif _key(known, after + 1) == "one" and _key(known, after + 2) in words["rate_units"]:
                    ends.append(after + 3)
                yield from ((end, 0) for end in ends)


def many_at(known: Known, place: int) -> Iterator[Found]:
    """Yield each number of events that begins here, before what they are: "more than 3" failed logins."""
    for start in _behind(known, place, "COMPARE"):
        for end in _ends(known, start, frozenset({"NUMBER"})):
            if start > place:
                yield end, 2
            elif known.pieces[place].kind == "number" and known.pieces[place].text.isdigit():
                yield end, 4
                yield from ((last, 3) for last in _ends(known, end, frozenset({"ORMORE"})))


def soon_at(known: Known, place: int) -> Iterator[Found]:
    """Yield each short time that begins here, in which many are: "within 10 minutes", "in an hour"."""
    words = known.lexicon.words["unchecked"]
    if _key(known, place) not in ("in", "within", "per", "a", "an"):
        return
    for kind, value, end in known.found_at(place + 1):
        if kind == "DURATION" and value.startswith("PT"):
            yield end, 2
    if _key(known, place) != "in" and _key(known, place + 1) in words["rate_units"]:
        yield place + 2, 2


def _key(known: Known, place: int) -> str:
    return known.pieces[place].key if place < len(known.pieces) else ""


def _behind(known: Known, place: int, kind: str) -> Iterator[int]:
    """Yield where something of a kind ends that begins here, and the place itself: it may be left out."""
    yield place
    if place < len(known.pieces):
        yield from {end for found, _value, end in known.found_at(place) if found == kind}


def _passed(known: Known, place: int, small: Sequence[str]) -> int:
    while _key(known, place) in small:
        place += 1
    return place


def _after_something(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "After" the invoice, its approval, they were paid, the books were closed."""
    start = _passed(known, place, words["small"])
    for end in {*_ends(known, start, _DONE), *_words(known, start, words["moments"])}:
        yield end, 1
        later = _passed(known, end, words["was"])
        yield from ((last, 1) for last in _ends(known, later, _DONE))
        if later > end:
            yield from ((last, 1) for last in _words(known, later, words["states"]))
    for last in _words(known, start, words["states"]):
        yield last, 1


def _by_somebody(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "By" patients, their own manager, whoever opened them."""
    start = _passed(known, place, (*words["small"], "new"))
    for kind, value, end in known.found_at(start):
        if kind == "THING" and _are_people(value.kinds):
            yield end, 1
    if start > place and known.pieces[start - 1].key in words["own"]:
        yield from ((end, 1) for end in _ends(known, start, frozenset({"ROLE"})))
    if _key(known, start) in known.lexicon.words["own_approval"]["makers"]:
        yield start + 1, 2
    for who in known.lexicon.words["own_approval"]["who"]:
        parts = who.split()
        if [_key(known, place + far) for far in range(len(parts))] != parts:
            continue
        for end in _ends(known, place + len(parts), frozenset({"ACT"})):
            if _key(known, end) in ("it", "them", "these", "him", "her"):
                yield end + 1, 1


def _to_somebody(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "To" new suppliers, "with" contractors, "for" the auditors."""
    start = _passed(known, place, (*words["small"], "new"))
    ends = list(_words(known, start, words["others"]))
    for kind, value, end in known.found_at(start):
        if known.pieces[end - 1].possessive:
            continue
        if kind in _SOMEBODY or (kind == "THING" and _are_people(value.kinds)):
            ends.append(end)
    yield from ((end, 2) for end in ends)


def _from_somebody(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "From" customers; "from" one of the house would say who did it."""
    start = _passed(known, place, (*words["small"], "new"))
    for kind, value, end in known.found_at(start):
        if kind == "THING" and _are_people(value.kinds) and not known.pieces[end - 1].possessive:
            yield end, 2


def _lacking(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "Without" a contract."""
    start = _passed(known, place, words["small"])
    yield from ((end, 2) for end in _ends(known, start, _DONE))


def _for_long(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "Older than 90 days", "within 3 days", "more than 2 weeks late"."""
    key = _key(known, place)
    start = place
    if key == "for" and _key(known, place + 1) in words["longer"]:
        start += 1
    if _key(known, start) in words["longer"] and _key(known, start + 1) == "than":
        start += 2
    elif key in words["long_heads"]:
        start += 1
    else:
        return
    for kind, _value, end in known.found_at(start):
        if kind == "DURATION":
            last = _passed(known, end, words["long_ends"])
            if last > end or key not in ("over", "under", "more", "less", "for"):
                yield last, 0
            elif start > place + 1:
                yield last, 1


def _by_so_much(known: Known, place: int, words: Mapping[str, Any]) -> Iterator[Found]:
    """ "By" more than 10%, 500 EUR."""
    for start in _behind(known, place, "COMPARE"):
        for end in _ends(known, start, frozenset({"NUMBER", "AMOUNT"})):
            yield end, 0
            for last in _ends(known, end, frozenset({"UNIT"})):
                yield last, 0


def _ends(known: Known, place: int, kinds: frozenset[str]) -> set[int]:
    if place >= len(known.pieces):
        return set()
    return {end for kind, _value, end in known.found_at(place) if kind in kinds}


def _words(known: Known, place: int, phrases: Sequence[str]) -> Iterator[int]:
    for phrase in phrases:
        parts = phrase.split()
        if [_key(known, place + far) for far in range(len(parts))] == parts:
            yield place + len(parts)


def _are_people(kinds: Sequence[str]) -> bool:
    return bool(kinds) and _PEOPLE.issuperset(kinds)
