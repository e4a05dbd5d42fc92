"""A runbook's document as text: TOML for people, canonical JSON for what is sealed."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import msgspec
import tomli_w

from indelible.ledger import canonical

from .runbook import Runbook

_FIRST: Final = ("format", "id", "title", "purpose", "team", "owner")


def to_data(runbook: Runbook) -> dict[str, Any]:
    """Return a document as plain values, without what says nothing; `from_data` reads them back to the same."""
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(runbook))
    return {"format": runbook.format, **data}


def to_toml(runbook: Runbook) -> str:
    """Return a document as TOML, in the order of its parts; `from_text` reads it back to the same."""
    data = to_data(runbook)
    ordered: dict[str, Any] = {key: data[key] for key in _FIRST}
    return tomli_w.dumps(ordered | data)


def digest_of(runbook: Runbook) -> str:
    """Return the SHA-256 (hex) of a document's canonical JSON: what an entry says of the version."""
    return sha256(canonical.encode(to_data(runbook))).hexdigest()
