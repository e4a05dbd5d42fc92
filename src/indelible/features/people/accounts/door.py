"""The pages behind a link that works once: beginning an account, and choosing a new password.

The key goes from the address into the session at once, as it does at the set-up: an address stays in a browser's
history. Every link that opens nothing gets the same answer, and whoever tries many has to wait.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from indelible.events.own import signed_in
from indelible.features.people.accounts import links, services
from indelible.features.people.accounts.forms import AcceptForm, PasswordForm
from indelible.features.people.accounts.pace import too_often
from indelible.features.people.models import OnceLink
from indelible.features.people.queries import organisation
from indelible.web import acts
from indelible.web.acts import context_of
from indelible.web.failures import failure_page

KEY: Final = "once_link"
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
TRIES: Final = 20
SECONDS: Final = 10 * 60


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, or for a new password, and sign in, or lead to the sign-in."""
    if request.user.is_authenticated:
        return failure_page(request, "link-signed-in", 409)
    if request.method == "GET" and (key := request.GET.get("key")):
        request.session[KEY] = key[: links.LONGEST]
        return redirect("people:link")
    key, now = request.session.get(KEY, ""), datetime.now(UTC)
    row = links.find(key, now)
    if row is None:
        if too_often(request, "once-link", TRIES, SECONDS):
            return failure_page(request, "links-too-often", 429)
        return failure_page(request, "link-not-good", 403)
    return _password(request, row, key, now) if row.user is not None else _accept(request, row, key, now)


def _accept(request: HttpRequest, row: OnceLink, key: str, now: datetime) -> HttpResponse:
    form = AcceptForm(request.POST if request.method == "POST" else None, email=row.email)
    if request.method == "POST" and form.is_valid():
        context = context_of(request)
        try:
            user = services.accept(
                key, form.cleaned_data["name"], form.cleaned_data["password"], context, now
            )
        except services.AccountRefused as refused:
            return failure_page(request, refused.code, 403)
        login(request, user, backend=BACKEND)
        request.session.pop(KEY, None)
        acts.record_if_possible(signed_in(acts.actor_of(user), context))
        return HttpResponseRedirect("/")
    return _page(request, "people/accounts/accept.html", form, row)


def _password(request: HttpRequest, row: OnceLink, key: str, now: datetime) -> HttpResponse:
    name = row.user.name if row.user else ""
    form = PasswordForm(request.POST if request.method == "POST" else None, email=row.email, name=name)
    if request.method == "POST" and form.is_valid():
        try:
            services.use_password_link(key, form.cleaned_data["password"], context_of(request), now)
        except services.AccountRefused as refused:
            return failure_page(request, refused.code, 403)
        request.session.pop(KEY, None)
        return HttpResponseRedirect(f"{reverse('account_login')}?ended=password")
    return _page(request, "people/accounts/new_password.html", form, row)


def _page(request: HttpRequest, template: str, form: AcceptForm, row: OnceLink) -> HttpResponse:
    ours = organisation()
    context = {"form": form, "row": row, "house_name": ours.name if ours else ""}
    return render(request, template, context, status=422 if form.errors else 200)
