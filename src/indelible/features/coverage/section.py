"""The part of a rule's page about coverage: how it stands, what is missing, what no source sends."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from indelible.features.coverage import showing, words
from indelible.features.coverage.models import RuleTrouble
from indelible.features.rules.models import Rule
from indelible.features.rules.world import world_of
from indelible.features.settings.services import calendar
from indelible.web.chrome import reader_of

SHOWN_TROUBLES = 5


def part(request: HttpRequest, rule: Rule) -> dict[str, Any]:
    """Return what fills the part."""
    now, zone = timezone.now(), ZoneInfo(calendar().zone)
    found = showing.of_rule(rule.logbook, rule.pk, now, reader_of(request), zone)
    unkept = found.standing.unkept if found is not None else ()
    world = world_of(rule.logbook) if unkept else None
    return {
        "shown": found,
        "rhythm": words.rhythm_words(found.standing) if found else "",
        "unkept": [words.unkept_words(each, world) for each in unkept] if world else [],
        "troubles": RuleTrouble.objects.filter(rule=rule).order_by("-id")[:SHOWN_TROUBLES],
    }
