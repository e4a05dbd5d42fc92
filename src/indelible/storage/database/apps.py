"""The Django app that owns the log's tables."""

from __future__ import annotations

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    """The one place that touches ledger rows."""

    name = "indelible.storage.database"
    label = "database"
