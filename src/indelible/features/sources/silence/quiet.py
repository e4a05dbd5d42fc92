"""Quiet that is announced: from a moment up to another nothing is expected, by the signature of a person.

It is announced before it begins, so that nobody explains a silence away by a date in the past: for that there is the
explanation of the gap. Within it silence opens no gap, and it stays visible as quiet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from indelible.events import own_silence
from indelible.features.sources.models import QuietPeriod, Source, State
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.features.sources.silence.watch import instant

LONGEST: Final = timedelta(days=370)
SLACK: Final = timedelta(minutes=5)  # while a form was filled in


def announce(
    source: Source, from_at: datetime, to_at: datetime, why: str, by: By, now: datetime
) -> QuietPeriod:
    """Announce quiet. Whoever calls has checked the person's password in this very act.

    Raises SourceError: `quiet-needs-reason`, `quiet-in-the-past`, `quiet-backwards`, `quiet-too-long`, `source-ended`.
    """
    why = why.strip()
    if not why:
        raise SourceError("quiet-needs-reason")
    if from_at < now - SLACK:
        raise SourceError("quiet-in-the-past")
    if to_at <= from_at:
        raise SourceError("quiet-backwards")
    if to_at - from_at > LONGEST:
        raise SourceError("quiet-too-long", days=LONGEST.days)
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.state == State.ENDED:
            raise SourceError("source-ended", name=row.name)
        event = own_silence.quiet_announced(
            by.party, row.pk, row.name, instant(from_at), instant(to_at), why, context=by.context
        )
        made = QuietPeriod(
            source=row,
            from_at=from_at,
            to_at=to_at,
            why=why,
            by_name=by.name[:150],
            announced_at=now,
            entry=0,
        )
        made.save()
        _keep_on_the_source(row, now)
        made.entry = record_own(row.logbook, event, rules=(RULE_0,)).entries[0].index
        made.save(update_fields=["entry"])
    return made


def withdraw(quiet: QuietPeriod, by: By, now: datetime) -> QuietPeriod:
    """Withdraw announced quiet from now on: what lay before stays quiet. Raises SourceError where it is over."""
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=quiet.source_id)
        quiet = QuietPeriod.objects.select_for_update().get(pk=quiet.pk)
        if quiet.withdrawn_at is not None or quiet.to_at <= now:
            raise SourceError("quiet-is-over")
        quiet.withdrawn_at, quiet.withdrawn_by = now, by.name[:150]
        quiet.save()
        _keep_on_the_source(row, now)
        event = own_silence.quiet_withdrawn(
            by.party,
            row.pk,
            row.name,
            instant(quiet.from_at),
            instant(quiet.to_at),
            quiet.entry,
            context=by.context,
        )
        quiet.withdrawn_entry = record_own(row.logbook, event, rules=(RULE_0,)).entries[0].index
        quiet.save(update_fields=["withdrawn_entry"])
    return quiet


def _keep_on_the_source(row: Source, now: datetime) -> None:
    """Keep what is not over on the source's own row, where lists of sources read it."""
    open_rows = QuietPeriod.objects.filter(source=row, withdrawn_at=None, to_at__gt=now)[:100]
    told: list[dict[str, Any]] = [
        {"from": each.from_at.isoformat(), "to": each.to_at.isoformat(), "why": each.why[:300]}
        for each in open_rows
    ]
    row.rhythm = row.rhythm | {"quiet": told}
    row.save(update_fields=["rhythm"])
