"""Saying who somebody is. Each word about it is an entry, in the transaction that makes it hold.

One login is one person's at a time: where two would overlap, the second is refused by the name of the first, unless
whoever says so says too that the login passes on from one to the other. A login that only looks like another
(written in other letters) is never taken for it; it is named, and joined only where somebody says that it is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from indelible.events import own_names
from indelible.events.event import Change, Context, Event
from indelible.events.folding import exact_code, plain, skeleton
from indelible.features.people.changing import change
from indelible.features.people.models import KnownPerson, Login, Organisation, User
from indelible.features.people.names.days import ALWAYS, DAY, Days, days_of, house_reader
from indelible.features.sources.models import Source
from indelible.web import acts

LONGEST_LOGIN: Final = 254


class NamesError(Exception):
    """What was said cannot hold. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a login."""

    login: str
    source: Source | None = None
    days: Days = ALWAYS
    passes_on: bool = False  # where it is another's until then, theirs ends on the day before
    meant: bool = False  # where it only looks like a login that is known, it is meant all the same


# People ----------------------------------------------------------------------------------------------------


def add_person(
    name: str, by: User, context: Context, *, email: str = "", account: User | None = None
) -> KnownPerson:
    """Put somebody among the people whom sources speak of."""
    with change():
        person = KnownPerson.objects.create(name=name, email=email, account=account)
        person.entry = _record(own_names.person_known(acts.actor_of(by), person.pk, name, context=context))
        person.save(update_fields=["entry"])
    return person


def change_person(
    key: int, by: User, context: Context, *, name: str, email: str, account: User | None
) -> list[Change]:
    """Change what is known of somebody; return what changed."""
    with change():
        person = KnownPerson.objects.select_for_update().get(pk=key)
        before = (person.name, person.email, str(person.account or ""))
        person.name, person.email, person.account = name, email, account
        after = (person.name, person.email, str(person.account or ""))
        fields = ("name", "e-mail address", "account in Indelible")
        changes: list[Change] = [
            {"field": field, "before": old, "after": new}
            for field, old, new in zip(fields, before, after, strict=True)
            if old != new
        ]
        if changes:
            person.save()
            _record(own_names.person_changed(acts.actor_of(by), key, name, changes, context=context))
    return changes


def end_person(key: int, last_day: date, by: User, context: Context) -> KnownPerson:
    """Say that somebody is gone: no login is theirs after that day. Entries of their time keep their name.

    Raises NamesError `person-left`, and `login-begins-later` where a login of theirs begins after that day.
    """
    with change():
        _one_at_a_time()
        person = KnownPerson.objects.get(pk=key)
        if person.left_on is not None:
            raise NamesError("person-left", name=person.name, day=house_reader().day(person.left_on))
        for row in person.logins.filter(Q(until=None) | Q(until__gt=last_day)):
            if row.since is not None and row.since > last_day:
                raise NamesError("login-begins-later", login=row.login, day=house_reader().day(row.since))
            row.until = last_day
            row.save(update_fields=["until"])
        person.left_on = last_day
        person.save(update_fields=["left_on"])
        _record(
            own_names.person_left(acts.actor_of(by), key, person.name, last_day.isoformat(), context=context)
        )
    return person


# Logins ----------------------------------------------------------------------------------------------------


def join(person: KnownPerson, said: Said, by: User, context: Context) -> Login:
    """Say that a login is somebody's. Raises NamesError for what cannot hold (see the top of this module)."""
    with change():
        _one_at_a_time()
        _check(person, said)
        other = _overlapping(said)
        if other is not None:
            _pass_on(other, person, said, by, context)
        if not said.meant and (alike := look_alike(said.login)) is not None:
            raise NamesError("login-looks-like", login=said.login, other=alike.login, name=alike.person.name)
        row = Login.objects.create(
            person=person,
            source=said.source,
            login=said.login,
            code=exact_code(said.login),
            looks=skeleton(said.login)[:LONGEST_LOGIN],
            since=said.days.since,
            until=said.days.until,
        )
        row.entry = _record(
            own_names.login_joined(
                acts.actor_of(by),
                row.login,
                person.name,
                since=_iso(row.since),
                until=_iso(row.until),
                source=_source_name(row),
                context=context,
            )
        )
        row.save(update_fields=["entry"])
    return row


def _check(person: KnownPerson, said: Said) -> None:
    days = said.days
    if not said.login or len(said.login) > LONGEST_LOGIN or not said.login.isprintable():
        raise NamesError("login-unusable")
    if days.since and days.until and days.until < days.since:
        raise NamesError("login-days-reversed")
    if person.left_on is not None and (days.until is None or days.until > person.left_on):
        raise NamesError("person-left", name=person.name, day=house_reader().day(person.left_on))


def _pass_on(other: Login, person: KnownPerson, said: Said, by: User, context: Context) -> None:
    """End another's days where the login passes on; refuse where that was not said, or cannot be."""
    reader, days = house_reader(), days_of(other)
    if other.person_id == person.pk:
        raise NamesError("login-joined-already", login=other.login, name=person.name, days=days.words(reader))
    since = said.days.since
    can_pass = since is not None and (days.since is None or days.since < since) and days.until is None
    if not (said.passes_on and can_pass and since is not None):
        raise NamesError(
            "login-taken",
            login=other.login,
            name=other.person.name,
            days=days.words(reader),
            can_pass=can_pass,
        )
    _end(other, since - DAY, by, context)
    if (next_one := _overlapping(said)) is not None:
        raise NamesError(
            "login-taken",
            login=next_one.login,
            name=next_one.person.name,
            days=days_of(next_one).words(reader),
            can_pass=False,
        )


def end_login(key: int, last_day: date, by: User, context: Context) -> Login:
    """Say that a login is no longer somebody's after that day.

    Raises NamesError `login-days-reversed`, and `login-over` where it ended by then anyway.
    """
    with change():
        _one_at_a_time()
        row = Login.objects.select_related("person", "source").get(pk=key)
        if row.until is not None and row.until <= last_day:
            raise NamesError("login-over", login=row.login, day=house_reader().day(row.until))
        if row.since is not None and last_day < row.since:
            raise NamesError("login-days-reversed")
        _end(row, last_day, by, context)
    return row


def _end(row: Login, last_day: date, by: User, context: Context) -> None:
    row.until = last_day
    row.save(update_fields=["until"])
    _record(
        own_names.login_ended(
            acts.actor_of(by),
            row.login,
            row.person.name,
            last_day.isoformat(),
            source=_source_name(row),
            context=context,
        )
    )


def withdraw_login(key: int, reason: str, by: User, context: Context) -> Login | None:
    """Take back that a login is somebody's; return which it was, None where it is gone already."""
    with change():
        _one_at_a_time()
        row = Login.objects.select_related("person", "source").filter(pk=key).first()
        if row is None:
            return None
        row.delete()
        _record(
            own_names.login_withdrawn(
                acts.actor_of(by),
                row.login,
                row.person.name,
                since=_iso(row.since),
                until=_iso(row.until),
                source=_source_name(row),
                reason=reason or None,
                context=context,
            )
        )
    return row


def look_alike(login: str) -> Login | None:
    """Return a login that is known and looks like this one in print, without being it."""
    return look_alikes([login]).get(login)


def look_alikes(logins: Sequence[str]) -> dict[str, Login]:
    """Return, of several logins, which known one each looks like without being it."""
    wanted = {login: skeleton(login)[:LONGEST_LOGIN] for login in logins}
    rows: dict[str, list[Login]] = {}
    for row in Login.objects.select_related("person").filter(looks__in=set(wanted.values())).order_by("pk"):
        rows.setdefault(row.looks, []).append(row)
    found = {}
    for login, looks in wanted.items():
        # Other signs between the same letters (m.lopez, m-lopez) deceive nobody.
        alike = (row for row in rows.get(looks, ()) if plain(row.login) != plain(login))
        if (first := next(alike, None)) is not None and not _is_known(login, rows[looks]):
            found[login] = first
    return found


def _is_known(login: str, rows: Sequence[Login]) -> bool:
    """Whether somebody joined this very login before, and so meant it."""
    return any(row.code == exact_code(login) for row in rows)


def _overlapping(said: Said) -> Login | None:
    """Return a row of the same login that holds on a day, and in a source, for which this is said."""
    rows = Login.objects.select_related("person", "source").filter(code=exact_code(said.login))
    if said.source is not None:
        rows = rows.filter(Q(source=None) | Q(source=said.source))
    return next((row for row in rows.order_by("since") if days_of(row).overlaps(said.days)), None)


def _one_at_a_time() -> None:
    """Let nobody else say anything about logins until this transaction ends, so that no two can overlap."""
    list(Organisation.objects.select_for_update().filter(pk=1))


def _record(event: Event) -> int:
    """Append an act, and return the index of its entry."""
    return acts.record(event).recorded[0].index


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _source_name(row: Login) -> str | None:
    return row.source.name if row.source else None
