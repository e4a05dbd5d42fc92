"""Addresses of the calendar. `urls` includes them."""

from __future__ import annotations

from django.urls import path

from indelible.features.runbooks.views import feed

urlpatterns = [
    path("runs/calendar/", feed.address, name="calendar-address"),
    path("runs/calendar/<str:key>.ics", feed.feed, name="feed"),
]
