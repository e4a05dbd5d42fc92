"""The Django app that brings the tables of a new installation."""

from __future__ import annotations

from django.apps import AppConfig


class TablesConfig(AppConfig):
    """Makes the tables of a new installation in one go."""

    name = "indelible.server.tables"
    label = "tables"
