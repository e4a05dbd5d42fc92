"""Pages of the sealing key: its card, another key, a stolen one, the recovery sheet.

Each change shows first what will happen and who has to be told; nothing is done before a second press. A recovery
sheet is shown once, in the answer to its form: it is kept nowhere, and no page can show it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from indelible.events.event import Context, Party
from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import house, person
from indelible.features.seals import card, key_services
from indelible.features.seals.forms_keys import FinishForm, SheetForm, WhyForm
from indelible.features.seals.models import Witness
from indelible.ledger.keys import VerifierKey
from indelible.storage.database import reads, rotating
from indelible.storage.database.errors import AppendRefused, NotFound, StorageError
from indelible.storage.database.key_files import find_key_file
from indelible.storage.database.key_safety import make_sheet
from indelible.storage.database.key_table import KeyRow, State
from indelible.storage.database.keys import key_table
from indelible.storage.database.models import Logbook
from indelible.web.acts import context_of, logbook_in_use, party_of
from indelible.web.numbers import written
from indelible.web.once import token_of


@dataclass(frozen=True, slots=True)
class KeyView:
    """One key as the page lists it."""

    short: str  # its eight letters and figures
    state: str  # a value of SealingKey.State
    since: str | None  # when it began to seal
    last_seal: int | None  # the last seal of it that counts
    told: int | None  # index of the entry that tells how it began
    ended: int | None
    public_key: str


@needs(access.RECORD_READ)
@require_GET
def key(request: HttpRequest) -> HttpResponse:
    """Show the key in use, one that is joining, those before, and what can be done."""
    logbook = logbook_in_use()
    table = key_table(logbook)
    joining = table.joining
    context = {
        "logbook": logbook,
        "in_use": _view(logbook, table.in_use),
        "joining": _view(logbook, joining) if joining else None,
        "witnesses": key_services.to_tell(logbook, Witness),
        "knows": key_services.who_knows(logbook) if joining and "ask" in request.GET else None,
        "earlier": [
            _view(logbook, row)
            for row in reversed(table.rows)
            if row.state not in (State.IN_USE, State.JOINING)
        ],
        "sheet": table.in_use.sheet,
        "place": _place(logbook),
        "fingerprint": card.fingerprint(VerifierKey.parse(table.in_use.public_key)),
    }
    return render(request, "seals/key.html", context)


def _view(logbook: Logbook, row: KeyRow) -> KeyView:
    index = row.announced if row.announced is not None else 0
    try:
        since = reads.get_entry(logbook, index).recorded_at
    except NotFound:
        since = None
    short = row.public_key.split("+")[1]
    return KeyView(short, row.state, since, row.until_size, row.announced, row.ended, row.public_key)


def _place(logbook: Logbook) -> str:
    """Return how the key in use is kept: `plain`, `locked`, `token`, or `missing`."""
    try:
        return find_key_file(settings.INDELIBLE_HOME, logbook.name, logbook.public_key).form
    except AppendRefused:
        return "missing"


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def rotate(request: HttpRequest) -> HttpResponse:
    """Announce a new key, once it was said what will happen."""
    logbook, form = logbook_in_use(), _form(WhyForm, request)
    if form.is_bound and form.is_valid():
        try:
            done = rotating.rotate(logbook, reason=form.cleaned_data["reason"], **_by(request))
        except StorageError as refusal:
            return _refused(request, refusal)
        return _done(request, done, _("A new key is announced. From now on both keys seal."))
    return _page(request, "seals/key_rotate.html", form, witnesses=key_services.to_tell(logbook))


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """Let the new key seal alone: at once where every witness knows it, else where a person says why."""
    logbook = logbook_in_use()
    if key_table(logbook).joining is None:
        return redirect("seals:key")
    knows = key_services.who_knows(logbook)
    missing = [each for each in knows if not each.accepts]
    form = _form(FinishForm, request, needs_reason=bool(missing))
    if form.is_bound and form.is_valid():
        knowing = [each.name for each in knows if each.accepts]
        try:
            done = rotating.finish_rotation(
                logbook, accepted_by=knowing, reason=form.cleaned_data["reason"] or None, **_by(request)
            )
        except StorageError as refusal:
            return _refused(request, refusal)
        return _done(request, done, _("The new key seals alone from now on."))
    return _page(request, "seals/key_finish.html", form, knows=knows, missing=missing)


@needs(access.KEYS_MANAGE)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest) -> HttpResponse:
    """Put a new key in place of a stolen one, once it was said what that means and who has to be told."""
    logbook, form = logbook_in_use(), _form(WhyForm, request)
    tell = key_services.to_tell(logbook)
    if form.is_bound and form.is_valid():
        try:
            done = rotating.revoke(logbook, reason=form.cleaned_data["reason"], to_tell=tell, **_by(request))
        except StorageError as refusal:
            return _refused(request, refusal)
        return _done(
            request,
            done,
            _("The old key is revoked. A new one seals from now on: give its key card out today."),
        )
    return _page(request, "seals/key_revoke.html", form, tell=tell, held=key_services.held_until(logbook))


@sensitive_post_parameters("passphrase", "again")
@needs(access.KEYS_MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Ask for a passphrase, then show the recovery sheet, this once."""
    logbook, form = logbook_in_use(), _form(SheetForm, request)
    if _place(logbook) == "token":
        return _refused(request, StorageError("key-in-token", logbook.public_key))
    if not form.is_bound or not form.is_valid():
        return _page(request, "seals/key_sheet_ask.html", form)
    text = make_sheet(logbook, form.cleaned_data["passphrase"], **_by(request))
    ours = house()
    numbered = [line.split() for line in text.splitlines() if line.startswith(" ")]
    context = {
        "lines": [(number, groups) for number, *groups in numbered],
        "code": card.code_svg(text),
        "logbook": logbook,
        "short": logbook.public_key.split("+")[1],
        "organisation": ours.name if ours else "",
        "made_at": reads.head(logbook).last_at,
    }
    return render(request, "seals/key_sheet.html", context)


class _By(TypedDict):
    """Who acts, from where, and the token of the form."""

    actor: Party
    context: Context
    once: str | None


def _by(request: HttpRequest) -> _By:
    return {"actor": party_of(person(request)), "context": context_of(request), "once": token_of(request)}


def _form(kind: type[Form], request: HttpRequest, **more: Any) -> Form:
    return kind(request.POST, **more) if request.method == "POST" else kind(**more)


def _page(request: HttpRequest, template: str, form: Form, **more: object) -> HttpResponse:
    context = {"form": form, **more}
    return render(request, template, context, status=422 if form.errors else 200)


def _done(request: HttpRequest, done: rotating.KeyChange, words: str) -> HttpResponse:
    told = _("%(words)s Sealed as entry %(number)s.") % {"words": words, "number": written(done.entry + 1)}
    messages.success(request, told)
    return redirect("seals:key")


def _refused(request: HttpRequest, refusal: StorageError) -> HttpResponse:
    """Lead back where the state of the keys is another than the form believed; what waits has its own page."""
    if refusal.code not in ("rotation-under-way", "no-rotation", "key-in-token"):
        raise refusal
    words = explain(refusal.code)
    messages.warning(request, f"{words.title} {words.meaning}")
    return redirect("seals:key")
