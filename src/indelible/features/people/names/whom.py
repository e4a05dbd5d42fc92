"""Finding a known person by what somebody typed: a name, an address, or both as "Maria Lopez <maria@example.org>"."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Final

from django.db.models import QuerySet

from indelible.events.event import Context
from indelible.features.people.models import KnownPerson, User
from indelible.features.people.names.joining import NamesError, add_person

LONGEST_NAME: Final = 150


def person_called(typed: str, by: User, context: Context) -> KnownPerson:
    """Return the known person of that name or address; one who was not known becomes known now.

    Raises NamesError `person-ambiguous` where several go by it, `person-unusable` for what is no name.
    """
    name, email = split(typed)
    found = list(_known(name, email)[:2])
    if len(found) > 1:
        raise NamesError("person-ambiguous", name=typed)
    if found:
        return found[0]
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise NamesError("person-unusable")
    return add_person(name, by, context, email=email)


def split(typed: str) -> tuple[str, str]:
    """Return name and address of what was typed; either may be empty."""
    text = " ".join(typed.split())
    if "@" not in text:
        return text, ""
    name, email = parseaddr(text)
    return (name, email.lower()) if "@" in email else (text, "")


def _known(name: str, email: str) -> QuerySet[KnownPerson]:
    people = KnownPerson.objects.order_by("pk")
    if email:
        return people.filter(email__iexact=email)
    return people.filter(name__iexact=name)


def offered_names(most: int = 500) -> list[str]:
    """Return how known people can be typed so that each is meant alone, for the list that a field offers."""
    people = KnownPerson.objects.filter(left_on=None)[:most]
    return [typed(one) for one in people]


def typed(person: KnownPerson) -> str:
    """Return how somebody can be typed so that they are meant: their name, with their address where it is known."""
    return f"{person.name} <{person.email}>" if person.email else person.name
