"""Addresses of sign-in, sign-out and password change. allauth has more; only these are reachable."""

from __future__ import annotations

from django.urls import path

from indelible.features.people import views

urlpatterns = [
    path("account/sign-in/", views.sign_in, name="account_login"),
    path("account/sign-out/", views.sign_out, name="account_logout"),
    path("account/password/", views.password, name="account_change_password"),
    path("account/ended/", views.ended, name="account_inactive"),
]
