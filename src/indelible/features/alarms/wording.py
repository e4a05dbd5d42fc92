"""How alarms and notices are said: on pages, in messages, and on the record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indelible.features.alarms.models import Alarm, Notice
from indelible.features.alarms.signs import all_signs
from indelible.features.rules.models import RuleVersion
from indelible.web.numbers import written

LONGEST = 240


def alarm_words(alarm: Alarm) -> str:
    """Return what an alarm watches for: "it is done outside office hours, of what rule 3 records (“...”)"."""
    sign = all_signs().get(alarm.sign)
    if sign is None:
        return _("a warning sign that this version does not know (%(code)s)") % {"code": alarm.sign}
    when = sign.says(sign.with_defaults(alarm.settings))
    if sign.sayings:
        return when
    if alarm.rule_id is not None:
        return _("%(when)s, under the rule “%(rule)s”") % {"when": when, "rule": shortened(rule_words(alarm))}
    what = shortened(alarm.sentence or alarm.typed)
    return what if alarm.sign == "any_entry" else _("%(when)s, where %(what)s") % {"when": when, "what": what}


def rule_words(alarm: Alarm) -> str:
    """Return the sentence of the rule that an alarm is on, as it holds now."""
    version = RuleVersion.objects.filter(rule=alarm.rule_id).order_by("-number").first()
    return version.sentence if version else ""


def notice_title(row: Notice) -> str:
    """Return what a notice tells, in a few words: "10 times larger"."""
    sign = all_signs().get(row.alarm.sign)
    if sign is None:
        return _("A warning sign")
    if row.rest:
        return _("%(sign)s: and %(n)s more in this hour") % {"sign": sign.title, "n": written(row.count)}
    return sign.told(sign.with_defaults(row.alarm.settings), row.facts)


def sealed_title(row: Notice) -> str:
    """Return what an answer says that the alarm warned of."""
    return shortened(notice_title(row))


def shortened(text: str) -> str:
    """Return a text that fits a line or two."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
