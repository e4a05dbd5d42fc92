"""Addresses of the pages about sources and imports."""

from __future__ import annotations

from django.urls import path

from indelible.features.sources.views import columns, imports, sources, upload

app_name = "sources"
urlpatterns = [
    path("sources/", sources.listing, name="list"),
    path("sources/upload/", upload.upload, name="upload"),
    path("sources/<int:key>/", sources.source, name="source"),
    path("imports/<int:key>/", imports.show, name="import"),
    path("imports/<int:key>/columns/", columns.columns, name="columns"),
    path("imports/<int:key>/preview/", columns.preview, name="preview"),
    path("imports/<int:key>/stop/", imports.stop, name="stop"),
    path("imports/<int:key>/resume/", imports.resume, name="resume"),
    path("imports/<int:key>/rejects/", imports.rejects, name="rejects"),
    path("imports/<int:key>/mistake/", imports.mistake, name="mistake"),
]
