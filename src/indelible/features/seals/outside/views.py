"""Pages about those who hold our seals outside: adding, standing, ending, and two histories side by side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.seals.models import Authority, Outsider, Witness
from indelible.features.seals.outside import differences, outcomes, services, states
from indelible.features.seals.outside.calls import CallFailed
from indelible.features.seals.outside.forms import AuthorityForm, ReasonForm, WitnessForm
from indelible.features.seals.outside.reading_page import key_on_page
from indelible.features.seals.outside.words import trouble_words
from indelible.ledger.errors import LedgerError
from indelible.ledger.stamps import read_roots, subject_of
from indelible.storage.database.models import Holding
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.numbers import written
from indelible.web.once import first_time, token_of

HELD_SHOWN = 10


def act_of(request: HttpRequest) -> services.By:
    """Return who acts with this request."""
    return services.By(person(request), context_of(request), token_of(request))


# Adding -----------------------------------------------------------------------------------------------------


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def add_witness(request: HttpRequest) -> HttpResponse:
    """Ask for a witness, show what was understood, then add it and send it the newest seal at once."""
    logbook = logbook_in_use()
    if request.method != "POST":
        return _witness_form(request, WitnessForm(logbook))
    if "read" in request.POST:
        return _witness_form(request, *_read_page(request))
    form = WitnessForm(logbook, request.POST)
    if not form.is_valid():
        return _witness_form(request, form)
    fields = form.cleaned_data
    if "add" not in request.POST:
        return render(request, "seals/outside/witness_check.html", {"form": form, "logbook": logbook})
    if not first_time(request):
        return redirect("seals:overview")
    row = services.add_witness(
        logbook,
        act_of(request),
        name=fields["name"],
        key=fields["key"],
        url=fields["url"],
        monitor_url=fields["monitor_url"],
    )
    return _tried(request, row, reverse("seals:witness", args=[row.pk]))


def _read_page(request: HttpRequest) -> tuple[WitnessForm, str]:
    """Fill the form with what the page at the address tells; with it a word on what was wrong."""
    logbook, sent = logbook_in_use(), request.POST
    typed = {name: sent.get(name, "").strip() for name in ("name", "url", "key", "monitor_url")}
    address = typed["url"].rstrip("/")
    try:
        key = key_on_page(address)
    except CallFailed as failure:
        words = (
            _("The page shows no key of a witness, or several. Paste the key instead.")
            if failure.code == "no-key-on-page"
            else _("The page could not be read: it %(trouble)s. Paste the key instead.")
            % {"trouble": trouble_words(failure.code)}
        )
        return WitnessForm(logbook, initial=typed), words
    return WitnessForm(logbook, initial={**typed, "key": key, "url": address, "read": True}), ""


def _witness_form(request: HttpRequest, form: WitnessForm, trouble: str = "") -> HttpResponse:
    status = 422 if form.errors or trouble else 200
    context = {"form": form, "trouble": trouble, "was_read": form.initial.get("read")}
    return render(request, "seals/outside/witness_add.html", context, status=status)


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def add_authority(request: HttpRequest) -> HttpResponse:
    """Ask for a time-stamping authority, show what was understood, then add it and ask for a first stamp at once."""
    logbook = logbook_in_use()
    form = AuthorityForm(logbook, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "seals/outside/authority_add.html", {"form": form}, status=status)
    fields = form.cleaned_data
    if "add" not in request.POST:
        context = {"fields": fields, "subjects": _subjects(fields["roots"])}
        return render(request, "seals/outside/authority_check.html", context)
    if not first_time(request):
        return redirect("seals:overview")
    row = services.add_authority(
        logbook,
        act_of(request),
        name=fields["name"],
        url=fields["url"],
        roots=fields["roots"],
        policy=fields["policy"],
    )
    return _tried(request, row, reverse("seals:authority", args=[row.pk]))


def _subjects(roots: str) -> list[str]:
    try:
        return [subject_of(root) for root in read_roots(roots)]
    except LedgerError:
        return []


def _tried(request: HttpRequest, row: Outsider, url: str) -> HttpResponse:
    """Send the newest seal to an outsider who was just added, and say what they answered."""
    trouble = services.try_now(row)
    if trouble:
        words = _("%(name)s is set up, but %(trouble)s. We keep trying.")
        messages.warning(request, words % {"name": row.name, "trouble": trouble_words(trouble)})
    else:
        messages.success(request, _("%(name)s is set up and holds our newest seal.") % {"name": row.name})
    return redirect(url)


# One of them ------------------------------------------------------------------------------------------------


@needs(access.RECORD_READ)
@require_GET
def witness(request: HttpRequest, key: int) -> HttpResponse:
    """Show a witness: how it stands, what it holds, and how to end it."""
    return _outsider(request, _witness(key), Holding.Kind.WITNESS, "seals/outside/witness.html")


@needs(access.RECORD_READ)
@require_GET
def authority(request: HttpRequest, key: int) -> HttpResponse:
    """Show an authority: how it stands, what it stamped, and how to end it."""
    row = _authority(key)
    more = {"subjects": _subjects(row.roots)}
    return _outsider(request, row, Holding.Kind.STAMP, "seals/outside/authority.html", **more)


def _outsider(request: HttpRequest, row: Outsider, kind: str, template: str, **more: object) -> HttpResponse:
    held = Holding.objects.filter(logbook=row.logbook, kind=kind, holder=row.name).order_by("-size")
    found = [one for one in differences.differences(row.logbook) if one.row.holder == row.name]
    context = {
        "row": row,
        "view": states.view_of(row, outcomes.now()),
        "held": held[:HELD_SHOWN],
        "logbook": row.logbook,
        "differences": found,
        **more,
    }
    return render(request, template, context)


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def end_witness(request: HttpRequest, key: int) -> HttpResponse:
    """Ask why a witness is to end, then end it."""
    return _end(request, _witness(key), "seals:witness")


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def end_authority(request: HttpRequest, key: int) -> HttpResponse:
    """Ask why an authority is to end, then end it."""
    return _end(request, _authority(key), "seals:authority")


def _end(request: HttpRequest, row: Outsider, page: str) -> HttpResponse:
    if row.ended_at is not None:
        return redirect(page, row.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.end(row, act_of(request), form.cleaned_data["reason"])
        messages.success(
            request, _("%(name)s gets no more seals. What they hold stays good.") % {"name": row.name}
        )
        return redirect("seals:overview")
    context = {"row": row, "form": form, "back": reverse(page, args=[row.pk])}
    return render(request, "seals/outside/end.html", context, status=422 if form.errors else 200)


@needs(access.KEYS_MANAGE)
@require_POST
def send_now(request: HttpRequest) -> HttpResponse:
    """Send the newest seal to everybody outside, now, and say who took it."""
    if not first_time(request):
        return redirect(f"{reverse('seals:overview')}#outside")
    sent = services.send_now(logbook_in_use(), act_of(request))
    if sent.missing:
        told = "; ".join(f"{name} {trouble_words(code)}" for name, code in sorted(sent.missing.items()))
        messages.warning(request, _("Not everybody took it: %(told)s.") % {"told": told})
    elif sent.took:
        words = _("Seal %(size)s is held by everybody who was asked.")
        messages.success(request, words % {"size": written(sent.size)})
    return redirect(f"{reverse('seals:overview')}#outside")


def _witness(key: int) -> Witness:
    return get_object_or_404(Witness.objects.select_related("logbook"), pk=key, logbook=logbook_in_use())


def _authority(key: int) -> Authority:
    return get_object_or_404(Authority.objects.select_related("logbook"), pk=key, logbook=logbook_in_use())
