"""`indelible search`: find entries by words and qualifiers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from indelible.cli import options
from indelible.cli.output import counted, entry_name, line, print_json
from indelible.cli.session import choose_logbook, open_home

if TYPE_CHECKING:
    from indelible.storage.database.search.parsing import Leftover
    from indelible.storage.database.search.periods import Period
    from indelible.storage.database.search.query import Query

DEFAULT_LIMIT = 50
MOST = 10_000
# Words that were not understood as asked but were looked for as text widen nothing by their loss.
SEARCHED_ANYWAY = ("unknown-qualifier", "nothing-to-search")


@click.command("search")
@options.common
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
@click.option("--limit", type=click.IntRange(1, MOST), default=DEFAULT_LIMIT, show_default=True)
def command(home: str | None, logbook: str | None, as_json: bool, words: tuple[str, ...], limit: int) -> int:
    """Find entries, newest first.

    QUERY is words, or qualifiers such as who:maria about:invoice what:change when:2026-03 source:okta
    outcome:failure flag:time_zone_assumed, together or alone.
    """
    book = choose_logbook(open_home(home), logbook)
    from indelible.events.sentence import tell
    from indelible.storage.database.reads import get_entry
    from indelible.storage.database.search import find, parse_query, read_back

    parsed = parse_query(" ".join(words), datetime.now(UTC), UTC)
    page = find(book, parsed.query, limit=limit)
    entries = [get_entry(book, index) for index in page.indexes]
    documents = [
        {
            "index": each.index,
            "recorded_at": each.recorded_at,
            "sentence": tell(each.event, index=each.index).text,
            "event": each.event,
        }
        for each in entries
    ]
    understood = all(each.code in SEARCHED_ANYWAY for each in parsed.leftovers)
    if as_json:
        print_json(
            {
                "entries": documents,
                "pattern": pattern_of(parsed.query),
                "more": page.older is not None,
                "not_understood": [each.text for each in parsed.leftovers],
            }
        )
    else:
        line(read_back(parsed.query))
        _tell(documents, parsed.leftovers, more=page.older is not None)
    return 0 if understood else 1


def pattern_of(query: Query) -> dict[str, Any]:
    """Return the query as a pattern (design section 8): keys are absent where it does not say."""
    from indelible.events.vocabulary import THINGS, VERBS

    whole: dict[str, Any] = {
        "words": list(query.words),
        "who": [{"name": name} for name in query.who],
        "verbs": sorted(word for word in query.what if word in VERBS),
        "said": sorted(word for word in query.what if word not in VERBS),
        "things": sorted(word for word in query.about if word in THINGS),
        "named": sorted(word for word in query.about if word not in THINGS),
        "systems": sorted(query.source),
        "outcomes": sorted(query.outcome),
        "flags": sorted(query.flag),
    }
    if query.when is not None:
        whole["when"] = _when(query.when)
    return {name: value for name, value in whole.items() if value}


def _when(period: Period) -> dict[str, str]:
    """Return the first and last day of a period; instants where it is no run of whole days."""
    edges = [edge for edge in (period.start, period.end) if edge is not None]
    whole_days = all(edge.astimezone(UTC).time() == time() for edge in edges)
    when = {}
    if period.start is not None:
        when["from"] = _edge(period.start, whole_days)
    if period.end is not None:
        # The end is the first instant that is out; a day is named as the last one that is in.
        when["to"] = _edge(period.end - timedelta(days=1) if whole_days else period.end, whole_days)
    return when


def _edge(instant: datetime, whole_days: bool) -> str:
    instant = instant.astimezone(UTC)
    return instant.date().isoformat() if whole_days else instant.isoformat().replace("+00:00", "Z")


def _tell(documents: list[dict[str, Any]], leftovers: tuple[Leftover, ...], *, more: bool) -> None:
    for each in leftovers:
        line(f"Not understood: {each.text}")
    line(counted(len(documents), "entry", "entries") + (", and older ones (see --limit)" if more else ""))
    for document in documents:
        when = document["event"].get("occurred_at") or document["recorded_at"]
        line(f"{when}  {document['sentence']}")
        line(f"    {entry_name(document['index'])}")
