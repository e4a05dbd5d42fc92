"""Who belongs to which group, by every name that sources know them by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indelible.features.people.models import Login, Membership
from indelible.features.people.names.days import ALWAYS, Days, days_of


@dataclass(frozen=True, slots=True)
class Named:
    """One name of somebody, on the days on which it was theirs and they belonged to the group."""

    login: str  # a login, a name or an address
    source: int | None  # only where this source says it; None: whichever says it
    days: Days


def members_by_group(most: int) -> dict[str, list[Named]]:
    """Return the name of each group with the names of its people; one that ended still has its days.

    Two queries. Of a group that ended and another that took its name, both count. At most `most` memberships and
    as many logins are read, the newest first.
    """
    rows = list(
        Membership.objects.select_related("group", "person", "person__account").order_by("-pk")[:most]
    )
    logins: dict[int, list[Login]] = {}
    for login in Login.objects.filter(person__in={row.person_id for row in rows}).order_by("-pk")[:most]:
        logins.setdefault(login.person_id, []).append(login)
    found: dict[str, list[Named]] = {}
    for row in reversed(rows):
        theirs = found.setdefault(row.group.name, [])
        theirs.extend(_names(row, logins.get(row.person_id, ())))
    return found


def _names(row: Membership, logins: Iterable[Login]) -> list[Named]:
    belongs, person = Days(row.since, row.until), row.person
    names: list[tuple[str, int | None, Days]] = [
        (person.name, None, ALWAYS),
        (person.email, None, ALWAYS),
    ]
    if person.account is not None:
        names += [(person.account.name, None, ALWAYS), (person.account.email, None, ALWAYS)]
    names += [(one.login, one.source_id, days_of(one)) for one in logins]
    return [
        Named(text, source, shared)
        for text, source, days in names
        if text and (shared := belongs.shared_with(days)) is not None
    ]
