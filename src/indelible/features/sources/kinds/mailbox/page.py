"""A mailbox's part of its source's page: what was taken, what was left alone, and from whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from indelible.explanations import explain
from indelible.features.sources.kinds.mailbox.fetching import Cursor
from indelible.features.sources.models import Import, Source, SourceItem

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A mail as the page shows it. `problem` says in words why nothing of it was taken."""

    item: SourceItem
    imports: list[Import]
    entry: int | None
    problem: str

    @property
    def left(self) -> str:
        """The attachments that no pattern fits."""
        return ", ".join(self.item.facts.get("left", ()))

    @property
    def broken(self) -> str:
        """The attachments that came empty or in parts."""
        return ", ".join(self.item.facts.get("broken", ()))


def context(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the page shows, read in three queries."""
    items = list(source.items.order_by("-pk")[:SHOWN])
    wanted = {key for item in items for key in item.facts.get("imports", ())}
    imports = Import.objects.in_bulk(wanted)
    cursor = Cursor.of(source)
    strangers = [{**each, "at": parse_datetime(each["at"])} for each in cursor.newest_strangers]
    return {
        "rows": [_row(item, imports) for item in items],
        "settings": source.settings,
        "strangers": cursor.strangers,
        "newest_strangers": strangers,
        "behind": source.health.behind if hasattr(source, "health") else 0,
        "running": source.state in ("on", "waiting"),
    }


def _row(item: SourceItem, imports: dict[int, Import]) -> Row:
    code = item.facts.get("problem")
    words = explain(code) if code else None
    found = [imports[key] for key in item.facts.get("imports", ()) if key in imports]
    return Row(item, found, item.facts.get("entry"), f"{words.title} {words.meaning}" if words else "")
