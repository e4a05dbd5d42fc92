"""When a folder is looked at: when the system says that something happened in it, and once a minute in any case.

What counts is the look; a notice of the system only makes it come sooner. So a network share that gives no notices,
and a notice that was missed, cost a minute at most. Every worker watches, and one of them looks at a time.

* A file counts once it has stood still: the same to two looks, two seconds apart. `Quiet` remembers that.
* A look has a bound of its own in time, so that no source keeps the others waiting; it says when to go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from indelible.features.sources.live.claims import claimed, due_sources, renew
from indelible.features.sources.live.health import ASKS, health_of, well
from indelible.features.sources.models import Health, Kind, Source
from indelible.web.jobs import should_stop

LOOK_EVERY_SECONDS: Final = 60.0
QUIET_SECONDS: Final = 2.0
SOON_SECONDS: Final = 1.0  # where something is not quiet yet
AFTER_A_FAULT_SECONDS: Final = 10.0
LONGEST_LOOK_SECONDS: Final = 20.0
# As long as a look took passes before the next, so that a huge folder takes no whole core.
REST_PER_COST: Final = 1
MOST_WATCHED: Final = (
    32  # folders in one process that the system is asked to tell about; the rest by the minute
)
CLAIMED_FOR: Final = timedelta(seconds=6)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a folder, as a code of explanations.toml with its facts."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


class Quiet:
    """Remembers since when a thing has been as it is. Nothing of it outlives the process, nor has to."""

    def __init__(self, seconds: float = QUIET_SECONDS) -> None:
        self._seconds = seconds
        self._since: dict[str, tuple[str, float]] = {}

    def stands(self, name: str, version: str, now: float) -> bool:
        """Whether a thing was of this version all the while; begins to remember it where it is new."""
        known = self._since.get(name)
        if known is None or known[0] != version:
            self._since[name] = (version, now)
            return self._seconds <= 0
        return now - known[1] >= self._seconds

    def moves_for(self, name: str, now: float, *, begin: bool = True) -> float:
        """Return for how many seconds a thing has been on the move, by its first change since it last stood still."""
        key = f"{name}\0moving"
        known = self._since.get(key)
        if known is None:
            if begin:
                self._since[key] = ("", now)
            return 0.0
        return now - known[1]

    def forget(self, name: str) -> None:
        """Forget a thing that was dealt with."""
        self._since.pop(name, None)
        self._since.pop(f"{name}\0moving", None)

    def keep_only(self, names: Collection[str]) -> None:
        """Forget all other things."""
        kept = set(names)
        self._since = {name: each for name, each in self._since.items() if name.partition("\0")[0] in kept}


class Hold:
    """One worker's hold on a source while it looks, good for some seconds and renewed as it goes on."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.ends = time.monotonic() + LONGEST_LOOK_SECONDS

    @property
    def over(self) -> bool:
        """Whether this look has to come to its end: others wait, or the worker ends."""
        return should_stop() or time.monotonic() >= self.ends

    def renew(self) -> None:
        """Say that we are still at it. Costs nothing within some seconds of the last time."""
        renew(self._source, CLAIMED_FOR)


# A look at one source: gives the seconds until the next.
Look = Callable[[Source, Quiet, Hold], float]


class Watch:
    """One folder in this process: what was noticed in it, and when it is looked at next."""

    def __init__(self, folder: Path, deep: bool) -> None:
        self.folder = folder
        self.deep = deep
        self.quiet = Quiet()
        self._noticed = threading.Event()
        self._ended = threading.Event()
        self._next = 0.0
        self._rested = 0.0

    def begin(self) -> None:
        """Have the system tell us what happens in the folder, from a thread of its own."""
        threading.Thread(target=self._listen, name="watch", daemon=True).start()

    def end(self) -> None:
        """Stop listening."""
        self._ended.set()

    def is_due(self, now: float) -> bool:
        """Whether to look now."""
        return now >= self._next or (self._noticed.is_set() and now >= self._rested)

    def looked(self, began: float, again: float) -> None:
        """Note that a look has ended, which asked to be followed by another in `again` seconds."""
        now = time.monotonic()
        self._rested = now + (now - began) * REST_PER_COST
        self._next = max(now + again, self._rested)

    def clear(self) -> None:
        """Forget what was noticed: what comes from now on counts for the next look."""
        self._noticed.clear()

    def wait(self, seconds: float) -> None:
        """Let some time pass before the next look."""
        self._next = time.monotonic() + seconds

    def _listen(self) -> None:
        from watchfiles import watch

        try:
            for changes in watch(
                self.folder,
                watch_filter=None,
                debounce=500,
                step=100,
                stop_event=self._ended,
                rust_timeout=1_000,
                yield_on_timeout=True,
                raise_interrupt=False,
                recursive=self.deep,
                ignore_permission_denied=True,
            ):
                if changes:
                    self._noticed.set()
        except Exception as fault:
            # Not there, too many folders for the system, no notices at all: the look once a minute remains.
            log.info("a folder gives no notices", folder=str(self.folder), detail=str(fault))


_watches: dict[tuple[Kind, int], Watch] = {}


def go_round(kind: Kind, look: Look) -> None:
    """Look at every source of a kind whose turn it is. Called every second in each worker."""
    sources = due_sources(kind)
    _keep_watches(kind, sources)
    for source in sources:
        watch = _watches[kind, source.pk]
        if should_stop():
            return
        if watch.is_due(time.monotonic()):
            _look(source, watch, look)


def _keep_watches(kind: Kind, sources: Collection[Source]) -> None:
    """Watch what is to be watched, and nothing else."""
    wanted = {
        (kind, each.pk): (Path(each.settings["folder"]), bool(each.settings["deep"])) for each in sources
    }
    for key in [key for key in _watches if key[0] == kind]:
        if wanted.get(key) != (_watches[key].folder, _watches[key].deep):
            _watches.pop(key).end()
    for key, (folder, deep) in wanted.items():
        if key not in _watches:
            _watches[key] = Watch(folder, deep)
            if len(_watches) <= MOST_WATCHED:
                _watches[key].begin()


def _look(source: Source, watch: Watch, look: Look) -> None:
    with hold_on(source) as hold:
        if hold is None:
            watch.wait(SOON_SECONDS)
            return
        began = time.monotonic()
        watch.clear()
        try:
            watch.looked(began, look(source, watch.quiet, hold))
        except DatabaseError:
            raise  # ours, not the folder's: the next round tries again
        except Exception as fault:
            # A fault with one folder must not keep the others from being looked at.
            log.error("a folder could not be looked at", source=source.pk, exc_info=fault)
            watch.wait(AFTER_A_FAULT_SECONDS)


@contextmanager
def hold_on(source: Source) -> Iterator[Hold | None]:
    """Hold a source for one look; None where another worker does. Freed at the end, or soon after we died."""
    with claimed(source, CLAIMED_FOR) as ours:
        yield Hold(source) if ours else None


def noted(source: Source, *, behind: int = 0, problem: Problem | None = None) -> None:
    """Note how a look went. A problem with some files slows nothing down, so no pause follows from it.

    A question that waits for a person stays the first thing to be told.
    """
    if problem is None:
        well(source, behind=behind)
        return
    now = timezone.now()
    with transaction.atomic():
        health_of(source)
        row = Health.objects.select_for_update().get(pk=source.pk)
        before = (row.problem or {}).get("code")
        if before != ASKS:
            row.problem = {"code": problem.code, **problem.facts}
            row.problem_since = row.problem_since if before == problem.code else now
        row.looked_at, row.behind, row.failures, row.next_try_at = now, behind, 0, None
        row.save(update_fields=["problem", "problem_since", "looked_at", "behind", "failures", "next_try_at"])


def away(fault: OSError, folder: Path) -> Problem:
    """Return what is wrong where the folder itself cannot be read."""
    if isinstance(fault, PermissionError):
        return Problem("folder-not-readable", {"folder": str(folder)})
    if isinstance(fault, (FileNotFoundError, NotADirectoryError)):
        return Problem("folder-not-there", {"folder": str(folder)})
    return Problem("folder-does-not-answer", {"folder": str(folder), "detail": fault.strerror or str(fault)})
