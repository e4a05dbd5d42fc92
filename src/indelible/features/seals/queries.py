"""How the record stands, as far as checks tell: for the pill, Home, and the pages of this feature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from indelible.features.seals.models import Authority, Check, Witness
from indelible.features.seals.outside.differences import Difference, differences
from indelible.features.seals.outside.held import HeldFact, held_fact
from indelible.features.seals.outside.states import (
    HeldOutside,
    OutsiderView,
    Overview,
    held_outside,
    silent_witnesses,
)
from indelible.features.seals.outside.states import overview as outside_overview
from indelible.features.seals.services import OPEN
from indelible.features.seals.telling import CheckView, check_view
from indelible.storage.database.keys import is_token_set_up, key_table
from indelible.storage.database.models import Logbook
from indelible.web.acts import entries_shown
from indelible.web.remembering import remembered

__all__ = [
    "DayOfChecks",
    "Difference",
    "HeldFact",
    "HeldOutside",
    "OutsiderView",
    "Overview",
    "Standing",
    "authorities",
    "checks",
    "days_of_checks",
    "held_fact",
    "held_outside",
    "last_good_before",
    "outside_overview",
    "percent",
    "seconds_left",
    "silent_witnesses",
    "standing",
    "told",
    "two_versions",
    "witness_keys",
]

FRESH_FOR = timedelta(hours=26)
LISTED = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """What the checks say of a logbook right now.

    `state`: `nothing` (never checked), `checking` (the first check runs), `untouched`, `stale` (good, but too long
    ago), `partial` (something could not be checked), `altered`.
    """

    state: str
    last: Check | None  # the newest check that was finished
    running: Check | None
    newer: int  # how many entries came in after the last check
    last_good: Check | None


def standing(logbook: Logbook, now: datetime) -> Standing:
    """Return how a logbook stands."""
    last, running, good = _newest_checks(logbook)
    size = entries_shown(logbook)
    return Standing(
        _state(last, running, now), last, running, max(size - last.size, 0) if last else size, good
    )


@remembered
def _newest_checks(logbook: Logbook) -> tuple[Check | None, Check | None, Check | None]:
    """Return the newest check that is done, the newest that is not, and the newest that found everything untouched."""
    done = Check.objects.filter(logbook=logbook, state=Check.State.DONE).order_by("-asked_at")
    last = done.first()
    running = Check.objects.filter(logbook=logbook, state__in=OPEN).order_by("-asked_at").first()
    good = last if last is None or last.verdict == "matches" else done.filter(verdict="matches").first()
    return last, running, good


def _state(last: Check | None, running: Check | None, now: datetime) -> str:
    if last is None:
        return "checking" if running else "nothing"
    if last.verdict == "does not match":
        return "altered"
    if last.verdict != "matches":
        return "partial"
    return "untouched" if last.finished_at and now - last.finished_at <= FRESH_FOR else "stale"


def checks(logbook: Logbook, *, before: int | None = None) -> list[Check]:
    """Return a page of checks, newest first."""
    rows = Check.objects.filter(logbook=logbook).select_related("asked_by").order_by("-asked_at", "-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[: LISTED + 1])


def last_good_before(row: Check) -> Check | None:
    """Return the newest check before `row` that found everything untouched."""
    good = Check.objects.filter(
        logbook=row.logbook, state=Check.State.DONE, verdict="matches", asked_at__lt=row.asked_at
    )
    return good.order_by("-asked_at").first()


@dataclass(frozen=True, slots=True)
class DayOfChecks:
    """The worst verdict of one day: `ok`, `warn`, `bad`, or `none` where nobody checked."""

    day: date
    tone: str


TONES = {"matches": "ok", "could not be checked": "warn", "does not match": "bad"}
_ORDER = ("bad", "warn", "ok")


def days_of_checks(logbook: Logbook, now: datetime, zone: tzinfo, days: int = 30) -> list[DayOfChecks]:
    """Return the last `days` days in `zone`, today last, each with its worst verdict."""
    today = now.astimezone(zone).date()
    since = now - timedelta(days=days + 1)
    done = Check.objects.filter(logbook=logbook, state=Check.State.DONE, asked_at__gte=since)
    tones: dict[date, set[str]] = {}
    for finished, verdict in done.values_list("finished_at", "verdict"):
        if finished is not None:
            tones.setdefault(finished.astimezone(zone).date(), set()).add(TONES[verdict])
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [
        DayOfChecks(day, next((tone for tone in _ORDER if tone in tones.get(day, ())), "none"))
        for day in dates
    ]


def percent(row: Check) -> int:
    """Return how far a check is, 0 to 100. Never 100 before it is done."""
    return min(99, row.done * 100 // row.size) if row.size else 0


def seconds_left(row: Check, now: datetime) -> int | None:
    """Return about how many seconds a running check still takes; None where nobody can tell yet.

    A check that is gone on with says nothing: its beginning lies in another run.
    """
    if not row.done or row.done >= row.size or row.started_at is None or row.resume:
        return None
    elapsed = (now - row.started_at).total_seconds()
    return max(1, round(elapsed * (row.size - row.done) / row.done))


def told(row: Check | None) -> CheckView | None:
    """Return a check in words; None for none."""
    return check_view(row) if row else None


# Who outside holds our seals ------------------------------------------------------------------------------


def witness_keys(logbook: Logbook) -> list[dict[str, str]]:
    """Return key and name of every witness there ever was, oldest first: what a pack names them by."""
    rows = Witness.objects.filter(logbook=logbook).order_by("pk")
    return [{"key": row.key, "name": row.name} for row in rows]


def authorities(logbook: Logbook) -> list[dict[str, str]]:
    """Return name, policy and pinned roots (PEM) of every authority there ever was, oldest first."""
    rows = Authority.objects.filter(logbook=logbook).order_by("pk")
    return [{"name": row.name, "policy": row.policy, "roots": row.roots} for row in rows]


@remembered
def two_versions(logbook: Logbook) -> Difference | None:
    """Return what is to be said first about two histories: the newest that nobody explained, else the newest explained.

    None where no witness ever held, or refused, another seal of ours.
    """
    found = differences(logbook)
    return next((one for one in found if not one.is_explained), found[0] if found else None)


def keys_to_do(logbook: Logbook) -> list[str]:
    """Return what waits for somebody about the sealing key: `joining`, `sheet`."""
    table = key_table(logbook)
    waits = ["joining"] if table.joining else []
    return [*waits, "sheet"] if table.in_use.sheet is None and not is_token_set_up() else waits
