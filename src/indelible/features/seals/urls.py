"""Addresses of seals and checks."""

from __future__ import annotations

from django.urls import path

from indelible.features.seals import urls_drills, urls_keys, urls_outside, urls_receipts, views

app_name = "seals"
urlpatterns = [
    *urls_outside.urlpatterns,
    *urls_receipts.urlpatterns,
    *urls_drills.urlpatterns,
    *urls_keys.urlpatterns,
    path("seals/", views.overview, name="overview"),
    path("seals/list/", views.seal_list, name="list"),
    path("seals/key-card/", views.key_card, name="key_card"),
    path("seals/pill/", views.pill_alone, name="pill"),
    path("seals/<int:size>/", views.seal, name="seal"),
    path("checks/", views.check_list, name="checks"),
    path("checks/new/", views.check_now, name="check_now"),
    path("checks/<int:key>/", views.check, name="check"),
    path("checks/<int:key>/progress/", views.progress, name="progress"),
    path("checks/<int:key>/stop/", views.stop, name="stop"),
    path("checks/<int:key>/go-on/", views.go_on, name="go_on"),
    path("checks/<int:key>/findings/", views.findings, name="findings"),
]
