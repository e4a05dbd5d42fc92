"""The pages about names: who is known, what arrives and is nobody's yet, and one person with their logins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from indelible.events.instants import from_datetime
from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.changing import change as change_of_names
from indelible.features.people.models import KnownPerson, Login
from indelible.features.people.names import joining, pasted
from indelible.features.people.names.days import days_of, house_reader
from indelible.features.people.names.forms import EndForm, JoinForm, PastedNamesForm, PersonForm, WithdrawForm
from indelible.features.people.names.joining import NamesError, Said
from indelible.features.people.names.offered import offers
from indelible.features.people.names.whom import offered_names, person_called, typed
from indelible.features.people.queries import person
from indelible.features.people.tabs import tabs
from indelible.language.matching_who import MOST_LOGINS
from indelible.language.pattern import Pattern, Who
from indelible.language.rendering import query_text
from indelible.language.world import Member, World
from indelible.storage.database import search
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.numbers import written
from indelible.web.timeline import by_day

A_PAGE: Final = 50
FIRST_OFFERS: Final = 5
OFFERS_A_PAGE: Final = 20
LATEST: Final = 20


@needs(access.RECORD_READ)
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """Show who is known, and the first of those who are not."""
    asked = request.GET.get("q", "").strip()[:150]
    people = KnownPerson.objects.prefetch_related("logins__source").order_by(
        F("left_on").asc(nulls_first=True), "name", "pk"
    )
    if asked:
        people = people.filter(
            Q(name__icontains=asked) | Q(email__icontains=asked) | Q(logins__login__icontains=asked)
        ).distinct()
    page = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    found = offers(logbook_in_use())
    reader = reader_of(request)
    context = {
        "tabs": tabs("people:names"),
        "lines": [(one, [_login_words(row, reader) for row in one.logins.all()]) for one in page],
        "page": page,
        "asked": asked,
        "offers": found.offers[:FIRST_OFFERS],
        "more_offers": max(len(found.offers) - FIRST_OFFERS, 0),
        **_pages(page, asked),
    }
    return render(request, "people/names/names.html", context)


def _login_words(row: Login, reader: Any) -> str:
    """Say a login with its source and its days: "mlopez in Xero, since 1 March 2025"."""
    text = _("%(login)s in %(source)s") if row.source else "%(login)s"
    told = text % {"login": row.login, "source": row.source.name if row.source else ""}
    days = days_of(row).words(reader)
    return f"{told}, {days}" if days else told


def _pages(page: Page[Any], asked: str = "") -> dict[str, str]:
    def url(number: int) -> str:
        return "?" + urlencode({**({"q": asked} if asked else {}), "page": number})

    return {
        "newer": url(page.previous_page_number()) if page.has_previous() else "",
        "older": url(page.next_page_number()) if page.has_next() else "",
    }


@needs(access.RECORD_READ)
@require_GET
def unknown(request: HttpRequest) -> HttpResponse:
    """Show every login seen lately that is nobody's yet."""
    found = offers(logbook_in_use())
    page = Paginator(found.offers, OFFERS_A_PAGE).get_page(request.GET.get("page"))
    context = {"found": found, "offers": page.object_list, "page": page, **_pages(page)}
    return render(request, "people/names/unknown.html", context)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Make somebody known."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = joining.add_person(
            given["name"],
            person(request),
            context_of(request),
            email=given["email"],
            account=given["account"],
        )
        messages.success(request, _("%(name)s is known now.") % {"name": made.name})
        return redirect("people:person", made.pk)
    return _form(request, "people/names/person_form.html", form)


@needs(access.RECORD_READ)
@require_GET
def one(request: HttpRequest, key: int) -> HttpResponse:
    """Show one person: their logins, and the newest entries in which they acted."""
    from indelible.features.people.names.told import now_in
    from indelible.features.record import looks
    from indelible.features.record.queries import rows_of

    known = get_object_or_404(KnownPerson, pk=key)
    logbook, reader, now = logbook_in_use(), reader_of(request), datetime.now(UTC)
    page = search.find(logbook, Pattern.of(who=[Who(group=_ALONE)]), _world_of(known), limit=LATEST)
    rows = rows_of(logbook, page.indexes)
    looks.look(logbook, person(request), page.indexes, now, _("what %(name)s did") % {"name": known.name})
    logins = list(known.logins.select_related("source").order_by("-since", "login"))
    today = now_in(house_reader(), now)
    context = {
        "known": known,
        "logins": [
            (row, days_of(row).words(reader), row.until is None or row.until > today) for row in logins
        ],
        "days": by_day(rows, reader),
        "page": page,
        "all_url": f"{reverse('record:list')}?{urlencode({'q': _asking_for(known)})}",
        "join_url": f"{reverse('people:join')}?{urlencode({'person': typed(known)})}",
        "too_many": len(logins) > MOST_LOGINS,
    }
    return render(request, "people/names/person.html", context)


_ALONE: Final = "alone"


def _world_of(known: KnownPerson) -> World:
    """Return a world in which one group holds all logins of one person, so that nobody of the same name is found."""
    reader = house_reader()
    members = []
    for row in known.logins.order_by("-pk")[:MOST_LOGINS]:
        since, until = (from_datetime(one) if one else "" for one in days_of(row).bounds(reader))
        members.append(Member(row.login, row.source_id, since, until))
    return World(groups={_ALONE: tuple(members)})


def _asking_for(known: KnownPerson) -> str:
    """Return the question for what somebody did: by name where nobody shares it, else by address."""
    shared = KnownPerson.objects.filter(name__iexact=known.name).count() > 1
    value = known.email if shared and known.email else known.name
    return query_text(Pattern.of(who=[Who(name=value)]))


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Change what is known of somebody."""
    known = get_object_or_404(KnownPerson, pk=key)
    initial = {"name": known.name, "email": known.email, "account": known.account_id}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = joining.change_person(key, person(request), context_of(request), **form.cleaned_data)
        words = _("Saved, and recorded.") if changes else _("Nothing was different, so nothing was changed.")
        messages.success(request, words)
        return redirect("people:person", key)
    return _form(request, "people/names/person_form.html", form, known=known)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def left(request: HttpRequest, key: int) -> HttpResponse:
    """Say that somebody is gone."""
    known = get_object_or_404(KnownPerson, pk=key)
    form = EndForm(request.POST or None, initial={"last_day": datetime.now(UTC).date()})
    if request.method == "POST" and form.is_valid():
        try:
            joining.end_person(key, form.cleaned_data["last_day"], person(request), context_of(request))
        except NamesError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Recorded. Entries of their time go on showing their name."))
            return redirect("people:person", key)
    return _form(request, "people/names/left.html", form, known=known)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Say whose a login is."""
    asked = {name: request.GET.get(name, "")[:300] for name in ("login", "person", "source")}
    form = JoinForm(request.POST or None, initial={name: text for name, text in asked.items() if text})
    refusal: NamesError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = _joined(request, form)
        except NamesError as refused:
            refusal = refused
            _refuse(form, refused)
        else:
            words = _("From now on pages say that %(login)s is %(name)s, and the record holds who said so.")
            messages.success(request, words % {"login": row.login, "name": row.person.name})
            return redirect("people:person", row.person_id)
    if not (refusal and refusal.facts.get("can_pass")) and not form.data.get("passes_on"):
        del form.fields["passes_on"]
    if not (refusal and refusal.code == "login-looks-like") and not form.data.get("meant"):
        del form.fields["meant"]
    return _form(request, "people/names/join.html", form, known_names=offered_names())


def _joined(request: HttpRequest, form: JoinForm) -> Login:
    """Join as the form says: a person who was not known becomes so in the same transaction, or not at all."""
    given, by, context = form.cleaned_data, person(request), context_of(request)
    with change_of_names():
        known = person_called(given["person"], by, context)
        said = Said(given["login"], given["source"], given["days"], given["passes_on"], given["meant"])
        return joining.join(known, said, by, context)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, key: int) -> HttpResponse:
    """Say that a login is no longer somebody's."""
    row = _login(key)
    form = EndForm(request.POST or None, initial={"last_day": datetime.now(UTC).date()})
    if request.method == "POST" and form.is_valid():
        try:
            joining.end_login(key, form.cleaned_data["last_day"], person(request), context_of(request))
        except NamesError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Recorded. Entries until that day go on showing their name."))
            return redirect("people:person", row.person_id)
    return _form(request, "people/names/end.html", form, row=row)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Take back that a login is somebody's."""
    row = _login(key)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        joining.withdraw_login(key, form.cleaned_data["reason"], person(request), context_of(request))
        messages.success(request, _("Taken back. That it was said stays on the record."))
        return redirect("people:person", row.person_id)
    return _form(request, "people/names/withdraw.html", form, row=row)


@needs(access.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Join several logins at once, or none of them."""
    form = PastedNamesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lines, meant = form.cleaned_data["names"], form.cleaned_data["meant"]
        try:
            count = pasted.join_all(lines, person(request), context_of(request), meant=meant)
        except pasted.PastedNamesError as wrong:
            form.add_error("names", str(wrong))
        else:
            words = ngettext("%(n)s login was joined.", "%(n)s logins were joined.", count)
            messages.success(request, words % {"n": written(count)})
            return redirect("people:names")
    return _form(request, "people/names/paste.html", form)


def _login(key: int) -> Login:
    row = Login.objects.select_related("person", "source").filter(pk=key).first()
    if row is None:
        raise Http404
    return row


FIELD_OF: Final = {
    "login-unusable": "login",
    "login-days-reversed": "until",
    "person-ambiguous": "person",
    "person-unusable": "person",
    "person-left": "person",
    "login-looks-like": "login",
    "login-taken": "login",
    "login-joined-already": "login",
    "login-over": "last_day",
    "login-begins-later": "last_day",
}


def _refuse(form: Any, refusal: NamesError) -> None:
    told = explain(refusal.code, **refusal.facts)
    name = FIELD_OF.get(refusal.code, "")
    form.add_error(name if name in form.fields else None, f"{told.title} {told.meaning} {told.next_step}")


def _form(request: HttpRequest, template: str, form: Any, **more: object) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.errors else 200)
