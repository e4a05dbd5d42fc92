"""Addresses of the chrome's own pages."""

from __future__ import annotations

from django.urls import path

from indelible.web import views

app_name = "web"

urlpatterns = [
    path("help/", views.help_page, name="help"),
    path("help/words/", views.words_page, name="words"),
    path("help/keys/", views.keys_page, name="keys"),
]
