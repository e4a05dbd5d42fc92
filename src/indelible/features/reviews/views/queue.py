"""What waits to be looked at, one entry with its answer, and a rule's switch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.events import own_reviews
from indelible.explanations import explain
from indelible.features.alarms.models import AnswerKind
from indelible.features.people import access
from indelible.features.people.models import Request
from indelible.features.people.queries import person
from indelible.features.record import looks
from indelible.features.record.describing import describe
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.forms import AnswerForm, LookForm
from indelible.features.reviews.models import Item, ItemState
from indelible.features.reviews.queue import answering, duty, queries
from indelible.features.reviews.queue.whom import everybody, is_own
from indelible.features.rules.queries import rule_of
from indelible.features.rules.services import RuleError
from indelible.features.sources.uploads import person as sender
from indelible.storage.database.models import Logbook
from indelible.web import acts
from indelible.web.acts import logbook_in_use
from indelible.web.chrome import reader_of
from indelible.web.failures import failure_page
from indelible.web.numbers import written
from indelible.web.once import first_time, give_back

TITLES = {
    "waiting": gettext_lazy("To look at"),
    "case": gettext_lazy("Under investigation"),
    "looked": gettext_lazy("Looked at"),
}
FIELDS = {
    "review-why": "note",
    "review-whom": "person",
    "review-asks-oneself": "person",
    "review-their-work": "person",
    "review-case-name": "reference",
}


@require_safe
@access.needs(access.REVIEWS_ANSWER)
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the oldest due first; or what was looked at."""
    logbook, user, now = logbook_in_use(), person(request), datetime.now(UTC)
    tab = request.GET.get("show", "waiting")
    tab = tab if tab in queries.TABS else "waiting"
    chosen = request.GET.get("rule", "")
    rule = rule_of(logbook, int(chosen))[0] if chosen.isdecimal() and len(chosen) < 10 else None
    page = queries.queue(
        logbook, tab, user, now, rule=rule.pk if rule else None, after=request.GET.get("after", "")[:60]
    )
    looks.look(logbook, user, [line.row.entry for line in page.lines if line.sentence], now)
    kept = {"rule": rule.pk} if rule else {}
    reader = reader_of(request)
    context = {
        "page": page,
        "tab": tab,
        "tabs": [
            (TITLES[name], f"?{urlencode({'show': name, **kept})}", name == tab) for name in queries.TABS
        ],
        "kinds": kinds_of_reviews("queue"),
        "rule": rule,
        "older": f"?{urlencode({'show': tab, **kept, 'after': page.older})}" if page.older else "",
        "first": f"?{urlencode({'show': tab, **kept})}" if request.GET.get("after") else "",
        "nothing": _nothing(logbook, now),
        "months": queries.months(logbook, now, str(reader.tz)),
        "together": tab == "waiting" and sum(line.mine for line in page.lines) > 1,
        "most": answering.MOST_TOGETHER,
    }
    return render(request, "reviews/queue.html", context)


def kinds_of_reviews(current: str) -> list[tuple[str, str, bool]]:
    """Return the three kinds of reviews as tabs."""
    from django.urls import reverse

    return [
        (_("Entries to look at"), reverse("reviews:queue"), current == "queue"),
        (_("Samples"), reverse("reviews:samples"), current == "samples"),
        (_("Who has access"), reverse("reviews:access-list"), current == "access"),
    ]


def _nothing(logbook: Logbook, now: datetime) -> str:
    """Say that nothing waits, and what was looked at this month."""
    looked, late = queries.this_month(logbook, now)
    if not looked:
        return _("Nothing waits.")
    told = ngettext("%(n)s looked at this month", "%(n)s looked at this month", looked) % {
        "n": written(looked)
    }
    if not late:
        return _("Nothing waits. %(told)s, all in time.") % {"told": told}
    return _("Nothing waits. %(told)s, %(late)s of them late.") % {"told": told, "late": written(late)}


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.REVIEWS_ANSWER)
def item(request: HttpRequest, key: int) -> HttpResponse:
    """Show one entry with before and after, its thing's history and its papers; take an answer."""
    logbook, user, now = logbook_in_use(), person(request), datetime.now(UTC)
    rows = Item.objects.select_related("logbook", "asked", "follows").filter(logbook=logbook)
    row = get_object_or_404(rows, pk=key)
    shown = queries.item_view(row, now)
    own = shown.view is not None and is_own(user, [shown.view.entry.event])
    theirs = shown.lookers.may(user) or user.pk in (row.asked_id, row.follows_id)
    kinds = _kinds(row, own=own, theirs=theirs)
    people = [one for one in everybody() if one.pk != user.pk or not own]
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, kinds=kinds or list(AnswerKind), people=people, initial={"seen": row.answers})
    if request.method == "POST" and form.is_valid():
        try:
            given = form.answered()
            answering.answer(logbook, {row.pk: form.cleaned_data["seen"]}, given, user, sender(request), now)
        except ReviewError as refused:
            note_own(request, refused, row)
            refuse(form, refused)
        else:
            messages.success(request, _said(given.kind))
            return redirect(_next(logbook, row, user, now))
    elif request.method == "POST" and own and request.POST.get("answer") in AnswerKind.values:
        note_own(request, ReviewError("review-own-work"), row)
    if shown.view is not None:
        history = [one.index for one in shown.view.history]
        looks.look(logbook, user, [row.entry, *history], now)
    context = {
        "shown": shown,
        "view": shown.view,
        "described": describe(shown.view, reader_of(request), logbook) if shown.view else None,
        "row": row,
        "number": row.entry + 1,
        "form": form if kinds else None,
        "own": own,
        "theirs": theirs,
        "others": _others(row, user, shown) if own or not theirs else [],
    }
    return render(
        request, "reviews/item.html", context, status=422 if data is not None and form.errors else 200
    )


def _kinds(row: Item, *, own: bool, theirs: bool) -> list[AnswerKind]:
    """Return what this person may answer now: about their own work, only ask somebody else."""
    allowed = answering.ALLOWED[ItemState(row.state)]
    if not theirs:
        return []
    return [kind for kind in allowed if not own or kind == AnswerKind.ASKED]


def _others(row: Item, user: Any, shown: queries.ItemView) -> list[str]:
    """Return the names of some who may answer instead."""
    event = shown.view.entry.event if shown.view else {}
    found: list[str] = []
    for one in everybody()[:50]:
        if len(found) == 3:
            break
        if one.pk != user.pk and shown.lookers.may(one) and not is_own(one, [event]):
            found.append(one.name)
    return found


def _next(logbook: Logbook, row: Item, user: Any, now: datetime) -> str:
    """Return where to go on: the queue, where more waits; else the entry that was answered about."""
    from django.urls import reverse

    more = queries.waiting_for(logbook, user, now).count
    return reverse("reviews:queue") if more else reverse("reviews:item", args=[row.pk])


def note_own(request: HttpRequest, refused: ReviewError, row: Item) -> None:
    """Record that somebody tried to answer about their own act."""
    if refused.code == "review-own-work":
        event = own_reviews.own_answer_refused(
            acts.actor_of(request.user), row.question, row.entry, context=acts.context_of(request)
        )
        acts.record_if_possible(event)


def refuse(form: Any, refused: ReviewError) -> None:
    """Put the words of a refusal on the form, at the field that is to blame where it is one."""
    words, field = explain(refused.code, **refused.facts), FIELDS.get(refused.code)
    form.add_error(field if field in form.fields else None, f"{words.title} {words.next_step}".strip())


def _said(kind: AnswerKind) -> str:
    return {
        AnswerKind.EXPECTED: _("Answered as expected, and recorded."),
        AnswerKind.ASKED: _("Asked, and recorded. It stays here until it is answered."),
        AnswerKind.CASE: _(
            "The case is open, and recorded. It stays under investigation until you close it."
        ),
        AnswerKind.CLOSED: _("Closed, and recorded."),
        AnswerKind.REOPENED: _("Taken back by a further answer, and recorded. Both stay readable."),
    }[kind]


@require_POST
@access.needs(access.REVIEWS_ANSWER)
def together(request: HttpRequest) -> HttpResponse:
    """Answer about several entries at once: all as expected, with a reason, and marked as done together."""
    logbook, user, now = logbook_in_use(), person(request), datetime.now(UTC)
    if not first_time(request):
        return redirect("reviews:queue")
    seen = {}
    for text in request.POST.getlist("item")[: answering.MOST_TOGETHER + 1]:
        key, _dot, answers = text.partition(".")
        if key.isdecimal() and answers.isdecimal() and len(text) < 30:
            seen[int(key)] = int(answers)
    given = answering.Given(AnswerKind.EXPECTED, request.POST.get("note", ""))
    try:
        made = answering.answer(logbook, seen, given, user, sender(request), now)
    except ReviewError as refused:
        give_back(request)
        if refused.code == "review-own-work":
            entry = int(str(refused.facts["number"]).replace(",", "")) - 1
            for mine in Item.objects.filter(pk__in=list(seen), entry=entry)[:1]:
                note_own(request, refused, mine)
        return failure_page(request, refused.code, 409, **refused.facts)
    words = ngettext(
        "%(n)s answered as expected, and recorded.", "%(n)s answered as expected, and recorded.", len(made)
    )
    messages.success(request, words % {"n": written(len(made))})
    return redirect("reviews:queue")


@require_POST
@access.needs(access.RULES_CHANGE)
def look(request: HttpRequest, rule: int) -> HttpResponse:
    """Have each entry of a rule looked at from now on, or none any more."""
    logbook = logbook_in_use()
    row, version = rule_of(logbook, rule)
    if not first_time(request):
        return redirect("rules:rule", row.pk)
    form = LookForm(request.POST, look=duty.look_of(version))
    off = request.POST.get("go") == "off"
    if not off and not form.is_valid():
        return redirect("rules:rule", row.pk)
    try:
        done = duty.set_look(row, version, None if off else form.look(), sender(request))
    except RuleError as refused:
        give_back(request)
        return failure_page(request, refused.code, 409, **refused.facts)
    if isinstance(done, Request):
        words = _("This needs a second person. It waits under number %(number)s.") % {"number": done.pk}
    elif off:
        words = _("Its entries are not asked about any more. What waits already stays in Reviews.")
    else:
        words = _("Each of its entries waits in Reviews from now on.")
    messages.success(request, words)
    return redirect("rules:rule", row.pk)
