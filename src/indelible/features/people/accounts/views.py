"""People with an account: the list, inviting, one person's page, changing their role, ending their access."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import ACTS, Role, needs
from indelible.features.people.accounts import links, mails, services
from indelible.features.people.accounts.forms import EndAccessForm, InviteForm, RoleForm, WayForm
from indelible.features.people.accounts.kinds import MAKE_OWNER
from indelible.features.people.accounts.services import AccountRefused
from indelible.features.people.models import KnownPerson, OnceLink, Request, User
from indelible.features.people.queries import person
from indelible.features.people.second import queries as second
from indelible.features.people.second.services import SecondRefused
from indelible.features.people.tabs import tabs
from indelible.features.settings.queries import WORKING, mail_standing
from indelible.web.acts import context_of

MOST_SHOWN = 500


@needs(access.RECORD_READ)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody with an account, what each role means, and the invitations that are open."""
    rows = list(User.objects.order_by("-is_active", "name", "pk")[:MOST_SHOWN])
    active = [row for row in rows if row.is_active]
    now, user = datetime.now(UTC), person(request)
    context = {
        "tabs": tabs("people:accounts"),
        "active": active,
        "ended": [row for row in rows if not row.is_active],
        "owners": sum(row.role == Role.OWNER for row in active),
        "invitations": links.open_invitations(now) if user.may["people_manage"] else [],
        "waiting": second.open_requests(MAKE_OWNER),
        "roles": [
            (Role(role).label, access.words(ACTS[role]), access.words(set(access.WORDS) - ACTS[role]))
            for role in Role.values
        ],
    }
    return render(request, "people/accounts/people.html", context)


@never_cache
@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody. The link is mailed, or shown once in the answer to the form."""
    form = InviteForm(request.POST or None, mail_works=_mail_works())
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], form.cleaned_data["role"]
        try:
            row, key = services.invite(
                email,
                role,
                person(request),
                context_of(request),
                datetime.now(UTC),
                by_mail=form.by_mail,
            )
        except AccountRefused as refused:
            _add(form, refused, "email" if refused.code == "account-known" else None)
        else:
            return _handed_over(request, row, key)
    return _form(request, "people/accounts/invite.html", form)


@never_cache
@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def password_link(request: HttpRequest, key: int) -> HttpResponse:
    """Make a link with which somebody can choose a new password."""
    user = get_object_or_404(User, pk=key)
    form = WayForm(request.POST if request.method == "POST" else None, mail_works=_mail_works())
    if request.method == "POST" and form.is_valid():
        try:
            row, shown = services.make_password_link(
                user, person(request), context_of(request), datetime.now(UTC), by_mail=form.by_mail
            )
        except AccountRefused as refused:
            _add(form, refused)
        else:
            return _handed_over(request, row, shown)
    return _form(request, "people/accounts/password_link.html", form, one=user)


def _mail_works() -> bool:
    return mail_standing().state == WORKING


def _handed_over(request: HttpRequest, row: OnceLink, key: str) -> HttpResponse:
    """Mail a link, or show it, this once. Where the mail does not leave, the link works no more than if it had."""
    url = request.build_absolute_uri(f"{reverse('people:link')}?key={key}")
    trouble = mails.send_link(row, url) if row.by_mail else ""
    told = explain(trouble) if trouble else None
    context = {"row": row, "url": "" if row.by_mail else url, "trouble": told}
    return render(request, "people/accounts/link_made.html", context)


@needs(access.PEOPLE_MANAGE)
@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Let an invitation work no more."""
    row = services.withdraw_invitation(key, person(request), context_of(request), datetime.now(UTC))
    if row is not None:
        messages.success(request, _("The invitation of %(email)s works no more.") % {"email": row.email})
    return redirect("people:accounts")


@needs(access.RECORD_READ)
@require_GET
def account(request: HttpRequest, key: int) -> HttpResponse:
    """Show one account: its role and what that means; for owners, what another role would change."""
    one, user = get_object_or_404(User, pk=key), person(request)
    wanted = request.GET.get("role", "")
    shows = user.may["people_manage"] and one.is_active and one.pk != user.pk
    change = shows and wanted in Role.values and wanted != one.role
    gained, lost = services.gained_and_lost(one.role, wanted) if change else ([], [])
    context = {
        "one": one,
        "can": access.words(ACTS.get(one.role, frozenset())),
        "cannot": access.words(set(access.WORDS) - ACTS.get(one.role, frozenset())),
        "form": RoleForm(initial={"role": wanted if change else one.role}) if shows else None,
        "wanted": wanted if change else "",
        "wanted_name": Role(wanted).label if change else "",
        "gained": gained,
        "lost": lost,
        "second": change and services.needs_second_person(one.role, wanted),
        "waiting": [row for row in second.open_requests(MAKE_OWNER) if row.facts.get("user") == one.pk],
        "known": KnownPerson.objects.filter(account=one).first(),
        "is_me": one.pk == user.pk,
    }
    return render(request, "people/accounts/account.html", context)


@needs(access.PEOPLE_MANAGE)
@require_POST
def change_role(request: HttpRequest, key: int) -> HttpResponse:
    """Give somebody another role; where a second owner has to agree, ask them."""
    form, one = RoleForm(request.POST), get_object_or_404(User, pk=key)
    if not form.is_valid():
        return redirect("people:account", key)
    try:
        done = services.change_role(
            one, form.cleaned_data["role"], person(request), context_of(request), datetime.now(UTC)
        )
    except (AccountRefused, SecondRefused) as refused:
        told = explain(refused.code, **refused.facts)
        messages.warning(request, f"{told.title} {told.meaning}")
        return redirect("people:account", key)
    if isinstance(done, Request):
        messages.success(request, _("Asked. It happens once another owner agrees."))
        return redirect("people:request", done.pk)
    words = _("%(name)s is now: %(role)s. It holds from their next click.")
    messages.success(request, words % {"name": done.name, "role": done.get_role_display()})
    return redirect("people:account", key)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, key: int) -> HttpResponse:
    """End somebody's access."""
    one = get_object_or_404(User, pk=key)
    form = EndAccessForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = " ".join(form.cleaned_data["reason"].split())
        try:
            services.end_access(one, reason, person(request), context_of(request), datetime.now(UTC))
        except AccountRefused as refused:
            _add(form, refused)
        else:
            messages.success(request, _("%(name)s can no longer sign in.") % {"name": one.name})
            return redirect("people:accounts")
    return _form(request, "people/accounts/end.html", form, one=one, is_me=one.pk == person(request).pk)


def _add(form: Any, refused: AccountRefused, field: str | None = None) -> None:
    told = explain(refused.code, **refused.facts)
    form.add_error(field, f"{told.title} {told.meaning} {told.next_step}")


def _form(request: HttpRequest, template: str, form: Any, **more: object) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.errors else 200)
