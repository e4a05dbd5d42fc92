"""The part of a source's page about completeness: its own numbers, totals, what came late, what it held back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from indelible.features.sources.accounts.streams import missing_numbers
from indelible.features.sources.models import (
    ControlTotal,
    SequenceGap,
    SequenceMark,
    Source,
    SourceAccount,
)

SHOWN = 10


def part(_request: HttpRequest, source: Source) -> dict[str, Any]:
    """Return what fills the part."""
    marks = SequenceMark.objects.filter(source=source)
    holes = SequenceGap.objects.filter(missing_numbers(), source=source)
    newest = ControlTotal.objects.filter(source=source, replaced_by=None).order_by("-period_from").first()
    account = SourceAccount.objects.filter(pk=source.pk).first()
    return {
        "marks": marks[:SHOWN],
        "more_marks": max(marks.count() - SHOWN, 0),
        "missing": holes.exists(),
        "holes": holes.order_by("explained_entry", "-id")[:SHOWN],
        "more_holes": max(holes.count() - SHOWN, 0),
        "total": newest,
        "total_last": newest.period_to - timedelta(seconds=1) if newest else None,
        "late": account.late if account else 0,
        "held_more": account.held_more if account else 0,
    }
