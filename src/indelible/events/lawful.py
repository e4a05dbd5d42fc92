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
from indelible.events.shape import Event, EventError, Reference
from indelible.events.vocabulary import (
    ACTOR_KINDS,
    CATEGORIES,
    OUTCOMES,
    REFERENCES,
    THINGS,
    TIME_BASES,
    VERBS,
    is_kind,
)

MAX_INTEGER: Final = 2**53 - 1  # what every JSON reader holds exactly
MAX_ROWS: Final = 100_000  # elements of a list that is split into disclosures; `content` names six digits
MAX_DEPTH: Final = 60  # the ledger refuses beyond 64; a disclosure's own brackets need room

Check = Callable[[object], None]


class _Fault(Exception):
    """A fault on its way up: each object and list that it passes adds where it was met.

    So no check builds the name of its place until one fails: this runs for every event recorded.
    """

    def __init__(self, code: str, what: str) -> None:
        super().__init__(code)
        self.code = code
        self.what = what
        self.path: list[str] = []


def check_event(obj: object) -> Event:
    """Return `obj` as an event, unchanged, if it is a lawful one.

    Raises EventError at the first fault found: an unknown key or word, a wrong type, empty text or an
    empty list in place of nothing, a fraction, an integer beyond 2^53 - 1, half a surrogate pair, or
    nesting deeper than MAX_DEPTH.
    """
    try:
        _EVENT(obj)
    except _Fault as fault:
        where = "event" + "".join(reversed(fault.path))
        raise EventError(fault.code, f"{where[:200]}: {fault.what}") from None
    return cast(Event, obj)


def _wrong_type(expected: str, value: object) -> _Fault:
    if type(value) is float:
        return _Fault("event-float", "a fraction; write it as text")
    return _Fault("event-wrong-type", f"{expected} expected, not {type(value).__name__}")


def _whole_characters(text: str) -> None:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise _Fault("event-lone-surrogate", "holds half of a surrogate pair") from None


def _text(value: object) -> None:
    if type(value) is not str:
        raise _wrong_type("text", value)
    if not value:
        raise _Fault("event-empty-text", "empty text in place of nothing")
    if not value.isascii():
        _whole_characters(value)


def _integer(least: int) -> Check:
    def check(value: object) -> None:
        if type(value) is not int:
            raise _wrong_type("integer", value)
        if not least <= value <= MAX_INTEGER:
            raise _Fault("event-number-range", f"not from {least} to 2^53 - 1")

    return check


def _word(words: Mapping[str, object] | tuple[str, ...]) -> Check:
    allowed = frozenset(words)

    def check(value: object) -> None:
        if type(value) is str and value in allowed:
            return
        _text(value)
        raise _Fault("event-unknown-word", f"{str(value)[:80]!r} is not in the word list")

    return check


def _kind(value: object) -> None:
    if type(value) is str and value in THINGS:
        return
    _text(value)
    if not is_kind(cast(str, value)):
        raise _Fault("event-unknown-word", f"{str(value)[:80]!r} is no kind of thing")


def _instant(value: object) -> None:
    _text(value)
    if not is_instant(cast(str, value)):
        raise _Fault("event-no-instant", f"{str(value)[:40]!r} is no instant in UTC")


def _digest(value: object) -> None:
    _text(value)
    text = cast(str, value)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise _Fault("event-no-digest", "not 64 hex digits in lower case")


def _json(value: object, depth: int = 0) -> None:
    """Check anything a source may have said: JSON without fractions, integers exact, texts whole."""
    kind = type(value)
    if kind is str:
        _whole_characters(cast(str, value))
    elif kind is int:
        if not -MAX_INTEGER <= cast(int, value) <= MAX_INTEGER:
            raise _Fault("event-number-range", "beyond 2^53 - 1; write it as text")
    elif kind is list or kind is dict:
        if depth >= MAX_DEPTH:
            raise _Fault("event-too-deep", f"nested deeper than {MAX_DEPTH}")
        if kind is dict:
            _names(cast("dict[object, object]", value))
            for inner in cast("dict[str, object]", value).values():
                _json(inner, depth + 1)
        else:
            for inner in cast("list[object]", value):
                _json(inner, depth + 1)
    elif value is not None and kind is not bool:
        raise _wrong_type("JSON", value)


def _names(obj: dict[object, object]) -> None:
    """Check the names in an object of the source's making.

    RFC 8785 sorts names by UTF-16 unit, fast encoders by code point. Names for which the two differ
    (one beyond U+FFFF beside one from U+E000 up) are refused, so that one order serves every reader.
    """
    beyond = False
    for name in obj:
        if type(name) is not str:
            raise _Fault("event-wrong-type", "a name that is not text")
        if not name.isascii():
            _whole_characters(name)
            beyond = beyond or max(name) > "\uffff"
    if beyond:
        names = cast("dict[str, object]", obj)
        if sorted(names, key=lambda name: name.encode("utf-16-be")) != sorted(names):
            raise _Fault("event-names-unsortable", "names that two readers would sort differently")


def _told(value: object) -> None:
    """Check a value before or after, or a fact: anything but null, which would stand for nothing."""
    if value is None:
        raise _Fault("event-null", "null in place of nothing")
    _json(value)


def _extra(value: object) -> None:
    if type(value) is not dict:
        raise _wrong_type("object", value)
    if not value:
        raise _Fault("event-empty", "an empty object in place of nothing")
    _names(value)
    for name, said in value.items():
        if not name:
            raise _Fault("event-empty-text", "a fact without a name")
        try:
            if type(said) is str:
                _text(said)
            else:
                _told(said)
        except _Fault as fault:
            fault.path.append(f".{name}")
            raise


def _fields(checks: Mapping[str, Check], *, needs: tuple[str, ...] = ()) -> Check:
    """Return the check of an object with these keys and no other, at least one, and those it `needs`."""

    def check(value: object) -> None:
        if type(value) is not dict:
            raise _wrong_type("object", value)
        if not value:
            raise _Fault("event-empty", "an empty object in place of nothing")
        key: str = ""
        try:
            for key, inner in value.items():
                one = checks.get(key)
                if one is None:
                    raise _Fault("event-unknown-key", "there is no such key")
                one(inner)
        except _Fault as fault:
            fault.path.append(f".{str(key)[:80]}")
            raise
        for key in needs:
            if key not in value:
                raise _Fault("event-key-missing", f"{key} is missing")

    return check


def _list_of(one: Check) -> Check:
    def check(value: object) -> None:
        if type(value) is not list:
            raise _wrong_type("list", value)
        if not value:
            raise _Fault("event-empty", "an empty list in place of nothing")
        if len(value) > MAX_ROWS:
            raise _Fault("event-too-long", f"more than {MAX_ROWS} elements")
        met = 0
        try:
            for inner in value:
                one(inner)
                met += 1
        except _Fault as fault:
            fault.path.append(f"[{met}]")
            raise

    return check


def _one_of(check: Check, keys: frozenset[str], what: str, *, only_one: bool) -> Check:
    """Return a check that also wants one of these keys, or only one of them."""

    def check_both(value: object) -> None:
        check(value)
        present = len(keys & cast("dict[str, object]", value).keys())
        if present == 0 or (only_one and present > 1):
            raise _Fault("event-key-missing", what)

    return check_both


def _numbers_by(is_id: Callable[[str], bool]) -> Check:
    count = _integer(1)

    def check(value: object) -> None:
        if type(value) is not dict or not value:
            raise _Fault("event-wrong-type", "an object with at least one number expected")
        for number_of, number in value.items():
            if type(number_of) is not str or not is_id(number_of):
                raise _Fault("event-unknown-key", f"no id: {str(number_of)[:80]!r}")
            count(number)

    return check


_REFERENCE = _fields(
    {"entry": _integer(0), "through": _integer(0), "as": _word(REFERENCES)}, needs=("entry", "as")
)


def _refers_to(value: object) -> None:
    _REFERENCE(value)
    reference = cast(Reference, value)
    if reference.get("through", reference["entry"]) < reference["entry"]:
        raise _Fault("event-number-range", "a run of entries that ends before it begins")


_PARTY = _fields({"id": _text, "name": _text, "email": _text, "kind": _word(ACTOR_KINDS)})
_EVENT: Final = _fields(
    {
        "occurred_at": _instant,
        "time": _fields({"said": _text, "zone": _text, "basis": _word(TIME_BASES)}),
        "actor": _PARTY,
        "action": _one_of(
            _fields({"verb": _word(VERBS), "category": _word(CATEGORIES), "said": _text}),
            frozenset({"verb", "said"}),
            "neither our word nor the source's",
            only_one=False,
        ),
        "targets": _list_of(_fields({"kind": _kind, "id": _text, "name": _text})),
        "changes": _list_of(_fields({"field": _text, "before": _told, "after": _told})),
        "outcome": _word(OUTCOMES),
        "on_behalf_of": _PARTY,
        "context": _fields({"ip": _text, "device": _text, "location": _text, "session": _text}),
        "reason": _text,
        "source": _fields(
            {"name": _text, "system": _text, "id": _text, "import": _integer(1), "row": _integer(1)}
        ),
        "original": _one_of(
            _fields({"text": _text, "base64": _text, "media_type": _text}),
            frozenset({"text", "base64"}),
            "either text or base64",
            only_one=True,
        ),
        "refers_to": _refers_to,
        "attachments": _list_of(
            _fields(
                {"name": _text, "media_type": _text, "size": _integer(0), "sha256": _digest, "blob": _text}
            )
        ),
        "flags": _list_of(_text),
        "extra": _extra,
        "numbers": _fields({name: _numbers_by(is_id) for name, is_id in NUMBER_IDS.items()}),
    }
)
