"""`indelible drill`: alter a copy in every known way, and see that each alteration is found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from indelible.cli import options
from indelible.cli.output import counted, line, print_json, progress_bar
from indelible.cli.session import choose_logbook, open_home, whoever_runs_this


@click.command("drill")
@options.common
def command(home: str | None, logbook: str | None, as_json: bool) -> int:
    """Alter a copy of the record in every known way, and see that each alteration is found.

    Nothing is done to the record itself, but that the drill is put on record. Exit code 1: one was not found.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.features.seals.copies import holders_of
    from indelible.features.seals.drills import digest_of, record_drill
    from indelible.storage.database.drilling.drill import run_drill

    with progress_bar("Altering a copy", wanted=not as_json) as draw:
        certificate = run_drill(
            book, holders=holders_of(book), progress=lambda done, total: draw(done, total)
        )
    by = whoever_runs_this()
    entry = record_drill(book, certificate, by.party, datetime.now(UTC), by.context)
    if as_json:
        found = {name: certificate[name] for name in ("alterations", "found")}
        print_json({**found, "certificate": certificate, "entry": entry})
    else:
        _tell(certificate, entry, digest_of(certificate))
    return 0 if certificate["found"] == certificate["alterations"] else 1


def _tell(certificate: dict[str, Any], entry: int, digest: str) -> None:
    from indelible.features.seals.drill_words import way_words

    words = way_words()
    for one in certificate["outcomes"]:
        if one["where"] is not None:
            mark = "found" if one["found"] else "NOT FOUND"
            line(f"  {mark:<10} {words.get(one['code'], one['code'])} ({one['where']})")
    tried = counted(certificate["alterations"], "alteration", "alterations")
    line(f"{certificate['found']:,} of {tried} found, on a copy of {certificate['entries']:,} entries.")
    line(f"On record as entry {entry + 1:,} (index {entry}); certificate {digest}.")
