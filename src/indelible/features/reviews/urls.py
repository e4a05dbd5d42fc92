"""Addresses of the pages of reviews."""

from __future__ import annotations

from django.urls import path

from indelible.features.reviews.views import access, parts, queue, samples

app_name = "reviews"
urlpatterns = [
    path("reviews/", queue.queue, name="queue"),
    path("reviews/<int:key>/", queue.item, name="item"),
    path("reviews/together/", queue.together, name="together"),
    path("reviews/rules/<int:rule>/", queue.look, name="look"),
    path("reviews/samples/", samples.samples, name="samples"),
    path("reviews/samples/draw/", samples.draw, name="sample-draw"),
    path("reviews/samples/<int:key>/", samples.sample, name="sample"),
    path("reviews/samples/<int:key>/rows/<int:number>/", samples.row, name="sample-row"),
    path("reviews/access/", access.listing, name="access-list"),
    path("reviews/access/start/", access.start, name="access-start"),
    path("reviews/access/<int:key>/", access.review, name="access"),
    path("reviews/access/<int:key>/list/", access.file, name="access-file"),
    path("reviews/access/<int:key>/columns/", access.choose, name="access-columns"),
    path("reviews/access/<int:key>/match/", access.match, name="access-match"),
    path("reviews/access/<int:key>/assign/", access.assign, name="access-assign"),
    path("reviews/access/<int:key>/new/", access.explain_new, name="access-new"),
    path("reviews/access/<int:key>/sign/", parts.sign_whole, name="access-sign"),
    path("reviews/access/<int:key>/parts/<int:number>/", parts.part, name="access-part"),
    path("reviews/access/<int:key>/parts/<int:number>/sign/", parts.sign_part, name="access-part-sign"),
]
