"""Addresses of the set-up: a start, four questions."""

from __future__ import annotations

from django.urls import path

from indelible.features.setup import views

app_name = "setup"

urlpatterns = [
    path("setup/", views.start, name="start"),
    path("setup/1/", views.who, name="who"),
    path("setup/2/", views.name, name="name"),
    path("setup/3/", views.rule, name="rule"),
    path("setup/4/", views.first, name="first"),
]
