"""Whether plain values have the shape of a document, part by part: every misfit is named, not only the first.

What fits is what `msgspec.convert` takes; this module only finds the places that keep it from doing so, and says what
is expected there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from .flaw import Flaw
from .flaw import gettext_noop as _
from .runbook import Runbook

MOST_FLAWS: Final = 200
DEEPEST: Final = 8  # levels inside the settings of a check
LONGEST: Final = 20_000  # characters of one text
LARGEST: Final = 2**53 - 1  # what every JSON reader holds exactly

_NAMES: Final = {
    inspect.StrType: _("a text"),
    inspect.BoolType: _("true or false"),
    inspect.IntType: _("a whole number"),
    inspect.VarTupleType: _("a list"),
    inspect.DictType: _("a table of its parts"),
    inspect.StructType: _("a table of its parts"),
}


def misfits(data: Any) -> list[Flaw]:
    """Return what keeps plain values from being a document; at most `MOST_FLAWS`."""
    found: list[Flaw] = []
    for flaw in _struct("", data, _document()):
        found.append(flaw)
        if len(found) == MOST_FLAWS:
            break
    return found


@cache
def _document() -> inspect.StructType:
    told = inspect.type_info(Runbook)
    assert isinstance(told, inspect.StructType)
    return told


def _struct(where: str, data: Any, told: inspect.StructType) -> Iterator[Flaw]:
    if not isinstance(data, Mapping):
        yield Flaw(where, _("Here is expected: %(what)s."), {"what": _NAMES[inspect.StructType]})
        return
    fields = {field.encode_name: field for field in told.fields}
    for name, value in data.items():
        here = _inside(where, name)
        if name in fields:
            yield from _value(here, value, fields[name].type)
        else:
            yield Flaw(
                here, _("No part is called so. There are: %(names)s."), {"names": ", ".join(sorted(fields))}
            )
    for name, field in fields.items():
        if field.required and name not in data:
            yield Flaw(_inside(where, name), _("It is missing."))


def _value(where: str, value: Any, told: inspect.Type) -> Iterator[Flaw]:
    if isinstance(told, inspect.UnionType):
        inner = [each for each in told.types if not isinstance(each, inspect.NoneType)]
        if value is None and len(inner) < len(told.types):
            return
        if len(inner) == 1 or not any(not list(_value(where, value, each)) for each in inner):
            yield from _value(where, value, inner[0])
    elif isinstance(told, inspect.StructType):
        yield from _struct(where, value, told)
    elif isinstance(told, inspect.VarTupleType):
        yield from _each(where, value, told)
    elif isinstance(told, inspect.DictType):
        yield from _table(where, value, told)
    elif isinstance(told, inspect.LiteralType):
        if value not in told.values or isinstance(value, bool):
            names = ", ".join(str(each) or '""' for each in told.values)
            yield Flaw(where, _("It must be one of: %(names)s."), {"names": names})
    elif isinstance(told, inspect.AnyType):
        yield from _setting(where, value, 1)
    elif not _is(value, told):
        yield Flaw(where, _("Here is expected: %(what)s."), {"what": _NAMES[type(told)]})
    elif isinstance(value, str):
        yield from _text(where, value)
    elif abs(value) > LARGEST:
        yield Flaw(where, _("This number is too large."))


def _each(where: str, value: Any, told: inspect.VarTupleType) -> Iterator[Flaw]:
    if not isinstance(value, list | tuple):
        yield Flaw(where, _("Here is expected: %(what)s."), {"what": _NAMES[inspect.VarTupleType]})
        return
    for place, each in enumerate(value, 1):
        key = each.get("key") if isinstance(each, Mapping) else None
        yield from _value(
            _inside(where, key if isinstance(key, str) and key else place), each, told.item_type
        )


def _table(where: str, value: Any, told: inspect.DictType) -> Iterator[Flaw]:
    if not isinstance(value, Mapping):
        yield Flaw(where, _("Here is expected: %(what)s."), {"what": _NAMES[inspect.DictType]})
        return
    for name, each in value.items():
        yield from _value(_inside(where, name), each, told.value_type)


def _setting(where: str, value: Any, depth: int) -> Iterator[Flaw]:
    """Check a setting, of which only its kind knows the meaning: what can be sealed as it is."""
    if depth > DEEPEST:
        yield Flaw(where, _("It is nested too deeply."))
    elif isinstance(value, str):
        yield from _text(where, value)
    elif isinstance(value, bool):
        return
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            yield Flaw(where, _("This number is too large."))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value, 1):
            yield from _setting(_inside(where, place), each, depth + 1)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _setting(_inside(where, name), each, depth + 1)
    else:
        yield Flaw(
            where, _("A setting is a text, a whole number, true or false, or a list or table of these.")
        )


def _text(where: str, value: str) -> Iterator[Flaw]:
    if len(value) > LONGEST:
        yield Flaw(where, _("It is longer than %(most)s characters."), {"most": f"{LONGEST:,}"})
    elif any(_is_odd(each) for each in value):
        yield Flaw(where, _("It holds characters that cannot be shown."))


def _is_odd(character: str) -> bool:
    """Whether it is a control character or half of a pair, which neither pages nor seals take."""
    code = ord(character)
    return (code < 0x20 and character not in "\n\t") or code == 0x7F or 0xD800 <= code < 0xE000


def _is(value: Any, told: inspect.Type) -> bool:
    if isinstance(told, inspect.StrType):
        return isinstance(value, str)
    if isinstance(told, inspect.BoolType):
        return isinstance(value, bool)
    return isinstance(told, inspect.IntType) and isinstance(value, int) and not isinstance(value, bool)


def _inside(where: str, name: object) -> str:
    return f"{where}.{str(name)[:60]}" if where else str(name)[:60]


def converted(data: Any) -> Runbook:
    """Return plain values as a document, whether or not it holds together. Raises msgspec.ValidationError."""
    return msgspec.convert(data, Runbook)
