"""What home reads: gaps that are open, records left out lately, and whether anything is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from indelible.features.sources.accounts.answering import is_anything_missing
from indelible.features.sources.models import Gap, GapKind, Import, KeptMessage, Source, State
from indelible.storage.database.checking import DIFFERS, MATCHES, Absence
from indelible.storage.database.models import Logbook

SHOWN = 5
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether anything is missing: a name of web.states, its word here, one sentence, and the first of what is.

    What is silent is not among `counted`: home lists gaps by themselves.
    """

    state: str
    word: str
    text: str
    counted: Sequence[Absence] = ()


def open_gaps(logbook: Logbook, *, explained: bool = True) -> list[Gap]:
    """Return the longest gaps that are open. Without `explained`, only those that wait for somebody."""
    rows = Gap.objects.filter(source__logbook=logbook, ended_at=None)
    if not explained:
        rows = rows.filter(explained_entry=None).exclude(kind=GapKind.PAUSED)
    return list(rows.select_related("source").order_by("began_at")[:SHOWN])


def asking(logbook: Logbook) -> list[Source]:
    """Return the sources whose messages are kept until a person says how they are read."""
    kept = KeptMessage.objects.filter(source=OuterRef("pk"))
    rows = Source.objects.filter(Exists(kept), logbook=logbook, state__in=(State.ON, State.WAITING))
    return list(rows.order_by("pk")[:SHOWN])


def lately_rejected(logbook: Logbook) -> list[Import]:
    """Return what brought records of the last seven days that could not be recorded, newest first."""
    since = timezone.now() - LATELY
    rows = Import.objects.filter(logbook=logbook, rejected__gt=0, created_at__gte=since)
    return list(rows.select_related("source")[:SHOWN])


def anything_missing(logbook: Logbook) -> Answer:
    """Return the answer for home: green only by the sources' own numbers and totals."""
    found = is_anything_missing(logbook.pk)
    if found.verdict == DIFFERS:
        counted = [each for each in found.findings if each.kind != "silent" and not each.explained]
        return Answer("missing", "", found.message, counted[:SHOWN])
    if found.verdict == MATCHES:
        return Answer("complete", "", found.message)
    if not Source.objects.filter(logbook=logbook).exists():
        return Answer("nothing", _("Nothing to check yet"), found.message)
    return Answer("open", _("Nothing known to be missing"), found.message)
