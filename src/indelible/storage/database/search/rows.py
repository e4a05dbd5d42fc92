"""One row of the search table: a pure function of one entry.

Indexing writes what this function says, and checking compares with what it says: so a lie in the search
table is found, and a changed rule of indexing needs nothing but a rebuild. The function takes what is
stored, however odd: an entry that somebody has damaged must not keep the others from being found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from indelible.events.folding import fold

from . import tokens

MAX_WORDS = 200_000
"""How many characters of one entry's text are searched: PostgreSQL's text index takes no more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_decode = msgspec.json.Decoder().decode


class SearchRow(NamedTuple):
    """What the search table holds of one entry, besides its logbook.

    The four texts are folded. Together they make up the text index: `who` did it (and for whom), `about`
    which things, `words` everything else that was said, `keys` the exact words of `tokens`.
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
    words: list[str]
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
    return [name for party in found if isinstance(party, dict) for name in _names(party)]


def _fields(content: str | bytes | None) -> dict[str, Any]:
    """Return stored content as values; nothing where it is no object of JSON."""
    try:
        fields = _decode(content or b"")
    except (msgspec.DecodeError, UnicodeError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _names(party: dict[str, Any]) -> list[str]:
    given = (party.get("name"), party.get("email"), party.get("id"))
    return [one for one in given if isinstance(one, str)]


def row_of_fields(index: int, recorded_at: str, fields: dict[str, Any]) -> SearchRow:
    """Return the search row of an entry whose content has been read already: what `row_of` does with it."""
    into = _Texts([], [], [], [])
    happened = fields.get("occurred_at")
    moment = happened if isinstance(happened, str) else recorded_at
    try:
        occurred = microseconds(moment)
    except ValueError:
        moment, occurred = "1970-01-01T00", 0
    for name, value in fields.items():
        family = name.partition("/")[0]
        if family == "numbers":
            if name.startswith("numbers/sources/"):
                into.keys.append(tokens.source_key(name[16:]))
        elif family in _OBJECTS:
            if isinstance(value, dict):
                _OBJECTS[family](value, into)
        elif family in _PLAIN:
            _PLAIN[family](value, into)
    if "payload_truncated" in (flags if isinstance(flags := fields.get("flags"), list) else ()):
        _cut_original(fields.get("original"), into)
    into.keys.append(tokens.time_keys(moment[:13]))
    return SearchRow(
        index,
        occurred,
        fold(" ".join(into.who)),
        fold(" ".join(into.about)),
        fold(" ".join(into.words)[:MAX_WORDS]),
        " ".join(into.keys),
    )


def microseconds(instant: str) -> int:
    """Return the whole microseconds from 1970 to an instant. Raises ValueError for what is none."""
    moment = datetime.fromisoformat(instant)
    if moment.tzinfo is None:  # no instant that was sealed; a row must come of what was altered, too
        moment = moment.astimezone(UTC)
    return (moment - _EPOCH) // _MICROSECOND


def _party(value: dict[str, Any], into: _Texts) -> None:
    """The one who acted, or for whom: by words in `who`, and by each exact name."""
    names = _names(value)
    into.who += names
    into.keys.append(_actor_keys(*names))


def _target(value: dict[str, Any], into: _Texts) -> None:
    kind, identity, name = value.get("kind"), value.get("id"), value.get("name")
    if isinstance(kind, str):
        into.keys.append(_kind_keys(kind))
    if isinstance(identity, str):
        into.about.append(identity)
        into.keys.append(tokens.thing_key(kind if isinstance(kind, str) else "", identity))
        if "@" in identity:
            into.keys.append(tokens.address_key(identity))
    if isinstance(name, str):
        into.about.append(name)
        if "@" in name:
            into.keys.append(tokens.address_key(name))


def _action(value: dict[str, Any], into: _Texts) -> None:
    verb, category, said = value.get("verb"), value.get("category"), value.get("said")
    if isinstance(verb, str):
        into.keys.append(tokens.verb_key(verb))
    if isinstance(category, str):
        into.keys.append(tokens.category_key(category))
    if isinstance(said, str):
        into.words.append(said)


def _source(value: dict[str, Any], into: _Texts) -> None:
    names = [one for one in (value.get("name"), value.get("system")) if isinstance(one, str)]
    into.keys.append(_source_words(*names))
    if isinstance(value.get("id"), str):
        into.words.append(value["id"])


def _refers_to(value: dict[str, Any], into: _Texts) -> None:
    entry, through, relation = value.get("entry"), value.get("through"), value.get("as")
    if isinstance(entry, int) and entry >= 0:
        last = through if isinstance(through, int) and entry <= through else entry
        into.keys.append(tokens.reference_keys(entry, last))
    if isinstance(relation, str):
        into.keys.append("zzq" + tokens.word(relation))


def _attachment(value: dict[str, Any], into: _Texts) -> None:
    if isinstance(value.get("name"), str):
        into.words.append(value["name"])


def _all_words(value: dict[str, Any], into: _Texts) -> None:
    _gather(value.values(), into.words)


def _text(value: object, into: _Texts) -> None:
    _gather((value,), into.words)


def _outcome(value: object, into: _Texts) -> None:
    if isinstance(value, str):
        into.keys.append(tokens.outcome_key(value))


def _flags(value: object, into: _Texts) -> None:
    into.keys += (
        [tokens.flag_key(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []
    )


def _extra(value: object, into: _Texts) -> None:
    if isinstance(value, dict):
        into.words += value
        _gather(value.values(), into.words)
    else:
        _gather((value,), into.words)


def _cut_original(value: object, into: _Texts) -> None:
    """Where the source cut its own record short, what it still says stands in the original alone."""
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        into.words.append(value["text"])


def _gather(values: Iterable[object], words: list[str]) -> None:
    """Collect every text and number in `values`, whatever they are nested in."""
    for value in values:
        if isinstance(value, str):
            words.append(value)
        elif isinstance(value, dict):
            words += value
            _gather(value.values(), words)
        elif isinstance(value, list):
            _gather(value, words)
        elif value is not None and not isinstance(value, bool):
            words.append(str(value))


_Reader = Callable[[dict[str, Any], _Texts], None]
_OBJECTS: Mapping[str, _Reader] = {
    "actor": _party,
    "on_behalf_of": _party,
    "targets": _target,
    "action": _action,
    "source": _source,
    "refers_to": _refers_to,
    "attachments": _attachment,
    "changes": _all_words,
    "context": _all_words,
}
_PLAIN: Mapping[str, Callable[[object, _Texts], None]] = {
    "reason": _text,
    "outcome": _outcome,
    "flags": _flags,
    "extra": _extra,
}
_actor_keys = lru_cache(maxsize=1 << 14)(tokens.actor_keys)
_kind_keys = lru_cache(maxsize=1 << 10)(tokens.kind_keys)


@lru_cache(maxsize=1 << 12)
def _source_words(*names: str) -> str:
    return " ".join(tokens.source_words(name) for name in names)
