"""Access reviews: the list, beginning one, its list of accounts, whose they are, and how it stands."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.models import User
from indelible.features.people.names.whom import offered_names
from indelible.features.people.queries import person
from indelible.features.reviews.access import (
    assigning,
    closing,
    columns,
    comparing,
    matching,
    queries,
    starting,
)
from indelible.features.reviews.access.columns import kind_of
from indelible.features.reviews.access.deciding import conflicts_of
from indelible.features.reviews.access.forms import ColumnsForm, ListForm, StartForm
from indelible.features.reviews.access.reading import MOST_BYTES
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessLine, AccessReview, AccountKind
from indelible.features.reviews.queue.whom import everybody
from indelible.features.reviews.signing import SignForm
from indelible.features.reviews.views.queue import kinds_of_reviews
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.signals import signals_of
from indelible.features.signoffs.still import still_there
from indelible.features.sources.models import Source
from indelible.features.sources.uploads import FORM_BYTES
from indelible.features.sources.uploads import person as sender
from indelible.web.acts import logbook_in_use
from indelible.web.bodies import takes_body
from indelible.web.chrome import reader_of
from indelible.web.failures import failure_page
from indelible.web.once import first_time, give_back

SHOWN, SHOWN_COLUMNS = 10, 8  # of a list before it is taken in
PAGE = 100


def found(key: int) -> AccessReview:
    """Return a review. Raises Http404."""
    rows = AccessReview.objects.select_related(
        "logbook", "owner", "by", "first", "second", "signed", "witnessed", "source"
    )
    return get_object_or_404(rows.filter(logbook=logbook_in_use()), pk=key)


def refused(request: HttpRequest, refusal: ReviewError | SignOffError) -> HttpResponse:
    """Show why nothing was done. The form may be sent again."""
    give_back(request)
    return failure_page(request, refusal.code, 409, **refusal.facts)


@require_safe
@access.needs(access.REVIEWS_ANSWER)
def listing(request: HttpRequest) -> HttpResponse:
    """List the access reviews there are, the newest first."""
    logbook, before = logbook_in_use(), request.GET.get("before", "")
    rows = list(queries.listed(logbook, int(before[:18]) if before.isdecimal() else None)[: queries.PAGE + 1])
    context = {
        "reviews": queries.in_list(rows[: queries.PAGE], datetime.now(UTC)),
        "kinds": kinds_of_reviews("access"),
        "mine": queries.open_shares(logbook, person(request)),
        "older": f"?before={rows[queries.PAGE - 1].pk}" if len(rows) > queries.PAGE else "",
    }
    return render(request, "reviews/access_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.RUNS_START)
def start(request: HttpRequest) -> HttpResponse:
    """Begin a review of a system."""
    logbook, user = logbook_in_use(), person(request)
    form = StartForm(
        request.POST if request.method == "POST" else None,
        people=everybody(),
        sources=Source.objects.filter(logbook=logbook).order_by("name"),
        initial={"owner": str(user.pk)},
    )
    if request.method == "POST" and form.is_valid():
        if not first_time(request):
            return redirect("reviews:access-list")
        told = form.cleaned_data
        try:
            row = starting.start(
                logbook,
                told["system"],
                form.chosen_owner(),
                sender(request),
                datetime.now(UTC),
                scope=told["scope"],
                left_out=told["left_out"],
                source=told["source"],
            )
        except ReviewError as refusal:
            return refused(request, refusal)
        messages.success(request, _("Started, and recorded. Now give it a fresh list of all accounts."))
        return redirect("reviews:access-file", row.pk)
    return render(request, "reviews/access_start.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@access.needs(access.REVIEWS_ANSWER)
def review(request: HttpRequest, key: int) -> HttpResponse:
    """Show how a review stands: each step with what is true of it, and what to do next."""
    row, user, now = found(key), person(request), datetime.now(UTC)
    return overview(request, row, user, now, SignForm(initial={"seen": row.stamp}))


def overview(
    request: HttpRequest, row: AccessReview, user: Any, now: datetime, form: Any, *, status: int = 200
) -> HttpResponse:
    """Draw the page of a review."""
    standing, parts = queries.standing(row, now), queries.parts(row)
    signed = [part.share.sign_off for part in parts if part.share.sign_off is not None]
    checks = [still_there(one) for one in signed] if "check" in request.GET else []
    whole = [one for one in (row.signed, row.witnessed) if one is not None]
    context = {
        "review": row,
        "standing": standing,
        "kinds": _by_kind(row, standing),
        "parts": parts,
        "removals": queries.removals(row)[:PAGE],
        "now": now,
        "form": form,
        "may_sign": standing.decided
        and standing.compared
        and row.signed_id is None
        and not closing.bar_to_sign(row, user),
        "waits_for_owner": standing.decided and standing.compared and row.signed_id is None,
        "witness_bar": closing.bar_to_witness(row, user) if row.signed_id and not row.closed_at else "",
        "may_witness": bool(row.signed_id and not row.closed_at and not closing.bar_to_witness(row, user)),
        "signals": signals_of([part.share.frozen for part in parts]) if parts else [],
        "checks": checks + ([still_there(one) for one in whole] if "check" in request.GET else []),
        "signed_parts": bool(signed),
        "conflicts": len(conflicts_of(row)),
    }
    return render(request, "reviews/access.html", context, status=status)


def _by_kind(row: AccessReview, standing: queries.Standing) -> list[tuple[str, int, int | None]]:
    """Return each kind with how many the list has, and how many the system itself counts."""
    return [
        (str(label), standing.by_kind.get(kind, 0), row.told.get(kind))
        for kind, label in AccountKind.choices
        if standing.by_kind.get(kind, 0) or kind in row.told
    ]


@takes_body(MOST_BYTES + FORM_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.RUNS_START)
def file(request: HttpRequest, key: int) -> HttpResponse:
    """Take a file with the list of accounts; nothing is taken in before somebody said which column is what."""
    row = found(key)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            if sent.size > MOST_BYTES:
                raise ReviewError("access-file-too-long", name=sent.name, most=f"{5000:,}")
            starting.keep_file(row, sent, sent.name, sent.content_type)
        except ReviewError as refusal:
            words = explain(refusal.code, **refusal.facts)
            form.add_error("file", f"{words.title} {words.next_step}")
        else:
            return redirect("reviews:access-columns", row.pk)
    context = {"review": row, "form": form, "again": row.sent_at is not None}
    return render(request, "reviews/access_file.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.RUNS_START)
def choose(request: HttpRequest, key: int) -> HttpResponse:
    """Say which column is what, with what we guess; then take the list in."""
    row, now, reader = found(key), datetime.now(UTC), reader_of(request)
    if not row.draft:
        return redirect("reviews:access-file", row.pk)
    names, rows = row.draft["columns"], row.draft["rows"]
    guessed = columns.guess(names)
    again = row.sent_at is not None
    if again:
        guessed |= {part: name for part, name in row.columns.items() if name in names}
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        columns=names,
        guessed=guessed,
        initial={"taken_at": reader.local(now).replace(tzinfo=None)},
    )
    if request.method == "POST" and form.is_valid():
        if not first_time(request):
            return redirect("reviews:access", row.pk)
        try:
            starting.take(row, form.confirmed(reader.tz), sender(request), now)
        except (ReviewError, SignOffError) as refusal:
            give_back(request)
            words = explain(refusal.code, **refusal.facts)
            field = {"access-list-old": "taken_at", "access-list-future": "taken_at", "access-how": "how"}
            form.add_error(field.get(refusal.code), f"{words.title} {words.next_step}")
        else:
            messages.success(request, _("The list is frozen, and its file is on the record."))
            return redirect("reviews:access", row.pk)
    context = {
        "review": row,
        "form": form,
        "names": names[:SHOWN_COLUMNS],
        "more": max(0, len(names) - SHOWN_COLUMNS),
        "rows": [list(zip(names, each, strict=True))[:SHOWN_COLUMNS] for each in rows[:SHOWN]],
        "count": len(rows),
        "guessed": _guessed_kinds(names, rows, guessed),
        "again": again,
    }
    return render(request, "reviews/access_columns.html", context, status=422 if form.errors else 200)


def _guessed_kinds(names: list[str], rows: list[list[str]], guessed: dict[str, str]) -> list[tuple[str, int]]:
    """Return how many lines of each kind there are by our guess, to compare with the system's own screen."""
    places = {part: names.index(column) for part, column in guessed.items()}
    if "login" not in places:
        return []

    def cell(row: list[str], part: str) -> str:
        return row[places[part]] if part in places else ""

    counts = Counter(kind_of(cell(row, "kind"), cell(row, "login"), cell(row, "right")) for row in rows)
    return [
        (str(label), counts[AccountKind(kind)])
        for kind, label in AccountKind.choices
        if counts[AccountKind(kind)]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.RUNS_START)
def match(request: HttpRequest, key: int) -> HttpResponse:
    """Show the accounts that are nobody's yet, and those of people who left; say whose they are."""
    row, now = found(key), datetime.now(UTC)
    if request.method == "POST":
        if not first_time(request):
            return redirect("reviews:access-match", row.pk)
        sent = request.POST
        login, typed, reason = (
            sent.get("login", "")[:254],
            sent.get("person", "")[:320],
            sent.get("reason", ""),
        )
        try:
            if sent.get("go") == "nobody":
                matching.say_nobodys(row, login, sender(request), reason=reason)
            else:
                matching.say_whose(row, login, typed, sender(request), now, reason=reason)
        except ReviewError as refusal:
            on_page = any(line.login == login for line in queries.unmatched(row))
            if refusal.code not in ("access-person", "access-why") or not on_page:
                return refused(request, refusal)
            give_back(request)
            return _match_page(request, row, now, refusal.code, login)
        messages.success(request, _("Said, and recorded."))
        return redirect("reviews:access-match", row.pk)
    return _match_page(request, row, now)


def _match_page(
    request: HttpRequest, row: AccessReview, now: datetime, code: str = "", login: str = ""
) -> HttpResponse:
    """Draw the accounts; with a `code`, why nothing was said of `login`, and what was typed."""
    lines = queries.unmatched(row)
    person = request.POST.get("person", "").strip()
    told = explain(code, name=person) if code else None
    words = "" if told is None else f"{told.title} {told.next_step}"
    if code == "access-person" and not person:
        words = _("Write whose it is.")
    wrong = [
        (words, f"{'reason' if code == 'access-why' else 'person'}-{line.place}")
        for line in lines
        if code and line.login == login
    ]
    context = {
        "wrong": wrong[:1],
        "wrong_of": login,
        "review": row,
        "standing": queries.standing(row, now),
        "open": [line for line in lines if line.person is None and not line.nobodys],
        "gone": [line for line in lines if line.person is not None or line.nobodys],
        "people": offered_names(),
        "machines": matching.MACHINES,
    }
    return render(request, "reviews/access_match.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.RUNS_START)
def assign(request: HttpRequest, key: int) -> HttpResponse:
    """Show to whom each line goes, change it, and send the lines out."""
    row, now = found(key), datetime.now(UTC)
    if row.sent_at is not None:
        return redirect("reviews:access", row.pk)
    if request.method == "POST":
        if not first_time(request):
            return redirect("reviews:access-assign", row.pk)
        try:
            if request.POST.get("go") == "again":
                assigning.suggest(row)
                return redirect("reviews:access-assign", row.pk)
            if request.POST.get("go") == "send":
                assigning.send(row, sender(request), now)
                messages.success(
                    request, _("Sent out, and recorded. Each reviewer finds their lines on Home.")
                )
                return redirect("reviews:access", row.pk)
            if words := request.POST.get("words", "").strip():
                places = assigning.places_with(row, words)
            else:
                sent = request.POST.getlist("line")[:5_000]
                places = [int(text) for text in sent if text.isdecimal() and len(text) < 9]
            assigning.assign(row, places, _person(request))
        except ReviewError as refusal:
            return refused(request, refusal)
        return redirect(request.get_full_path())
    rows = AccessLine.objects.filter(review=row).select_related("person", "reviewer").order_by("place")
    after = request.GET.get("after", "")
    shown = list(rows.filter(place__gt=int(after[:9]))[: PAGE + 1] if after.isdecimal() else rows[: PAGE + 1])
    shares = Counter(rows.exclude(reviewer=None).values_list("reviewer__name", flat=True))
    context = {
        "review": row,
        "standing": queries.standing(row, now),
        "lines": shown[:PAGE],
        "older": f"?after={shown[PAGE - 1].place}" if len(shown) > PAGE else "",
        "shares": sorted(shares.items()),
        "left": rows.filter(reviewer=None).count(),
        "people": everybody(),
    }
    return render(request, "reviews/access_assign.html", context)


def _person(request: HttpRequest) -> User:
    """Return who was chosen to decide. Raises ReviewError."""
    for one in everybody():
        if str(one.pk) == request.POST.get("reviewer"):
            return one
    raise ReviewError("access-reviewer")


@require_http_methods(["POST"])
@access.needs(access.RUNS_START)
def explain_new(request: HttpRequest, key: int) -> HttpResponse:
    """Say who approved what only the second list has."""
    row = found(key)
    if not first_time(request):
        return redirect("reviews:access", row.pk)
    try:
        comparing.explain_new(row, request.POST.get("reason", ""), sender(request), datetime.now(UTC))
    except ReviewError as refusal:
        return refused(request, refusal)
    messages.success(request, _("Said, and recorded."))
    return redirect("reviews:access", row.pk)
