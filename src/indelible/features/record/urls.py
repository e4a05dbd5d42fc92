"""Addresses of the record's pages. Numbers in them are those people see: index + 1."""

from __future__ import annotations

from django.urls import path

from indelible.features.record.views import downloading, entry, listing, saved, writing

app_name = "record"
urlpatterns = [
    path("record/", listing.record, name="list"),
    path("record/check/", listing.check_these, name="check_these"),
    path("record/download/", downloading.download, name="download"),
    path("record/views/", saved.views, name="views"),
    path("record/views/save/", saved.save, name="view_save"),
    path("record/views/<int:key>/", saved.change, name="view"),
    path("record/views/<int:key>/delete/", saved.delete, name="view_delete"),
    path("record/add/", writing.add, name="add"),
    path("record/drafts/<uuid:draft>/", writing.edit, name="draft"),
    path("record/drafts/<uuid:draft>/check/", writing.check, name="draft_check"),
    path("record/drafts/<uuid:draft>/throw-away/", writing.throw_away, name="draft_throw_away"),
    path("record/<int:number>/", entry.entry, name="entry"),
    path("record/<int:number>/check/", entry.check, name="check"),
    path("record/<int:number>/receipt/", entry.receipt, name="receipt"),
    path("record/<int:number>/details/", entry.details, name="details"),
    path("record/<int:number>/original/", entry.original, name="original"),
    path("record/<int:number>/files/<int:place>/", entry.attachment, name="attachment"),
    path("record/<int:number>/correct/", writing.correct, name="correct"),
    path("record/<int:number>/note/", writing.note, name="note"),
    path("things/<str:kind>/<path:ident>/", listing.thing, name="thing"),
]
