"""Many like entries in one line: what a program did fifty times in a minute does not push a day off the page.

Alike are entries of one source that tell the same act by the same actor on the same kind of thing with the same end,
recorded and happened within a minute. An entry with anything to look at (a mark, a correction, a doubt about it) is
never folded away, and those that are keep their numbers, their links and their place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.utils.translation import gettext as _

from indelible.events.event import Event
from indelible.events.instants import to_datetime
from indelible.events.sentence import tell
from indelible.web.numbers import written
from indelible.web.timeline import Day, Fold, Line, Row

FEWEST: Final = 10
WITHIN: Final = timedelta(seconds=60)


def folded(days: Iterable[Day]) -> list[Day]:
    """Return the days with runs of like entries folded, where there are at least ten in a run."""
    return [Day(day.title, _fold(day.rows)) for day in days]


def _fold(rows: Sequence[Line]) -> list[Line]:
    lines: list[Line] = []
    run: list[Row] = []
    for row in rows:
        if run and not (isinstance(row, Row) and _goes_on(run[0], row)):
            lines += _closed(run)
            run = []
        if isinstance(row, Row) and likeness(row) is not None:
            run.append(row)
        else:
            lines.append(row)
    return lines + _closed(run)


def _closed(run: Sequence[Row]) -> list[Line]:
    return [Fold(words_of(run), tuple(run))] if len(run) >= FEWEST else list(run)


def _goes_on(first: Row, row: Row) -> bool:
    """Whether a row belongs to the run that `first` began."""
    if likeness(row) is None or likeness(row) != likeness(first):
        return False
    return all(
        abs(_moment(one) - _moment(other)) <= WITHIN
        for one, other in ((first.recorded_at, row.recorded_at), (first.shown_at, row.shown_at))
    )


def _moment(text: str) -> datetime:
    return to_datetime(text)


def likeness(row: Row) -> Hashable | None:
    """Return what rows of one fold have in common; None for a row that stands by itself."""
    if row.unreadable or row.state or row.flags or row.corrected_by is not None or row.this_one:
        return None
    event: Any = row.event
    if "refers_to" in event:
        return None
    actor, action, targets = event.get("actor", {}), event.get("action", {}), event.get("targets", [])
    return (
        row.source,
        tuple(actor.get(name, "") for name in ("id", "name", "email", "kind")),
        action.get("verb", ""),
        action.get("said", ""),
        targets[0].get("kind", "") if targets else "",
        event.get("outcome", ""),
        row.counted,
        row.dated,
    )


def words_of(run: Sequence[Row]) -> str:
    """Say a run in one line, by what its entries have in common: "Maria Lopez changed a sales invoice, 50 times"."""
    event: Any = run[0].event
    common = {name: event[name] for name in ("actor", "action", "outcome") if name in event}
    if "verb" in event.get("action", {}):  # then the source's own word need not stand beside it
        common["action"] = {"verb": event["action"]["verb"]}
    kinds = [{"kind": target["kind"]} for target in event.get("targets", [])[:1] if "kind" in target]
    told = tell(cast(Event, {**common, "targets": kinds} if kinds else common))
    return _("%(sentence)s, %(n)s times") % {"sentence": told.text.rstrip("."), "n": written(len(run))}
