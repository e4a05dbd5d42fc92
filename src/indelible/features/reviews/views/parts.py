"""Deciding and signing in an access review: one's own lines, the whole, and the witness."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from indelible.events import own_reviews
from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.queries import person
from indelible.features.people.second.proving import proved
from indelible.features.reviews.access import assigning, closing, deciding
from indelible.features.reviews.access.forms import CHOICE_WORDS
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessShare
from indelible.features.reviews.queue.whom import everybody
from indelible.features.reviews.signing import SignForm
from indelible.features.reviews.views.access import found, overview, refused
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.looking import look
from indelible.features.signoffs.models import Decision
from indelible.features.signoffs.signers import Signer
from indelible.features.signoffs.signing import state_of
from indelible.features.signoffs.still import still_there
from indelible.features.sources.uploads import person as sender
from indelible.web import acts
from indelible.web.acts import context_of

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.REVIEWS_ANSWER)
def part(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Show the lines that somebody decides; take decisions, one by one or several with a reason."""
    share, user, now = _share(key, number), person(request), datetime.now(UTC)
    if request.method == "POST":
        return _decide(request, share, user, now)
    mine, signer = share.reviewer_id == user.pk, Signer.of_user(user)
    if mine and share.sign_off_id is None:
        look(share.frozen, signer, now)
    return _page(request, share, user, now, SignForm(initial={"seen": state_of([share.frozen])}))


def _page(
    request: HttpRequest,
    share: AccessShare,
    user: Any,
    now: datetime,
    form: Any,
    status: int = 200,
    wrong: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    lines = deciding.lines_of(share)
    decided = {each.place: each for each in Decision.objects.filter(frozen=share.frozen)}
    clashing = deciding.conflicts_of(share.review)
    rows: list[dict[str, Any]] = [
        {
            "line": line,
            "decision": decided.get(line.at or 0),
            "choice": request.POST.get(f"choice_{line.at}", ""),  # as typed, where the page comes back
            "reason": request.POST.get(f"reason_{line.at}", ""),
            "must_go": deciding.must_go(line, now),
            "conflict": clashing.get(line.code, []),
        }
        for line in lines
    ]
    only = request.GET.get("show", "")
    shown = [row for row in rows if row["decision"] is None] if only == "open" else rows
    after = request.GET.get("after", "")
    start = int(after[:6]) if after.isdecimal() else 0
    page = shown[start : start + PAGE]
    left = sum(row["decision"] is None for row in rows)
    asked = sum(row["decision"] is not None and row["decision"].choice == assigning.ASK for row in rows)
    mine = share.reviewer_id == user.pk and share.sign_off_id is None and share.review.closed_at is None
    context = {
        "wrong": wrong or [],
        "share": share,
        "review": share.review,
        "rows": page,
        "count": len(rows),
        "left": left,
        "asked": asked,
        "passed": share.frozen.count - len(rows),
        "mine": mine,
        "passes_on": not mine
        and share.sign_off_id is None
        and share.review.closed_at is None
        and assigning.may_pass_on(share, user),
        "choices": list(CHOICE_WORDS.items()),
        "people": [one for one in everybody() if one.pk != user.pk],
        "form": form if mine and not left and not asked else None,
        "older": f"?show={only}&after={start + PAGE}" if len(shown) > start + PAGE else "",
        "only": only,
        "overdue": share.sign_off_id is None and share.due_at < now,
        "still": still_there(share.sign_off) if share.sign_off and "check" in request.GET else None,
    }
    return render(request, "reviews/access_part.html", context, status=status)


def _decide(request: HttpRequest, share: AccessShare, user: Any, now: datetime) -> HttpResponse:
    sent = request.POST
    places = [int(text) for text in sent.getlist("line")[:5_000] if text.isdecimal() and len(text) < 9]
    one = sent.get("one", "")
    if one.isdecimal() and len(one) < 9:
        places, choice, reason = [int(one)], sent.get(f"choice_{one}", ""), sent.get(f"reason_{one}", "")
    else:
        choice, reason = sent.get("choice", ""), sent.get("reason", "")
    try:
        if choice == assigning.PASSED:
            to = next((each for each in everybody() if str(each.pk) == sent.get("to")), None)
            if to is None:
                raise ReviewError("access-reviewer")
            assigning.pass_on(share, places, to, reason, user, sender(request), now)
            messages.success(request, _("Passed on, and recorded."))
        else:
            if not places:
                raise ReviewError("access-nothing-chosen")
            deciding.decide(share, places, choice, reason, user, now)
            if len(places) == 1:  # a line that somebody decided by itself, they have read
                look(share.frozen, Signer.of_user(user), now, opened=places)
    except (ReviewError, SignOffError) as refusal:
        if refusal.code in ("access-own-line-yours", "decide-own-row"):
            _note_own(request, share, places)
            return refused(request, refusal)
        told = explain(refusal.code, **refusal.facts)
        where = f"reason-{one}" if one.isdecimal() else "bulk-reason"
        words = f"{told.title} {told.meaning} {told.next_step}"
        form = SignForm(initial={"seen": state_of([share.frozen])})
        return _page(request, share, user, now, form, 409, [(words, where)])
    return redirect(f"{request.get_full_path()}#line-{places[0] + 1}")


def _note_own(request: HttpRequest, share: AccessShare, places: list[int]) -> None:
    """Record that somebody tried to decide about their own access."""
    lines = [line for line in deciding.lines_of(share) if line.at in places]
    own = next((line for line in lines if assigning.Selves().is_own(line, person(request))), None)
    event = own_reviews.own_line_refused(
        acts.actor_of(request.user),
        share.review_id,
        share.review.system,
        own.login if own is not None else lines[0].login if lines else "?",
        context=context_of(request),
    )
    acts.record_if_possible(event)


@sensitive_post_parameters("password")
@require_POST
@access.needs(access.REVIEWS_ANSWER)
def sign_part(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Sign one's lines, with the password once more."""
    share, user, now = _share(key, number), person(request), datetime.now(UTC)
    form = SignForm(request.POST)
    if share.reviewer_id != user.pk:
        return refused(request, ReviewError("access-not-yours"))
    if proved(request, form, user):
        try:
            deciding.sign(share, user, now, seen=form.cleaned_data["seen"], context=context_of(request))
        except (ReviewError, SignOffError) as refusal:
            return refused(request, refusal)
        messages.success(request, _("Signed, and sealed to exactly these lines."))
        return redirect("reviews:access-part", key, number)
    return _page(request, share, user, now, form, 422)


@sensitive_post_parameters("password")
@require_POST
@access.needs(access.REVIEWS_ANSWER)
def sign_whole(request: HttpRequest, key: int) -> HttpResponse:
    """Sign the whole review as its owner, or witness it; with the password once more. Or send it back."""
    row, user, now = found(key), person(request), datetime.now(UTC)
    go = request.POST.get("go", "")
    form = SignForm(request.POST)
    if go == "back":
        return _send_back(request, row, user, now)
    bar = closing.bar_to_witness(row, user) if go == "witness" else closing.bar_to_sign(row, user)
    if bar:
        return refused(request, ReviewError(bar, name=row.owner.name))
    if not proved(request, form, user):
        return overview(request, row, user, now, form, status=422)
    seen, reason = _whole(form.cleaned_data["seen"]), form.cleaned_data["reason"]
    try:
        if go == "witness":
            closing.witness(row, user, reason, now, seen=seen, by=sender(request))
            messages.success(request, _("Witnessed and closed. All of it is on the record."))
        else:
            closing.sign_whole(row, user, reason, now, seen=seen, context=context_of(request))
            messages.success(request, _("Signed. Somebody who decided no line looks over it now."))
    except ReviewError as refusal:
        if refusal.code != "access-exceptions-why":
            return refused(request, refusal)
        words = explain(refusal.code, **refusal.facts)
        form.add_error("reason", f"{words.title} {words.next_step}")
        return overview(request, row, user, now, form, status=422)
    except SignOffError as refusal:
        return refused(request, refusal)
    return redirect("reviews:access", row.pk)


def _send_back(request: HttpRequest, row: Any, user: Any, now: datetime) -> HttpResponse:
    try:
        seen = _whole(request.POST.get("seen", ""))
        closing.send_back(row, user, request.POST.get("reason", ""), now, seen=seen, by=sender(request))
    except ReviewError as refusal:
        return refused(request, refusal)
    messages.success(request, _("Sent back, and recorded."))
    return redirect("reviews:access", row.pk)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _share(key: int, number: int) -> AccessShare:
    rows = AccessShare.objects.select_related(
        "review__logbook", "review__owner", "frozen", "reviewer", "sign_off"
    )
    return get_object_or_404(rows.filter(review=found(key)), pk=number)
