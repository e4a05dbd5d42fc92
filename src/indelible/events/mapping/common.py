"""What both mappings share: reading a table, and what to leave out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from indelible.events.shape import Event

NEVER_SENT: Final = frozenset({"original"})


def table(name: str) -> dict[str, Any]:
    """Return one of the mapping tables."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that say something."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


def left_over(event: Event, placed: frozenset[str]) -> dict[str, Any]:
    """Return the fields of the event that have found no place, by their own names."""
    return {name: value for name, value in event.items() if name not in placed | NEVER_SENT}


def entry_id(origin: str | None, index: int | None) -> str | None:
    """Return what names an entry outside: the log's origin and the entry's index."""
    return f"{origin}/{index}" if origin is not None and index is not None else None
