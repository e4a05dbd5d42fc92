"""What waits for a second person: the list, and one page each with Approve and Send back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.models import Request
from indelible.features.people.queries import person
from indelible.features.people.second import queries, services
from indelible.features.people.second.forms import ApproveForm, SendBackForm
from indelible.features.people.second.proving import proved
from indelible.features.people.second.services import Line, SecondRefused
from indelible.features.people.tabs import tabs
from indelible.web.acts import context_of
from indelible.web.failures import failure_page
from indelible.web.numbers import written


@needs(access.RECORD_READ)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader, what waits for others, and what was decided last."""
    user = person(request)
    mine = queries.waiting_for(user)
    keys = {row.pk for row in mine}
    others = [row for row in queries.open_requests() if row.pk not in keys]
    context = {
        "tabs": tabs("people:waiting"),
        "mine": mine,
        "others": others,
        "decided": queries.decided_lately(),
    }
    return render(request, "people/second/waiting.html", context)


@needs(access.RECORD_READ)
@require_GET
def one(request: HttpRequest, key: int) -> HttpResponse:
    """Show what is asked, by whom and why, and what would change."""
    return _page(request, _row(key), ApproveForm(), SendBackForm(prefix="back"))


@sensitive_post_parameters("password")
@needs(access.REQUESTS_DECIDE)
@require_POST
def approve(request: HttpRequest, key: int) -> HttpResponse:
    """Sign, with the password once more, and have it done."""
    row, user, context = _row(key), person(request), context_of(request)
    form = ApproveForm(request.POST)
    if not services.may_decide(row, user) or not row.is_open:
        return _refused(request, row)
    if proved(request, form, user):
        try:
            done = services.approve(row, user, context)
        except SecondRefused as refused:
            return failure_page(request, refused.code, 409, **refused.facts)
        words = _("Signed and done. Your sign-off is entry %(number)s.")
        messages.success(request, words % {"number": written((done.decided_entry or 0) + 1)})
        return redirect("people:request", key)
    return _page(request, row, form, SendBackForm(prefix="back"))


@needs(access.REQUESTS_DECIDE)
@require_POST
def send_back(request: HttpRequest, key: int) -> HttpResponse:
    """Do not agree, and say why."""
    row = _row(key)
    form = SendBackForm(request.POST, prefix="back")
    if not services.may_decide(row, person(request)) or not row.is_open:
        return _refused(request, row)
    if not form.is_valid():
        return _page(request, row, ApproveForm(), form)
    try:
        services.send_back(row, person(request), form.cleaned_data["reason"], context_of(request))
    except SecondRefused as refused:
        return failure_page(request, refused.code, 409, **refused.facts)
    messages.success(request, _("Sent back. %(name)s sees why.") % {"name": row.by.name})
    return redirect("people:request", key)


@needs(access.RECORD_READ)
@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Take back what one asked for."""
    try:
        services.withdraw(_row(key), person(request), context_of(request))
    except SecondRefused as refused:
        return failure_page(request, refused.code, 409, **refused.facts)
    messages.success(request, _("Withdrawn. That it was asked for stays on the record."))
    return redirect("people:request", key)


def _row(key: int) -> Request:
    return get_object_or_404(Request.objects.select_related("by", "decided_by"), pk=key)


def _refused(request: HttpRequest, row: Request) -> HttpResponse:
    """Say why somebody cannot decide this: it is decided, it is their own, or another's to sign."""
    if row.decided_by_id == person(request).pk:
        return redirect("people:request", row.pk)  # the button was pressed twice
    try:
        services.check_decider(row, person(request))
    except SecondRefused as refused:
        status = 409 if refused.code == "second-decided" else 403
        return failure_page(request, refused.code, status, **refused.facts)
    return redirect("people:request", row.pk)


def _page(request: HttpRequest, row: Request, approving: ApproveForm, sending: SendBackForm) -> HttpResponse:
    user, kind = person(request), services.kind_of(row.kind)
    failed = next((form for form in (approving, sending) if form.errors), None)
    context = {
        "asked": row,
        "kind": kind.title if kind else row.kind,
        "may_decide": row.is_open and services.may_decide(row, user),
        "own": row.by_id == user.pk,
        "whom": services.whom(row) if row.is_open else "",
        "approving": approving,
        "sending": sending,
        "failed": failed,
        "invite_url": reverse("people:accounts") if access.may(user, access.PEOPLE_MANAGE) else "",
        **_described(row),
    }
    return render(request, "people/second/request.html", context, status=422 if failed else 200)


def _described(row: Request) -> dict[str, Any]:
    """Return what would change, as the feature that asks tells it: lines, or a part of a page of its own."""
    kind = services.kind_of(row.kind)
    lines: Sequence[Line] = ()
    if kind is None:
        return {"lines": lines}
    if isinstance(kind.describe, str):
        return {"described": render_to_string(kind.describe, {"asked": row, "facts": row.facts})}
    return {"lines": kind.describe(row)}
