"""The alarms themselves: the list, a new one, one and its figures, on and off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indelible.explanations import explain
from indelible.features.alarms import channelling, imports, queries, services
from indelible.features.alarms.forms import ImportsForm, NewAlarmForm, ReasonForm, SignForm, WhomForm
from indelible.features.alarms.memory import is_full
from indelible.features.alarms.models import Alarm, Told
from indelible.features.alarms.services import AlarmError
from indelible.features.alarms.signs import all_signs
from indelible.features.alarms.watch import found_for
from indelible.features.alarms.wording import alarm_words, shortened
from indelible.features.people import access
from indelible.features.people.queries import person
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.world import world_of
from indelible.features.sources.uploads import person as sender
from indelible.language.pattern import Pattern
from indelible.language.reading import understand
from indelible.language.rendering import render as said_as
from indelible.language.understanding import Understanding
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use
from indelible.web.once import first_time

LONGEST = 1_000


@require_safe
@access.needs(access.ALARMS_ANSWER)
def alarms(request: HttpRequest) -> HttpResponse:
    """List the alarms."""
    logbook = logbook_in_use()
    lines = queries.alarms_of(logbook)
    there = {line.alarm.sign for line in lines if line.alarm.is_on}
    context = {
        "lines": lines,
        "offered": [
            (code, sign.says(sign.with_defaults({})))
            for code, sign in all_signs().items()
            if sign.sayings and code not in there
        ],
        "broken": [line.alarm.pk for line in lines if queries.alarm_is_broken(line.alarm)],
        "may_manage": access.may(request.user, access.ALARMS_MANAGE),
        "imports": ImportsForm(initial={"imports": _wants(request)}),
    }
    return render(request, "alarms/alarms.html", context)


def _wants(request: HttpRequest) -> bool:
    return Told.objects.filter(user=person(request), imports=True).exists()


@require_POST
@access.needs(access.OWN_CHANGE)
def own_imports(request: HttpRequest) -> HttpResponse:
    """Keep whether somebody wants to be told about their own imports."""
    imports.want(person(request), "imports" in request.POST, datetime.now(UTC))
    messages.success(request, _("Saved."))
    return redirect("alarms:alarms")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ALARMS_MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Set an alarm on a rule, or on what somebody says."""
    logbook = logbook_in_use()
    sent = request.POST if request.method == "POST" else request.GET
    rule = _rule(logbook, sent.get("rule", ""))
    text = " ".join(sent.get("q", "").split())[:LONGEST]
    read = _read(logbook, text) if text and rule is None else None
    ready = rule is not None or (read is not None and read.understood and read.kind != "rhythm")
    form = _form(request, logbook, read) if ready else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            alarm = _make(logbook, request, form, rule, text, read)
        except AlarmError as refused:
            words = explain(refused.code, **refused.facts)
            form.add_error(None, f"{words.title} {words.next_step}".strip())
        else:
            messages.success(request, _("Set, and recorded. It tells of what is recorded from now on."))
            return redirect("alarms:alarm", alarm.pk)
    version = RuleVersion.objects.filter(rule=rule).order_by("-number").first() if rule else None
    context = {
        "rule": rule,
        "rule_words": version.sentence if version else "",
        "q": text,
        "read": read,
        "clause": _clause(read.pattern) if read else "",
        "form": form,
        "asked": bool(text) and not ready,
        "title_error": bool(form is not None and form.errors),
    }
    return render(
        request, "alarms/add.html", context, status=422 if form is not None and form.errors else 200
    )


def _rule(logbook: Logbook, text: str) -> Rule | None:
    return get_object_or_404(Rule, logbook=logbook, pk=int(text[:18])) if text.isdecimal() else None


def _read(logbook: Logbook, text: str) -> Understanding:
    return understand(text, world_of(logbook), datetime.now(UTC), purpose="alarm")


def _clause(pattern: Pattern) -> str:
    """Return a pattern as what stands behind "when"."""
    return said_as(pattern, as_="alarm").removeprefix("Tell me when ").removesuffix(".")


def _form(request: HttpRequest, logbook: Logbook, read: Understanding | None) -> NewAlarmForm:
    people, ways = queries.people(), queries.channels_of(logbook)
    told = read.duties.tell if read else None
    ticked = []
    if told:
        wanted = told.whom.casefold()
        ticked += [f"person-{one.pk}" for one in people if one.name.casefold() == wanted]
        ticked += [f"way-{one.pk}" for one in ways if one.name.casefold() == wanted]
    initial: dict[str, Any] = {"whom": ticked or [f"person-{person(request).pk}"], "sign": "any_entry"}
    if told and told.when and (known := found_for(told.when)) is not None and known.sign:
        initial["sign"] = known.sign
    wanted_sign = request.GET.get("sign", "")
    if wanted_sign in all_signs():
        initial["sign"] = wanted_sign
    data = request.POST if request.method == "POST" and "sign" in request.POST else None
    return NewAlarmForm(data, logbook=logbook, people=people, ways=ways, initial=initial)


def _make(
    logbook: Logbook,
    request: HttpRequest,
    form: NewAlarmForm,
    rule: Rule | None,
    text: str,
    read: Understanding | None,
) -> Alarm:
    sign = form.cleaned_data["sign"]
    settings: dict[str, Any] = {}
    if read is not None and read.duties.tell and (known := found_for(read.duties.tell.when)):
        settings = dict(known.settings) if known.sign == sign else {}
    return services.make(
        logbook,
        sender(request),
        sign,
        settings,
        rule=rule,
        typed=text,
        sentence=_clause(read.pattern) if read else "",
        pattern=read.pattern if read else None,
        channels=form.channels(request.build_absolute_uri("/")),
    )


@require_POST
@access.needs(access.ALARMS_MANAGE)
def warn(request: HttpRequest) -> HttpResponse:
    """Set, by one press, an alarm that a page offers: a warning sign of a ready rule, or one about our own acts."""
    logbook = logbook_in_use()
    rule = _rule(logbook, request.POST.get("rule", ""))
    words, code = request.POST.get("watch", "")[:200], request.POST.get("sign", "")[:40]
    known = found_for(words) if words else None
    sign, settings = (known.sign, known.settings) if known is not None else (code, {})
    if first_time(request):
        base = request.build_absolute_uri("/")
        channel = channelling.channel_of_person(logbook, person(request), datetime.now(UTC), base=base)
        try:
            services.make(
                logbook, sender(request), sign, settings, rule=rule, channels=[channel], watch=words
            )
        except AlarmError as refused:
            messages.error(request, explain(refused.code, **refused.facts).title)
        else:
            messages.success(
                request, _("Set, and recorded. It tells you by e-mail; others can be added on its page.")
            )
    return redirect("rules:rule", rule.pk) if rule is not None else redirect("alarms:alarms")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ALARMS_MANAGE)
def alarm(request: HttpRequest, key: int) -> HttpResponse:
    """Show an alarm; change its figures, and whom it tells."""
    logbook = logbook_in_use()
    row = get_object_or_404(Alarm.objects.select_related("rule"), logbook=logbook, pk=key)
    sign = all_signs().get(row.sign)
    channels = list(row.channels.filter(ended_at=None))
    data = request.POST if request.method == "POST" else None
    people, ways = queries.people(), queries.channels_of(logbook)
    whom = WhomForm(
        data, logbook=logbook, people=people, ways=ways, initial={"whom": WhomForm.ticked(channels)}
    )
    figures = SignForm(data, sign=sign, values=row.settings) if sign else None
    if request.method == "POST" and figures is not None and figures.is_valid() and whom.is_valid():
        changed = services.change(
            row.pk, figures.cleaned_data, whom.channels(request.build_absolute_uri("/")), sender(request)
        )
        words = _("Saved, and recorded.") if changed else _("Nothing was different, so nothing was changed.")
        messages.success(request, words)
        return redirect("alarms:alarm", row.pk)
    wrong = bool((figures is not None and figures.errors) or whom.errors)
    context = {
        "alarm": row,
        "words": alarm_words(row),
        "short": shortened(alarm_words(row)),
        "figures": figures,
        "whom": whom,
        "off": ReasonForm(prefix="off"),
        "line": next(iter(queries.alarms_of(logbook, pk=row.pk)), None),
        "wrong": wrong,
        "broken": sign is None,
        "full": is_full(row),
    }
    return render(request, "alarms/alarm.html", context, status=422 if wrong else 200)


@require_POST
@access.needs(access.ALARMS_MANAGE)
def switch(request: HttpRequest, key: int) -> HttpResponse:
    """Switch an alarm on or off."""
    row = get_object_or_404(Alarm, logbook=logbook_in_use(), pk=key)
    on = request.POST.get("on") == "1"
    try:
        services.switch(row.pk, sender(request), on=on, reason=request.POST.get("off-reason", ""))
    except AlarmError as refused:
        words = explain(refused.code, **refused.facts)
        messages.error(request, f"{words.title} {words.next_step}")
    else:
        words_of_it = (
            _("It is on, and recorded. It tells of what is recorded from now on.")
            if on
            else _("It is off, and recorded.")
        )
        messages.success(request, words_of_it)
    return redirect("alarms:alarm", row.pk)
