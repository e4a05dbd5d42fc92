"""Who outside holds our seals, and how far: what pages, Home, packs and the proof of an entry read.

The state of an outsider is one of
    agrees      took our newest seal, or will within moments
    late        answers, but has not been sent the newest seal for a while: does a worker run?
    waiting     was never asked yet
    silent      does not answer, since when
    refuses     answers, but not with what is wanted
    differs     holds a different seal: the alarm
    ended       is not asked any more
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from indelible.features.seals.models import Authority, Outsider, Witness
from indelible.features.seals.outside import pacing
from indelible.features.seals.outside.differences import standing_conflicts
from indelible.features.seals.outside.words import SILENT, trouble_words
from indelible.storage.database import outside, reads
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Holding, Logbook

OUTSIDE = (Holding.Kind.WITNESS, Holding.Kind.STAMP)
MOMENTS = timedelta(seconds=30)  # what a new seal may take on its way before anybody is called late
STAMP_MOMENTS = pacing.STAMP_PACE + timedelta(minutes=1)

STATES = {  # of an outsider -> a name of web.states
    "agrees": "matches",
    "late": "due",
    "waiting": "waiting",
    "silent": "silent",
    "refuses": "look",
    "differs": "does not match",
    "ended": "off",
}


@dataclass(frozen=True, slots=True)
class OutsiderView:
    """An outsider, how they stand, and the words for what is wrong, where something is."""

    row: Outsider
    state: str
    trouble: str = ""
    since: datetime | None = None

    @property
    def shape(self) -> str:
        """The name of web.states that draws it."""
        return STATES[self.state]

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to do."""
        return self.state in ("agrees", "waiting")


@dataclass(frozen=True, slots=True)
class HeldOutside:
    """The newest seal that is held outside: how many entries it covers, who holds it, and since when (UTC)."""

    size: int
    holders: tuple[str, ...]
    at: str
    witnesses: int = 0  # how many of the holders are witnesses


@dataclass(frozen=True, slots=True)
class Overview:
    """Everybody outside, and the newest seal they hold."""

    witnesses: list[OutsiderView]
    authorities: list[OutsiderView]
    held: HeldOutside
    size: int  # of the newest seal there is

    @property
    def agreeing(self) -> int:
        """How many witnesses agree."""
        return sum(view.state == "agrees" for view in self.witnesses)

    @property
    def anybody(self) -> bool:
        """Whether anybody outside is set up."""
        return bool(self.witnesses or self.authorities)

    @property
    def troubled(self) -> list[OutsiderView]:
        """Those with whom something is wrong, the worst first."""
        order = list(STATES)[::-1]
        wrong = [view for view in [*self.witnesses, *self.authorities] if not view.is_good]
        return sorted(wrong, key=lambda view: order.index(view.state))

    @property
    def pending(self) -> int:
        """How many of the newest entries nobody outside holds yet."""
        return max(0, self.size - self.held.size)


def overview(logbook: Logbook, now: datetime) -> Overview:
    """Return everybody outside who is asked, as they stand now."""
    witnesses = list(Witness.objects.filter(logbook=logbook, ended_at=None).select_related("logbook"))
    authorities = list(Authority.objects.filter(logbook=logbook, ended_at=None).select_related("logbook"))
    if not witnesses and not authorities:
        return Overview([], [], HeldOutside(0, (), ""), 0)
    held, size = held_outside(logbook), _newest_size(logbook)
    other = _of_another_history(logbook) if witnesses else set()
    return Overview(
        [_view(row, size, now, other) for row in witnesses],
        [_view(row, size, now, other) for row in authorities],
        held,
        size,
    )


def silent_witnesses(logbook: Logbook, since: datetime) -> tuple[int, int]:
    """Return how many witnesses have not come through since then or longer, and how many there are: for every page."""
    failing = Witness.objects.filter(logbook=logbook, ended_at=None).values_list("failing_since", flat=True)
    return sum(one is not None and one <= since for one in failing), len(failing)


def _of_another_history(logbook: Logbook) -> set[str]:
    return {row.holder for row in standing_conflicts(logbook) if not row.found_by_them}


def _newest_size(logbook: Logbook) -> int:
    try:
        return reads.get_checkpoint(logbook).size
    except NotFound:
        return 0


def view_of(row: Outsider, now: datetime) -> OutsiderView:
    """Return one outsider as they stand now."""
    return _view(row, _newest_size(row.logbook), now, _of_another_history(row.logbook))


def _view(row: Outsider, size: int, now: datetime, other: set[str]) -> OutsiderView:
    if row.ended_at is not None:
        return OutsiderView(row, "ended", since=row.ended_at)
    if row.name in other:
        return OutsiderView(row, "differs", trouble_words("different-seal"), row.failing_since)
    if row.failing_since is not None:
        state = "silent" if row.trouble in SILENT else "refuses"
        return OutsiderView(row, state, trouble_words(row.trouble), row.failing_since)
    if row.answered_at is None:
        return OutsiderView(row, "waiting")
    if row.size >= size or _lacks_for(row, now) < (MOMENTS if isinstance(row, Witness) else STAMP_MOMENTS):
        return OutsiderView(row, "agrees", since=row.answered_at)
    if isinstance(row, Authority) and not pacing.has_news(row.logbook, row.size, size):
        return OutsiderView(row, "agrees", since=row.answered_at)
    return OutsiderView(row, "late", since=row.answered_at)


def _lacks_for(row: Outsider, now: datetime) -> timedelta:
    """Return for how long they have lacked a seal: the age of the first that they do not hold."""
    try:
        first = reads.covering_checkpoint(row.logbook, row.size)
        return now - datetime.fromisoformat(first.made_at.replace("Z", "+00:00"))
    except (NotFound, ValueError):
        return timedelta()


def held_outside(logbook: Logbook) -> HeldOutside:
    """Return the newest seal that a witness or an authority holds; size 0 and nobody where none does."""
    newest = outside.newest_held(logbook, OUTSIDE)
    if newest is None:
        return HeldOutside(0, (), "")
    rows = [row for row in outside.holdings_of(logbook, newest.size) if row.kind in OUTSIDE]
    return HeldOutside(
        newest.size,
        tuple(row.holder for row in rows),
        min(row.held_at for row in rows),
        sum(row.kind == Holding.Kind.WITNESS for row in rows),
    )


def holders_of_seal(logbook: Logbook, size: int) -> list[Holding]:
    """Return everybody who holds the seal of exactly this size, by what they gave us for it."""
    return outside.holdings_of(logbook, size)
