"""Receipts in the background: what is due by the clock, and what could not go out before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indelible.features.seals import receipts
from indelible.web.jobs import job, periodic


@periodic(timedelta(minutes=5))
@job
def mail_receipts() -> int:
    """Send each receipt that is due; return how many went."""
    return receipts.send_due(datetime.now(UTC))
