"""What was heard on each day, for one source or all of them: the calendar of gaps and the strip of thirty days.

A day is one of the organisation's zone. Each has one word, the gravest that holds, and a picture of its own shape; no
word says that a day is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.events.office import WorkCalendar
from indelible.features.sources.models import Gap, GapKind, Heard, QuietPeriod, Source
from indelible.features.sources.silence.pace import rhythm_of, span_of

WORDS: dict[str, str | Promise] = {
    "silent": _("silent"),
    "refused": _("refused"),
    "explained": _("explained gap"),
    "paused": _("paused"),
    "heard": _("heard"),
    "there": _("there, with nothing to tell"),
    "quiet": _("quiet, as announced"),
    "free": _("day off"),
    "nothing": _("nothing came"),
    "future": _("not yet"),
    "before": _("before it began"),
}
LEGEND = ("heard", "there", "nothing", "silent", "refused", "explained", "paused", "quiet", "free", "future")
GRAVEST = ("silent", "refused", "explained", "paused")
ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Day:
    """One day of one source. `gap` and `entry` are what a link leads to, where there is one."""

    day: date
    state: str = "nothing"
    records: int = 0
    deliveries: int = 0
    gap: int | None = None
    heard_too: bool = False
    quiet: bool = False
    entries: list[int] = field(
        default_factory=list
    )  # indexes: of gaps that began or ended, of quiet announced

    @property
    def word(self) -> str | Promise:
        """What the day is called."""
        return WORDS[self.state]


def days_of(
    sources: Sequence[Source], first: date, last: date, now: datetime, calendar: WorkCalendar
) -> dict[int, list[Day]]:
    """Return each source's days from `first` to `last`, with one query a table."""
    zone = ZoneInfo(calendar.zone)
    start, end = _midnight(first, zone), _midnight(last + ONE_DAY, zone)
    dates = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    found = {each.pk: {day: Day(day) for day in dates} for each in sources}
    rows = Heard.objects.filter(
        source__in=found, hour__gte=start - timedelta(hours=1), hour__lt=end, first_at__isnull=False
    )
    for source_id, first_at, last_at, records, deliveries in rows.values_list(
        "source", "first_at", "last_at", "records", "deliveries"
    ):
        days = found[source_id]
        if first_at is None or last_at is None:
            continue
        for at in {first_at.astimezone(zone).date(), last_at.astimezone(zone).date()}:
            if at in days:
                days[at].heard_too = True
        if (day := days.get(first_at.astimezone(zone).date())) is not None:
            day.records += records
            day.deliveries += deliveries
    _put_beats(found, start, end, zone)
    _put_quiet(found, start, end, zone)
    _put_gaps(found, start, end, now, zone)
    today = now.astimezone(zone).date()
    for source in sources:
        rhythm = rhythm_of(source)
        began = source.created_at.astimezone(zone).date()
        for day in found[source.pk].values():
            _finish(day, began, today, is_free=_is_free(day.day, calendar, bool(rhythm and rhythm.working)))
    return {pk: list(days.values()) for pk, days in found.items()}


def _put_beats(found: dict[int, dict[date, Day]], start: datetime, end: datetime, zone: ZoneInfo) -> None:
    rows = Heard.objects.filter(source__in=found, hour__gte=start, hour__lt=end, beats__gt=0, first_at=None)
    for source_id, hour in rows.values_list("source", "hour"):
        day = found[source_id].get(hour.astimezone(zone).date())
        if day is not None and day.state == "nothing":
            day.state = "there"


def _put_quiet(found: dict[int, dict[date, Day]], start: datetime, end: datetime, zone: ZoneInfo) -> None:
    for row in QuietPeriod.objects.filter(source__in=found, from_at__lt=end, to_at__gt=start):
        span = span_of(row)
        if span is None:
            continue
        for day in _days_between(found[row.source_id], span.start, span.end, zone):
            day.quiet = True
            day.entries.append(row.entry)


def _put_gaps(
    found: dict[int, dict[date, Day]], start: datetime, end: datetime, now: datetime, zone: ZoneInfo
) -> None:
    rows = Gap.objects.filter(source__in=found, began_at__lt=end).exclude(ended_at__lt=start)
    for gap in rows.order_by("id")[:5_000]:
        state = "explained" if gap.explanation and gap.kind != GapKind.PAUSED else str(gap.kind)
        from_at = gap.expected_by if gap.expected_by and gap.kind == GapKind.SILENT else gap.began_at
        until = max(gap.ended_at or now, from_at + timedelta(seconds=1))
        for day in _days_between(found[gap.source_id], from_at, until, zone):
            known = day.state if day.state in GRAVEST else None
            if known is None or GRAVEST.index(state) <= GRAVEST.index(known):
                day.state, day.gap = state, gap.pk
            day.entries += [each for each in (gap.began_entry, gap.ended_entry) if each is not None]


def _days_between(days: dict[date, Day], start: datetime, end: datetime, zone: ZoneInfo) -> list[Day]:
    """Return the days that a span (its end not included) touches."""
    first = start.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return [day for at, day in days.items() if first <= at <= last]


def _finish(day: Day, began: date, today: date, *, is_free: bool) -> None:
    """Give a day its word where no gap gave one."""
    if day.state in GRAVEST:
        return
    if day.day > today:
        day.state = "quiet" if day.quiet else "free" if is_free else "future"
    elif day.heard_too:
        day.state = "heard"
    elif day.quiet:
        day.state = "quiet"
    elif day.state == "there":
        return
    elif day.day < began:
        day.state = "before"
    elif is_free:
        day.state = "free"
    elif day.day == today:
        day.state = "future"


def _is_free(day: date, calendar: WorkCalendar, working: bool) -> bool:
    return working and not calendar.is_working_day(day)


def midnight(day: date, calendar: WorkCalendar) -> datetime:
    """Return when a day of the organisation's zone begins."""
    return _midnight(day, ZoneInfo(calendar.zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


# The strip of thirty days --------------------------------------------------------------------------------

STEP, WIDTH, HEIGHT = 10, 7, 48


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the strip: what it is, and where its bar stands."""

    day: Day
    x: int
    y: float
    height: float


def strip(days: Sequence[Day]) -> list[Bar]:
    """Return the bars of days in a row. A day on which nothing came has a low mark of its own kind."""
    most = max((day.records for day in days), default=0)
    bars = []
    for place, day in enumerate(days):
        height = max(4.0, HEIGHT * day.records / most) if day.records and most else 4.0
        if day.state in ("silent", "refused", "explained", "paused", "quiet"):
            height = float(HEIGHT)
        bars.append(Bar(day, place * STEP + 1, round(HEIGHT - height, 1), round(height, 1)))
    return bars
