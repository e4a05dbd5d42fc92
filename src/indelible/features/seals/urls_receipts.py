"""Addresses of seal words, receipts by mail, and the log for others."""

from __future__ import annotations

from django.urls import path

from indelible.features.seals import door_views, receipts_views, words_views

urlpatterns = [
    path("seals/minutes/", words_views.for_minutes, name="minutes"),
    path("seals/<int:size>/minutes/", words_views.for_minutes, name="minutes_of"),
    path("seals/<int:size>/card/", words_views.seal_card, name="card"),
    path("seals/words/", words_views.compare, name="compare"),
    path("seals/receipt/", receipts_views.returned, name="receipt"),
    path("seals/receipts/", receipts_views.by_mail, name="receipts"),
    path("seals/receipts/<int:key>/send/", receipts_views.send_now, name="receipt_send"),
    path("seals/receipts/<int:key>/end/", receipts_views.end, name="receipt_end"),
    path("seals/log/", door_views.page, name="door"),
    path("seals/log/<slug:name>/open/", door_views.open_, name="door_open"),
    path("seals/log/<slug:name>/close/", door_views.close, name="door_close"),
]
