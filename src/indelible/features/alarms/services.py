"""Setting alarms, changing them, switching them on and off: each on the record in the transaction of the act.

What happens to alarms is counted under rule 0, like what happens to rules: whoever silences an alarm leaves a trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction

from indelible.events import own_alarms
from indelible.events.event import Change
from indelible.features.alarms.models import Alarm, Channel, Memory
from indelible.features.alarms.signs import all_signs, sign_of
from indelible.features.alarms.wording import alarm_words
from indelible.features.rules.models import Rule
from indelible.features.sources.origins import RULE_0, By, record_own
from indelible.language.pattern import Pattern
from indelible.storage.database.models import Logbook

MOST_ALARMS: Final = 300
LONGEST_REASON: Final = 1_000


class AlarmError(Exception):
    """What was asked cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def make(
    logbook: Logbook,
    by: By,
    sign: str,
    settings: Mapping[str, Any],
    *,
    rule: Rule | None = None,
    typed: str = "",
    sentence: str = "",
    pattern: Pattern | None = None,
    channels: Sequence[Channel] = (),
    watch: str = "",
) -> Alarm:
    """Set an alarm: on a rule, on a pattern of its own, or (for signs about our own acts) on neither.

    It tells of what is recorded from now on. Raises AlarmError: `alarm-sign-unknown`, `alarm-needs-pattern`,
    `alarm-same`, `alarms-too-many`.
    """
    if sign not in all_signs():
        raise AlarmError("alarm-sign-unknown")
    about_us = bool(sign_of(sign).sayings)
    if not about_us and rule is None and pattern is None:
        raise AlarmError("alarm-needs-pattern")
    with transaction.atomic():
        Logbook.objects.select_for_update().get(
            pk=logbook.pk
        )  # two presses of one button come after each other
        others = Alarm.objects.filter(logbook=logbook)
        if others.count() >= MOST_ALARMS:
            raise AlarmError("alarms-too-many", most=MOST_ALARMS)
        alarm = Alarm(
            logbook=logbook,
            rule=None if about_us else rule,
            typed=typed[:2000],
            sentence=sentence[:2000],
            pattern=None if about_us or pattern is None or rule is not None else pattern.to_json(),
            sign=sign,
            settings=sign_of(sign).with_defaults(settings),
            watch=watch[:200],
            made_at=datetime.now(UTC),
            by_name=by.name[:150],
            begun_entry=0,
        )
        alike = others.filter(rule=alarm.rule, sign=sign)
        wanted = alarm.settings, alarm.pattern
        same = next((one for one in alike if (one.settings, one.pattern) == wanted), None)
        if same is not None:
            raise AlarmError("alarm-same", number=same.pk)
        alarm.save()
        alarm.channels.set(channels)
        told = own_alarms.alarm_made(
            by.party, alarm.pk, alarm_words(alarm), [one.name for one in channels], context=by.context
        )
        _begin(alarm, record_own(logbook, told, rules=(RULE_0,)).entries[0].index)
    return alarm


def change(key: int, settings: Mapping[str, Any], channels: Sequence[Channel], by: By) -> list[Change]:
    """Give an alarm other settings, or others to tell; return what changed, which is on the record."""
    with transaction.atomic():
        alarm = _held(key)
        before, sign = alarm_words(alarm), sign_of(alarm.sign)
        told_before = sorted(alarm.channels.filter(ended_at=None).values_list("name", flat=True))
        new = sign.with_defaults(settings)
        was = sign.with_defaults(alarm.settings)
        changes: list[Change] = []
        alarm.settings = new
        if new != was:
            changes.append({"field": "warning sign", "before": before, "after": alarm_words(alarm)})
        told_after = sorted(one.name for one in channels)
        if told_before != told_after:
            changes.append(
                {"field": "told", "before": ", ".join(told_before), "after": ", ".join(told_after)}
            )
        if not changes:
            return []
        alarm.channels.set(channels)
        event = own_alarms.alarm_changed(by.party, alarm.pk, alarm_words(alarm), changes, context=by.context)
        entry = record_own(alarm.logbook, event, rules=(RULE_0,)).entries[0].index
        alarm.save(update_fields=["settings"])
        if new != was:
            _begin(alarm, entry)
    return changes


def switch(key: int, by: By, *, on: bool, reason: str = "") -> bool:
    """Switch an alarm on or off; return whether it was otherwise. Switching off needs a reason (AlarmError)."""
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not on and not reason:
        raise AlarmError("alarm-off-why")
    with transaction.atomic():
        alarm = _held(key)
        if alarm.is_on == on:
            return False
        event = own_alarms.alarm_switched(
            by.party, alarm.pk, alarm_words(alarm), on=on, reason=reason or None, context=by.context
        )
        entry = record_own(alarm.logbook, event, rules=(RULE_0,)).entries[0].index
        alarm.is_on, alarm.reason = on, "" if on else reason
        alarm.save(update_fields=["is_on", "reason"])
        if on:
            _begin(alarm, entry)
    return True


def _begin(alarm: Alarm, entry: int) -> None:
    """Have an alarm tell of what comes after an entry, and learn anew what came before."""
    Memory.objects.filter(alarm=alarm).delete()
    alarm.begun_entry, alarm.taught = entry, False
    alarm.save(update_fields=["begun_entry", "taught"])


def _held(key: int) -> Alarm:
    return Alarm.objects.select_for_update(of=("self",)).select_related("logbook", "rule").get(pk=key)
