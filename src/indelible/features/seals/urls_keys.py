"""Addresses of the sealing key."""

from __future__ import annotations

from django.urls import path

from indelible.features.seals import key_views

urlpatterns = [
    path("seals/key/", key_views.key, name="key"),
    path("seals/key/new/", key_views.rotate, name="key_rotate"),
    path("seals/key/finish/", key_views.finish, name="key_finish"),
    path("seals/key/revoke/", key_views.revoke, name="key_revoke"),
    path("seals/key/sheet/", key_views.sheet, name="key_sheet"),
]
