"""A web connection: programs of ours, or of others that know our form, send messages over HTTP.

What they send is taken in by the package `api`; here are its set-up, its part of the source's page, and what is noted
of its connections.
"""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.web import looks, views
from indelible.features.sources.kinds.web.form import WebForm, begun
from indelible.features.sources.kinds.web.page import context
from indelible.features.sources.models import Kind

KIND = SourceKind(
    kind=Kind.WEB,
    order=20,
    title=_("Web connection"),
    summary=_(
        "A program sends each event over the web as it happens. For your own programs, and for OpenTelemetry."
    ),
    icon="globe-alt",
    form=WebForm,
    template="sources/kinds/web.html",
    context=context,
    begun=begun,
    has_passwords=True,
    urls=(path("sources/<int:key>/first-message/", views.first_message_view, name="first-message"),),
)

__all__ = ["KIND", "looks"]  # the clock that tells looks is found by importing its module
