"""The addresses of coverage."""

from __future__ import annotations

from django.urls import path

from indelible.features.coverage import views

app_name = "coverage"
urlpatterns = [path("rules/coverage/", views.coverage, name="coverage")]
