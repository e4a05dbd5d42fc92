"""The signing secret: given by a person or made by us and shown this once; the next one overlaps it by a day."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from indelible.events import own
from indelible.events.event import Change
from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.sources import queries
from indelible.features.sources.kinds.hook.form import SecretField
from indelible.features.sources.kinds.hook.receiving import SECRET
from indelible.features.sources.kinds.hook.senders import sender_of
from indelible.features.sources.live.secrets import keep_secret
from indelible.features.sources.models import Kind, Source, State
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.features.sources.uploads import person

SECRET_BYTES: Final = 32


class SecretForm(forms.Form):
    """The secret that the other side made."""

    secret = SecretField(
        error_messages={"required": gettext_lazy("Paste the secret that the service shows.")}
    )


def new_secret(source: Source, by: By, given: str = "") -> str:
    """Let a secret hold from now on, made here unless it is given; the one before holds for a day more.

    That there is a new one is on the record. Raises SourceError (`source-ended`).
    """
    value = given.strip() or secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.state == State.ENDED:
            raise SourceError("source-ended", name=row.name)
        keep_secret(row, SECRET, value)
        changes: list[Change] = [{"field": SECRET, "after": "a new one"}]
        event = own.source_changed(by.party, row.pk, row.name, changes, context=by.context)
        record_own(row.logbook, event, rules=(RULE_0,))
    return value


@needs(access.SOURCES_MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, key: int) -> HttpResponse:
    """Take the other side's secret, or make one and show it this once."""
    source = queries.connected_source(key)
    if source.kind != Kind.HOOK:
        raise Http404
    made = request.method == "POST" and "make" in request.POST
    form = SecretForm(request.POST if request.method == "POST" and not made else None)
    if made or form.is_valid():
        had_one = source.secrets.filter(name=SECRET).exists()
        try:
            shown = new_secret(source, person(request), "" if made else form.cleaned_data["secret"])
        except SourceError as refused:
            messages.error(request, explain(refused.code, **refused.facts).title)
            return redirect("sources:source", key)
        if made:
            context = {
                "source": source,
                "shown": shown,
                "had_one": had_one,
                "sender": sender_of(source.settings),
            }
            return render(request, "sources/kinds/hook_secret_made.html", context)
        words = _("Kept. The one before it is accepted for 24 hours more.") if had_one else _("Kept.")
        messages.success(request, words)
        return redirect("sources:source", key)
    return _page(request, source, form)


def _page(request: HttpRequest, source: Source, form: SecretForm) -> HttpResponse:
    context: dict[str, Any] = {
        "source": source,
        "form": form,
        "sender": sender_of(source.settings),
        "has_one": source.secrets.filter(name=SECRET).exists(),
    }
    return render(request, "sources/kinds/hook_secret.html", context, status=422 if form.errors else 200)
