"""Taking a file in (I): rows a second of an import against raw reading of the same file, and memory as files grow.

An import looks through the whole file, makes an event of each row, finds out whether it is held, and seals it; the
search index follows. Raw reading only tells the cells apart. The ratio says what all of that costs beside it.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.logs import Bench
from bench.result import AT_LEAST, AT_MOST, NotMeasured, Result, of_pairs

RATE_GOAL = 1.0  # of 2,000 rows a second, which the pages promise
PROMISED_RATE = 2_000.0
MEMORY_GOAL = 1.3  # at ten times the rows

HEADER = ("Id", "Time", "User", "Action", "Object", "Old value", "New value", "Result", "IP address", "Note")
ACTIONS = ("create", "update", "delete", "view", "approve", "export")
NOTES = (
    "as agreed with the supplier",
    "typing mistake on the delivery note",
    "",
    "monthly review, second look",
)


def importing(bench: Bench) -> list[Result | NotMeasured]:
    """I: a CSV of 1,000,000 rows and one of a tenth, each imported once, in processes of their own."""
    small, large = (_imported(bench, rows) for rows in (bench.tenth, bench.entries))
    rows = large["rows"]
    rate = rows / large["seconds"]
    by_clock, by_processor, raw = (
        large[name] / rows * 1e9 for name in ("seconds", "processor_seconds", "raw_seconds")
    )

    def told(what: str, figure: float, bound: float, unit: str, sense: str, goal: float | None) -> Result:
        return of_pairs("I", what, [(figure, bound)], unit=unit, sense=sense, goal=goal)

    return [
        told(f"import of {rows:,} rows, to what is promised", rate, PROMISED_RATE, "/s", AT_LEAST, RATE_GOAL),
        told("a row of it, to raw reading of one", by_clock, raw, "ns", AT_MOST, None),
        told("the same, in processor time", by_processor, raw, "ns", AT_MOST, None),
        told(
            f"memory at {rows:,} against {small['rows']:,} rows",
            large["megabytes"],
            small["megabytes"],
            "MB",
            AT_MOST,
            MEMORY_GOAL,
        ),
    ]


def _imported(bench: Bench, rows: int) -> dict[str, Any]:
    bench.tell(f"import of {rows:,} rows")
    with tempfile.TemporaryDirectory(dir=bench.folder, prefix="import-") as name:
        file = Path(name) / "list.csv"
        write_table(file, rows)
        command = [sys.executable, "-m", "bench.import_once", name, str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if answer["rows"] != rows:
        raise AssertionError(f"{answer['rows']} of {rows} rows are on the record")
    return answer


def write_table(file: Path, rows: int) -> None:
    """Write a table of ten columns as offices export them, about 135 bytes a row, the same one each time."""
    chance = random.Random(rows)
    with file.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(HEADER)
        for row in range(rows):
            day, hour, minute, second = 1 + row % 28, row // 3 % 24, row // 7 % 60, row * 7 % 60
            table.writerow(
                (
                    f"ev-{row:08}",
                    f"2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}Z",
                    f"user{row % 400}@example.com",
                    chance.choice(ACTIONS),
                    f"invoice INV-{row % 60_000}",
                    chance.randint(1, 99_999),
                    chance.randint(1, 99_999),
                    "failed" if row % 17 == 0 else "ok",
                    f"192.0.2.{row % 250}",
                    chance.choice(NOTES),
                )
            )
