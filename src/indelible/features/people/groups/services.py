"""Saying who belongs to a group, from one day to another. Each word is an entry, and rules are read anew after it."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Q

from indelible.events import own_people
from indelible.events.event import Context
from indelible.features.people.changing import change
from indelible.features.people.models import Group, KnownPerson, Membership, Organisation, User
from indelible.features.people.names.days import Days, house_reader
from indelible.web import acts

LONGEST_NAME: Final = 80
MOST_GROUPS: Final = 200
MOST_MEMBERS: Final = 2_000  # lines of one group, those that have ended included


class GroupRefused(Exception):
    """It cannot hold. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def make_group(name: str, by: User, context: Context) -> Group:
    """Begin a group. Raises GroupRefused `group-name-unusable`, `group-name-taken`, `group-too-large`."""
    with change():
        _one_at_a_time()
        name = _lawful(name)
        if Group.objects.count() >= MOST_GROUPS:
            raise GroupRefused("group-too-large", most=MOST_GROUPS)
        row = Group.objects.create(name=name)
        event = own_people.group_made(acts.actor_of(by), row.pk, name, context=context)
        row.entry = acts.record(event).recorded[0].index
        row.save(update_fields=["entry"])
    return row


def rename_group(key: int, name: str, by: User, context: Context) -> Group:
    """Give a group another name. Sentences that use the old one know it no more: the page says so beforehand."""
    with change():
        row = _standing(key)
        name = _lawful(name, but=row)
        if name != row.name:
            event = own_people.group_renamed(acts.actor_of(by), row.pk, row.name, name, context=context)
            acts.record(event)
            row.name = name
            row.save(update_fields=["name"])
    return row


def end_group(key: int, last_day: date, by: User, context: Context) -> Group:
    """Say that nobody belongs to a group after a day."""
    with change():
        row = _standing(key)
        acts.record(
            own_people.group_ended(acts.actor_of(by), row.pk, row.name, last_day.isoformat(), context=context)
        )
        row.memberships.filter(Q(until=None) | Q(until__gt=last_day)).update(until=last_day)
        row.ended_on = last_day
        row.save(update_fields=["ended_on"])
    return row


def add_member(key: int, person: KnownPerson, days: Days, by: User, context: Context) -> Membership:
    """Say that somebody belongs to a group on these days.

    Raises GroupRefused `group-over`, `group-too-large`, `member-already`; `login-days-reversed`.
    """
    with change():
        row = _standing(key)
        if days.since and days.until and days.until < days.since:
            raise GroupRefused("login-days-reversed")
        lines = list(row.memberships.select_related("person"))
        if len(lines) >= MOST_MEMBERS:
            raise GroupRefused("group-too-large", most=MOST_MEMBERS)
        for line in lines:
            theirs = Days(line.since, line.until)
            if line.person_id == person.pk and theirs.overlaps(days):
                words = theirs.words(house_reader())
                raise GroupRefused("member-already", name=person.name, days=words)
        event = own_people.membership(
            own_people.MEMBER_ADDED,
            acts.actor_of(by),
            row.pk,
            row.name,
            person.name,
            since=_iso(days.since),
            until=_iso(days.until),
            context=context,
        )
        entry = acts.record(event).recorded[0].index
        return Membership.objects.create(
            group=row, person=person, since=days.since, until=days.until, entry=entry
        )


def end_member(key: int, last_day: date, by: User, context: Context) -> Membership:
    """Say that somebody does not belong to a group any more after a day. Raises GroupRefused `login-over`,
    `login-days-reversed`."""
    with change():
        _one_at_a_time()
        row = Membership.objects.select_related("group", "person").get(pk=key)
        if row.until is not None and row.until <= last_day:
            raise GroupRefused("login-over", login=row.person.name, day=house_reader().day(row.until))
        if row.since is not None and last_day < row.since:
            raise GroupRefused("login-days-reversed")
        _say(own_people.MEMBER_ENDED, row, by, context, until=last_day.isoformat())
        row.until = last_day
        row.save(update_fields=["until"])
    return row


def withdraw_member(key: int, reason: str, by: User, context: Context) -> Membership | None:
    """Take back that somebody belongs to a group; return which it was, None where it is gone already."""
    with change():
        _one_at_a_time()
        row = Membership.objects.select_related("group", "person").filter(pk=key).first()
        if row is not None:
            _say(
                own_people.MEMBER_WITHDRAWN,
                row,
                by,
                context,
                since=_iso(row.since),
                until=_iso(row.until),
                reason=reason or None,
            )
            row.delete()
    return row


def _say(said: str, row: Membership, by: User, context: Context, **more: str | None) -> None:
    actor = acts.actor_of(by)
    acts.record(
        own_people.membership(
            said, actor, row.group_id, row.group.name, row.person.name, context=context, **more
        )
    )


def _lawful(name: str, but: Group | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise GroupRefused("group-name-unusable")
    others = Group.objects.filter(name__iexact=name, ended_on=None)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise GroupRefused("group-name-taken")
    return name


def _standing(key: int) -> Group:
    _one_at_a_time()
    row = Group.objects.get(pk=key)
    if row.ended_on is not None:
        raise GroupRefused("group-over", day=house_reader().day(row.ended_on))
    return row


def _one_at_a_time() -> None:
    """Let nobody else say anything about groups until this transaction ends."""
    list(Organisation.objects.select_for_update().filter(pk=1))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
