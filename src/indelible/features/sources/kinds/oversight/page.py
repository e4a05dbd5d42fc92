"""What a person sees of an overseen folder: how many files are known, and the newest that something happened to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from indelible.features.sources.kinds.oversight.differences import LARGE, UNREAD
from indelible.features.sources.kinds.oversight.keeping import STATE, TOLD
from indelible.features.sources.live.folder_choice import YES_NO
from indelible.features.sources.models import Health, Source, SourceItem, State

NEWEST: Final = 20


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the list, with the number of the entry that told of it last."""

    name: str
    at: datetime
    word: str
    entry: int | None


def context(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the folder's part of the page shows."""
    files = SourceItem.objects.filter(source=source)
    health = Health.objects.filter(pk=source.pk).first()
    cursor = health.cursor if health else {}
    begun = cursor.get("begun")
    return {
        "folder": source.settings.get("folder", ""),
        "patterns": source.settings.get("patterns") or _("all files"),
        "deep": YES_NO[bool(source.settings.get("deep"))],
        "known": files.filter(gone_at=None).count(),
        "gone": files.filter(gone_at__isnull=False).count(),
        "waiting": health.behind if health else 0,
        "looked_at": health.looked_at if health else None,
        "begun": datetime.fromisoformat(begun) if begun else None,
        "moving": source.state == State.ON and (not begun or (health is not None and health.behind > 0)),
        "files": [_line(item) for item in files.order_by("-seen_at", "-pk")[:NEWEST]],
    }


def _line(item: SourceItem) -> FileLine:
    state, told = item.facts.get(STATE) or {}, item.facts.get(TOLD)
    word = _("there") if state else _("no longer there")
    if state.get("c") == LARGE:
        word = _("there; too large to compare its content")
    elif state.get("c") == UNREAD:
        word = _("there; its content may not be read")
    return FileLine(item.name, item.seen_at, word, None if told is None else int(told) + 1)
