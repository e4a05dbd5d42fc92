"""Addresses of setting up the audit log."""

from __future__ import annotations

from django.urls import path

from indelible.features.runbooks.views import setting_up

urlpatterns = [
    path("setting-up/", setting_up.overview, name="setting_up"),
    path("setting-up/start/", setting_up.start, name="setting_up_start"),
]
