"""What a person sees of a watched folder: how many files there are, and what became of the newest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.features.sources.kinds.folder import items
from indelible.features.sources.kinds.folder.forms import AFTER_WORDS, STAY
from indelible.features.sources.live.folder_choice import YES_NO
from indelible.features.sources.models import Health, Import, Source, SourceItem, Stage, State

NEWEST: Final = 20
PACE_OVER: Final = timedelta(minutes=5)
WORDS: Final[Mapping[str, str | Promise]] = {
    items.WAITING: gettext_lazy("Waits for its turn"),
    items.SAME: gettext_lazy("The same content as a file taken before"),
    items.EMPTY: gettext_lazy("Empty so far"),
    items.TOO_LARGE: gettext_lazy("Too large"),
    items.UNREADABLE: gettext_lazy("Could not be read"),
    items.MISSED: gettext_lazy("Gone before it could be read"),
}
STAGES: Final[Mapping[str, str | Promise]] = {
    Stage.RECEIVED: gettext_lazy("Taken, recorded next"),
    Stage.RECORDING: gettext_lazy("Being recorded"),
    Stage.ASKING: gettext_lazy("Waits for your answer"),
    Stage.STOPPED: gettext_lazy("Stopped"),
    Stage.DONE: gettext_lazy("Recorded"),
    Stage.REFUSED: gettext_lazy("Could not be recorded"),
}
LOOK_AT: Final = (items.TOO_LARGE, items.UNREADABLE, items.MISSED, Stage.ASKING, Stage.REFUSED, Stage.STOPPED)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the list: `word` is what became of it, `more` what else is to be known of it."""

    name: str
    at: datetime | None  # last written to
    size: int
    word: str | Promise
    state: str
    more: str
    taken_in: Import | None


def context(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what the folder's part of the page shows."""
    files = SourceItem.objects.filter(source=source)
    settings = source.settings
    health = Health.objects.filter(pk=source.pk).first()
    newest = files.select_related("taken_in").order_by("-seen_at", "-pk")[:NEWEST]
    return {
        "folder": settings.get("folder", ""),
        "patterns": settings.get("patterns") or _("all files"),
        "deep": YES_NO[bool(settings.get("deep"))],
        "after": AFTER_WORDS.get(settings.get("after", STAY), ""),
        "seen": files.count(),
        "taken": files.filter(taken_in__isnull=False).count(),
        "waiting": health.behind if health else 0,
        "pace": pace(source, health.behind if health else 0),
        "looked_at": health.looked_at if health else None,
        "first_at": health.first_at if health else None,
        "files": [_line(item) for item in newest],
        "moving": source.state == State.ON and _moves(source, health),
    }


def _moves(source: Source, health: Health | None) -> bool:
    """Whether something is about to change: the first file is awaited, or files are on their way."""
    under_way = (Stage.RECEIVED, Stage.RECORDING)
    return (
        health is None
        or health.first_at is None
        or health.behind > 0
        or Import.objects.filter(source=source, live_day=None, stage__in=under_way).exists()
    )


def pace(source: Source, behind: int) -> str:
    """Say how long the files that wait will take, by how many were recorded lately; empty where nobody can tell."""
    if behind <= 0:
        return ""
    since = timezone.now() - PACE_OVER
    done = Import.objects.filter(source=source, live_day=None, finished_at__gte=since).count()
    if done == 0:
        return ""
    minutes = max(1, round(behind / done * PACE_OVER.total_seconds() / 60))
    return ngettext("about %(n)s minute", "about %(n)s minutes", minutes) % {"n": f"{minutes:,}"}


def _line(item: SourceItem) -> FileLine:
    became = str(item.facts.get("became", ""))
    row = item.taken_in
    key = row.stage if became in (items.TAKEN, items.AWAY) and row is not None else became
    more = _more(item, became)
    return FileLine(
        item.name,
        _written(item.facts),
        int(item.facts.get("size", 0)),
        WORDS.get(key) or STAGES.get(key, key),
        "look" if key in LOOK_AT else "working" if key == Stage.DONE else "information",
        more,
        row,
    )


def _more(item: SourceItem, became: str) -> str:
    if became == items.AWAY:
        return _("moved to “taken”")
    if became == items.SAME:
        return str(item.facts.get("same_as", ""))
    return _("no longer there") if item.gone_at is not None and became != items.MISSED else ""


def _written(facts: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(facts["modified"]) / 1e9, UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
