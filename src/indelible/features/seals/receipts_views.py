"""Receipts on pages: who gets them by mail, and what comes of one that is brought back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.packs.verify_form import MOST_SENT, BoundedFile, is_too_long
from indelible.features.people import access
from indelible.features.people.access import needs, needs_to_change
from indelible.features.people.queries import house, person
from indelible.features.seals import answers, asked_back, receipts
from indelible.features.seals.forms_receipts import RecipientForm, ReturnedForm
from indelible.features.seals.models import Recipient
from indelible.features.settings import mail
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook
from indelible.web.acts import context_of, logbook_in_use, party_of
from indelible.web.bodies import takes_body
from indelible.web.moments import Reader
from indelible.web.once import first_time, token_of


@needs_to_change(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def by_mail(request: HttpRequest) -> HttpResponse:
    """Show who gets receipts by mail, and add somebody."""
    logbook = logbook_in_use()
    form = RecipientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = receipts.add_recipient(
                logbook, given["name"], given["email"], given["pace"],
                by=person(request), context=context_of(request), once=token_of(request),
            )  # fmt: skip
        except receipts.RecipientKnown:
            form.add_error("email", _("This address gets receipts already."))
        else:
            messages.success(request, _("%(name)s gets receipts from now on.") % {"name": row.name})
            return redirect("seals:receipts")
    return render(request, "seals/receipts.html", _context(logbook, form), status=422 if form.errors else 200)


def _context(logbook: Logbook, form: RecipientForm) -> dict[str, object]:
    rows = receipts.recipients(logbook)
    try:
        server, trouble = mail.mail_server(), None
    except mail.MailError as unset:
        server, trouble = None, explain(unset.code, detail=unset.detail)
    return {
        "form": form,
        "server": server,
        "trouble": trouble,
        "running": [
            (row, explain(row.trouble, detail=row.detail) if row.trouble else None)
            for row in rows
            if not row.ended_at
        ],
        "ended": [row for row in rows if row.ended_at],
    }


@needs(access.KEYS_MANAGE)
@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    """Send somebody no more receipts."""
    row = _recipient(key)
    receipts.end_recipient(
        row, datetime.now(UTC), by=person(request), context=context_of(request), once=token_of(request)
    )
    messages.success(request, _("%(name)s gets no more receipts.") % {"name": row.name})
    return redirect("seals:receipts")


@needs(access.KEYS_MANAGE)
@require_POST
def send_now(request: HttpRequest, key: int) -> HttpResponse:
    """Mail somebody the newest seal at once."""
    row = _recipient(key)
    if row.ended_at is None and first_time(request):
        seal = reads.get_checkpoint(row.logbook)
        trouble = receipts.send(row, seal, datetime.now(UTC), by=person(request), context=context_of(request))
        if trouble is None:
            text = _("The mail server took the receipt of seal %(n)s for %(name)s.")
            messages.success(request, text % {"n": f"{seal.size:,}", "name": row.name})
        else:
            told = explain(trouble.code, detail=trouble.detail)
            messages.warning(request, f"{told.title} {told.meaning}")
    return redirect("seals:receipts")


@takes_body(MOST_SENT)
@csrf_exempt  # the token is looked for below, once the bound of the file is in place
@needs(access.RECORD_READ)
@require_http_methods(["GET", "POST"])
def returned(request: HttpRequest) -> HttpResponse:
    """Hold what came back against the record: a receipt of an entry, a seal, words; a pack is handed on."""
    if request.method == "GET":
        return render(request, "seals/returned.html", {"form": ReturnedForm(holders=_holders())})
    if not is_too_long(request):
        handler = BoundedFile(request)
        request.upload_handlers = [handler]
        request.POST  # noqa: B018 - reading it takes the body in, within the bound
        if not handler.exceeded:
            return _compared(request)
    form = ReturnedForm({}, holders=_holders())
    form.errors.clear()
    form.add_error("file", _("This is far too large to be a receipt. Nothing was kept."))
    return render(request, "seals/returned.html", {"form": form}, status=413)


def _holders() -> list[tuple[str, str]]:
    return [(row.email, row.name) for row in receipts.recipients(logbook_in_use())]


@csrf_protect
def _compared(request: HttpRequest) -> HttpResponse:
    """Hold what arrived whole against the record."""
    logbook, holders = logbook_in_use(), _holders()
    form = ReturnedForm(request.POST, request.FILES, holders=holders)
    if not form.is_valid():
        return render(request, "seals/returned.html", {"form": form}, status=422)
    if form.is_pack:
        # 307: the browser sends the same file once more, to the page that checks packs.
        return HttpResponseRedirect(reverse("packs:verify"), status=307)
    ours = house()
    found = asked_back.ask_back(
        logbook,
        form.data_sent,
        datetime.now(UTC),
        Reader(zone=ours.zone if ours else "UTC").tz,
        holder=str(form.cleaned_data.get("holder") or ""),
        by=party_of(person(request)),
        context=context_of(request),
    )
    form = ReturnedForm(initial={"text": ""}, holders=holders)
    return render(request, "seals/returned.html", {"form": form, "answers": found or [answers.unreadable()]})


def _recipient(key: int) -> Recipient:
    return get_object_or_404(Recipient.objects.select_related("logbook"), pk=key, logbook=logbook_in_use())
