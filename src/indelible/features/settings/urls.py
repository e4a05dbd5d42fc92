"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from indelible.features.settings import views

app_name = "settings"

urlpatterns = [
    path("settings/", views.index, name="index"),
    path("settings/yours/", views.yours, name="yours"),
    path("settings/organisation/", views.organisation, name="organisation"),
    path("settings/office/", views.office, name="office"),
    path("settings/office/holidays/", views.holidays, name="holidays"),
    path("settings/office/holidays/add/", views.add_days, name="add_days"),
    path("settings/office/holidays/<int:key>/remove/", views.remove_day, name="remove_day"),
    path("settings/mail/", views.mail_page, name="mail"),
    path("settings/mail/test/", views.test_mail, name="test_mail"),
    path("settings/mail/forget/", views.forget_mail, name="forget_mail"),
]
