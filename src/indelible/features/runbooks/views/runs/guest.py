"""What somebody without an account reaches by their link: the steps of their role in one run, and nothing else.

The key goes from the address into the session at once: an address stays in a browser's history. Every link that opens
nothing gets the same answer, and whoever tries many has to wait. The link works once by itself: another browser, or
this one later, is asked for the PIN. It ends with its days or with the run. The address with the key is told to nobody,
not even to ourselves; those behind it to no other site (a browser that tells nobody at all where it is sends forms that
cannot be told from another site's).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.people.accounts.pace import too_often
from indelible.features.runbooks.models import Outsider, RunStep
from indelible.features.runbooks.running import roles
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.views.runs import leaving, looking, signing
from indelible.features.runbooks.views.runs import step as steps
from indelible.features.runbooks.views.runs.desk import Desk, at
from indelible.features.runbooks.views.runs.showing import has_part, steps_of
from indelible.web.acts import context_of
from indelible.web.failures import failure_page

KEY: Final = "run_guest"
LET_IN: Final = "run_guest_let_in"  # the outsider whom this browser was let in as
TRIES: Final = 20
SECONDS: Final = 10 * 60
PAGES: Final = 300  # of one place in that time: nobody reads faster
Answer = Callable[..., HttpResponseBase]


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Take the key out of the address and lead to the steps."""
    request.session[KEY] = key[: roles.LONGEST_KEY]
    answer = redirect("runbooks:guest-run")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def for_guests(view: Answer) -> Answer:
    """Give a view the desk of whoever came by a link; everybody else gets the same refusal."""

    @login_not_required
    @never_cache
    @sensitive_post_parameters("secret", "pin")
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = datetime.now(UTC)
        outsider = roles.outsider_by_key(request.session.get(KEY, ""), now)
        if outsider is None:
            if too_often(request, "run-guest", TRIES, SECONDS):
                return failure_page(request, "links-too-often", 429)
            return failure_page(request, "run-link-not-good", 403)
        if too_often(request, "run-guest-page", PAGES, SECONDS):
            return failure_page(request, "links-too-often", 429)
        context = context_of(request)
        if request.session.get(LET_IN) == outsider.pk:
            roles.note_use(outsider, context, now)
        elif outsider.seen_at is None and roles.note_use(outsider, context, now):
            request.session[LET_IN] = outsider.pk
        else:
            return _ask_pin(request, outsider, now)
        desk = at(request, outsider.run, Doer.of_outsider(outsider, context))
        return view(request, desk, *args, **kwargs)

    inner.needs = "a link"  # type: ignore[attr-defined]  # its own guard, in place of a role
    return inner


def _ask_pin(request: HttpRequest, outsider: Outsider, now: datetime) -> HttpResponseBase:
    """Ask for the PIN where the link was opened before; let them in where it fits."""
    wrong = ""
    desk = at(request, outsider.run, Doer.of_outsider(outsider, context_of(request)))
    if request.method == "POST" and "pin" in request.POST:
        if too_often(request, "run-guest", TRIES, SECONDS):
            return failure_page(request, "links-too-often", 429)
        left = roles.check_pin(outsider, request.POST["pin"][:40], now)
        if left is None:
            request.session.cycle_key()
            request.session[LET_IN] = outsider.pk
            return redirect("runbooks:guest-run")
        wrong = str(explain("run-pin-wrong" if left else "run-pin-used-up", left=left).next_step)
    context = {"desk": desk, "run": outsider.run, "wrong": wrong}
    return render(request, "runbooks/runs/guest_pin.html", context, status=422 if wrong else 200)


def _own(desk: Desk, key: str) -> None:
    """Raise Http404 for a step that is not of their role."""
    row = RunStep.objects.filter(run=desk.run, key=key).first()
    if row is None or not any(one.row.pk == row.pk and has_part(desk, one) for one in steps_of(desk)):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def run(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the steps of their role."""
    lines = [one for one in steps_of(desk) if has_part(desk, one)]
    for one in lines:
        one.linked = not one.is_waiting and one.row.state != "waiting"
    by = desk.outsider.invited_by.name if desk.outsider is not None else ""
    if all(one.is_through for one in lines):
        greeting = _("Your part in this is done. You can leave.")
    elif all(one.is_through or one.is_waiting for one in lines):
        greeting = _("There is nothing for you to do now.")
    else:
        greeting = _("%(name)s asks you for your part in this.") % {"name": by}
    context = {"desk": desk, "run": desk.run, "lines": lines, "greeting": greeting}
    return render(request, "runbooks/runs/guest.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def step(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """One of their steps."""
    _own(desk, key)
    return steps.page(request, desk, key)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def sign(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Sign one of their steps with the PIN."""
    _own(desk, key)
    return signing.sign_page(request, desk, key)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def leave_step(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Say that one of their steps was not done."""
    _own(desk, key)
    return leaving.leave_page(request, desk, key)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def rows(request: HttpRequest, desk: Desk, key: str, frozen: int) -> HttpResponseBase:
    """The list of a step of theirs, or of one that their signature covers."""
    _covered(desk, key)
    return looking.rows_page(request, desk, key, frozen)


@require_safe
@for_guests
def row(request: HttpRequest, desk: Desk, key: str, frozen: int, number: int) -> HttpResponseBase:
    """One row of such a list."""
    _covered(desk, key)
    return looking.row_of(request, desk, key, frozen, number)


@require_safe
@for_guests
def file(request: HttpRequest, desk: Desk, key: str, file: int) -> HttpResponseBase:
    """A file of a step of theirs, or of one that their signature covers."""
    _covered(desk, key)
    return steps.give_file(desk, key, file)


def _covered(desk: Desk, key: str) -> None:
    """Raise Http404 for a step that is neither theirs nor covered by a signature of theirs that is asked for now."""
    for one in steps_of(desk):
        if not has_part(desk, one):
            continue
        if one.row.key == key:
            return
        if (
            one.step.sign != "none"
            and one.row.state != "waiting"
            and key in desk.document.covered(one.row.key)
        ):
            return
    raise Http404


@require_POST
@for_guests
def leave(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Forget the link in this browser."""
    request.session.pop(KEY, None)
    request.session.pop(LET_IN, None)
    return render(request, "runbooks/runs/guest_left.html", {"run": desk.run, "desk": desk})
