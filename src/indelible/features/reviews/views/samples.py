"""Samples: the list, drawing one, its rows one by one, and signing it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.queries import person
from indelible.features.people.second.proving import proved
from indelible.features.record import looks
from indelible.features.record.asking import asked_of
from indelible.features.record.describing import describe
from indelible.features.record.queries import entry_view
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import Sample
from indelible.features.reviews.samples import queries, services
from indelible.features.reviews.samples.forms import DecideForm, SampleForm
from indelible.features.reviews.samples.sizes import OWN, usual
from indelible.features.reviews.signing import SignForm
from indelible.features.reviews.views.queue import kinds_of_reviews
from indelible.features.runbooks.timetable.spans import end_of_work
from indelible.features.settings.services import calendar
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.independence import own_places
from indelible.features.signoffs.looking import look
from indelible.features.signoffs.models import Decision
from indelible.features.signoffs.sampling import MOST_SAMPLE
from indelible.features.signoffs.signals import signals_of
from indelible.features.signoffs.signers import Signer
from indelible.features.signoffs.signing import state_of
from indelible.features.signoffs.still import still_there
from indelible.storage.database.errors import NotFound
from indelible.web.acts import context_of, logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.once import first_time, give_back


@require_safe
@access.needs(access.REVIEWS_ANSWER)
def samples(request: HttpRequest) -> HttpResponse:
    """List the samples there are, the newest first."""
    before = request.GET.get("before", "")
    rows = list(
        queries.listed(logbook_in_use(), int(before[:18]) if before.isdecimal() else None)[: queries.PAGE + 1]
    )
    more = len(rows) > queries.PAGE
    context = {
        "samples": rows[: queries.PAGE],
        "kinds": kinds_of_reviews("samples"),
        "older": f"?before={rows[queries.PAGE - 1].pk}" if more else "",
    }
    return render(request, "reviews/samples.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.RUNS_START)
def draw(request: HttpRequest) -> HttpResponse:
    """Say of what a sample is to be drawn; then draw it."""
    form = SampleForm(
        request.POST if request.method == "POST" else None,
        initial={"question": request.GET.get("q", "")[:1_000], "row": "often"},
    )
    if request.method == "POST" and form.is_valid():
        if not first_time(request):
            return redirect("reviews:samples")
        if (made := _draw(request, form)) is not None:
            messages.success(request, _("Drawn, and recorded. Look at each row, then sign."))
            return redirect("reviews:sample", made.pk)
        give_back(request)
    return render(request, "reviews/sample_draw.html", {"form": form}, status=422 if form.errors else 200)


def _draw(request: HttpRequest, form: SampleForm) -> Sample | None:
    logbook, now, zone, told = logbook_in_use(), datetime.now(UTC), reader_of(request).tz, form.cleaned_data
    asked = asked_of(logbook, told["question"], now, zone)
    if not asked.is_clear or asked.unknown:
        form.add_error("question", _not_understood([one.words for one in asked.unknown]))
        return None
    size = told["size"] if told["row"] == OWN else usual(told["row"], MOST_SAMPLE)
    try:
        return services.draw(
            logbook,
            asked.pattern,
            asked.world,
            asked.words[:300],
            told["row"],
            size,
            told["seed"] or None,
            person(request),
            now,
            period=form.period(zone),
            due_at=end_of_work(told["due"], calendar()) if told["due"] else None,
            context=context_of(request),
        )
    except (ReviewError, SignOffError) as refused:
        words = explain(refused.code, **refused.facts)
        field = {"sample-seed": "seed", "sample-size": "size"}.get(refused.code, "question")
        form.add_error(field, f"{words.title} {words.next_step}")
        return None


def _not_understood(words: list[str]) -> str:
    if not words:
        return _("This can be read in several ways. Say it in other words; nothing was drawn.")
    return _("We do not know “%(words)s”. Say it in other words; nothing was drawn.") % {"words": words[0]}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.REVIEWS_ANSWER)
def sample(request: HttpRequest, key: int) -> HttpResponse:
    """Show a sample with how it was drawn and its rows; sign it once each row is decided."""
    row, user, now = _sample(key), person(request), datetime.now(UTC)
    signer = Signer.of_user(user)
    form = SignForm(
        request.POST if request.method == "POST" else None, initial={"seen": state_of([row.frozen])}
    )
    if request.method == "POST" and row.sign_off is None and proved(request, form, user):
        try:
            services.sign(row, user, now, seen=form.cleaned_data["seen"], context=context_of(request))
        except (ReviewError, SignOffError) as refused:
            words = explain(refused.code, **refused.facts)
            form.add_error(None, f"{words.title} {words.next_step}")
        else:
            messages.success(request, _("Signed, and sealed to exactly these rows."))
            return redirect("reviews:sample", row.pk)
    rows = queries.drawn_rows(row)
    look(row.frozen, signer, now)
    looks.look(row.logbook, user, [one.row.index for one in rows], now, row.question)
    left = sum(one.decision is None for one in rows)
    own = own_places(row.frozen, signer)
    context = {
        "sample": row,
        "rows": rows,
        "left": left,
        "next": queries.next_place(row),
        "form": form if row.sign_off is None and not left and not own else None,
        "own": len(own),
        "exceptions": sum(
            one.decision is not None and one.decision.choice == services.EXCEPTION for one in rows
        ),
        "signals": signals_of([row.frozen]),
        "still": still_there(row.sign_off) if row.sign_off and "check" in request.GET else None,
    }
    return render(request, "reviews/sample.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.REVIEWS_ANSWER)
def row(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """Show one row of a sample, by its number from 1; take what was found."""
    found, user, now = _sample(key), person(request), datetime.now(UTC)
    indexes = queries.indexes_of(found)
    if not 0 < number <= len(indexes):
        raise Http404
    place, signer = number - 1, Signer.of_user(user)
    decision = Decision.objects.filter(frozen=found.frozen, place=place).select_related("by").first()
    initial = {"choice": decision.choice, "reason": decision.reason} if decision else None
    form = DecideForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            told = form.cleaned_data
            services.decide(found, [place], told["choice"], told["reason"], user, now)
        except SignOffError as refused:
            words = explain(refused.code, **refused.facts)
            form.add_error(
                "reason" if refused.code == "decide-why" else None, f"{words.title} {words.next_step}"
            )
        else:
            after = queries.next_place(found, place)
            return (
                redirect("reviews:sample", key)
                if after is None
                else redirect("reviews:sample-row", key, after + 1)
            )
    try:
        view = entry_view(found.logbook, indexes[place])
    except NotFound:
        view = None
    look(found.frozen, signer, now, opened=place)
    looks.look(found.logbook, user, [indexes[place]], now)
    own = bool(own_places(found.frozen, signer, [place]))
    context = {
        "sample": found,
        "number": number,
        "entry_number": indexes[place] + 1,
        "view": view,
        "described": describe(view, reader_of(request), found.logbook) if view else None,
        "decision": decision,
        "form": form if found.sign_off is None and not own else None,
        "own": own,
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < len(indexes) else None,
    }
    return render(request, "reviews/sample_row.html", context, status=422 if form.errors else 200)


def _sample(key: int) -> Sample:
    rows = Sample.objects.select_related("frozen", "logbook", "by", "sign_off")
    return get_object_or_404(rows.filter(logbook=logbook_in_use()), pk=key)
