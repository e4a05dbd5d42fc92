"""Logins that arrive and are nobody's yet, the most frequent first, so that one press says who they are.

Offered are actors that a source names by a login alone: no name of a person stands beside it, and it is no program.
A known person is suggested where their address is the login, or their name gives it in one of the usual ways; who
it is, a person says. A login that only looks like a known one is said to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from indelible.events.folding import exact_code, plain
from indelible.features.people.models import KnownPerson, Login
from indelible.features.people.names.days import days_of, house_reader
from indelible.features.people.names.joining import look_alikes
from indelible.features.people.names.whom import typed
from indelible.features.sources.models import Source
from indelible.storage.database import search
from indelible.storage.database.models import Logbook

DAYS_BACK: Final = 30
MOST: Final = 200
SUGGESTING: Final = 2_000  # known people among whom a suggestion is looked for
_PERSONLESS: Final = frozenset({"service", "system"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A login that nobody has said anything about."""

    login: str
    sources: tuple[str, ...]  # names
    entries: int
    newest: int  # index of the newest entry seen
    suggested: KnownPerson | None = None
    looks_like: Login | None = None

    @property
    def suggested_as(self) -> str:
        """The suggested person as a form takes them."""
        return typed(self.suggested) if self.suggested else ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered, and how many entries it rests on."""

    offers: list[Offer]
    looked_through: int
    of: int

    @property
    def is_sample(self) -> bool:
        """Whether only a part of the entries was looked through."""
        return self.looked_through < self.of


def offers(logbook: Logbook, now: datetime | None = None) -> Offers:
    """Return the logins seen in the last 30 days that are nobody's, most entries first; at most 200."""
    until = now or datetime.now(UTC)
    seen = search.actors_seen(logbook, until - timedelta(days=DAYS_BACK), until)
    counts: Counter[str] = Counter()
    logins: dict[str, str] = {}
    newest: dict[str, int] = {}
    places: dict[str, set[str]] = {}
    parties: dict[str, set[str]] = {}
    for actor in seen.actors:
        login = _login_of(actor)
        if not login:
            continue
        code = exact_code(login)
        counts[code] += actor.entries
        logins.setdefault(code, login)
        newest[code] = max(newest.get(code, -1), actor.newest)
        places.setdefault(code, set()).add(actor.source)
        parties.setdefault(code, set()).update(
            exact_code(text) for text in (actor.id, actor.name, actor.email) if text
        )
    taken = _taken({code for found in parties.values() for code in found}, until)
    free = [code for code, _count in counts.most_common() if not parties[code] & taken][:MOST]
    names = dict(Source.objects.filter(logbook=logbook).values_list("pk", "name"))
    alike = look_alikes([logins[code] for code in free])
    suggested = _suggestions([logins[code] for code in free])
    return Offers(
        [
            Offer(
                logins[code],
                tuple(sorted(names[int(one)] for one in places[code] if one.isdigit() and int(one) in names)),
                counts[code],
                newest[code],
                None if logins[code] in alike else suggested.get(logins[code]),
                alike.get(logins[code]),
            )
            for code in free
        ],
        seen.looked_through,
        seen.of,
    )


def _login_of(actor: search.SeenActor) -> str:
    """Return the login that an actor goes by; empty where a person's name is told already, or it is no person."""
    if actor.kind in _PERSONLESS or " " in actor.name.strip():
        return ""
    return next((text for text in (actor.name, actor.email, actor.id) if text and text.isprintable()), "")


def _taken(codes: set[str], now: datetime) -> set[str]:
    """Return which logins are somebody's today, in whichever source."""
    today = now.astimezone(house_reader().tz).date()
    rows = Login.objects.filter(code__in=codes)
    return {row.code for row in rows if today in days_of(row)}


def _suggestions(logins: Iterable[str]) -> dict[str, KnownPerson]:
    """Return login -> the one known person whose address or name gives it; nothing where it could be two."""
    by_form: dict[str, set[int]] = {}
    people = {person.pk: person for person in KnownPerson.objects.filter(left_on=None)[:SUGGESTING]}
    for person in people.values():
        for form in _forms(person):
            by_form.setdefault(form, set()).add(person.pk)
    found = {}
    for login in logins:
        keys = by_form.get(login.casefold()) or by_form.get(_bare(login)) or set()
        if len(keys) == 1:
            found[login] = people[next(iter(keys))]
    return found


def _forms(person: KnownPerson) -> set[str]:
    """Return the logins that organisations usually make of a name and an address."""
    forms = {person.email.casefold()} if person.email else set()
    words = plain(person.name).split()
    if len(words) > 1:
        first, last = words[0], words[-1]
        forms |= {first + last, last + first, first[0] + last, last + first[0], first + last[0]}
    return forms


def _bare(login: str) -> str:
    """Return a login without the domain around it and the signs within it: "NW\\m.lopez" is "mlopez"."""
    inner = login.rpartition("\\")[2].partition("@")[0]
    return re.sub(r"[^\w]|_", "", plain(inner))
