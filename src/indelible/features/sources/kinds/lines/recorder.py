"""Putting the lines of one source on the record: in batches, in order, and none twice.

Syslog acknowledges nothing, so a sender never learns what became of a line. That is why a line that was read stays
counted in the backlog until it is on the record, and why a batch that could not be recorded is tried again for as
long as it takes:

* What came by TCP waits in memory meanwhile. The backlog fills, nothing more is read, and the sender's own queue is
  where lines wait: it is the only one that the sender knows of.
* What came by UDP goes to the spool on the disk, since nobody could hold it back or send it again.
* Where the server ends before the record takes anything again, the spool takes what either holds.

Each line carries an id that it got when it was read, so that a batch whose commit is in doubt, or that comes out of
the spool after a crash, is recorded once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from indelible.events.instants import to_datetime
from indelible.features.sources.kinds.lines.backlog import Backlog
from indelible.features.sources.kinds.lines.spool import Spool
from indelible.features.sources.kinds.lines.traffic import Traffic
from indelible.features.sources.live.desk import ComeBackLater, take
from indelible.features.sources.models import Source, State
from indelible.features.sources.recording import Outcome
from indelible.intake.logs.live import Arrived, LineReader, Told
from indelible.intake.reading import Record, Rejected
from indelible.storage.database.errors import StorageError

BATCH: Final = 1_000
GATHER_SECONDS: Final = 0.2
WAIT_SECONDS: Final = 0.5
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 15.0
ENDS_WITHIN: Final = 6.0  # the server is ended by force after ten seconds

log = structlog.get_logger()


class NotNow(Exception):
    """The record takes nothing at present. The same lines are to be tried again."""


class Recorder(threading.Thread):
    """Records what comes out of a backlog, until it is closed and empty."""

    def __init__(
        self,
        source: Source,
        zone: str | None,
        backlog: Backlog,
        spool: Spool,
        traffic: Traffic,
        *,
        spools: bool,
    ) -> None:
        """`spools`: lines go to the disk at once where they cannot be recorded, since nobody waits with them."""
        super().__init__(name=f"lines of source {source.pk}", daemon=True)
        # What was read before the source was paused or ended was taken from it, and is recorded.
        source.state = State.ON
        self._source = source
        self._zone = zone
        self._reader = LineReader(zone)
        self._backlog = backlog
        self._spool = spool
        self._traffic = traffic
        self._spools = spools
        self._ends_at: float | None = None
        self._gives_up = False  # it is to end, and the record took nothing since: the disk has to do
        self.trouble = ""  # what the record said when it last took nothing; empty while all is well

    def end_soon(self) -> None:
        """Record what is left, or keep it on the disk where that takes too long."""
        self._ends_at = time.monotonic() + ENDS_WITHIN
        self._backlog.close()

    def run(self) -> None:
        """Work until the backlog is closed and all of it is on the record or on the disk."""
        try:
            while not (self._backlog.is_over and not self._recording_spool()):
                close_old_connections()
                batch = self._backlog.take(BATCH, wait=WAIT_SECONDS, gather=GATHER_SECONDS)
                now = time.monotonic()
                told = [each for line in batch for each in _read(self._reader, line, now)]
                self._settle([*told, *self._reader.due(now)])
            self._settle(self._reader.rest())
        finally:
            connections.close_all()

    def _recording_spool(self) -> bool:
        """Whether the spool is to be emptied first, and can be in the time that is left."""
        return self._spool.waiting and not self._is_late()

    def _is_late(self) -> bool:
        return self._gives_up or (self._ends_at is not None and time.monotonic() > self._ends_at)

    def _settle(self, told: Sequence[Told]) -> None:
        """Record what lines told. On return each of them is on the record, or durable on the disk."""
        if self._spool.waiting:
            self._empty_spool()
        if not told:
            return
        lines = [line for each in told for line in each.lines]
        pause = FIRST_PAUSE
        while not self._spool.waiting:  # else order would be lost: they go behind what waits there
            try:
                self._record(told)
                self._backlog.done(lines)
                return
            except NotNow as refused:
                self._note(str(refused))
            if self._spools or self._is_late():
                break
            self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self._keep(lines)
        self._backlog.done(lines)

    def _keep(self, lines: Sequence[Arrived]) -> None:
        """Keep lines on the disk; wait where it takes none, until the server has to end."""
        while True:
            if self._spool.has_room or self._is_late():
                try:
                    self._spool.keep(lines)
                    return
                except OSError as full:
                    self._note(str(full))
                    if self._is_late():
                        self._traffic.lose(len(lines))
                        log.error("lines could not be kept", source=self._source.pk, lines=len(lines))
                        return
            self._pause(WAIT_SECONDS)
            self._empty_spool()

    def _empty_spool(self) -> None:
        """Record what waits on the disk, as far as the record takes it now."""
        while self._recording_spool():
            try:
                lines, place = self._spool.first(BATCH)
            except OSError as unreadable:
                self._note(str(unreadable))
                return
            reader = LineReader(self._zone)  # what the other one holds has not been here
            told = [each for line in lines for each in _read(reader, line, 0.0)]
            told += reader.rest()
            try:
                self._record(told)
            except NotNow as refused:
                self._note(str(refused))
                return
            self._spool.advance(place)

    def _pause(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self._is_late():
            time.sleep(0.05)

    def _note(self, detail: str) -> None:
        if not self.trouble:
            log.warning("lines cannot be recorded", source=self._source.pk, detail=detail)
        self.trouble = detail or "nothing"
        self._gives_up = self._ends_at is not None

    def _record(self, told: Sequence[Told]) -> None:
        """Record what lines told in one delivery, durable on return. Raises NotNow."""
        outcomes: list[Outcome] = [each.outcome for each in told if each.outcome is not None]
        if not outcomes:
            return
        size = sum(len(line.original) for each in told for line in each.lines)
        newest = max(line.at for each in told for line in each.lines) if size else timezone.now()
        try:
            self._take(outcomes, newest, size)
        except NotNow:
            raise
        except Exception as fault:
            # A fault of ours with one line must not hold up all the others for ever.
            log.error("a batch of lines could not be recorded", source=self._source.pk, exc_info=fault)
            for outcome in outcomes:
                self._take_alone(outcome, newest)
        self.trouble = ""

    def _take_alone(self, outcome: Outcome, at: datetime) -> None:
        try:
            self._take([outcome], at, 0)
        except NotNow:
            raise
        except Exception as fault:
            log.error("a line could not be recorded", source=self._source.pk, exc_info=fault)
            original = outcome.original.decode("utf-8", "replace") if isinstance(outcome, Record) else ""
            try:
                self._take([Rejected(outcome.line, "not_a_record", original)], at, 0)
            except Exception as again:
                raise NotNow(str(again)[:300]) from again

    def _take(self, outcomes: Sequence[Outcome], at: datetime, size: int) -> None:
        """Hand outcomes to the desk. Raises NotNow for what passes; what does not pass comes as it is."""
        try:
            take(self._source, outcomes, received_at=at, size=size, clock_ms=_clock_ms(outcomes, at))
        except ComeBackLater as later:
            if later.code != "too-many-rejected":
                raise NotNow(later.code) from later
            readable = [each for each in outcomes if not isinstance(each, Rejected)]
            self._traffic.not_kept(len(outcomes) - len(readable))
            if readable:
                self._take(readable, at, size)
        except (StorageError, OperationalError, InterfaceError) as away:
            connections.close_all()
            raise NotNow(str(away)[:300]) from away


def _read(reader: LineReader, line: Arrived, now: float) -> list[Told]:
    """Read a line. A fault of ours in reading one must not hold up the others."""
    try:
        return reader.take(line, now)
    except Exception as fault:
        log.error("a line could not be read", exc_info=fault)
        text = line.original.decode("utf-8", "replace").replace("\x00", "")
        return [Told((line,), Rejected(line.number, "not_a_record", text))]


def _clock_ms(outcomes: Sequence[Outcome], at: datetime) -> int | None:
    """Return the sender's clock less ours, as the newest line with a time and zone of its own shows it."""
    for outcome in reversed(outcomes):
        if isinstance(outcome, Record):
            event = outcome.event
            if event.get("time", {}).get("basis") == "source" and (said := event.get("occurred_at")):
                return round((to_datetime(said) - at).total_seconds() * 1000)
    return None
