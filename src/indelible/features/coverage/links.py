"""Where coverage leads: to the entries behind a number, and to a rule for what no rule covers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from indelible.events.vocabulary import VERBS
from indelible.features.coverage.judging import Span
from indelible.features.coverage.queries import Uncovered
from indelible.language.pattern import Condition, Pattern, When


def entries_of(rule: int, period: Span | None, zone: ZoneInfo, *, lacking: str = "") -> str:
    """Return where the entries of a rule stand, those of a period by when they happened; that lack a fact."""
    when = None
    if period is not None:
        last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
        when = When(period.start.astimezone(zone).date().isoformat(), last.isoformat())
    where = [Condition(lacking, "absent")] if lacking else []
    return _record(Pattern.of(rules=[str(rule)], where=where, when=when))


def entries_like(one: Uncovered) -> str:
    """Return where the entries of an act that no rule covers stand."""
    return _record(_pattern(one, str(one.source)))


def _record(pattern: Pattern) -> str:
    from indelible.language.rendering import (
        render,
    )  # the words of the language are many; a page needs them, no count

    return f"{reverse('record:list')}?{urlencode({'q': render(pattern, as_='search')})}"


def rule_for(one: Uncovered) -> str:
    """Return where a rule for an act that no rule covers can be added; what we have no word for is left out."""
    from indelible.language.rendering import render

    sentence = render(_pattern(one, one.source_name))
    return f"{reverse('rules:add')}?{urlencode({'text': sentence})}"


def _pattern(one: Uncovered, system: str) -> Pattern:
    verbs = [one.verb] if one.verb in VERBS else []
    return Pattern.of(verbs=verbs, things=[one.kind] if one.kind else [], systems=[system])
