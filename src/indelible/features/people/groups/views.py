"""Groups: the list, and one page each with who belongs to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs, needs_to_change
from indelible.features.people.changing import change
from indelible.features.people.groups import services
from indelible.features.people.groups.forms import GroupForm, MemberForm, TakeBackForm
from indelible.features.people.groups.services import MOST_GROUPS, GroupRefused
from indelible.features.people.models import Group, Membership
from indelible.features.people.names.days import Days, house_reader
from indelible.features.people.names.forms import EndForm
from indelible.features.people.names.joining import NamesError
from indelible.features.people.names.told import now_in
from indelible.features.people.names.whom import offered_names, person_called
from indelible.features.people.queries import person
from indelible.features.people.tabs import tabs
from indelible.web.acts import context_of
from indelible.web.chrome import reader_of

A_PAGE: Final = 100
FIELD_OF: Final = {
    "person-ambiguous": "person",
    "person-unusable": "person",
    "member-already": "person",
    "login-days-reversed": "until",
    "login-over": "last_day",
    "group-name-taken": "name",
    "group-name-unusable": "name",
}


@needs_to_change(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    """List the groups; begin one."""
    form = GroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_group(form.cleaned_data["name"], person(request), context_of(request))
        except GroupRefused as refused:
            _add(form, refused)
        else:
            messages.success(
                request, _("The group %(name)s is there now. Say who belongs to it.") % {"name": made}
            )
            return redirect("people:group", made.pk)
    today = now_in(house_reader(), datetime.now(UTC))
    now = (Q(memberships__since=None) | Q(memberships__since__lte=today)) & (
        Q(memberships__until=None) | Q(memberships__until__gte=today)
    )
    rows = Group.objects.annotate(
        members=Count("memberships__person", filter=Q(memberships__isnull=False) & now, distinct=True)
    )[:MOST_GROUPS]
    context = {
        "tabs": tabs("people:groups"),
        "groups": [row for row in rows if row.ended_on is None],
        "ended": [row for row in rows if row.ended_on is not None],
    }
    return _page(request, "people/groups/groups.html", form, **context)


@needs(access.RECORD_READ)
@require_GET
def group(request: HttpRequest, key: int) -> HttpResponse:
    """Show who belongs to a group."""
    return _group(request, get_object_or_404(Group, pk=key), MemberForm())


def _group(request: HttpRequest, row: Group, form: MemberForm) -> HttpResponse:
    lines = row.memberships.select_related("person").order_by("person__name", "since", "pk")
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    reader, today = reader_of(request), now_in(house_reader(), datetime.now(UTC))
    context = {
        "group": row,
        "members": [
            (line, Days(line.since, line.until).words(reader), line.until is None or line.until > today)
            for line in page.object_list
        ],
        "page": page,
        "newer": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older": f"?page={page.next_page_number()}" if page.has_next() else "",
        "known_names": offered_names(),
    }
    return _page(request, "people/groups/group.html", form, **context)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["POST"])
def add(request: HttpRequest, key: int) -> HttpResponse:
    """Say that somebody belongs to a group."""
    row, form = get_object_or_404(Group, pk=key), MemberForm(request.POST)
    if form.is_valid():
        by, context = person(request), context_of(request)
        try:
            with transaction.atomic(), change():
                known = person_called(form.cleaned_data["person"], by, context)
                services.add_member(row.pk, known, form.days, by, context)
        except (GroupRefused, NamesError) as refused:
            _add(form, refused)
        else:
            messages.success(request, _("%(name)s belongs to it.") % {"name": known.name})
            return redirect("people:group", key)
    return _group(request, row, form)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, key: int) -> HttpResponse:
    """Give a group another name."""
    row = get_object_or_404(Group, pk=key)
    form = GroupForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    return _do(
        request,
        form,
        row,
        "people/groups/rename.html",
        lambda: services.rename_group(key, form.cleaned_data["name"], person(request), context_of(request)),
    )


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, key: int) -> HttpResponse:
    """End a group."""
    row = get_object_or_404(Group, pk=key)
    form = EndForm(request.POST if request.method == "POST" else None, initial=_today())
    return _do(
        request,
        form,
        row,
        "people/groups/end.html",
        lambda: services.end_group(key, form.cleaned_data["last_day"], person(request), context_of(request)),
    )


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def end_member(request: HttpRequest, key: int) -> HttpResponse:
    """Say that somebody does not belong to a group any more."""
    row = get_object_or_404(Membership.objects.select_related("group", "person"), pk=key)
    form = EndForm(request.POST if request.method == "POST" else None, initial=_today())
    return _do(
        request,
        form,
        row.group,
        "people/groups/end_member.html",
        lambda: services.end_member(key, form.cleaned_data["last_day"], person(request), context_of(request)),
        member=row,
    )


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def withdraw_member(request: HttpRequest, key: int) -> HttpResponse:
    """Take back that somebody belongs to a group."""
    row = get_object_or_404(Membership.objects.select_related("group", "person"), pk=key)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    return _do(
        request,
        form,
        row.group,
        "people/groups/withdraw_member.html",
        lambda: services.withdraw_member(
            key, form.cleaned_data["reason"], person(request), context_of(request)
        ),
        member=row,
    )


def _today() -> dict[str, object]:
    return {"last_day": now_in(house_reader(), datetime.now(UTC))}


def _do(request: HttpRequest, form: Any, row: Group, template: str, act: Any, **more: object) -> HttpResponse:
    """Ask with a form, then do it and lead back to the group; or say in the form why it cannot be."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except GroupRefused as refused:
            _add(form, refused)
        else:
            messages.success(request, _("Recorded."))
            return redirect("people:group", row.pk)
    return _page(request, template, form, group=row, **more)


def _add(form: Any, refused: GroupRefused | NamesError) -> None:
    told = explain(refused.code, **refused.facts)
    name = FIELD_OF.get(refused.code, "")
    form.add_error(name if name in form.fields else None, f"{told.title} {told.meaning} {told.next_step}")


def _page(request: HttpRequest, template: str, form: Any, **more: object) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.errors else 200)
