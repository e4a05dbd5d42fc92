"""What the pages of samples read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from indelible.features.record.queries import rows_of
from indelible.features.reviews.models import Sample
from indelible.features.signoffs.models import Decision
from indelible.features.signoffs.rows import expanded
from indelible.storage.database.models import Logbook
from indelible.web.timeline import Row

PAGE = 30


def listed(logbook: Logbook, before: int | None = None) -> QuerySet[Sample, Any]:
    """Return the samples there are, the newest first, each with how many of its rows are decided."""
    decided = Decision.objects.filter(frozen=OuterRef("frozen")).order_by().values("frozen")
    rows = Sample.objects.filter(logbook=logbook).select_related("frozen", "by", "sign_off")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    counts = decided.annotate(n=Count("pk")).values("n")
    return rows.annotate(decided=Coalesce(Subquery(counts), 0), left=F("frozen__count") - F("decided"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row of a sample: the entry, and what was decided about it."""

    place: int
    row: Row
    decision: Decision | None


def indexes_of(sample: Sample) -> list[int]:
    """Return the entries of a sample, by index."""
    return expanded(sample.frozen.runs, sample.frozen.count)


def drawn_rows(sample: Sample) -> list[Drawn]:
    """Return the rows of a sample in their order. At most 1,000: no sample is larger."""
    decided = {
        each.place: each for each in Decision.objects.filter(frozen=sample.frozen).select_related("by")
    }
    rows = rows_of(sample.logbook, indexes_of(sample))
    return [Drawn(place, row, decided.get(place)) for place, row in enumerate(rows)]


def next_place(sample: Sample, after: int = -1) -> int | None:
    """Return the next row that nobody decided about, from a place on, then from the beginning."""
    decided = set(Decision.objects.filter(frozen=sample.frozen).values_list("place", flat=True))
    left = [place for place in range(sample.frozen.count) if place not in decided]
    return next((place for place in left if place > after), left[0] if left else None)
