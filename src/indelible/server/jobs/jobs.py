"""The server's own periodic jobs: what keeps the tables tidy whoever is signed in."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from indelible.server.jobs import reaper
from indelible.storage.database.models import Logbook
from indelible.storage.database.search import catch_up
from indelible.web.jobs import job, periodic

CATCH_UP_SECONDS = 30.0  # at a time: the next minute goes on


@periodic(timedelta(days=1))
@job
def sweep_results() -> None:
    """Remove the results of jobs that ended long ago."""
    reaper.sweep(timezone.now())


@periodic(timedelta(hours=6))
@job
def prune_sessions() -> None:
    """Remove sign-ins that have run out."""
    SessionStore.clear_expired()


@periodic(timedelta(minutes=1))
@job
def catch_up_search() -> None:
    """Index what was recorded and not indexed yet, as where a process ended right after its commit."""
    for logbook in Logbook.objects.order_by("pk"):
        catch_up(logbook, seconds=CATCH_UP_SECONDS)
