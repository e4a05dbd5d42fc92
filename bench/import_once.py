"""A process of its own that imports one file into a fresh record, and prints what that took, as JSON.

Raw reading of the same file by the csv module is timed in the same process, before and after, so that both meet
the same machine.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from pathlib import Path

from bench.installation import begin, opened, set_up


def main(folder: Path, file: Path) -> None:
    """Import `file` into a record in `folder`; print rows, seconds by the clock and of the processor, and megabytes."""
    begin(folder / "idle")
    from indelible.features.sources.services import By, import_file

    with opened(folder / "home"):
        logbook = set_up()
        before = _raw_seconds(file)
        begun, used = time.perf_counter(), time.process_time()
        result = import_file(file, file.name, logbook=logbook, by=By({"name": "Ana Ruiz", "kind": "person"}))
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
        raw = [before, _raw_seconds(file)]
    told = {
        "rows": result.recorded,
        "seconds": seconds,
        "processor_seconds": processor,
        "raw_seconds": sum(raw) / 2,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def _raw_seconds(file: Path) -> float:
    """Return the processor seconds of reading every cell of a file and doing nothing with it."""
    begun = time.process_time()
    with file.open(encoding="utf-8", newline="") as text:
        for _row in csv.reader(text):
            pass
    return time.process_time() - begun


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
