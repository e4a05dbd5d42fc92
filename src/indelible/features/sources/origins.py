"""Sources: beginning one, naming it, and who does so.

A source begins with its first import, or is chosen by name; without a name there is one source a system,
so that the JSON and the CSV export of one product recognise each other's records. That a source began or
goes by another name is an entry of Indelible's own, in the transaction of the act.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from indelible.events import own
from indelible.events.event import Context, Event, Party
from indelible.features.people.models import User
from indelible.features.sources.models import Source
from indelible.storage.database.append import Appended, Draft, append
from indelible.storage.database.models import Logbook

LONGEST_NAME = 120
RULE_0 = "0.1"  # version 1 of the rule that is built in: what happens to sources and rules themselves


class SourceError(Exception):
    """What was asked cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, as the record tells it: a person on a page, or whoever runs a command."""

    party: Party | None = None
    context: Context | None = None
    user: User | None = None

    @property
    def name(self) -> str:
        """The name people know them by."""
        party = self.party or {}
        return party.get("name") or party.get("email") or party.get("id") or ""


def source_for_system(logbook: Logbook, system: str, title: str, by: By) -> Source:
    """Return the one source of a system, begun now where there is none."""
    found = Source.objects.filter(logbook=logbook, system=system).order_by("pk").first()
    return found or begin_source(logbook, _free_name(logbook, title), system, by)


def source_called(logbook: Logbook, name: str, system: str, by: By) -> Source:
    """Return the source of that name, begun now where there is none. Raises SourceError for a bad name."""
    name = lawful_name(name)
    found = Source.objects.filter(logbook=logbook, name=name).first()
    return found or begin_source(logbook, name, system, by)


def begin_source(logbook: Logbook, name: str, system: str, by: By) -> Source:
    """Begin a source; that it began is an entry under rule 0, in the same transaction."""
    with transaction.atomic():
        source = Source.objects.create(logbook=logbook, name=name, system=system)
        event = own.source_added(by.party, source.pk, name, system, context=by.context)
        record_own(logbook, event, rules=(RULE_0,))
    return source


def rename_source(source: Source, name: str, by: By) -> Source:
    """Give a source another name; its id and numbers stay. Raises SourceError for a name taken or too long."""
    name = lawful_name(name)
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk)
        if name == source.name:
            return source
        if Source.objects.filter(logbook=source.logbook, name=name).exists():
            raise SourceError("source-name-taken", name=name)
        event = own.source_renamed(by.party, source.pk, source.name, name, context=by.context)
        source.name = name
        source.save(update_fields=["name"])
        record_own(source.logbook, event, rules=(RULE_0,))
    return source


def lawful_name(name: str) -> str:
    """Return a name as it is kept, blanks made one. Raises SourceError for none or one too long."""
    name = " ".join(name.split())
    if not name:
        raise SourceError("source-name-missing")
    if len(name) > LONGEST_NAME:
        raise SourceError("source-name-too-long", most=LONGEST_NAME)
    return name


def _free_name(logbook: Logbook, title: str) -> str:
    """Return a name for a new source that no other has."""
    title = title[: LONGEST_NAME - 4]
    names = set(Source.objects.filter(logbook=logbook, name__startswith=title).values_list("name", flat=True))
    tries = (title if number == 1 else f"{title} {number}" for number in range(1, len(names) + 2))
    return next(each for each in tries if each not in names)


def record_own(logbook: Logbook, event: Event, *, rules: tuple[str, ...] = ()) -> Appended:
    """Append what Indelible itself did: an entry of source 0, counted under `rules` too."""
    return append(logbook, [Draft(event, rules=rules)])
