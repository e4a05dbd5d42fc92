"""What workers do for reviews: follow the log, for the queue and for removals that the source reports."""

from __future__ import annotations

from datetime import timedelta

from indelible.features.reviews.access import removing
from indelible.features.reviews.queue import feeding
from indelible.storage.database.models import Logbook
from indelible.web.jobs import ticker


@ticker(timedelta(seconds=3))
def feed_reviews() -> None:
    """Put what was recorded since into the queue."""
    for logbook in Logbook.objects.order_by("pk"):
        feeding.run(logbook)


@ticker(timedelta(seconds=5))
def see_removals() -> None:
    """Look for what proves that a right which was to be taken away is gone."""
    for logbook in Logbook.objects.order_by("pk"):
        removing.run(logbook)
