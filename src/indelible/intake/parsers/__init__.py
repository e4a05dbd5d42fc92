"""What data cannot say about a system's exports, one small function each, asked for by name.

A *parser* that unpacks turns one record into the records that are in it (an activity with three events,
a cell that holds the record proper). A parser that finishes has the last word on an event: who of six
kinds of identity acted, which keys are a value before. Everything else belongs into the profile.

A module of this folder registers its parsers by decorating them; importing this package imports all.
"""

from __future__ import annotations

import importlib
import pkgutil

from indelible.intake.parsers.registry import (
    Draft,
    Finish,
    Unpack,
    Unpacked,
    finishing,
    unpacking,
)

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["Draft", "Finish", "Unpack", "Unpacked", "finishing", "unpacking"]
