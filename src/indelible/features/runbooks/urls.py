"""Addresses of runbooks: of their texts here, of their runs and their feed in modules beside this one."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from indelible.features.runbooks.views.books import acts, book, editing, handbook, listing, ready

app_name = "runbooks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("runbooks/", listing.listing, name="list"),
    path("runbooks/new/", listing.new, name="new"),
    path("runbooks/import/", listing.take_in, name="import"),
    path("runbooks/export/", listing.give_all_out, name="export-all"),
    path("runbooks/second-person/", listing.second_person, name="second-person"),
    path("runbooks/ready/", ready.ready, name="ready"),
    path("runbooks/ready/<str:ready_id>/", ready.one, name="ready-one"),
    path("runbooks/ready/<str:ready_id>/copy/", ready.copy, name="copy"),
    path("runbooks/handbook/", handbook.page, name="handbook"),
    path("runbooks/handbook/pdf/", handbook.pdf, name="handbook-pdf"),
]
for _name in ("urls_runs", "urls_proof", "urls_setting_up", "urls_feed"):
    if find_spec(f"{__package__}.{_name}"):
        urlpatterns += import_module(f"{__package__}.{_name}").urlpatterns
urlpatterns += [
    path("runbooks/<str:key>/", book.book, name="book"),
    path("runbooks/<str:key>/versions/<int:number>/", book.version, name="version"),
    path("runbooks/<str:key>/export/", book.give_out, name="export"),
    path("runbooks/<str:key>/draft/", book.draft, name="draft"),
    path("runbooks/<str:key>/edit/", editing.edit, name="edit"),
    path("runbooks/<str:key>/edit/head/", editing.head, name="edit-head"),
    path("runbooks/<str:key>/edit/text/", editing.text, name="edit-text"),
    path("runbooks/<str:key>/edit/steps/", editing.steps, name="edit-steps"),
    path("runbooks/<str:key>/edit/steps/<str:step_key>/", editing.step, name="edit-step"),
    path("runbooks/<str:key>/edit/understood/", editing.sentence, name="edit-understood"),
    path("runbooks/<str:key>/edit/drop/", editing.drop, name="drop"),
    path("runbooks/<str:key>/publish/", acts.publish, name="publish"),
    path("runbooks/<str:key>/walk/", acts.walk, name="walk"),
    path("runbooks/<str:key>/look-again/", acts.look_again, name="look-again"),
    path("runbooks/<str:key>/people/", acts.people, name="people"),
    path("runbooks/<str:key>/calendar/", acts.calendar, name="calendar"),
    path("runbooks/<str:key>/retire/", acts.retire, name="retire"),
    path("runbooks/<str:key>/take-up/", acts.take_up, name="take-up"),
]
