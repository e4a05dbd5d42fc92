"""Addresses that hold a question: the whole of it stands in them, so that a list can be sent to somebody as a link."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from indelible.features.record.asking import as_typed
from indelible.language.pattern import Pattern


def pack_url(pattern: Pattern) -> str:
    """Return the address where a pack is made of the answers to a question."""
    asks = f"?{urlencode({'q': as_typed(pattern)})}" if not pattern.is_everything else ""
    return reverse("packs:new") + asks


def list_url(question: str, **more: int | None) -> str:
    """Return the address of the list that answers a question; `more` says which part of it (before, after, view)."""
    values = {"q": question or None, **more}
    told = urlencode({name: str(value) for name, value in values.items() if value is not None})
    return reverse("record:list") + (f"?{told}" if told else "")
