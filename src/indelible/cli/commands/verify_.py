"""`indelible verify`: check that nothing was altered, and say how far the record is to be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indelible.cli import options
from indelible.cli.commands.verify_pack import pack_options, read_key
from indelible.cli.faults import Fault
from indelible.cli.output import counted, line, print_json, progress_bar
from indelible.cli.session import choose_logbook, open_home

if TYPE_CHECKING:
    from indelible.storage.database.checking.copies import Copy
    from indelible.storage.database.models import Logbook

SHOWN = 20  # findings printed for people
MARKS = {"matches": "ok", "does not match": "ALTERED", "could not be checked": "not checked"}
# The fifth question is about the sources, not about the record.
MISSING_MARKS = {**MARKS, "does not match": "missing"}


@click.command("verify")
@options.common
@pack_options
@click.option("--key", metavar="VKEY", help="The log's key, from its key card, to compare with.")
@click.option(
    "--witness",
    "witnesses",
    metavar="VKEY",
    multiple=True,
    help="A witness whose word is insisted on (repeatable).",
)
@click.option(
    "--copy",
    "copies",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A mailed receipt, a receipt of an entry, a pack or a published folder to compare with (repeatable).",
)
def command(
    home: str | None,
    logbook: str | None,
    as_json: bool,
    key: str | None,
    witnesses: tuple[str, ...],
    copies: tuple[Path, ...],
) -> int:
    """Check that nothing was altered.

    Witnesses that were set up are asked what they hold; copies that you were given can be brought along.

    Exit code 0: untouched. 1: something does not match. 2: something could not be checked.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.features.seals.copies import holders_of
    from indelible.storage.database.checking import check

    card = read_key(key).text if key else None
    outside = _copies(book, [read_key(each).text for each in witnesses], copies)
    with progress_bar("Checking", wanted=not as_json) as draw:
        report = check(
            book,
            key=card,
            progress=lambda done, total: draw(done, total),
            copies=outside,
            holders=holders_of(book),
        )
    document = report.as_json()
    if as_json:
        print_json(document)
    else:
        _tell(document)
    return {True: 0, False: 1, None: 2}[report.intact]


def _copies(book: Logbook, witnesses: Sequence[str], paths: Sequence[Path]) -> list[Copy]:
    """Return what the witnesses show now and what was brought along. Raises Fault for what is no copy."""
    from indelible.features.seals.copies import shown_by_witnesses
    from indelible.features.seals.given_copies import CopyUnreadable, read_copy

    try:
        given = [read_copy(path) for path in paths]
    except CopyUnreadable as refusal:
        raise Fault(refusal.code, **refusal.facts) from refusal
    return [*shown_by_witnesses(book, witnesses), *given]


def _tell(document: dict[str, Any]) -> None:
    line(f"Checked {counted(document['entries'], 'entry', 'entries')}: {document['verdict']}.")
    for question in document["questions"]:
        line(f"  {question['number']}  {MARKS[question['verdict']]:<12} {question['message']}")
    if missing := document.get("missing"):
        line(f"  5  {MISSING_MARKS[missing['verdict']]:<12} {missing['message']}")
        for absence in missing["findings"][:SHOWN]:
            line(f"     {absence['kind']}: {absence['message']}")
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
