"""Trying a mailbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources.kinds.mailbox.server import PASSWORD, account_of, account_of_source
from indelible.features.sources.kinds.mailbox.trial import try_mailbox
from indelible.features.sources.models import Kind
from indelible.features.sources.views import trying

TRIAL = trying.Trial(
    Kind.MAILBOX,
    PASSWORD,
    "password",
    gettext_lazy("This mailbox"),
    lambda kept, passwords: try_mailbox(account_of(kept, passwords), kept),
    lambda source: try_mailbox(account_of_source(source), source.settings),
)


@needs(access.SOURCES_MANAGE)
@require_POST
def try_form(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """Try the mailbox of the form."""
    return trying.try_form(request, TRIAL, key)


@needs(access.SOURCES_MANAGE)
@require_POST
def try_source(request: HttpRequest, key: int) -> HttpResponse:
    """Try a mailbox as it is set up."""
    return trying.try_source(request, TRIAL, key)
