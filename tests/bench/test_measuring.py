"""The measuring itself works: everything named is tried, compared and reported. How fast it was is not asked."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from bench import report
from bench.result import AT_LEAST, AT_MOST, NotMeasured, Result, of_pairs, share

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the benchmark as one types it."""
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_named_targets_are_measured_and_reported_as_one_document(tmp_path: Path) -> None:
    small = ["--entries", "600", "--rounds", "2", "--seconds", "0.05", "--no-postgres", "--json"]
    done = run("t1", "T3", "T4", "T5", "T10", "T13", *small, "--keep", str(tmp_path))
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert {one["target"] for one in results} == {"T1", "T3", "T4", "T5", "T10", "T13"}
    measured = [one for one in results if "ratio" in one]
    assert all(one["ratio"] > 0 and len(one["rounds"]) == 2 for one in measured)
    assert {one["target"] for one in results if "not_measured" in one} == {"T3", "T5"}
    assert sorted(path.name for path in tmp_path.glob("log-*")) == ["log-10", "log-600"]


def test_an_unknown_target_is_told_with_those_there_are() -> None:
    done = run("T99", "--no-postgres")
    assert done.returncode == 2
    assert "no such target: T99" in done.stderr
    assert "T13" in done.stderr


def test_the_median_round_decides() -> None:
    pairs = [(2.0, 1.0), (3.0, 1.0), (50.0, 1.0)]
    slow = of_pairs("T1", "what", pairs, unit="ms", sense=AT_MOST, goal=2.5)
    assert (slow.figure, slow.bound, slow.ratio, slow.met) == (3.0, 1.0, 3.0, False)
    quick = of_pairs("T4", "what", pairs, unit="/s", sense=AT_LEAST, goal=2.5)
    assert quick.met is True
    assert of_pairs("T5", "what", pairs, unit="/s", sense=AT_LEAST, goal=None).met is None


def test_the_p95_leaves_the_slowest_twentieth_out() -> None:
    assert share([float(value) for value in range(100)], 0.95) == 95.0
    assert share([1.0], 0.95) == 1.0


def test_the_table_shows_of_a_family_its_worst_and_all_that_were_missed() -> None:
    def page(name: str, ratio: float) -> Result:
        return Result("T11", name, ratio, 1.0, "ms", ratio, AT_MOST, 1.0, family="a page")

    results = [
        page("quick", 0.1),
        page("slow", 1.5),
        page("slowest", 3.0),
        NotMeasured("T3", "many", "no server"),
    ]
    console = Console(width=160, record=True, file=io.StringIO())
    report.print_table(results, console)
    text = console.export_text()
    assert "worst of 3, slowest" in text
    assert "a page: slow " in text
    assert "quick" not in text
    assert "not measured: no server" in text
