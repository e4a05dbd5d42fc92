"""Secrets of the other side that a source needs: locked in boxes, never shown again, never logged."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from indelible.features.sources.models import Source, SourceSecret
from indelible.storage.boxes import lock, unlock

OVERLAP = timedelta(hours=24)


def keep_secret(source: Source, name: str, value: str, *, overlap: timedelta = OVERLAP) -> None:
    """Keep a secret under a name. The one before it holds for `overlap` more.

    Call it in the transaction of the act that is recorded.
    """
    ends = timezone.now() + overlap
    older = source.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=ends), name=name)
    older.update(ends_at=ends)
    SourceSecret.objects.create(source=source, name=name, box=lock(_purpose(source, name), value))


def secrets_of(source: Source, name: str, at: datetime | None = None) -> list[str]:
    """Return the values that hold under a name, newest first; none where none was given. Raises BoxError."""
    rows = source.secrets.filter(name=name).exclude(ends_at__lte=at or timezone.now())
    return [unlock(_purpose(source, name), bytes(row.box)) for row in rows]


def _purpose(source: Source, name: str) -> str:
    return f"source {source.pk} {name}"
