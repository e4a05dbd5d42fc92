"""One drill from beginning to end: set aside, try out that the copy is good, alter, check, certify.

1. The newest seal of a bounded number of entries is chosen, and the log up to it set aside.
2. The copy is checked as it is. It has to match, else the drill says nothing.
3. For each alteration a fresh copy of the copy is altered and checked in a process of its own (child.py).
4. What was done, where, and what the check said becomes the certificate.

What is not tried: sealing a false history with the real key. A note signed that way would be the proof of a fork, for
ever. What shows it are the seals that others hold, and the certificate says who they are.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Queue
from typing import Any

import msgspec
from django.conf import settings

from indelible.storage.home import Home

from .. import clock
from ..checking.copies import Holders
from ..checking.report import ACCUSES_NOBODY, MATCHES
from ..errors import StorageError
from ..models import Logbook
from . import child
from .alterations import ALTERATIONS, Alteration, Case
from .copying import SetAside, set_aside, size_to_copy

MOST_ENTRIES = 20_000
AT_ONCE = 2

Progress = Callable[[int, int], None]


class DrillStopped(Exception):
    """The drill was stopped on the way; nothing is left of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one alteration. `where` is None where the copy had nothing of the kind."""

    code: str
    where: str | None
    found: bool
    kinds: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as the certificate holds it."""
        return {"code": self.code, "where": self.where, "found": self.found, "kinds": list(self.kinds)}


def run_drill(
    logbook: Logbook,
    *,
    holders: Holders = Holders(),  # noqa: B008 - frozen
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    settings_module: str = "indelible.server.settings",
    most: int = MOST_ENTRIES,
) -> dict[str, Any]:
    """Alter a copy of the log in every known way and return the certificate.

    The certificate is plain JSON: `origin`, `entries` (of the copy), `of_entries` (of the log), `seal` (its note),
    `seed` (of what was chosen), `alterations` (tried), `found`, `outcomes`, `started_at`, `finished_at`. `progress`
    is told (steps done, steps in all), `stop` is asked between steps.

    Raises StorageError (`drill-nothing-sealed`, `drill-copy-differs` where the untouched copy does not match, so that
    the log itself has to be checked first), DrillStopped, OSError where the copy cannot be made or worked on.
    """
    tell, asked = progress or (lambda _done, _total: None), stop or (lambda: False)
    started = clock.now()
    size = size_to_copy(logbook, most)
    if not size:
        raise StorageError("drill-nothing-sealed", "no checkpoint is small enough to copy")
    seed = secrets.token_hex(8)
    total = len(ALTERATIONS) + 1
    told = msgspec.json.encode(holders)
    with _folder() as folder:
        tell(0, total)
        aside = _good_copy(logbook, folder / "copy", size, settings_module, told)
        outcomes: list[Outcome] = []
        tell(1, total)
        with _examiners(folder, settings_module) as examiners:

            def attempt(way: Alteration) -> Outcome | None:
                if asked():
                    return None
                place, examiner = examiners.get()
                try:
                    return _attempt(way, aside, place, seed, examiner, told)
                finally:
                    examiners.put((place, examiner))

            with ThreadPoolExecutor(examiners.qsize()) as pool:
                for outcome in pool.map(attempt, ALTERATIONS):
                    if outcome is None:
                        raise DrillStopped
                    outcomes.append(outcome)
                    tell(1 + len(outcomes), total)
    tried = [outcome for outcome in outcomes if outcome.where is not None]
    logbook.refresh_from_db()
    return {
        "origin": logbook.origin,
        "public_key": logbook.public_key,
        "entries": size,
        "of_entries": logbook.size,
        "seal": aside.note,
        "seed": seed,
        "alterations": len(tried),
        "found": sum(outcome.found for outcome in tried),
        "outcomes": [outcome.as_json() for outcome in outcomes],
        "started_at": started,
        "finished_at": clock.now(),
    }


def _good_copy(logbook: Logbook, folder: Path, size: int, settings_module: str, holders: bytes) -> SetAside:
    """Set the log aside, and see that the copy is good as it is. Its search index is made on the way."""
    home = Home(folder)
    home.create()
    child.make(folder, settings_module)
    aside = set_aside(logbook, home, size)
    with child.Examiner(folder, settings_module) as examiner:
        report = examiner.check(holders)
    accusing = [one["kind"] for one in report["findings"] if one["kind"] not in ACCUSES_NOBODY]
    if report["verdict"] != MATCHES:
        raise StorageError("drill-copy-differs", f"{report['verdict']}: {', '.join(accusing)}")
    return aside


def _attempt(
    way: Alteration, aside: SetAside, folder: Path, seed: str, examiner: child.Examiner, holders: bytes
) -> Outcome:
    """Alter a copy of the copy and see whether the check names it."""
    shutil.copytree(aside.home.path, folder, symlinks=True)
    try:
        case = Case(replace(aside, home=Home(folder)), random.Random(f"{seed} {way.code}"))  # noqa: S311
        where = way.alter(case)
        if where is None:
            return Outcome(way.code, None, False, ())
        report = examiner.check(holders)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    kinds = sorted({one["kind"] for one in report["findings"]} - ACCUSES_NOBODY)
    found = report["intact"] is False and bool(way.kinds & set(kinds))
    return Outcome(way.code, where, found, tuple(kinds))


@contextmanager
def _examiners(folder: Path, settings_module: str) -> Iterator[Queue[tuple[Path, child.Examiner]]]:
    """Give a few examiners, each with the place where it looks."""
    free: Queue[tuple[Path, child.Examiner]] = Queue()
    with ExitStack() as stack:
        for number in range(min(AT_ONCE, os.cpu_count() or 1)):
            place = folder / f"case-{number}"
            free.put((place, stack.enter_context(child.Examiner(place, settings_module))))
        yield free


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a private folder in the data folder, so that no entry ever lies in a shared temporary place."""
    home: Home = settings.INDELIBLE_HOME
    path = Path(tempfile.mkdtemp(prefix="drill-", dir=home.path))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
