"""Writes about rules: adding, changing, switching off and on. Each is an entry under rule 0 in the one transaction.

The order in each: the rule's row (its id stands in the entry), the entry that tells of the act, the version that
entries are counted under from now on, and last of all the mark that makes taggers read the rules anew. So every entry
before the telling one is counted by what held before, every one after it by what holds now.

A version is never changed. Whoever changes a rule says which version they had before them; where it is no longer the
newest, nothing is done and they are told. Where a change needs a second person, it becomes a request (`requests`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from indelible.events.event import Change, Event
from indelible.events.own import settings_changed
from indelible.events.own_rules import RULE_0, RULE_OFF, RULE_ON, rule_added, rule_changed, rule_switched
from indelible.features.rules.models import Rule, RuleSettings, RuleState, RuleVersion
from indelible.features.rules.wanted import LONGEST_SENTENCE, Wanted, of_version
from indelible.features.sources.services import By, record_own
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook
from indelible.storage.database.tagging import rules_changed

MOST_RULES: Final = 1_000
LONGEST_REASON: Final = 1_000
SECOND_PERSON: Final = "second person for changes of rules"  # a setting, as entries say it


class RuleError(Exception):
    """What was asked cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def add(logbook: Logbook, wanted: Sequence[Wanted], by: By) -> list[Rule]:
    """Record by these rules from now on, each with an entry of its own; all of them or none.

    Raises RuleError (`rule-too-long`, `rule-same`, `rules-too-many`).
    """
    now = datetime.now(UTC)
    with transaction.atomic():
        _check_new(logbook, wanted)
        rules = [_row(logbook, each, now) for each in wanted]
        sentences = [each.sentence for each in wanted]
        told = [
            rule_added(
                by.party,
                f"{rule.pk}.1",
                sentence,
                each.content(),
                catalogue=each.catalogue or None,
                reason=each.duties.reason or None,
                context=by.context,
            )
            for rule, each, sentence in zip(rules, wanted, sentences, strict=True)
        ]
        places = _record(logbook, told)
        RuleVersion.objects.bulk_create(
            _version(rule, 1, each, sentence, place, by.name, now)
            for rule, each, sentence, place in zip(rules, wanted, sentences, places, strict=True)
        )
        rules_changed(logbook)
    return rules


def change(
    rule: int, seen: int, wanted: Wanted, by: By, *, reason: str = "", second: str = ""
) -> RuleVersion:
    """Have a rule say something else from now on, as its next version; return that.

    `seen` is the version that the person had before them, `second` the name of whoever agreed. Raises RuleError
    (`rule-changed-meanwhile`, `rule-is-off`, `rule-nothing-changed`, `rule-too-long`).
    """
    now = datetime.now(UTC)
    try:
        with transaction.atomic():
            row, newest = _held(rule, seen)
            if row.state != RuleState.ON:
                raise RuleError("rule-is-off", number=row.pk)
            before = of_version(row, newest)
            wanted = replace(wanted, team=wanted.team or row.team, catalogue=row.catalogue)
            changes = differences(before, wanted)
            if not changes:
                raise RuleError("rule-nothing-changed", number=row.pk)
            sentence = _lawful(wanted)
            key = f"{row.pk}.{newest.number + 1}"
            event = rule_changed(
                by.party,
                key,
                sentence,
                changes,
                wanted.content(),
                approver=second or None,
                reason=reason or None,
                context=by.context,
            )
            [place] = _record(row.logbook, [event])
            newest.ended_at, newest.ended_entry = now, place
            newest.save(update_fields=["ended_at", "ended_entry"])
            version = _version(row, newest.number + 1, wanted, sentence, place, by.name, now, second)
            version.save()
            row.two_people, row.team = wanted.two_people, wanted.team
            row.save(update_fields=["two_people", "team"])
            rules_changed(row.logbook)
    except IntegrityError as twice:  # where the row could not be held, the number of the version decides
        raise RuleError("rule-changed-meanwhile", number=rule) from twice
    return version


def switch_off(rule: int, seen: int, by: By, *, reason: str, second: str = "") -> None:
    """Count nothing more under a rule from now on. Raises RuleError (`rule-changed-meanwhile`, `rule-is-off`,
    `rule-needs-reason`)."""
    if not reason.strip():
        raise RuleError("rule-needs-reason")
    _switch(rule, seen, RuleState.OFF, by, reason.strip(), second)


def switch_on(rule: int, seen: int, by: By, *, reason: str = "", second: str = "") -> None:
    """Count under a rule again, as its newest version says.

    Raises RuleError (`rule-changed-meanwhile`, `rule-is-on`).
    """
    _switch(rule, seen, RuleState.ON, by, reason.strip(), second)


def set_two_people(logbook: Logbook, wanted: bool, by: By, *, second: str = "") -> None:
    """Set whether every change of a rule needs a second person; on the record where that is another than before."""
    with transaction.atomic():
        row, _new = RuleSettings.objects.select_for_update().get_or_create(pk=1)
        if row.two_people == wanted:
            return
        words = {True: "always", False: "where the rule says so"}
        changes: list[Change] = [
            {"field": SECOND_PERSON, "before": words[row.two_people], "after": words[wanted]}
        ]
        if second:
            changes.append({"field": "agreed by", "after": second})
        event = settings_changed(by.party, changes, context=by.context)
        row.two_people = wanted
        row.save()
        record_own(logbook, event, rules=(RULE_0,))


def needs_second(rule: Rule) -> bool:
    """Whether a change of this rule needs a second person."""
    return rule.two_people or RuleSettings.objects.filter(pk=1, two_people=True).exists()


def differences(before: Wanted, after: Wanted) -> list[Change]:
    """Return each part of a rule that is another, in words: the sentence first."""
    parts: list[tuple[str, Callable[[Wanted], str]]] = [
        ("sentence", lambda each: each.sentence),
        ("facts", lambda each: ", ".join(need.fact for need in each.needs)),
        ("what is stored of facts", _marks),
        ("how completeness is known", lambda each: _expected(each)),
        ("needs a second person", lambda each: "yes" if each.two_people else "no"),
        ("serves", lambda each: ", ".join(each.serves)),
        ("team", lambda each: each.team),
    ]
    return [
        {"field": name, "before": was, "after": now}
        for name, words in parts
        if (was := words(before)) != (now := words(after))
    ] or _hidden(before, after)


def _hidden(before: Wanted, after: Wanted) -> list[Change]:
    """Tell of a difference that the sentence does not show: a condition that is not checked, say."""
    told = [
        ("pattern", before.pattern.to_json(), after.pattern.to_json()),
        ("duties", before.duties.to_json(), after.duties.to_json()),
    ]
    return [{"field": name, "before": was, "after": now} for name, was, now in told if was != now]


def _marks(wanted: Wanted) -> str:
    return ", ".join(f"{need.fact}: {need.mark}" for need in wanted.needs if need.mark)


def _expected(wanted: Wanted) -> str:
    told = wanted.expected
    return ", ".join(f"{name}: {told[name]}" for name in sorted(told)) if told else ""


def _switch(rule: int, seen: int, state: RuleState, by: By, reason: str, second: str) -> None:
    now = datetime.now(UTC)
    with transaction.atomic():
        row, newest = _held(rule, seen)
        if row.state == state:
            raise RuleError("rule-is-off" if state == RuleState.OFF else "rule-is-on", number=row.pk)
        event = rule_switched(
            by.party,
            RULE_OFF if state == RuleState.OFF else RULE_ON,
            newest.key,
            newest.sentence,
            approver=second or None,
            reason=reason or None,
            context=by.context,
        )
        _record(row.logbook, [event])
        row.state, row.state_since, row.state_reason = state, now, reason
        row.save(update_fields=["state", "state_since", "state_reason"])
        rules_changed(row.logbook)


def _held(rule: int, seen: int) -> tuple[Rule, RuleVersion]:
    """Return a rule, held until the transaction ends, with its newest version, which must be the one that was seen."""
    row = Rule.objects.select_for_update(of=("self",)).select_related("logbook").get(pk=rule)
    newest = row.versions.order_by("-number")[0]
    if newest.number != seen:
        raise RuleError("rule-changed-meanwhile", number=row.pk)
    return row, newest


def _check_new(logbook: Logbook, wanted: Sequence[Wanted]) -> None:
    held = RuleVersion.objects.filter(rule__logbook=logbook, rule__state=RuleState.ON, ended_at=None)
    if held.count() + len(wanted) > MOST_RULES:
        raise RuleError("rules-too-many", most=MOST_RULES)
    sentences = [_lawful(each) for each in wanted]
    for key, same in held.filter(sentence__in=sentences).values_list("rule", "sentence")[:1]:
        raise RuleError("rule-same", number=key, sentence=same)


def _lawful(wanted: Wanted) -> str:
    """Return the canonical sentence. Raises RuleError (`rule-too-long`)."""
    sentence = wanted.sentence
    if len(sentence) > LONGEST_SENTENCE or len(wanted.typed) > LONGEST_SENTENCE:
        raise RuleError("rule-too-long", most=LONGEST_SENTENCE)
    return sentence


def _row(logbook: Logbook, wanted: Wanted, now: datetime) -> Rule:
    return Rule.objects.create(
        logbook=logbook,
        catalogue=wanted.catalogue,
        team=wanted.team,
        state_since=now,
        two_people=wanted.two_people,
    )


def _version(
    rule: Rule,
    number: int,
    wanted: Wanted,
    sentence: str,
    place: int,
    by: str,
    now: datetime,
    second: str = "",
) -> RuleVersion:
    parts: dict[str, Any] = wanted.content()
    parts.pop("two_people")  # of the rule, not of a version
    return RuleVersion(
        rule=rule,
        number=number,
        typed=wanted.typed,
        sentence=sentence,
        **parts,
        begun_at=now,
        begun_entry=place,
        by_name=by,
        second_name=second,
    )


def _record(logbook: Logbook, events: Sequence[Event]) -> list[int]:
    """Append what tells of an act, under rule 0; return where the entries stand."""
    made = append(logbook, [Draft(event, rules=(RULE_0,)) for event in events])
    return [entry.index for entry in made.recorded]
