"""Addresses of frozen lists and signatures."""

from __future__ import annotations

from django.urls import path

from indelible.features.signoffs import views

app_name = "signoffs"
urlpatterns = [
    path("lists/<int:key>/", views.frozen_list, name="list"),
    path("sign-offs/<int:key>/", views.sign_off, name="sign_off"),
    path("sign-offs/of-entry/<int:number>/", views.of_entry, name="of_entry"),
    path("sign-offs/<int:key>/check/", views.check, name="check"),
]
