"""`indelible init`: begin a logbook, with its key and its first entry."""

from __future__ import annotations

import click

from indelible.cli import options
from indelible.cli.output import line, print_json
from indelible.cli.session import open_home, whoever_runs_this


@click.command("init")
@options.common
@click.option("--origin", metavar="NAME", help="The logbook's name for ever (else one is made at random).")
def command(home: str | None, logbook: str | None, as_json: bool, origin: str | None) -> None:
    """Begin a logbook in a data folder.

    Its key is made, and its first entry says who began it. The data folder is made where it is missing.
    """
    folder = open_home(home, make=True)
    from indelible.cli.beginning import begin_logbook

    book = begin_logbook(logbook or "main", origin, whoever_runs_this())
    if as_json:
        print_json(
            {
                "home": str(folder.path),
                "logbook": book.name,
                "origin": book.origin,
                "public_key": book.public_key,
            }
        )
        return
    line(f"The logbook {book.name} has begun.")
    line(f"Data folder: {folder.path}")
    line(f"Origin:      {book.origin}")
    line(f"Key:         {book.public_key}")
    line("Give the key to whoever should be able to check this record; it is not a secret.")
