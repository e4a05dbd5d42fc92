"""The watch over all sources: a gap opens where one is silent, paused or cannot be got through, and closes again.

Every worker looks every half minute. What is found is settled under the lock of the source's row, where it is looked
at once more, and a source has one open gap at most by the database's own word: so each beginning and each end is told
once on the record, whoever found it.

* Silence needs a rhythm. Without one nothing is expected, and nothing is silent.
* A pause is told by whoever pauses; its gap is only kept here. Trouble opens a gap once it lasts.
* A source that has ended has no gaps.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from indelible.events import own_silence
from indelible.events.office import WorkCalendar
from indelible.explanations import explain
from indelible.features.settings.services import calendar
from indelible.features.sources.models import Gap, GapKind, QuietPeriod, Source, State
from indelible.features.sources.origins import RULE_0, record_own
from indelible.features.sources.silence import heard
from indelible.features.sources.silence.pace import expected_since, rhythm_of, span_of, taken_since
from indelible.features.sources.silence.rhythm import Expected, Quiet, expected
from indelible.storage.database.errors import AppendFailed, AppendRefused

logger = logging.getLogger("indelible.sources")

LASTS: Final = timedelta(minutes=15)  # trouble that is over sooner is no gap
QUIET_BACK: Final = timedelta(days=400)
NO_GAP: Final = frozenset(
    {"source-asks"}
)  # what comes is kept: it waits for a person, and nothing is missing


@dataclass(frozen=True, slots=True)
class Finding:
    """What holds of a source now: a gap of a kind, from when, and when something was due."""

    kind: GapKind
    began_at: datetime
    expected_by: datetime | None = None
    facts: dict[str, Any] | None = None


def look(now: datetime, days: WorkCalendar | None = None) -> int:
    """Look at every source once; open and close gaps. Returns how many were opened or closed."""
    days = days or calendar()
    sources = list(Source.objects.select_related("health", "logbook").order_by("pk"))
    last = heard.last_heard(sources)
    quiet = _quiet(now)
    open_gaps = {gap.source_id: gap for gap in Gap.objects.filter(ended_at=None)}
    changed = 0
    for source in sources:
        found = find(source, last.get(source.pk), now, days, quiet.get(source.pk, ()))
        if _fits(open_gaps.get(source.pk), found):
            continue
        try:
            changed += settle(source.pk, now, days)
        except (AppendRefused, AppendFailed):  # nothing can be sealed now; the next look finds it again
            logger.warning("a gap could not be told", extra={"source": source.pk}, exc_info=True)
    return changed


def find(
    source: Source, last: datetime | None, now: datetime, days: WorkCalendar, quiet: Sequence[Quiet] = ()
) -> Finding | None:
    """Return the gap in which a source is now, None where it is in none."""
    if source.state == State.ENDED:
        return None
    if source.state == State.PAUSED:
        return Finding(GapKind.PAUSED, source.state_since or now, facts={"reason": source.state_reason})
    health = getattr(source, "health", None)
    problem, since = (health.problem, health.problem_since) if health is not None else (None, None)
    if problem and since and problem.get("code") not in NO_GAP and now - since >= LASTS:
        return Finding(GapKind.REFUSED, since, facts=dict(problem))
    due = expectation(source, last, days, quiet)
    if due is None or not due.is_silent(now):
        return None
    rhythm = rhythm_of(source)
    facts = {"rhythm": rhythm.as_json()} if rhythm else {}
    began = max(last or source.created_at, taken_since(source))
    return Finding(GapKind.SILENT, began, due.due, facts)


def expectation(
    source: Source, last: datetime | None, days: WorkCalendar, quiet: Sequence[Quiet] = ()
) -> Expected | None:
    """Return when something is expected of a source next, None where no rhythm is known."""
    rhythm = rhythm_of(source)
    if rhythm is None:
        return None
    since = expected_since(source)
    return expected(rhythm, max(last, since) if last else since, days, quiet)


def settle(source_id: int, now: datetime, days: WorkCalendar | None = None) -> int:
    """Bring the gap of one source up to what holds now, with its entries; return how many were opened or closed."""
    days = days or calendar()
    try:
        with transaction.atomic():
            source = (
                Source.objects.select_for_update(of=("self",)).select_related("logbook").get(pk=source_id)
            )
            last = heard.last_heard([source]).get(source.pk)
            found = find(source, last, now, days, _quiet(now, source_id).get(source_id, ()))
            gap = Gap.objects.filter(source=source, ended_at=None).first()
            if _fits(gap, found):
                return 0
            changed = 0
            if gap is not None:
                _close(source, gap, last, now)
                changed += 1
            if found is not None:
                open_gap(source, found, now)
                changed += 1
            return changed
    except IntegrityError:  # another process opened it in this very moment
        return 0


def _fits(gap: Gap | None, found: Finding | None) -> bool:
    """Whether the open gap is the one that was found. A silence goes on only from the same arrival."""
    if gap is None or found is None:
        return gap is None and found is None
    return gap.kind == found.kind and (gap.kind != GapKind.SILENT or gap.began_at >= found.began_at)


def open_gap(source: Source, found: Finding, now: datetime, *, is_over: bool = False) -> Gap:
    """Open a gap and tell of it, inside the transaction that holds the source. `is_over`: it ends at once."""
    gap = Gap(
        source=source,
        kind=found.kind,
        began_at=found.began_at,
        expected_by=found.expected_by,
        noticed_at=now,
        ended_at=found.began_at if is_over else None,
        facts=found.facts or {},
    )
    gap.save()
    event = None
    if found.kind == GapKind.SILENT:
        event = own_silence.silence_began(
            source.pk,
            source.name,
            instant(found.began_at),
            expected_by=instant(found.expected_by) if found.expected_by else None,
            rhythm=gap.facts.get("rhythm"),
        )
    elif found.kind == GapKind.REFUSED:
        facts = dict(gap.facts)
        code = str(facts.pop("code"))
        title = explain(code, **{"name": source.name, **facts}).title
        event = own_silence.refusal_began(source.pk, source.name, instant(found.began_at), code, title)
    if found.kind == GapKind.SILENT and not is_over:
        source.rhythm["silent"] = {
            "gap": gap.pk,
            "since": found.began_at.isoformat(),
            "expected_by": found.expected_by.isoformat() if found.expected_by else None,
        }
        source.save(update_fields=["rhythm"])
    if event is not None:
        gap.began_entry = record_own(source.logbook, event, rules=(RULE_0,)).entries[0].index
        gap.save(update_fields=["began_entry"])
    return gap


def _close(source: Source, gap: Gap, last: datetime | None, now: datetime) -> None:
    """Close the open gap of a source at the moment it ended, as far as that is known."""
    ended_at = now
    if gap.kind == GapKind.SILENT and last is not None and last > gap.began_at:
        ended_at = heard.first_after(source, gap.began_at, last)
    elif gap.kind == GapKind.PAUSED:
        ended_at = source.state_since or now
    if source.rhythm.pop("silent", None) is not None:
        source.save(update_fields=["rhythm"])
    end_gap(source, gap, ended_at)


def end_gap(source: Source, gap: Gap, ended_at: datetime) -> None:
    """End a gap and tell of it, inside the transaction that holds the source. A pause tells of itself."""
    gap.ended_at = max(ended_at, gap.began_at)
    if gap.kind != GapKind.PAUSED:
        event = own_silence.gap_ended(
            source.pk,
            source.name,
            "silent" if gap.kind == GapKind.SILENT else "refused",
            instant(gap.began_at),
            instant(gap.ended_at),
            gap.began_entry,
        )
        gap.ended_entry = record_own(source.logbook, event, rules=(RULE_0,)).entries[0].index
    gap.save(update_fields=["ended_at", "ended_entry"])


def _quiet(now: datetime, source: int | None = None) -> dict[int, list[Quiet]]:
    """Return the announced quiet by source, as far back as it can still matter."""
    rows = QuietPeriod.objects.filter(to_at__gt=now - QUIET_BACK)
    if source is not None:
        rows = rows.filter(source=source)
    found: dict[int, list[Quiet]] = {}
    for row in rows[:5_000]:
        span = span_of(row)
        if span is not None:
            found.setdefault(row.source_id, []).append(span)
    return found


def instant(at: datetime) -> str:
    """Return a moment as events hold it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
