"""Saying a rule in own words, for a new one and for one that is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.rules import queries, saying
from indelible.features.rules.catalogue import PACKS, RULES
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.world import world_of
from indelible.language.understanding import Offer, Unknown
from indelible.web.acts import logbook_in_use


@needs(access.RULES_CHANGE)
@require_safe
def add(request: HttpRequest) -> HttpResponse:
    """Say a new rule; what was understood is shown while it is typed."""
    return _say(request, None, None)


@needs(access.RULES_CHANGE)
@require_safe
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Say what a rule is to say from now on."""
    rule, version = queries.rule_of(logbook_in_use(), key)
    return _say(request, rule, version)


def _say(request: HttpRequest, rule: Rule | None, version: RuleVersion | None) -> HttpResponse:
    sent: Any = request.GET.copy()
    now, world = datetime.now(UTC), world_of(logbook_in_use())
    if sent.get("go") == "answer" and sent.get("answer"):
        sent["text"] = saying.as_a_rule(sent["answer"], world, now)
        sent.pop("read_from", None)
    said = saying.say(sent, world, now, rule=rule, version=version)
    seen = _number(sent.get("seen")) or (version.number if version else 0)
    if sent.get("go") == "check" and said.understood and said.wanted is not None:
        return HttpResponseRedirect(_check_url(said.wanted.sealed(), rule, seen))
    here = reverse("rules:change", args=[rule.pk]) if rule else reverse("rules:add")
    kept = {name: sent[name] for name in ("ready", "seen") if sent.get(name)}
    _make_live(said, here)
    read = said.read
    context = {
        "said": said,
        "rule": rule,
        "version": version,
        "seen": seen,
        "here": here,
        "ready": sent.get("ready", "") if sent.get("ready") in RULES else "",
        "unknown": [_unknown(each, here, kept, said.text) for each in (read.not_understood if read else ())],
        "questions": read.questions if read else (),
        "offers": [_offer(each, here, kept) for each in (read.offers if read else ())],
        "alarm_url": _alarm_url(said.text),
        "search_url": f"{reverse('record:list')}?{urlencode({'q': said.text})}",
        "unchecked": said.wanted.pattern.unchecked if said.wanted else (),
        "sentence": said.wanted.sentence if said.wanted else (read.sentence if read else ""),
    }
    wrong = sent.get("go") in ("check", "answer") and not said.understood
    response = render(request, "rules/say.html", context, status=422 if wrong else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _make_live(said: saying.Said, here: str) -> None:
    """Have what was understood follow what is typed; without JavaScript a button does the same."""
    said.sentence.fields["text"].widget.attrs |= {
        "hx-get": here,
        "hx-trigger": "input changed delay:400ms",
        "hx-include": "closest form",
        "hx-target": "#understood",
        "hx-select": "#understood",
        "hx-swap": "outerHTML",
        "hx-sync": "this:replace",
    }


def _unknown(each: Unknown, here: str, kept: dict[str, str], text: str) -> dict[str, Any]:
    """Return words that nobody knows, with where each way out leads."""
    meant = [
        (suggestion, f"{here}?{urlencode({**kept, 'text': sentence})}")
        for suggestion, sentence in zip(each.suggestions, each.rewritten, strict=False)
    ]
    thing = ""
    if not meant and saying.may_be_a_thing(each):
        back = f"{here}?{urlencode({**kept, 'text': text})}"
        thing = f"{reverse('rules:thing-add')}?{urlencode({'name': each.words, 'back': back})}"
    return {"words": each.words, "meant": meant, "thing": thing}


def _offer(each: Offer, here: str, kept: dict[str, str]) -> dict[str, str]:
    """Return something that may be wanted instead, with where it leads."""
    url = ""
    if each.kind == "narrow" and each.sentence:
        url = f"{here}?{urlencode({**kept, 'text': each.sentence})}"
    elif each.kind == "pack":
        slug = next((name for name, pack in PACKS.items() if each.name in (name, pack.name)), "")
        url = reverse("rules:pack", args=[slug]) if slug else reverse("rules:ready")
    elif each.kind == "rule" and each.name in RULES:
        url = f"{reverse('rules:add')}?{urlencode({'ready': each.name})}"
    elif each.kind == "alarm" and each.sentence:
        url = _alarm_url(each.sentence)
    return {"kind": each.kind, "label": each.label, "url": url}


def _alarm_url(text: str) -> str:
    """Return where an alarm is set by these words; empty where there are no alarms."""
    try:
        return f"{reverse('alarms:add')}?{urlencode({'q': text})}"
    except NoReverseMatch:
        return ""


def _check_url(wanted: str, rule: Rule | None, seen: int) -> str:
    sent = {"wanted": wanted, **({"rule": rule.pk, "seen": seen} if rule else {})}
    return f"{reverse('rules:check')}?{urlencode(sent)}"


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
