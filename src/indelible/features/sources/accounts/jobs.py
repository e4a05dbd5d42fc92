"""Accounts as workers keep them: missing numbers are told, days closed, totals compared again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from indelible.features.sources.accounts import closing, telling, totals
from indelible.web.jobs import job, periodic, ticker


@ticker(timedelta(seconds=30))
def tell_of_numbers() -> None:
    """Tell of numbers that did not come, and of those that came after all."""
    telling.tell(timezone.now())


@periodic(timedelta(minutes=20))
@job
def close_days() -> None:
    """Close the accounts of days that are over."""
    closing.close_days(timezone.now())


@periodic(timedelta(minutes=10))
@job
def compare_totals() -> None:
    """Compare totals whose period is over, and those of whose period something came since."""
    totals.compare_due(timezone.now())
