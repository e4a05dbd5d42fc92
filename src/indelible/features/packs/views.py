"""Evidence packs: what is asked, what is hidden, a look before it is made; then its file, and who got it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import Explanation, explain
from indelible.features.packs import jobs, queries, services
from indelible.features.packs.asking import lawful_withhold, order_of
from indelible.features.packs.forms import RULE, AskForm, HandOverForm, HideForm
from indelible.features.packs.models import Pack
from indelible.features.packs.orders import Order, PackError
from indelible.features.packs.preview import preview
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person as user_of
from indelible.features.sources.uploads import person
from indelible.ledger.packs.manifest import WHOLE
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.jobs import ask_once
from indelible.web.once import first_time, token_of


@needs(access.RECORD_READ)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the packs that were made or are being made, newest first."""
    sent = request.GET.get("before", "")
    before = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 16 else None
    rows = queries.packs(logbook_in_use(), before=before)
    shown = rows[: queries.LISTED]
    older = f"?{urlencode({'before': shown[-1].pk})}" if len(rows) > len(shown) else ""
    return render(request, "packs/list.html", {"packs": shown, "older": older, "first": before is None})


@needs(access.PACKS_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what a pack is to hold."""
    logbook = logbook_in_use()
    problem: Explanation | None = None
    if request.method != "POST":
        form = AskForm(initial=_initial(request), logbook=logbook)
        return render(request, "packs/new.html", {"form": form})
    form = AskForm(request.POST, logbook=logbook)
    if form.is_valid():
        try:
            order = _order(form, request)
            preview(logbook, order)
        except PackError as fault:
            problem = explain(fault.code, **fault.facts)
        else:
            row = services.open_pack(logbook, order, user_of(request))
            return redirect("packs:hide", row.name)
    return render(request, "packs/new.html", {"form": form, "problem": problem}, status=422)


def _initial(request: HttpRequest) -> dict[str, Any]:
    initial: dict[str, Any] = {"q": request.GET.get("q", "")[:2_000]}
    if source := request.GET.get("source", ""):
        initial |= {"kind": WHOLE, "source": source}
    elif rule := request.GET.get("rule", ""):
        initial |= {"kind": WHOLE, "source": f"{RULE}{rule}"}
    return initial


def _order(form: AskForm, request: HttpRequest) -> Order:
    data, zone = form.cleaned_data, reader_of(request).zone
    if data["kind"] == WHOLE:
        by = data["by"] or "recorded"
        if not (data["first"] or data["last"]):
            by = "recorded"  # of everything since the beginning there is but one way to count
        return order_of(logbook_in_use(), form.question, whole=True, by=by, zone=zone, words=data["words"])
    return order_of(logbook_in_use(), data["q"], zone=zone, words=data["words"], indexes=data["numbers"])


@needs(access.PACKS_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: HttpRequest, name: str) -> HttpResponse:
    """Ask which details are hidden, and why."""
    row = queries.get_pack(logbook_in_use(), name)
    if row.state != Pack.State.DRAFT:
        return redirect("packs:show", name)
    order = Order.from_json(row.order)
    try:
        seen = preview(row.logbook, order)
    except PackError as fault:
        return _refused(request, row, fault)
    form = HideForm(request.POST or None, facts=seen.facts, chosen=dict(order.withhold))
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            withhold = lawful_withhold(form.withhold())
        except PackError as fault:
            problem = explain(fault.code, **fault.facts)
        else:
            row.order = {**row.order, "withhold": [list(each) for each in withhold]}
            row.save(update_fields=["order"])
            return redirect("packs:check", name)
    context = {"row": row, "form": form, "seen": seen, "problem": problem}
    return render(request, "packs/hide.html", context, status=422 if problem or form.errors else 200)


@needs(access.PACKS_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, name: str) -> HttpResponse:
    """Show the pack as its reader will see it, and have it made."""
    row = queries.get_pack(logbook_in_use(), name)
    if row.state != Pack.State.DRAFT:
        return redirect("packs:show", name)
    if request.method == "POST":
        _start(row)
        return redirect("packs:show", name)
    try:
        seen = preview(row.logbook, Order.from_json(row.order), user_of(request).name)
    except PackError as fault:
        return _refused(request, row, fault)
    return render(request, "packs/check.html", {"row": row, "seen": seen})


def _refused(request: HttpRequest, row: Pack, fault: PackError) -> HttpResponse:
    context = {"row": row, "problem": explain(fault.code, **fault.facts)}
    return render(request, "packs/refused.html", context, status=422)


def _start(row: Pack) -> None:
    with transaction.atomic():
        if services.go_on(row):
            ask_once(jobs.make_pack, row.pk)


@needs(access.RECORD_READ)
@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show how a pack stands; made, its file and who got it. A poll gets the moving part alone."""
    row = queries.get_pack(logbook_in_use(), name)
    return _page(request, row, HandOverForm())


def _page(
    request: HttpRequest, row: Pack, form: HandOverForm, problem: Explanation | None = None
) -> HttpResponse:
    poll = request.headers.get("HX-Request") == "true" and request.headers.get("X-Poll") == "1"
    context = {"view": queries.pack_view(row), "row": row, "form": form, "problem": problem}
    status = 422 if problem or form.errors else 200
    return render(request, "packs/_pack.html" if poll else "packs/pack.html", context, status=status)


@needs(access.PACKS_MAKE)
@require_POST
def stop(request: HttpRequest, name: str) -> HttpResponse:
    """Stop a making at its next safe place."""
    services.stop(queries.get_pack(logbook_in_use(), name))
    return redirect("packs:show", name)


@needs(access.PACKS_MAKE)
@require_POST
def again(request: HttpRequest, name: str) -> HttpResponse:
    """Make a pack that was stopped, that failed, or whose file was deleted."""
    _start(queries.get_pack(logbook_in_use(), name))
    return redirect("packs:show", name)


@needs(access.RECORD_READ)
@require_POST
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """Give out the file of a pack; that this person took it goes on the record first."""
    row = queries.get_pack(logbook_in_use(), name)
    try:
        services.downloaded(row, person(request))
    except PackError as fault:
        return _page(request, row, HandOverForm(), explain(fault.code, **fault.facts))
    answer = FileResponse(
        Path(row.held_at).open("rb"),  # noqa: SIM115 - the answer closes it
        as_attachment=True,
        filename=f"evidence-pack-{row.name}.zip",
        content_type="application/zip",
    )
    answer["Cache-Control"] = "no-store"
    return answer


@needs(access.PACKS_MAKE)
@require_POST
def handed_to(request: HttpRequest, name: str) -> HttpResponse:
    """Write down to whom a pack went, how and when."""
    row = queries.get_pack(logbook_in_use(), name)
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    try:
        at = form.instant(reader_of(request).tz)
    except ValueError:
        form.add_error("at", explain("pack-time-ahead").title)
        return _page(request, row, form)
    data = form.cleaned_data
    try:
        if first_time(request):
            services.hand_over(row, data["to"], data["how"], person(request), at=at, once=token_of(request))
    except PackError as fault:
        return _page(request, row, form, explain(fault.code, **fault.facts))
    messages.success(request, _("Recorded: this pack went to %(to)s.") % {"to": data["to"]})
    return redirect(f"{reverse('packs:show', args=[name])}#handed")


@needs(access.PACKS_MAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Delete the file of a pack; what was done with it stays on the record."""
    row = queries.get_pack(logbook_in_use(), name)
    if request.method == "POST":
        services.delete_file(row, person(request))
        messages.success(request, _("The file is deleted. That the pack was made stays on the record."))
        return redirect("packs:show", name)
    if not row.held_at:
        return redirect("packs:show", name)
    return render(request, "packs/delete.html", {"row": row})
