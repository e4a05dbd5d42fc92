"""Addresses of the pages about alarms."""

from __future__ import annotations

from django.urls import path

from indelible.features.alarms.views import notices, setting, ways

app_name = "alarms"
urlpatterns = [
    path("alarms/", notices.queue, name="queue"),
    path("alarms/<int:key>/", notices.notice, name="notice"),
    path("alarms/set/", setting.alarms, name="alarms"),
    path("alarms/set/add/", setting.add, name="add"),
    path("alarms/set/warn/", setting.warn, name="warn"),
    path("alarms/set/imports/", setting.own_imports, name="own-imports"),
    path("alarms/set/<int:key>/", setting.alarm, name="alarm"),
    path("alarms/set/<int:key>/switch/", setting.switch, name="switch"),
    path("alarms/ways/", ways.ways, name="ways"),
    path("alarms/ways/<int:key>/try/", ways.try_out, name="try"),
    path("alarms/ways/<int:key>/remove/", ways.remove, name="remove"),
]
