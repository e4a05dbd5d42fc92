"""Addresses of the pages about silence and accounts, below those of sources."""

from __future__ import annotations

from django.urls import path

from indelible.features.sources.accounts import views as accounts
from indelible.features.sources.silence import views

urlpatterns = [
    path("sources/gaps/", views.gaps, name="gaps"),
    path("sources/gaps/<int:key>/", views.gap, name="gap"),
    path("sources/quiet/<int:key>/withdraw/", views.withdraw, name="quiet-withdraw"),
    path("sources/totals/<int:key>/", accounts.total, name="total"),
    path("sources/numbers/<int:key>/", accounts.numbers, name="numbers"),
    path("sources/<int:key>/expected/", views.expected, name="expected"),
    path("sources/<int:key>/quiet/", views.announce, name="quiet"),
    path("sources/<int:key>/totals/", accounts.totals, name="totals"),
]
