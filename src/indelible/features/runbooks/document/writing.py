"""A runbook's document as text: TOML for people, canonical JSON for what is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec
import tomli_w

from indelible.ledger import canonical

from .runbook import Part, Runbook

_FIRST: Final = ("format", "id", "title", "purpose", "team", "owner")


def to_data(runbook: Runbook) -> dict[str, Any]:
    """Return a document as plain values, without what says nothing; `from_data` reads them back to the same.

    Equal documents give equal values, whichever way they came about: so their digests are equal too.
    """
    return {"format": runbook.format, **_plain(runbook)}


def _plain(part: Part) -> dict[str, Any]:
    """Return a part without what it holds anyway. (msgspec would tell that by identity for texts, not by value.)"""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if not _is_default(field, value):
            found[field.encode_name] = _value(value)
    return found


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default is not msgspec.NODEFAULT:
        return bool(value == field.default)
    return field.default_factory is not msgspec.NODEFAULT and bool(value == field.default_factory())


def _value(value: Any) -> Any:
    if isinstance(value, Part):
        return _plain(value)
    if isinstance(value, Mapping):
        return {str(name): _value(each) for name, each in value.items()}
    return [_value(each) for each in value] if isinstance(value, list | tuple) else value


def to_toml(runbook: Runbook) -> str:
    """Return a document as TOML, in the order of its parts; `from_text` reads it back to the same."""
    data = to_data(runbook)
    ordered: dict[str, Any] = {key: data[key] for key in _FIRST}
    return tomli_w.dumps(ordered | data)


def digest_of(runbook: Runbook) -> str:
    """Return the SHA-256 (hex) of a document's canonical JSON: what an entry says of the version."""
    return sha256(canonical.encode(to_data(runbook))).hexdigest()
