"""The editor of a draft: an overview of its steps, a page for the head, a page a step, and the whole as text.

Each page saves the draft, which is free to edit; buttons that add, move or take out something save what was typed
along with it. What is wrong with the draft stands at the top of each page and leads to its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.runbooks.books import checking, drafting, queries, walking
from indelible.features.runbooks.books.editing import moving
from indelible.features.runbooks.books.editing.head import Head
from indelible.features.runbooks.books.editing.step import StepForms
from indelible.features.runbooks.books.errors import BookError
from indelible.features.runbooks.books.holding import draft_document, newest_version, text_of
from indelible.features.runbooks.books.telling import tell
from indelible.features.runbooks.books.understood import understood
from indelible.features.runbooks.document.reading import DocumentError, draft_from_data, plain_from_text
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.writing import to_data, to_toml
from indelible.features.runbooks.forms_books import StepTitleForm, TextForm
from indelible.features.runbooks.models import Runbook
from indelible.features.runbooks.views.books.mending import edit_url, flaws_of_draft, step_url
from indelible.features.runbooks.views.books.telling import refuse, seen_of, stale, utc_now
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use
from indelible.web.failures import failure_page


@needs(access.RUNBOOKS_CHANGE)
@require_safe
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Show the draft: its head, its steps in order, and what is wrong with it."""
    row, document = _opened(key)
    return _overview(request, row, document, StepTitleForm(steps=document.steps))


def _overview(
    request: HttpRequest, row: Runbook, document: Document, form: StepTitleForm, status: int = 200
) -> HttpResponse:
    flaws = flaws_of_draft(row, document)
    context: dict[str, Any] = {
        "book": row,
        "told": tell(document),
        "form": form,
        "flaws": flaws,
        "walked": row.draft_walk if walking.is_walked(row, document) else None,
        "walked_earlier": bool(row.draft_walk) and not walking.is_walked(row, document),
        "version": newest_version(row),
    }
    return render(request, "runbooks/books/edit.html", context, status=status)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def head(request: HttpRequest, key: str) -> HttpResponse:
    """Change what it is for, who is needed, when it starts, and its deadlines."""
    row, document = _opened(key)
    if (refused := stale(request, row)) is not None:
        return refused
    forms = Head(document, request.POST if request.method == "POST" else None)
    go = request.POST.get("go", "")
    if request.method == "POST" and forms.is_valid():
        here = reverse("runbooks:edit-head", args=[row.key])
        return _save(request, row, forms.changed(go), here + _place(go) if ":" in go else edit_url(row))
    context = {
        "book": row,
        "head": forms,
        "wrong": _wrong(forms.forms),
        "flaws": [flaw for flaw in flaws_of_draft(row, document) if not flaw[0].startswith("steps.")],
    }
    return render(request, "runbooks/books/edit_head.html", context, status=422 if context["wrong"] else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: str, step_key: str) -> HttpResponse:
    """Change one step, with all that it asks."""
    row, document = _opened(key)
    if (refused := stale(request, row)) is not None:
        return refused
    _known_step(document, step_key)
    forms = StepForms(document, step_key, request.POST if request.method == "POST" else None)
    go = request.POST.get("go", "")
    if request.method == "POST" and forms.is_valid():
        here = step_url(row, step_key)
        then = {"look": here, "next": _next_url(row, document, step_key)}.get(go, edit_url(row))
        return _save(request, row, forms.changed(go), here + _place(go) if ":" in go else then)
    place = document.place(step_key)
    context = {
        "book": row,
        "forms": forms,
        "step": forms.step,
        "number": place + 1,
        "of": len(document.steps),
        "last": place + 1 == len(document.steps),
        "wrong": _wrong(forms.forms),
        "flaws": [flaw for flaw in flaws_of_draft(row, document) if flaw[0].startswith(f"steps.{step_key}.")],
        "view_understood": understood(forms.step.view.entries, document, row.logbook)
        if forms.step.view
        else None,
        "wait_understood": understood(forms.step.wait.event, document, row.logbook)
        if forms.step.wait
        else None,
        "understood_url": reverse("runbooks:edit-understood", args=[row.key]),
    }
    return render(request, "runbooks/books/edit_step.html", context, status=422 if context["wrong"] else 200)


@needs(access.RUNBOOKS_CHANGE)
@require_safe
def sentence(request: HttpRequest, key: str) -> HttpResponse:
    """Say what a sentence of a step means, while it is typed; without JavaScript the page says it once it is saved."""
    row, document = _opened(key)
    said = next((value for name, value in request.GET.items() if name.endswith(("entries", "event"))), "")
    context = {"told": understood(str(said)[:2_000], document, row.logbook)}
    answer = render(request, "runbooks/books/_understood.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, key: str) -> HttpResponse:
    """Read the whole draft as text, and change it there."""
    row, document = _opened(key)
    if (refused := stale(request, row)) is not None:
        return refused
    form = TextForm(request.POST if request.method == "POST" else None, initial={"text": to_toml(document)})
    wrong: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            changed = draft_from_data(plain_from_text(form.cleaned_data["text"].replace("\r\n", "\n")))
        except DocumentError as unread:
            wrong = [(flaw.where, checking.said(flaw)) for flaw in unread.flaws]
        else:
            return _save(request, row, changed, edit_url(row))
    context = {"book": row, "form": form, "wrong": wrong, "flaws": flaws_of_draft(row, document)}
    status = 422 if wrong or form.errors else 200
    return render(request, "runbooks/books/edit_text.html", context, status=status)


@needs(access.RUNBOOKS_CHANGE)
@require_POST
def steps(request: HttpRequest, key: str) -> HttpResponse:
    """Add, move, copy or take out a step."""
    row, document = _opened(key)
    act, _colon, which = request.POST.get("go", "").partition(":")
    then = f"{edit_url(row)}#steps"
    if act == "add":
        form = StepTitleForm(request.POST, steps=document.steps)
        if not form.is_valid():
            return _overview(request, row, document, form, status=422)
        changed, new = moving.added(document, form.cleaned_data["title"], form.cleaned_data["after"])
        return _save(request, row, changed, step_url(row, new))
    _known_step(document, which)
    if act == "up":
        changed = moving.moved(document, which, -1)
    elif act == "down":
        changed = moving.moved(document, which, 1)
    elif act == "copy":
        changed, new = moving.copied(document, which)
        then = step_url(row, new)
    elif act == "remove":
        changed = moving.removed(document, which)
    else:
        return redirect(then)
    return _save(request, row, changed, then)


@needs(access.RUNBOOKS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away; the version in force stays."""
    row = _book(key)
    if request.method == "POST":
        try:
            drafting.drop_draft(row, person(request), utc_now(), seen=seen_of(request))
        except BookError as refused:
            return refuse(request, refused)
        messages.success(request, _("The draft is thrown away. The version in force is as it was."))
        return redirect("runbooks:book", row.key)
    return render(request, "runbooks/books/drop.html", {"book": row})


# What the pages share --------------------------------------------------------------------------------------


def _book(key: str) -> Runbook:
    return queries.book_of(logbook_in_use(), key)


def _opened(key: str) -> tuple[Runbook, Document]:
    """Return a runbook with what its editor starts from: the draft, else the version in force."""
    row = _book(key)
    return row, draft_document(row) or text_of(row)


def _known_step(document: Document, key: str) -> None:
    if not any(step.key == key for step in document.steps):
        raise Http404


def _save(request: HttpRequest, row: Runbook, document: Document, then: str) -> HttpResponse:
    """Keep the draft and go on. A form of ours gives the shape of a document; one that somebody else made may not."""
    try:
        whole = draft_from_data(to_data(document))
        drafting.save_draft(row, whole, person(request), utc_now(), seen=seen_of(request))
    except BookError as refused:
        return refuse(request, refused)
    except DocumentError:
        return failure_page(request, "bad-request", 400)
    return redirect(then)


def _next_url(row: Runbook, document: Document, key: str) -> str:
    place = document.place(key) + 1
    return step_url(row, document.steps[place].key) if place < len(document.steps) else edit_url(row)


def _place(go: str) -> str:
    """Return where on the page a row was added or taken out."""
    _act, _colon, rest = go.partition(":")
    return f"#{quote(rest.partition(':')[0])}"


def _wrong(forms: Iterable[Any]) -> list[tuple[str, str]]:
    """Return what cannot be read in these forms, each with the control it is about."""
    return [
        (str(error), str(bound.auto_id))
        for form in forms
        if form.is_bound
        for bound in form
        for error in bound.errors
    ]
