"""The Django app of background work."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Owns the clock's table and the table of workers."""

    name = "indelible.server.jobs"
    label = "jobs"
