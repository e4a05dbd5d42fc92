"""The rhythm of a source: declared by a person, else learned; kept on the source, and told in words.

`Source.rhythm` holds `declared` and `learned` (as `Rhythm.as_json`), `since` when expectation began, `silent` while a
gap is open and `quiet` with the announced periods that are not over: so that a list of sources shows how each
stands by reading its row alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.events import own
from indelible.events.event import Change
from indelible.events.office import WorkCalendar
from indelible.features.settings.services import calendar
from indelible.features.sources.accounts.late import LATE_HOURS
from indelible.features.sources.models import Gap, QuietPeriod, Source, State
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.features.sources.silence import heard
from indelible.features.sources.silence.rhythm import DAY, LEARNED_FROM_DAYS, Quiet, Rhythm, learn

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def rhythm_of(source: Source) -> Rhythm | None:
    """Return what is expected of a source: what a person declared, else what was learned, else nothing."""
    told = source.rhythm.get("declared") or source.rhythm.get("learned")
    return Rhythm.from_json(told) if told else None


def expected_since(source: Source) -> datetime:
    """Return the moment before which nothing was expected: declared, begun, or gone on after a pause."""
    since = taken_since(source)
    return max(since, datetime.fromisoformat(source.rhythm.get("since") or since.isoformat()))


def taken_since(source: Source) -> datetime:
    """Return since when a source is taken from: it began, or went on after a pause."""
    if source.state_since and source.state in (State.ON, State.WAITING):
        return max(source.created_at, source.state_since)
    return source.created_at


def declare(source: Source, rhythm: Rhythm | None, by: By, *, late_hours: int | None = None) -> bool:
    """Set what is expected of a source, or with None leave it to what is learned; return whether that is new.

    `late_hours` is after how many hours a record counts as late. It is an entry. Raises SourceError for a source
    that has ended.
    """
    with transaction.atomic():
        row = Source.objects.select_for_update().get(pk=source.pk)
        if row.state == State.ENDED:
            raise SourceError("source-ended", name=row.name)
        before = row.rhythm.get("declared")
        after = rhythm.as_json() if rhythm else None
        late_before = row.settings.get("late_after_hours", LATE_HOURS)
        changes: list[Change] = []
        if late_hours is not None and late_hours != late_before:
            changes.append({"field": "late after hours", "before": late_before, "after": late_hours})
            row.settings = row.settings | {"late_after_hours": late_hours}
        if before == after and not changes:
            return False
        if before != after:
            change: Change = {"field": "expected"}
            if before:
                change["before"] = in_words(Rhythm.from_json(before))
            if rhythm:
                change["after"] = in_words(rhythm)
            changes.append(change)
        kept = {key: value for key, value in row.rhythm.items() if key != "declared"}
        row.rhythm = kept | ({"declared": after} if after else {}) | {"since": timezone.now().isoformat()}
        row.save(update_fields=["rhythm", "settings"])
        event = own.source_changed(by.party, row.pk, row.name, changes, context=by.context)
        record_own(row.logbook, event, rules=(RULE_0,))
    source.rhythm, source.settings = row.rhythm, row.settings
    return True


def learn_pace(source: Source, now: datetime, days: WorkCalendar | None = None) -> Rhythm | None:
    """Learn a source's usual pace from what arrived lately, and keep it; return it.

    While it is silent or paused nothing is learned: the pace of before is what it is held against. Too little to
    learn from leaves what was learned earlier.
    """
    if source.state not in (State.ON, State.WAITING) or "silent" in source.rhythm:
        return None
    since = now - LEARNED_FROM_DAYS * DAY
    left_out = [
        Quiet(gap.began_at, gap.ended_at or now)
        for gap in Gap.objects.filter(source=source).exclude(ended_at__lt=since)[:500]
    ]
    quiet, spells, days = quiet_spans(source, since), heard.spells_of(source, since), days or calendar()
    # A source that became slower for good has gaps only: then these are its pace.
    found = learn(spells, now, days, left_out + quiet) or learn(spells, now, days, quiet)
    if found is not None and found.as_json() != source.rhythm.get("learned"):
        with transaction.atomic():
            row = Source.objects.select_for_update().get(pk=source.pk)
            row.rhythm = row.rhythm | {"learned": found.as_json()}
            row.save(update_fields=["rhythm"])
        source.rhythm = row.rhythm
    return found


def quiet_spans(source: Source, since: datetime) -> list[Quiet]:
    """Return the announced quiet of a source that was not over at a moment; what was withdrawn held until then."""
    rows = QuietPeriod.objects.filter(source=source, to_at__gt=since)[:500]
    return [span for row in rows if (span := span_of(row)) is not None]


def span_of(row: QuietPeriod) -> Quiet | None:
    """Return the span in which an announced quiet held; None where it was withdrawn before it began."""
    end = row.to_at if row.withdrawn_at is None else min(row.to_at, row.withdrawn_at)
    return Quiet(row.from_at, end) if end > row.from_at else None


def in_words(rhythm: Rhythm) -> str:
    """Return a rhythm as people say it: "every 30 minutes, on working days, with 1 hour of grace"."""
    if rhythm.is_learned:
        text = _("about every %(usual)s; the longest usual pause is %(longest)s") % {
            "usual": span_words(timedelta(seconds=rhythm.usual_seconds)),
            "longest": span_words(timedelta(seconds=rhythm.every)),
        }
    elif rhythm.unit == "weekdays":
        names = [str(WEEKDAYS[day]) for day in sorted(rhythm.weekdays)]
        text = _("each %(days)s by %(time)s") % {"days": ", ".join(names), "time": f"{rhythm.by:%H:%M}"}
    elif rhythm.unit == "monthdays":
        text = _("each month on day %(days)s by %(time)s") % {
            "days": ", ".join(str(day) for day in sorted(rhythm.monthdays)),
            "time": f"{rhythm.by:%H:%M}",
        }
    else:
        text = _every(rhythm.unit, rhythm.every)
    if rhythm.working:
        text = _("%(rhythm)s, on working days") % {"rhythm": text}
    if rhythm.grace and not rhythm.is_learned:
        text = _("%(rhythm)s, with %(grace)s of grace") % {
            "rhythm": text,
            "grace": span_words(rhythm.grace),
        }
    return text


def _every(unit: str, number: int) -> str:
    words = {
        "minutes": ngettext("every minute", "every %(n)s minutes", number),
        "hours": ngettext("every hour", "every %(n)s hours", number),
        "days": ngettext("every day", "every %(n)s days", number),
        "weeks": ngettext("every week", "every %(n)s weeks", number),
        "months": ngettext("every month", "every %(n)s months", number),
    }
    return words.get(unit, unit) % {"n": number}


def span_words(span: timedelta) -> str:
    """Return a length of time in its largest sensible unit: "26 hours", "3 days"."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 90:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 90 * 60:
        minutes = round(seconds / 60)
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if seconds < 48 * 3600:
        hours = round(seconds / 3600)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(seconds / 86400)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def how_known(rhythm: Rhythm | None) -> str:
    """Return how we know what is expected: it is always said."""
    if rhythm is None:
        return _("No rhythm is known yet, so silence cannot be told.")
    if rhythm.is_learned:
        text = _("Usual pace, learned from %(n)s days; it is no promise.")
        return text % {"n": rhythm.learned_days}
    return _("Declared by a person. That it is kept does not show that nothing is missing.")


def current_quiet(source: Source, now: datetime) -> Mapping[str, Any] | None:
    """Return the announced quiet in which a source is right now, from its own row."""
    for each in source.rhythm.get("quiet", ()):
        if datetime.fromisoformat(each["from"]) <= now < datetime.fromisoformat(each["to"]):
            return dict(each)
    return None
