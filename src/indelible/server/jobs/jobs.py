"""The server's own periodic jobs: what keeps the tables tidy whoever is signed in."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from indelible.server.jobs import reaper
from indelible.web.jobs import job, periodic


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
