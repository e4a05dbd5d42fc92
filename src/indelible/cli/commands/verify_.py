"""`indelible verify`: check that nothing was altered, and say how far the record is to be trusted."""

from __future__ import annotations

from typing import Any

import click

from indelible.cli import options
from indelible.cli.output import counted, line, print_json, progress_bar
from indelible.cli.session import choose_logbook, open_home

SHOWN = 20  # findings printed for people
MARKS = {"matches": "ok", "does not match": "ALTERED", "could not be checked": "not checked"}


@click.command("verify")
@options.common
@click.option("--key", metavar="VKEY", help="The log's key, from its key card, to compare with.")
def command(home: str | None, logbook: str | None, as_json: bool, key: str | None) -> int:
    """Check that nothing was altered.

    Exit code 0: untouched. 1: something does not match. 2: something could not be checked.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.storage.database.checking import check

    with progress_bar("Checking", wanted=not as_json) as draw:
        report = check(book, key=key, progress=lambda done, total: draw(done, total))
    document = report.as_json()
    if as_json:
        print_json(document)
    else:
        _tell(document)
    return {True: 0, False: 1, None: 2}[report.intact]


def _tell(document: dict[str, Any]) -> None:
    line(f"Checked {counted(document['entries'], 'entry', 'entries')}: {document['verdict']}.")
    for question in document["questions"]:
        line(f"  {question['number']}  {MARKS[question['verdict']]:<12} {question['message']}")
    findings = document["findings"]
    for finding in findings[:SHOWN]:
        line(f"  {finding['kind']}: {finding['message']}")
    if len(findings) > SHOWN:
        line(
            f"  and {counted(len(findings) - SHOWN, 'more finding', 'more findings')}; --json tells them all."
        )
    if document["intact"] is False:
        line(f"Still to be trusted: the first {counted(document['trusted_through'], 'entry', 'entries')}.")
    line(f"Key: {document['key']}.")
