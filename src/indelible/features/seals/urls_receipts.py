"""Addresses of seal words, receipts by mail, and the log for others."""

from __future__ import annotations

from django.urls import path

from indelible.features.seals import door_views

urlpatterns = [
    path("seals/log/", door_views.page, name="door"),
    path("seals/log/<slug:name>/open/", door_views.open_, name="door_open"),
    path("seals/log/<slug:name>/close/", door_views.close, name="door_close"),
]
