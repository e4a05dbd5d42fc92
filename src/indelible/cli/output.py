"""How results are printed: one JSON document, or lines for a person with entries by number and index."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def print_json(document: object) -> None:
    """Print one JSON document. Half characters cannot be in it: the record refuses them."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def line(text: str = "") -> None:
    """Print one line for a person; what could steer a terminal, or turn text around, shows as a mark."""
    click.echo(harmless(text))


def harmless(text: str) -> str:
    """Return text in which no character steers the terminal it is printed on."""
    return "".join(
        each if each == "\n" or not _steers(each) else "\N{REPLACEMENT CHARACTER}" for each in text
    )


def _steers(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs") or (
        category == "Cf" and character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def entry_name(index: int) -> str:
    """Return how text for people calls an entry: "Entry 42,818 (index 42817)"."""
    return f"Entry {index + 1:,} (index {index})"


def entries_name(first: int, last: int) -> str:
    """Return how text for people calls a run of entries."""
    if first == last:
        return entry_name(first).replace("Entry", "entry")
    return f"entries {first + 1:,} to {last + 1:,} (index {first} to {last})"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: "1 entry", "1,204 entries"."""
    return f"{number:,} {one if number == 1 else many}"


@contextmanager
def progress_bar(title: str, *, wanted: bool = True) -> Iterator[Callable[[int, int | None], None]]:
    """Give a function that takes how far and of how many; it draws a bar where a person watches.

    The bar is on standard error, so that results can be piped on. Nothing is drawn elsewhere.
    """
    if not wanted or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(harmless(title), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
