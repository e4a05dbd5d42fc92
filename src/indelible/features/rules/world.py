"""The organisation's own names, gathered from the features that know them, for whoever reads a sentence."""

from __future__ import annotations

from hashlib import blake2b
from zoneinfo import ZoneInfo

from indelible.events.folding import plain
from indelible.events.instants import from_datetime
from indelible.features.people.groups.queries import members_by_group
from indelible.features.people.models import KnownPerson, Login, User
from indelible.features.people.names.days import days_of, house_reader
from indelible.features.rules.models import OwnThing
from indelible.features.settings.services import calendar
from indelible.features.sources.models import Source
from indelible.language.world import Member, Person, World
from indelible.storage.database.models import Logbook
from indelible.web.remembering import remembered

MOST_PEOPLE = 5_000


@remembered
def world_of(logbook: Logbook) -> World:
    """Return what words can mean in this organisation: eight queries, however many names there are."""
    things = OwnThing.objects.filter(logbook=logbook)
    sources = Source.objects.filter(logbook=logbook).values_list("name", "system")
    hours = calendar()
    people = _people()
    groups = _groups()
    # A source and the system behind it often share a name, which means either: said twice, it would be asked about.
    spelled = {plain(name): name for pair in sources for name in reversed(pair) if name}
    systems = tuple(sorted(spelled.values()))
    own = {word: one.kind for one in things for word in (one.name, one.plural, *one.also)}
    told = repr(
        (
            people,
            sorted(groups.items()),
            systems,
            sorted(own.items()),
            hours.zone,
            sorted(hours.hours.items()),
            sorted(hours.holidays),
        )
    )
    return World(
        people=people,
        groups=groups,
        systems=systems,
        things=own,
        calendar=hours,
        zone=ZoneInfo(hours.zone),
        mark=blake2b(told.encode(), digest_size=8).hexdigest(),
    )


def _people() -> tuple[Person, ...]:
    """Return everybody with an account and everybody that sources speak of, each with all their names."""
    reader = house_reader()
    logins: dict[int, list[Member]] = {}
    for row in Login.objects.all():
        since, until = days_of(row).bounds(reader)
        member = Member(
            row.login,
            row.source_id,
            from_datetime(since) if since else "",
            from_datetime(until) if until else "",
        )
        logins.setdefault(row.person_id, []).append(member)
    found: dict[str, list[Member]] = {}
    for name, email in User.objects.values_list("name", "email")[:MOST_PEOPLE]:
        found.setdefault(name, []).extend((Member(name), Member(email)))
    for pk, name, email in KnownPerson.objects.values_list("pk", "name", "email")[:MOST_PEOPLE]:
        found.setdefault(name, []).extend(
            (Member(name), *([Member(email)] if email else []), *logins.get(pk, ()))
        )
    return tuple(Person(name, tuple(dict.fromkeys(members))) for name, members in sorted(found.items()))


def _groups() -> dict[str, tuple[Member, ...]]:
    """Return, of each group, every name that one of its people went by while they belonged to it."""
    reader = house_reader()
    found: dict[str, tuple[Member, ...]] = {}
    for group, theirs in members_by_group(MOST_PEOPLE).items():
        members = []
        for one in theirs:
            since, until = one.days.bounds(reader)
            members.append(
                Member(
                    one.login,
                    one.source,
                    from_datetime(since) if since else "",
                    from_datetime(until) if until else "",
                )
            )
        found[group] = tuple(dict.fromkeys(members))
    return found
