"""Addresses of those who hold our seals outside."""

from __future__ import annotations

from django.urls import path

from indelible.features.seals.outside import proof_views, views

urlpatterns = [
    path("seals/witnesses/add/", views.add_witness, name="add_witness"),
    path("seals/witnesses/<int:key>/", views.witness, name="witness"),
    path("seals/witnesses/<int:key>/end/", views.end_witness, name="end_witness"),
    path("seals/authorities/add/", views.add_authority, name="add_authority"),
    path("seals/authorities/<int:key>/", views.authority, name="authority"),
    path("seals/authorities/<int:key>/end/", views.end_authority, name="end_authority"),
    path("seals/send/", views.send_now, name="send_now"),
    path("seals/differences/<int:key>/", proof_views.difference, name="difference"),
    path("seals/differences/<int:key>/theirs/", proof_views.their_note, name="their_note"),
    path("seals/differences/<int:key>/ours/", proof_views.our_note, name="our_note"),
    path("seals/<int:size>/cosigned/", proof_views.cosigned_note, name="cosigned"),
    path("seals/<int:size>/stamps/<int:key>/", proof_views.stamp, name="stamp"),
    path("seals/<int:size>/stamps/<int:key>/seal/", proof_views.stamped_note, name="stamped_note"),
]
