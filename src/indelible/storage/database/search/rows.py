"""One row of the search table: a pure function of one entry.

Indexing writes what this function says, and checking compares with what it says: so a lie in the search
table is found, and a changed rule of indexing needs nothing but a rebuild. The function takes what is
stored, however odd: an entry that somebody has damaged must not keep the others from being found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from indelible.events.folding import fold
from indelible.language.matching_seen import microseconds
from indelible.language.matching_words import BETWEEN, LONGEST_WORD, cut, other_texts, party_texts

from . import tokens
from .facts import NO_ACTOR, UNDATED, change_keys, extra_keys, fact_key, part_key
from .hours import hour_key

_BETWEEN = f" {BETWEEN} "
_decode = msgspec.json.Decoder().decode


class SearchRow(NamedTuple):
    """What the search table holds of one entry, besides its logbook.

    The four texts are folded. Together they make up the text index: `who` did it (and for whom), `about`
    which things, `words` everything else that was said, `keys` the exact words of `tokens`. In the first three a
    word of its own stands before, between and after the texts that they are made of.
    """

    place: int  # place in the log, from 0
    occurred: int  # when it happened, microseconds since 1970; when it was recorded, where no time is known
    who: str
    about: str
    words: str
    keys: str


@dataclass(slots=True)
class _Texts:
    """The texts of a row while they are gathered."""

    who: list[str]
    about: list[str]
    keys: list[str]


def row_of(index: int, recorded_at: str | bytes | None, content: str | bytes | None) -> SearchRow:
    """Return the search row of an entry, from its stored columns.

    Content that cannot be read gives a row that is found by its time alone.
    """
    at = recorded_at.decode("utf-8", "replace") if isinstance(recorded_at, bytes) else recorded_at
    return row_of_fields(index, at or "", _fields(content))


def parties_of(content: str | bytes | None) -> list[str]:
    """Return the names, addresses and ids of whoever acted in an entry, and for whom."""
    fields = _fields(content)
    found = [fields.get(name) for name in ("actor", "on_behalf_of")]
    return [name for party in found if isinstance(party, dict) for name in party_texts(party)]


def _fields(content: str | bytes | None) -> dict[str, Any]:
    """Return stored content as values; nothing where it is no object of JSON."""
    try:
        fields = _decode(content or b"")
    except (msgspec.DecodeError, UnicodeError):
        return {}
    return fields if isinstance(fields, dict) else {}


def row_of_fields(index: int, recorded_at: str, fields: dict[str, Any]) -> SearchRow:
    """Return the search row of an entry whose content has been read already: what `row_of` does with it."""
    into = _Texts([], [], [tokens.EVERY])
    happened = fields.get("occurred_at")
    moment = happened if isinstance(happened, str) else recorded_at
    try:
        occurred = microseconds(moment)
    except (ValueError, OverflowError):
        moment, occurred = "1970-01-01T00", 0
    for name, value in fields.items():
        if (reader := _reader_of(name)) is not None:
            reader(name, value, into)
    if "actor" not in fields:
        into.keys.append(NO_ACTOR)
    if "occurred_at" not in fields:
        into.keys.append(UNDATED)
    words = other_texts(fields)
    kept = cut(words)
    if kept is not words:
        into.keys.append(tokens.CUT)
    into.keys += (tokens.time_keys(moment[:13]), hour_key(occurred))
    return SearchRow(index, occurred, _line(into.who), _line(into.about), _line(kept), " ".join(into.keys))


def _line(texts: list[str]) -> str:
    """Return the words of some texts in one line; what `line_of` says, less the even blanks."""
    if not texts:
        return ""
    joined = fold(_BETWEEN.join(texts))
    if len(joined) > LONGEST_WORD:
        joined = " ".join(one[:LONGEST_WORD] for one in joined.split())
    return f"{BETWEEN} {joined} {BETWEEN}"


def _party(name: str, value: Any, into: _Texts) -> None:
    """The one who acted, or for whom: by words in `who`, and by each exact name."""
    if not isinstance(value, dict):
        return
    names = party_texts(value)
    into.who += names
    if exact := _actor_keys(*names):
        into.keys.append(exact)
    if name == "actor":
        if isinstance(kind := value.get("kind"), str):
            into.keys.append(tokens.actor_kind_key(kind))
    else:
        into.keys.append(fact_key(name))


def _target(name: str, value: Any, into: _Texts) -> None:
    if not isinstance(value, dict):
        return
    kind, identity, called = value.get("kind"), value.get("id"), value.get("name")
    if isinstance(kind, str):
        into.keys.append(_kind_keys(kind))
    if isinstance(identity, str):
        into.about.append(identity)
        into.keys.append(tokens.thing_key(kind if isinstance(kind, str) else "", identity))
        if "@" in identity:
            into.keys.append(tokens.address_key(identity))
    if isinstance(called, str):
        into.about.append(called)
        if "@" in called:
            into.keys.append(tokens.address_key(called))


def _action(name: str, value: Any, into: _Texts) -> None:
    if not isinstance(value, dict):
        return
    verb, category = value.get("verb"), value.get("category")
    if isinstance(verb, str):
        into.keys.append(tokens.verb_key(verb))
    if isinstance(category, str):
        into.keys.append(tokens.category_key(category))


def _source(name: str, value: Any, into: _Texts) -> None:
    if isinstance(value, dict):
        names = [one for one in (value.get("name"), value.get("system")) if isinstance(one, str)]
        if names:
            into.keys.append(_source_words(*names))


def _numbers(name: str, value: Any, into: _Texts) -> None:
    if name.startswith("numbers/sources/"):
        into.keys.append(tokens.source_key(name[16:]))
    elif name.startswith("numbers/rules/"):
        into.keys.append(tokens.rule_keys(name[14:]))


def _refers_to(name: str, value: Any, into: _Texts) -> None:
    if not isinstance(value, dict):
        return
    entry, through, relation = value.get("entry"), value.get("through"), value.get("as")
    if isinstance(entry, int) and entry >= 0:
        last = through if isinstance(through, int) and entry <= through else entry
        into.keys.append(tokens.reference_keys(entry, last))
    if isinstance(relation, str):
        into.keys.append("zzq" + tokens.word(relation))


def _outcome(name: str, value: Any, into: _Texts) -> None:
    if isinstance(value, str):
        into.keys.append(tokens.outcome_key(value))


def _flags(name: str, value: Any, into: _Texts) -> None:
    if isinstance(value, list):
        into.keys += [tokens.flag_key(one) for one in value if isinstance(one, str)]


def _changes(name: str, value: Any, into: _Texts) -> None:
    if isinstance(value, dict):
        into.keys.append(change_keys(value))


def _context(name: str, value: Any, into: _Texts) -> None:
    if isinstance(value, dict):
        into.keys += [part_key("context", part) for part in value]


def _extra(name: str, value: Any, into: _Texts) -> None:
    if name != "extra":
        into.keys.append(extra_keys(name[6:], value))
    elif isinstance(value, dict):
        into.keys += [extra_keys(fact, said) for fact, said in value.items()]


def _present(name: str, value: Any, into: _Texts) -> None:
    key = fact_key(name.partition("/")[0])
    if key not in into.keys:
        into.keys.append(key)


_Reader = Callable[[str, Any, _Texts], None]
_READERS: Mapping[str, _Reader] = {
    "action": _action,
    "actor": _party,
    "attachments": _present,
    "changes": _changes,
    "context": _context,
    "extra": _extra,
    "flags": _flags,
    "numbers": _numbers,
    "on_behalf_of": _party,
    "outcome": _outcome,
    "reason": _present,
    "refers_to": _refers_to,
    "source": _source,
    "targets": _target,
}


@lru_cache(maxsize=1 << 12)
def _reader_of(name: str) -> _Reader | None:
    return _READERS.get(name.partition("/")[0])


_actor_keys = lru_cache(maxsize=1 << 14)(tokens.actor_keys)
_kind_keys = lru_cache(maxsize=1 << 10)(tokens.kind_keys)


@lru_cache(maxsize=1 << 12)
def _source_words(*names: str) -> str:
    return f" {BETWEEN} ".join(tokens.source_words(name) for name in names) + f" {BETWEEN}"
