"""`indelible show`: entries as they are, each with the proof that it is in the log."""

from __future__ import annotations

import re
from typing import Any

import click

from indelible.cli import options
from indelible.cli.faults import Fault
from indelible.cli.output import entry_name, line, print_json
from indelible.cli.session import choose_logbook, open_home

MOST = 10_000
_RANGE = re.compile(r"(\d{1,15})(?:\.\.(\d{1,15}))?", re.ASCII)


@click.command("show")
@options.common
@click.argument("which", metavar="INDEX[..INDEX]")
def command(home: str | None, logbook: str | None, as_json: bool, which: str) -> None:
    """Show entries with their proofs. INDEX counts from 0; both ends of a range are shown."""
    first, last, is_range = parse_range(which)
    book = choose_logbook(open_home(home), logbook)
    from indelible.storage.database.reads import head

    size = head(book).size
    if last >= size:
        raise Fault("entry-missing", index=last, size=size, last=size - 1)
    documents = [_document(book, index, size) for index in range(first, last + 1)]
    if as_json:
        print_json(documents if is_range else documents[0])
        return
    for document in documents:
        _tell(document)


def parse_range(text: str) -> tuple[int, int, bool]:
    """Return first and last index and whether a range was asked for. Raises Fault."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise Fault("index-malformed", text=text)
    first = int(match[1])
    last = int(match[2]) if match[2] is not None else first
    if last < first:
        raise Fault("index-malformed", text=text)
    if last - first >= MOST:
        raise Fault("range-too-long", first=first, last=last, count=last - first + 1, most=MOST)
    return first, last, match[2] is not None


def _document(book: Any, index: int, size: int) -> dict[str, Any]:
    from indelible.events.sentence import tell
    from indelible.ledger.hashing import leaf_hash
    from indelible.storage.database.reads import get_entry, leaf_data, prove

    entry = get_entry(book, index)
    return {
        "index": index,
        "recorded_at": entry.recorded_at,
        "sentence": tell(entry.event, index=index).text,
        "event": entry.event,
        "leaf_hash": leaf_hash(leaf_data(entry)).hex(),
        "proof": prove(book, index, size).text,
    }


def _tell(document: dict[str, Any]) -> None:
    line(entry_name(document["index"]))
    line(document["sentence"])
    event = document["event"]
    facts = {
        "Happened": event.get("occurred_at"),
        "Said as": event.get("time", {}).get("said"),
        "Recorded": document["recorded_at"],
        "Outcome": event.get("outcome"),
        "Source": event.get("source", {}).get("name"),
        "Flags": ", ".join(event.get("flags", [])),
        "Fingerprint": document["leaf_hash"],
    }
    for name, value in facts.items():
        if value:
            line(f"  {name + ':':<13}{value}")
    line()
