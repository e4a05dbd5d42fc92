"""`indelible search`: find entries by a sentence, words or qualifiers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from indelible.cli import options
from indelible.cli.output import counted, entry_name, line, print_json
from indelible.cli.session import choose_logbook, open_home

if TYPE_CHECKING:
    from indelible.features.record.asking import Asked
    from indelible.language.understanding import Question
    from indelible.storage.database.search import Page

DEFAULT_LIMIT = 50
MOST = 10_000


@click.command("search")
@options.common
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
@click.option("--limit", type=click.IntRange(1, MOST), default=DEFAULT_LIMIT, show_default=True)
def command(home: str | None, logbook: str | None, as_json: bool, words: tuple[str, ...], limit: int) -> int:
    """Find entries, newest first.

    QUERY is a sentence ("who changed invoices last month"), words, or qualifiers such as who:maria about:invoice
    what:change when:2026-03 source:okta rule:3 outcome:failure flag:time_zone_assumed, together or alone.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.events.sentence import tell
    from indelible.features.record.asking import asked_of
    from indelible.features.rules.world import world_of
    from indelible.storage.database.reads import find_entries
    from indelible.storage.database.search import find

    world = world_of(book)
    asked = asked_of(book, " ".join(words), datetime.now(UTC), world.zone or UTC, world)
    page: Page | None = (
        None if asked.is_open else find(book, asked.pattern, asked.world, limit=limit, now=asked.now)
    )
    found = find_entries(book, page.indexes) if page else {}
    documents = [
        {
            "index": each.index,
            "recorded_at": each.recorded_at,
            "sentence": tell(each.event, index=each.index).text,
            "event": each.event,
        }
        for index in (page.indexes if page else [])
        if (each := found.get(index)) is not None
    ]
    if as_json:
        print_json(
            {
                "entries": documents,
                "pattern": asked.pattern.to_json(),
                "more": page is not None and page.more,
                "sentence": "" if asked.is_open else asked.words,
                "not_understood": [one.words for one in asked.unknown],
                "questions": [one.to_json() for one in asked.questions],
            }
        )
    else:
        _tell(asked, page, documents)
    return 0 if asked.is_clear else 1


def _tell(asked: Asked, page: Page | None, documents: list[dict[str, Any]]) -> None:
    for unknown in asked.unknown:
        told = "Looked for in the text" if asked.is_searched(unknown) else "Not understood"
        meant = f" (did you mean {' or '.join(unknown.suggestions)}?)" if unknown.suggestions else ""
        line(f"{told}: {unknown.words}{meant}")
    for question in asked.questions:
        _ask(question)
    if page is None:
        line("Nothing was looked for. Say which is meant, as in the sentences above.")
        return
    line(f"{asked.words}.")
    line(
        counted(len(documents), "entry", "entries") + (", and older ones (see --limit)" if page.more else "")
    )
    for document in documents:
        when = document["event"].get("occurred_at") or document["recorded_at"]
        line(f"{when}  {document['sentence']}")
        line(f"    {entry_name(document['index'])}")


def _ask(question: Question) -> None:
    line(question.text)
    for choice in question.choices:
        line(f"    {choice.label}: {choice.sentence}")
