"""Whom entries speak of: the logins of a run of entries, each looked up by the day on which it happened.

Nothing of this is sealed. It is worked out whenever a page is shown, from what people have said about logins; so
the name beside an entry may change when somebody says more, and the entry never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from indelible.events.event import Event
from indelible.events.folding import exact_code
from indelible.events.instants import to_datetime
from indelible.features.people.models import Login
from indelible.features.people.names.days import ALWAYS, Days, days_of, house_reader
from indelible.web.moments import Reader

OWN_SOURCE: Final = "0"


@dataclass(frozen=True, slots=True)
class Told:
    """Who a login is, by whose word it is shown: the entry that tells of it, from 0."""

    login: str
    name: str
    person: int  # key of the known person
    days: Days
    entry: int | None


def names_told(asked: Mapping[int, tuple[Event, str]]) -> dict[int, Told]:
    """Return, of entries given as index -> (event, recorded at), who the one who acted is, where that is known.

    One look-up for all of them. An entry whose own name for the actor says the same is left out.
    """
    wanted = {index: parties for index, (event, _at) in asked.items() if (parties := _called(event))}
    codes = {exact_code(text) for texts in wanted.values() for text in texts}
    if not codes:
        return {}
    rows: dict[str, list[Login]] = {}
    for row in Login.objects.select_related("person").filter(code__in=codes):
        rows.setdefault(row.code, []).append(row)
    if not rows:
        return {}
    reader = house_reader()
    found = {}
    for index, texts in wanted.items():
        event, recorded_at = asked[index]
        told = _first(texts, rows, _sources(event), _day(event, recorded_at, reader))
        if told is not None and told.name.casefold() != event["actor"].get("name", "").casefold():
            found[index] = told
    return found


def _called(event: Event) -> tuple[str, ...]:
    """Return what a source calls the one who acted: id, address, name. Nothing for our own acts."""
    party = event.get("actor")
    if not party or OWN_SOURCE in _sources(event):
        return ()
    return tuple(text for key in ("id", "email", "name") if isinstance(text := party.get(key), str) and text)


def _sources(event: Event) -> set[str]:
    return set(event.get("numbers", {}).get("sources", {}))


def _day(event: Event, recorded_at: str, reader: Reader) -> date | None:
    for text in (event.get("occurred_at"), recorded_at):
        try:
            return to_datetime(text or "").astimezone(reader.tz).date()
        except (ValueError, OverflowError):
            continue
    return None


def _first(
    texts: Iterable[str], rows: Mapping[str, Sequence[Login]], sources: set[str], day: date | None
) -> Told | None:
    for text in texts:
        for row in rows.get(exact_code(text), ()):
            if row.source_id is not None and str(row.source_id) not in sources:
                continue
            days = days_of(row)
            if day in days if day is not None else days == ALWAYS:
                return Told(text, row.person.name, row.person_id, days, row.entry)
    return None


def now_in(reader: Reader, now: datetime) -> date:
    """Return today in the zone of a reader."""
    return now.astimezone(reader.tz).date()
