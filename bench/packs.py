"""K: an evidence pack of all of one source in one month, out of a log of a year: how long, and how much memory.

The log is of its own kind: entries are recorded over twelve months, by turns from four sources, since a period of
a whole pack is one of recording. The making runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.events import make_events
from bench.installation import begin, opened, set_up
from bench.logs import BATCH, Bench
from bench.result import AT_MOST, NotMeasured, Result, of_pairs

SECONDS_GOAL, MEMORY_GOAL = 30.0, 300.0  # megabytes on top of a process that has begun
SOURCES = 4
# After the clock that makes the log's first entries: what is recorded never goes back in time.
FIRST_DAY = datetime(datetime.now(UTC).year + 1, 1, 1, tzinfo=UTC)
DAYS = 365
_DONE = "made"


def packs(bench: Bench) -> list[Result | NotMeasured]:
    """K: time and memory of a whole pack of one source and one month."""
    folder = _made(bench)
    seconds, megabytes = [], []
    for turn in range(min(bench.rounds, 3)):
        bench.tell(f"a whole pack, round {turn + 1}")
        told = measured(folder, f"source:1 when:{_year_of(folder)}-03")
        seconds.append((told["seconds"], SECONDS_GOAL))
        megabytes.append((told["megabytes"], MEMORY_GOAL))
        bench.tell(
            f"{told['entries']:,} entries, {told['bytes'] / 1e6:.1f} MB, {told['worked']:.1f} s of processor time"
        )
    what = f"whole pack of one source and month, of {bench.entries:,} entries"
    return [
        of_pairs("K", f"{what}: time", seconds, unit="s", sense=AT_MOST, goal=1.0),
        of_pairs("K", f"{what}: memory", megabytes, unit="MB", sense=AT_MOST, goal=1.0),
    ]


def measured(folder: Path, question: str) -> dict[str, Any]:
    """Make a pack in a process of its own; return its entries and bytes, the seconds and the memory it took."""
    command = [sys.executable, "-m", "bench.packs", str(folder), question]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _made(bench: Bench) -> Path:
    """Return the data folder of the log, made where it is not there yet."""
    from indelible.server.prepare import bring_tables_up_to_date

    folder = bench.folder / f"packs-{bench.entries}"
    if (folder / _DONE).exists():
        with opened(folder):
            bring_tables_up_to_date()
        return folder
    bench.tell(f"a log of {bench.entries:,} entries over a year")
    with opened(folder):
        _fill(bench, set_up())
    (folder / _DONE).write_text(str(FIRST_DAY.year))
    return folder


def _year_of(folder: Path) -> str:
    """Return the year over which the log was recorded; it may have been kept from an earlier run."""
    return (folder / _DONE).read_text()


def _fill(bench: Bench, logbook: Any) -> None:
    from indelible.features.sources.services import By, begin_source
    from indelible.storage.database import search
    from indelible.storage.database.append import Draft, append
    from indelible.storage.database.group import group_of

    for number in range(SOURCES):
        begin_source(logbook, f"System {number + 1}", "bench", By())
    for start, recorded_at in _batches(bench.entries):
        if start and start % 100_000 < BATCH:
            bench.tell(f"{start:,} of {bench.entries:,} entries")
        group_of(logbook, "default").sealer.clock = lambda told=recorded_at: told  # type: ignore[misc]
        events = make_events(min(BATCH, bench.entries - start), start)
        drafts = [Draft(event, source=place % SOURCES + 1) for place, event in enumerate(events)]
        append(logbook, drafts)
    bench.tell("search index")
    search.catch_up(logbook)


def _batches(entries: int) -> Iterator[tuple[int, str]]:
    """Yield the first number of each batch, and when it is recorded."""
    for start in range(0, entries, BATCH):
        moment = FIRST_DAY + timedelta(days=DAYS) * (start / entries)
        yield start, moment.isoformat(timespec="microseconds")[:26] + "Z"


def main(folder: Path, question: str) -> None:
    """Make the pack and print what it took, as JSON."""
    begin(folder.parent / "idle")
    from indelible.features.packs.services import make_pack, order_of
    from indelible.features.sources.services import By
    from indelible.web.acts import logbook_in_use

    with opened(folder), tempfile.TemporaryDirectory(dir=folder.parent) as target:
        logbook = logbook_in_use()
        before = _peak_kilobytes()
        begun, worked = time.perf_counter(), time.process_time()
        order = order_of(logbook, question, whole=True)
        made = make_pack(logbook, order, By(), Path(target) / "pack.zip")
        seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    taken = (_peak_kilobytes() - before) / 1024
    told = {"entries": made.entries, "bytes": made.size, "seconds": seconds, "worked": worked}
    print(json.dumps({**told, "megabytes": taken}))


def _peak_kilobytes() -> int:
    """Return the most memory this process ever held; what a program before it in the same process held counts not."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
