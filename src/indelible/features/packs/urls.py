"""Addresses of packs."""

from __future__ import annotations

from django.urls import path

from indelible.features.packs import verify_views, views

app_name = "packs"
urlpatterns = [
    path("verify/", verify_views.verify, name="verify"),
    path("packs/", views.listing, name="list"),
    path("packs/new/", views.new, name="new"),
    path("packs/<slug:name>/", views.show, name="show"),
    path("packs/<slug:name>/hide/", views.hide, name="hide"),
    path("packs/<slug:name>/check/", views.check, name="check"),
    path("packs/<slug:name>/stop/", views.stop, name="stop"),
    path("packs/<slug:name>/again/", views.again, name="again"),
    path("packs/<slug:name>/download/", views.download, name="download"),
    path("packs/<slug:name>/handed-to/", views.handed_to, name="handed_to"),
    path("packs/<slug:name>/delete/", views.delete, name="delete"),
]
