"""Finding a value in a record by the name that a profile gives it.

A record is a mapping: the JSON object as it came, or a table row as header -> cell. A *path* such as
`actor.alternateId` reaches into nested objects and lists (`resources.0.ARN`), or names one column whose
header is the same word written otherwise (`actor.alternate_id`, `Actor Alternate-ID`): exports of one
system differ in letter case, blanks and dots far more often than in words. A key that itself holds dots
stands in quotes: `event_type.".tag"`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
Getter = Callable[[Record], Any]

_NOT_WORD = re.compile(r"[\W_]+")
_STEP = re.compile(r'"([^"]*)"|([^."]+)')


def plain_name(name: str) -> str:
    """Return a header or key as its letters and digits only, in lower case.

    `Target 0 - Alternate ID` and `target0.alternate_id` become one name.
    """
    return _NOT_WORD.sub("", name).casefold()


class Columns:
    """The headers of a table, to be found by any spelling of their words. The first of equals wins."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.used: set[str] = set()  # headers that some path has found
        self._by_plain_name: dict[str, str] = {}
        for name in self.names:
            self._by_plain_name.setdefault(plain_name(name), name)

    def find(self, name: str) -> str | None:
        """Return the header as the file has it, or None; remembers that it was asked for."""
        if (header := self._by_plain_name.get(plain_name(name))) is not None:
            self.used.add(header)
        return header


def compile_path(path: str, columns: Columns | None) -> Getter | None:
    """Return what finds the value at `path` (None where there is none), or None if no column fits.

    `columns` is None for records of nested JSON, where every path may occur.
    """
    if columns is None:
        return _nested(steps_of(path))
    if (header := columns.find(path)) is not None:
        name = header
        return lambda record: record.get(name)
    first, *rest = steps_of(path) or [""]
    if rest and (header := columns.find(first)) is not None:
        return _nested([header, *rest])
    return None


def steps_of(path: str) -> list[str]:
    """Return the keys of a path, one after another."""
    return [quoted or plain for quoted, plain in _STEP.findall(path)]


def compile_paths(
    paths: str | Sequence[str], columns: Columns | None, nothing: frozenset[str] = frozenset()
) -> Getter | None:
    """Return what finds the first path that holds something, or None if no path can.

    A text in `nothing` stands for nothing, and the next path is asked.
    """
    wanted = [paths] if isinstance(paths, str) else paths
    getters = [getter for path in wanted if (getter := compile_path(path, columns)) is not None]
    if len(getters) < 2:
        return getters[0] if getters else None

    def first(record: Record) -> Any:
        for getter in getters:
            value = getter(record)
            if value is not None and value != "" and not (type(value) is str and value in nothing):
                return value
        return None

    return first


def _nested(steps: list[str]) -> Getter:
    flat = ".".join(steps)
    if len(steps) == 1:
        return lambda record: record.get(flat)

    def get(record: Record) -> Any:
        value: Any = record
        for step in steps:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                value = None
            if value is None:
                return record.get(flat)  # the same path as one dotted key
        return value

    return get


def as_text(value: Any) -> str:
    """Return a value of JSON or of a cell as text: text as it is, all else as JSON writes it."""
    if isinstance(value, str):
        return str(value)  # also numbers kept as text (jsontext.py), which are a kind of text
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


def text_at(record: Any, key: str) -> str:
    """Return the text under a key, "" where there is none or something else; numbers kept as text count."""
    value = record.get(key) if isinstance(record, Mapping) else None
    return str(value) if isinstance(value, str) else ""


def flatten(value: Mapping[str, Any], into: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested objects as one mapping of dotted names; lists stay whole."""
    for key, inner in value.items():
        name = prefix + key
        if isinstance(inner, Mapping) and inner:
            flatten(inner, into, name + ".")
        else:
            into[name] = inner
    return into


def lawful(value: Any) -> Any:
    """Return a JSON value as an event may hold it: fractions and very large numbers as text."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if kind is int:
        return value if -(2**53) < value < 2**53 else str(value)
    if kind is list:
        return [lawful(inner) for inner in value]
    if isinstance(value, Mapping):
        return {str(key): lawful(inner) for key, inner in value.items()}
    return str(value)


def json_inside(text: str) -> Any:
    """Return the object or list that a text spells in JSON, else the text itself.

    Only objects and lists count: a cell that reads `12` or `"x"` is a number or a quotation to a
    person, not JSON.
    """
    bare = text.strip()
    if bare[:1] not in ("{", "["):
        return text
    try:
        return json.loads(bare, parse_float=str, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return text


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
