"""What is lawful in an event: closed keys, listed words, nothing that stands for nothing.

Absent is absent: no empty text, list or object in place of nothing, and no null. Numbers are integers
that every JSON reader holds exactly; everything else that counts is text, so that no digit is lost on
the way to the leaf and back. `check_event` is a table of small checks, one for each key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from indelible.events.content import NUMBER_IDS
from indelible.events.instants import is_instant
from indelible.events.shape import Action, Event, EventError, Original, Reference
from indelible.events.vocabulary import (
    ACTOR_KINDS,
    CATEGORIES,
    OUTCOMES,
    REFERENCES,
    TIME_BASES,
    VERBS,
    is_kind,
)

MAX_INTEGER: Final = 2**53 - 1  # what every JSON reader holds exactly
MAX_ROWS: Final = 100_000  # elements of a list that is split into disclosures; `content` names six digits
MAX_DEPTH: Final = 60  # the ledger refuses beyond 64; a disclosure's own brackets need room

Check = Callable[[object, str], None]


def check_event(obj: object) -> Event:
    """Return `obj` as an event, unchanged, if it is a lawful one.

    Raises EventError at the first fault found: an unknown key or word, a wrong type, empty text or an
    empty list in place of nothing, a fraction, an integer beyond 2^53 - 1, half a surrogate pair, or
    nesting deeper than MAX_DEPTH.
    """
    _fields(_EVENT)(obj, "event")
    return cast(Event, obj)


def _refuse(code: str, where: str, what: str) -> EventError:
    return EventError(code, f"{where}: {what}")


def _whole_characters(text: str, where: str) -> None:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise _refuse("event-lone-surrogate", where, "holds half of a surrogate pair") from None


def _text(value: object, where: str) -> None:
    if type(value) is not str:
        raise _refuse("event-wrong-type", where, f"text expected, not {type(value).__name__}")
    if not value:
        raise _refuse("event-empty-text", where, "empty text in place of nothing")
    _whole_characters(value, where)


def _integer(least: int) -> Check:
    def check(value: object, where: str) -> None:
        if type(value) is float:
            raise _refuse("event-float", where, "a fraction; write it as text")
        if type(value) is not int:
            raise _refuse("event-wrong-type", where, f"integer expected, not {type(value).__name__}")
        if not least <= value <= MAX_INTEGER:
            raise _refuse("event-number-range", where, f"not from {least} to 2^53 - 1")

    return check


def _word(words: Mapping[str, object] | tuple[str, ...]) -> Check:
    allowed = frozenset(words)

    def check(value: object, where: str) -> None:
        _text(value, where)
        if value not in allowed:
            raise _refuse("event-unknown-word", where, f"{str(value)[:80]!r} is not in the word list")

    return check


def _kind(value: object, where: str) -> None:
    _text(value, where)
    if not is_kind(cast(str, value)):
        raise _refuse("event-unknown-word", where, f"{str(value)[:80]!r} is no kind of thing")


def _instant(value: object, where: str) -> None:
    _text(value, where)
    if not is_instant(cast(str, value)):
        raise _refuse("event-no-instant", where, f"{str(value)[:40]!r} is no instant in UTC")


def _digest(value: object, where: str) -> None:
    _text(value, where)
    text = cast(str, value)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise _refuse("event-no-digest", where, "not 64 hex digits in lower case")


def _json(value: object, where: str, depth: int = 0) -> None:
    """Check anything a source may have said: JSON without fractions, integers exact, texts whole."""
    kind = type(value)
    if kind is str:
        _whole_characters(cast(str, value), where)
    elif kind is int:
        if not -MAX_INTEGER <= cast(int, value) <= MAX_INTEGER:
            raise _refuse("event-number-range", where, "beyond 2^53 - 1; write it as text")
    elif kind is list or kind is dict:
        if depth >= MAX_DEPTH:
            raise _refuse("event-too-deep", where[:80], f"nested deeper than {MAX_DEPTH}")
        if kind is dict:
            _keys(cast("dict[object, object]", value), where)
            for key, inner in cast("dict[str, object]", value).items():
                _json(inner, f"{where}.{key}", depth + 1)
        else:
            for inner in cast("list[object]", value):
                _json(inner, where, depth + 1)
    elif kind is float:
        raise _refuse("event-float", where, "a fraction; write it as text")
    elif value is not None and kind is not bool:
        raise _refuse("event-wrong-type", where, f"{kind.__name__} is not JSON")


def _keys(obj: dict[object, object], where: str) -> None:
    """Check the names in an object of the source's making.

    RFC 8785 sorts names by UTF-16 unit, fast encoders by code point. Names for which the two differ
    (one beyond U+FFFF beside one from U+E000 up) are refused, so that one order serves every reader.
    """
    for key in obj:
        if type(key) is not str:
            raise _refuse("event-wrong-type", where, "a name that is not text")
        _whole_characters(key, where)
    names = cast("dict[str, object]", obj)
    if any(not name.isascii() and max(name) > "\uffff" for name in names) and sorted(
        names, key=lambda name: name.encode("utf-16-be")
    ) != sorted(names):
        raise _refuse("event-names-unsortable", where, "names that two readers would sort differently")


def _told(value: object, where: str) -> None:
    """Check a value before or after, or a fact: anything but null, which would stand for nothing."""
    if value is None:
        raise _refuse("event-null", where, "null in place of nothing")
    _json(value, where)


def _extra(value: object, where: str) -> None:
    if type(value) is not dict:
        raise _refuse("event-wrong-type", where, f"object expected, not {type(value).__name__}")
    if not value:
        raise _refuse("event-empty", where, "an empty object in place of nothing")
    _keys(value, where)
    for name, said in value.items():
        if not name:
            raise _refuse("event-empty-text", where, "a fact without a name")
        if said == "" and type(said) is str:
            raise _refuse("event-empty-text", f"{where}.{name}", "empty text in place of nothing")
        _told(said, f"{where}.{name}")


def _fields(checks: Mapping[str, Check], *, needs: tuple[str, ...] = ()) -> Check:
    """Return the check of an object with these keys and no other, at least one, and those it `needs`."""

    def check(value: object, where: str) -> None:
        if type(value) is not dict:
            raise _refuse("event-wrong-type", where, f"object expected, not {type(value).__name__}")
        if not value:
            raise _refuse("event-empty", where, "an empty object in place of nothing")
        for key, inner in value.items():
            if type(key) is not str or key not in checks:
                raise _refuse("event-unknown-key", where, f"no key {str(key)[:80]!r} here")
            checks[key](inner, f"{where}.{key}")
        for key in needs:
            if key not in value:
                raise _refuse("event-key-missing", where, f"{key} is missing")

    return check


def _list_of(one: Check) -> Check:
    def check(value: object, where: str) -> None:
        if type(value) is not list:
            raise _refuse("event-wrong-type", where, f"list expected, not {type(value).__name__}")
        if not value:
            raise _refuse("event-empty", where, "an empty list in place of nothing")
        if len(value) > MAX_ROWS:
            raise _refuse("event-too-long", where, f"more than {MAX_ROWS} elements")
        for place, inner in enumerate(value):
            one(inner, f"{where}[{place}]")

    return check


def _numbers(value: object, where: str) -> None:
    def family(name: str) -> Check:
        def check(given: object, inner: str) -> None:
            if type(given) is not dict or not given:
                raise _refuse("event-wrong-type", inner, "an object with at least one number expected")
            for number_of, number in given.items():
                if type(number_of) is not str or not NUMBER_IDS[name](number_of):
                    raise _refuse("event-unknown-key", inner, f"no id: {str(number_of)[:80]!r}")
                _integer(1)(number, f"{inner}.{number_of}")

        return check

    _fields({name: family(name) for name in NUMBER_IDS})(value, where)


def _refers_to(value: object, where: str) -> None:
    index = _integer(0)
    _fields({"entry": index, "through": index, "as": _word(REFERENCES)}, needs=("entry", "as"))(value, where)
    reference = cast(Reference, value)
    if reference.get("through", reference["entry"]) < reference["entry"]:
        raise _refuse("event-number-range", where, "a run of entries that ends before it begins")


def _original(value: object, where: str) -> None:
    _fields({"text": _text, "base64": _text, "media_type": _text})(value, where)
    if len({"text", "base64"} & set(cast(Original, value))) != 1:
        raise _refuse("event-key-missing", where, "either text or base64")


def _action(value: object, where: str) -> None:
    _fields({"verb": _word(VERBS), "category": _word(CATEGORIES), "said": _text})(value, where)
    if not {"verb", "said"} & set(cast(Action, value)):
        raise _refuse("event-key-missing", where, "neither our word nor the source's")


_PARTY = _fields({"id": _text, "name": _text, "email": _text, "kind": _word(ACTOR_KINDS)})
_EVENT: Final[dict[str, Check]] = {
    "occurred_at": _instant,
    "time": _fields({"said": _text, "zone": _text, "basis": _word(TIME_BASES)}),
    "actor": _PARTY,
    "action": _action,
    "targets": _list_of(_fields({"kind": _kind, "id": _text, "name": _text})),
    "changes": _list_of(_fields({"field": _text, "before": _told, "after": _told})),
    "outcome": _word(OUTCOMES),
    "on_behalf_of": _PARTY,
    "context": _fields({"ip": _text, "device": _text, "location": _text, "session": _text}),
    "reason": _text,
    "source": _fields(
        {"name": _text, "system": _text, "id": _text, "import": _integer(1), "row": _integer(1)}
    ),
    "original": _original,
    "refers_to": _refers_to,
    "attachments": _list_of(
        _fields({"name": _text, "media_type": _text, "size": _integer(0), "sha256": _digest, "blob": _text})
    ),
    "flags": _list_of(_text),
    "extra": _extra,
    "numbers": _numbers,
}
