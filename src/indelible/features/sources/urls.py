"""Addresses of the pages about sources and imports."""

from __future__ import annotations

from django.urls import path

from indelible.features.sources import kinds
from indelible.features.sources.silence import urls as silence
from indelible.features.sources.views import (
    columns,
    connect,
    imports,
    looking,
    match,
    passwords,
    pieces,
    sources,
    upload,
)

app_name = "sources"
urlpatterns = [
    path("sources/", sources.listing, name="list"),
    path("sources/upload/", upload.upload, name="upload"),
    path("sources/upload/held/<int:key>/", upload.held, name="held"),
    path("sources/upload/pieces/", pieces.begin, name="piece-begin"),
    path("sources/upload/pieces/<str:upload>/", pieces.piece, name="piece"),
    path("sources/upload/pieces/<str:upload>/finish/", pieces.finish, name="piece-finish"),
    path("sources/upload/pieces/<str:upload>/cancel/", pieces.cancel, name="piece-cancel"),
    path("sources/upload/pieces/<str:upload>/forget/", upload.forget, name="piece-forget"),
    path("sources/add/", connect.add, name="add"),
    path("sources/add/<slug:kind>/", connect.connect, name="connect"),
    path("sources/<int:key>/", sources.source, name="source"),
    path("sources/<int:key>/settings/", connect.change, name="change"),
    path("sources/<int:key>/pause/", connect.pause, name="pause"),
    path("sources/<int:key>/go-on/", connect.go_on, name="go-on"),
    path("sources/<int:key>/end/", connect.end, name="end"),
    path("sources/<int:key>/match/", match.match, name="match"),
    path("sources/<int:key>/how-read/<int:number>/", match.version, name="version"),
    path("sources/<int:key>/how-read/<int:number>/file/", match.version_file, name="version-file"),
    path("sources/<int:key>/look/", looking.look_now, name="look"),
    path("sources/<int:key>/name/", sources.rename, name="rename"),
    path("sources/<int:key>/passwords/", passwords.new, name="password"),
    path("sources/<int:key>/passwords/<int:password>/end/", passwords.end, name="password-end"),
    path("imports/<int:key>/", imports.show, name="import"),
    path("imports/<int:key>/columns/", columns.columns, name="columns"),
    path("imports/<int:key>/preview/", columns.preview, name="preview"),
    path("imports/<int:key>/how-read/", columns.how_read, name="how-read"),
    path("imports/<int:key>/stop/", imports.stop, name="stop"),
    path("imports/<int:key>/resume/", imports.resume, name="resume"),
    path("imports/<int:key>/rejects/", imports.rejects, name="rejects"),
    path("imports/<int:key>/mistake/", imports.mistake, name="mistake"),
    *silence.urlpatterns,
    *(pattern for kind in kinds.load().values() for pattern in kind.urls),
]
