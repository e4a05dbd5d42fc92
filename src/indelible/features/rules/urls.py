"""Addresses of the pages about rules."""

from __future__ import annotations

from django.urls import path

from indelible.features.rules.views import checking, listing, ready, rule, saying, things

app_name = "rules"
urlpatterns = [
    path("rules/", listing.listing, name="list"),
    path("rules/second-person/", listing.second_person, name="second-person"),
    path("rules/add/", saying.add, name="add"),
    path("rules/check/", checking.check, name="check"),
    path("rules/ready/", ready.ready, name="ready"),
    path("rules/ready/check/", ready.check, name="ready-check"),
    path("rules/ready/team/<slug:name>/", ready.team, name="team"),
    path("rules/ready/<slug:name>/", ready.pack, name="pack"),
    path("rules/things/", things.things, name="things"),
    path("rules/things/add/", things.add, name="thing-add"),
    path("rules/<int:key>/", rule.rule, name="rule"),
    path("rules/<int:key>/change/", saying.change, name="change"),
    path("rules/<int:key>/off/", rule.off, name="off"),
    path("rules/<int:key>/on/", rule.on, name="on"),
]
