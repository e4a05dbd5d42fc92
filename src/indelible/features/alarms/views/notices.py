"""The queue of notices, and one notice with its answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from indelible.explanations import explain
from indelible.features.alarms import answering, queries
from indelible.features.alarms.forms import AnswerForm
from indelible.features.alarms.models import Alarm, AnswerKind, Notice, NoticeState
from indelible.features.alarms.services import AlarmError
from indelible.features.alarms.wording import alarm_words
from indelible.features.people import access
from indelible.features.people.models import User
from indelible.features.people.queries import person
from indelible.features.record import looks
from indelible.features.sources.uploads import person as sender
from indelible.web.acts import logbook_in_use

TITLES = {
    "waiting": gettext_lazy("To answer"),
    "case": gettext_lazy("Under investigation"),
    "answered": gettext_lazy("Answered"),
}


@require_safe
@access.needs(access.ALARMS_ANSWER)
def queue(request: HttpRequest) -> HttpResponse:
    """Show the notices that wait, the worst first; or those that were answered."""
    logbook = logbook_in_use()
    tab = request.GET.get("show", "waiting")
    tab = tab if tab in queries.TABS else "waiting"
    chosen = request.GET.get("alarm", "")
    alarm = None
    if chosen.isdecimal():
        alarm = get_object_or_404(Alarm.objects.filter(logbook=logbook), pk=int(chosen[:18]))
    page = queries.queue(
        logbook, tab, alarm=alarm.pk if alarm else None, after=request.GET.get("after", "")[:40]
    )
    kept = {"alarm": alarm.pk} if alarm else {}
    context = {
        "page": page,
        "tab": tab,
        "tabs": [
            (TITLES[name], f"?{urlencode({'show': name, **kept})}", name == tab) for name in queries.TABS
        ],
        "alarm": alarm,
        "alarm_words": alarm_words(alarm) if alarm else "",
        "older": f"?{urlencode({'show': tab, **kept, 'after': page.older})}" if page.older else "",
        "first": f"?{urlencode({'show': tab, **kept})}" if request.GET.get("after") else "",
        "any_alarm": Alarm.objects.filter(logbook=logbook, is_on=True).exists(),
        "may_manage": access.may(request.user, access.ALARMS_MANAGE),
    }
    return render(request, "alarms/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ALARMS_ANSWER)
def notice(request: HttpRequest, key: int) -> HttpResponse:
    """Show a notice, the entries it rests on and what their thing's history says; take an answer."""
    logbook, user = logbook_in_use(), person(request)
    rows = Notice.objects.select_related("alarm__rule", "logbook", "asked", "follows")
    row = get_object_or_404(rows.filter(logbook=logbook), pk=key)
    view = queries.notice_view(row)
    own = answering.is_own_work(user, view.stored)
    kinds = _kinds(row, own)
    form = _form(request, row, kinds, user)
    if request.method == "POST" and kinds and form.is_valid():
        try:
            answering.answer(row.pk, form.given(request.build_absolute_uri("/")), user, sender(request))
        except AlarmError as refused:
            _refuse(form, refused)
        else:
            messages.success(request, _said(form.given().kind))
            return redirect("alarms:notice", row.pk)
    looks.look(logbook, user, [one.index for one in (*view.entries, *view.history)], datetime.now(UTC))
    context = {
        "view": view,
        "row": row,
        "form": form if kinds else None,
        "own": own,
        "others": [one.name for one in _others(user, view)][:3] if own else [],
        "more_entries": max(0, row.count - len(row.entries)),
    }
    return render(request, "alarms/notice.html", context, status=422 if form.errors else 200)


def _kinds(row: Notice, own: bool) -> list[AnswerKind]:
    """Return what this person may answer now: about their own work, only ask somebody else."""
    allowed = answering.ALLOWED[NoticeState(row.state)]
    return [kind for kind in allowed if not own or kind == AnswerKind.ASKED]


def _others(user: User, view: queries.NoticeView) -> list[User]:
    """Return people who may answer instead."""
    return [
        one
        for one in queries.people()[:50]
        if one.pk != user.pk and not answering.is_own_work(one, view.stored)
    ]


def _form(request: HttpRequest, row: Notice, kinds: list[AnswerKind], user: User) -> AnswerForm:
    people = [one for one in queries.people() if kinds != [AnswerKind.ASKED] or one.pk != user.pk]
    data = request.POST if request.method == "POST" else None
    return AnswerForm(data, kinds=kinds, people=people, initial={"seen": row.answers})


def _refuse(form: Any, refused: AlarmError) -> None:
    """Put the words of a refusal on the form, at the field that is to blame where it is one."""
    fields = {
        "alarm-answer-why": "note",
        "alarm-answer-whom": "person",
        "alarm-asks-oneself": "person",
        "alarm-their-work": "person",
        "alarm-case-name": "reference",
    }
    words = explain(refused.code, **refused.facts)
    field = fields.get(refused.code)
    form.add_error(field if field in form.fields else None, f"{words.title} {words.next_step}".strip())


def _said(kind: AnswerKind) -> str:
    return {
        AnswerKind.EXPECTED: _("Answered as expected, and recorded."),
        AnswerKind.ASKED: _("Asked, and recorded. It stays here until it is answered."),
        AnswerKind.CASE: _(
            "The case is open, and recorded. The notice stays under investigation until you close it."
        ),
        AnswerKind.CLOSED: _("Closed, and recorded."),
        AnswerKind.REOPENED: _("Taken back by a further answer, and recorded. Both stay readable."),
    }[kind]
