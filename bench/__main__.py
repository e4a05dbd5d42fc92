"""`python -m bench [T1 T4 ...]`: measures the targets named, or all, and says which are met.

A miss is a result, not an error: the exit code is 0 whenever everything named could be tried.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console

from bench import installation, report
from bench.logs import Bench
from bench.result import NotMeasured, Result

Measure = Callable[[Bench], list[Result | NotMeasured]]


def targets() -> dict[str, Measure]:
    """Return what measures each target. Imported late: the modules need Django set up."""
    from bench import (
        asking,
        bulk,
        growth,
        importing,
        packs,
        page,
        pages,
        proofs,
        searching,
        signoffs,
        singles,
        tagging,
        verification,
    )

    return {
        "T1": singles.single,
        "T3": singles.crowd_against_chain,
        "T4": singles.crowd_against_one,
        "T5": bulk.bulk,
        "T7": verification.full,
        "T8": verification.tiles_only,
        "T9": verification.growing,
        "T10": proofs.proofs,
        "T11": searching.searching,
        "T13": growth.growth,
        "I": importing.importing,
        "P": pages.pages,
        "K": packs.packs,
        "R": tagging.tagging,
        "S": asking.asking,
        "O": signoffs.signoffs,
        "V": page.page,
    }


@click.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--entries", default=1_000_000, show_default=True, help="Entries of the largest log.")
@click.option("--rounds", default=5, show_default=True, help="Rounds of each comparison; the median counts.")
@click.option("--seconds", default=4.0, show_default=True, help="Of measurements against the clock.")
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Keep the logs that are made here for the next run."
)
@click.option("--no-postgres", is_flag=True, help="Leave out what needs a PostgreSQL server.")
def main(
    names: tuple[str, ...],
    as_json: bool,
    entries: int,
    rounds: int,
    seconds: float,
    keep: Path | None,
    no_postgres: bool,
) -> None:
    """Measure speed as ratios: T1 T3 T4 T5 T7 T8 T9 T10 T11 T13, I for an import, P for the pages.

    R for rules, S for sentences, O for sign-offs, V for the page of a pack.
    """
    console = Console(stderr=True)
    results: list[Result | NotMeasured] = []
    failed = False
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="indelible-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        installation.begin(folder / "idle")
        known = targets()
        if unknown := [name for name in names if name.upper() not in known]:
            raise click.UsageError(f"no such target: {', '.join(unknown)}. There are {', '.join(known)}.")
        status = stack.enter_context(console.status("beginning"))

        def tell(text: str) -> None:
            status.update(text)
            if not console.is_terminal:
                console.print(text)

        bench = Bench(folder, entries, rounds, seconds, tell)
        if no_postgres:
            bench.why_no_postgres = "left out by --no-postgres"
        else:
            stack.enter_context(_postgres(bench))
        for name in [name.upper() for name in names] or known:
            tell(f"{name} ...")
            try:
                results += known[name](bench)
            except Exception as failure:
                console.print_exception()  # what was measured so far is still worth showing
                results.append(NotMeasured(name, "failed", f"{type(failure).__name__}: {failure}"))
                failed = True
    if as_json:
        click.echo(report.as_document(results))
    else:
        report.print_table(results, Console(width=None if sys.stdout.isatty() else 150))
    if failed:
        sys.exit(1)


@contextlib.contextmanager
def _postgres(bench: Bench) -> Iterator[None]:
    """Run a server for the time of the measurements, one that does flush; without one say why not."""
    import pytest

    from tests.services import postgres

    with contextlib.ExitStack() as stack:
        try:
            bench.programs = postgres.programs()
            bench.postgres = stack.enter_context(postgres.running(fsync=True))
        except pytest.skip.Exception as missing:
            bench.why_no_postgres = str(missing)
        yield


if __name__ == "__main__":
    main()
