"""Changes of rules that wait for a second person.

What was asked is kept as it was checked on the page; approved, it is carried out exactly so, in the name of whoever
asked, with the name of whoever agreed. Where the rule changed meanwhile, nothing is carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from indelible.events.event import Context
from indelible.features.people.models import Request, User
from indelible.features.people.second import services as second
from indelible.features.rules import services, wording
from indelible.features.rules.kinds import CHANGE
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.services import RuleError
from indelible.features.rules.wanted import Wanted, of_version
from indelible.features.sources.services import By
from indelible.web.acts import actor_of, logbook_in_use

SETTING: Final = "all rules"  # what a request is about that is about no one rule

Act = Literal["change", "off", "on", "one person"]


def ask_to_change(rule: Rule, seen: int, wanted: Wanted, by: By, reason: str = "") -> Request:
    """Ask for a second person to have a rule say something else. Raises RuleError where it could not be done now."""
    newest = rule.versions.order_by("-number")[0]
    if newest.number != seen:
        raise RuleError("rule-changed-meanwhile", number=rule.pk)
    if not services.differences(of_version(rule, newest), wanted):
        raise RuleError("rule-nothing-changed", number=rule.pk)
    return _ask(rule, "change", seen, by, reason, wanted=wanted.to_json())


def ask_to_switch(rule: Rule, seen: int, act: Literal["off", "on"], by: By, reason: str = "") -> Request:
    """Ask for a second person to switch a rule off or on. Raises RuleError (`rule-needs-reason`)."""
    if act == "off" and not reason.strip():
        raise RuleError("rule-needs-reason")
    return _ask(rule, act, seen, by, reason)


def ask_for_one_person(by: By) -> Request:
    """Ask for a second person so that, from then on, only those changes need one whose rule says so."""
    return _asked("changes of rules without a second person", {"act": "one person"}, by, "", SETTING)


def open_about(rule: Rule) -> Request | None:
    """Return what waits about a rule, None where nothing does."""
    return second.open_about(CHANGE, _about(rule))


def _ask(rule: Rule, act: Act, seen: int, by: By, reason: str, **more: Any) -> Request:
    # As entries say it, whatever language the page was in.
    words = {
        "change": "a change of rule %s",
        "off": "rule %s switched off",
        "on": "rule %s switched on again",
    }
    facts = {"act": act, "rule": rule.pk, "seen": seen, "reason": reason, **more}
    return _asked(words[act] % rule.pk, facts, by, reason, _about(rule))


def _asked(title: str, facts: dict[str, Any], by: By, reason: str, about: str) -> Request:
    if by.user is None:
        raise RuleError("rule-needs-person")
    try:
        return second.ask(CHANGE, title, facts, by.user, by.context or {}, reason=reason, about=about)
    except second.SecondRefused as refused:
        raise RuleError(refused.code, **refused.facts) from refused


def _about(rule: Rule) -> str:
    return f"rule {rule.pk}"


# What the second person says -------------------------------------------------------------------------------


def carry_out(request: Request, decider: User, _context: Context) -> None:
    """Do what was asked, now that somebody agreed. Raises SecondRefused where it cannot be done any more."""
    facts = request.facts
    by = By(actor_of(request.by), None, request.by)
    reason, agreed = str(facts.get("reason", "")), decider.name
    try:
        match facts["act"]:
            case "change":
                wanted = Wanted.from_json(facts["wanted"])
                services.change(facts["rule"], facts["seen"], wanted, by, reason=reason, second=agreed)
            case "off":
                services.switch_off(facts["rule"], facts["seen"], by, reason=reason, second=agreed)
            case "on":
                services.switch_on(facts["rule"], facts["seen"], by, reason=reason, second=agreed)
            case _:
                services.set_two_people(logbook_in_use(), False, by, second=agreed)
    except RuleError as refused:
        raise second.SecondRefused(refused.code, **refused.facts) from refused


def lines(request: Request) -> Sequence[second.Line]:
    """Tell what would be another, for whoever decides."""
    facts = request.facts
    act = facts["act"]
    if act == "one person":
        return [
            second.Line(
                _("Who agrees to changes of rules"), _("always a second person"), _("where the rule says so")
            )
        ]
    version = (
        RuleVersion.objects.filter(rule=facts["rule"], number=facts["seen"]).select_related("rule").first()
    )
    if version is None:
        return []
    if act != "change":
        on, off = _("on"), _("switched off")
        before, after = (on, off) if act == "off" else (off, on)
        return [second.Line(version.sentence, before, after)]
    changes = services.differences(of_version(version.rule, version), Wanted.from_json(facts["wanted"]))
    return [
        second.Line(
            wording.part(each["field"]),
            wording.shown(each["field"], each.get("before")),
            wording.shown(each["field"], each.get("after")),
        )
        for each in changes
    ]
