"""Addresses of tamper drills."""

from __future__ import annotations

from django.urls import path

from indelible.features.seals import drill_views

urlpatterns = [
    path("drills/", drill_views.start, name="drills"),
    path("drills/<int:key>/", drill_views.drill, name="drill"),
    path("drills/<int:key>/progress/", drill_views.progress, name="drill_progress"),
    path("drills/<int:key>/certificate/", drill_views.certificate, name="drill_certificate"),
]
