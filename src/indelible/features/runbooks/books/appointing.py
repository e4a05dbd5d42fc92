"""Who fills the roles of a runbook, and who stands in.

Roles that the same person may not fill are kept apart here already, whichever account somebody uses: by those named
and by those who stand in. Whoever signs is looked at once more when it comes to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from indelible.events import own_books
from indelible.events.event import Event
from indelible.features.people.models import User
from indelible.features.people.second import selves
from indelible.features.runbooks.books.errors import Actor, BookError, actor_of
from indelible.features.runbooks.books.holding import held, record_all, text_of
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.models import Appointment, Runbook


@dataclass(frozen=True, slots=True)
class Filled:
    """Who fills a role, and who stands in; either may be nobody."""

    user: User | None = None
    stand_in: User | None = None

    @property
    def people(self) -> list[User]:
        """Both, as far as there are."""
        return [each for each in (self.user, self.stand_in) if each is not None]


def appoint(
    runbook: Runbook, role: str, user: User | None, stand_in: User | None, by: Actor | User, now: datetime
) -> None:
    """Name who fills a role, and who stands in. Raises BookError as `appoint_all` does."""
    appoint_all(runbook, {role: Filled(user, stand_in)}, by, now)


def appoint_all(runbook: Runbook, wanted: Mapping[str, Filled], by: Actor | User, now: datetime) -> int:
    """Name who fills these roles, each change with an entry of its own; return how many changed.

    Raises BookError: `runbook-no-such-role`, `runbook-stand-in-same`, `runbook-stand-in-alone`, `runbook-role-twice`,
    `runbook-person-ended`. Then nothing changed.
    """
    by = actor_of(by)
    with transaction.atomic():
        row = held(runbook)
        document = text_of(row)
        before = appointed(row)
        after = {**before, **wanted}
        for role, filled in wanted.items():
            _check_alone(document, role, filled)
        _check_apart(document, {role: each for role, each in after.items() if role in document.roles}, wanted)
        changed = [role for role in wanted if wanted[role] != before.get(role, Filled())]
        if not changed:
            return 0
        rows = [_kept(row, role, wanted[role]) for role in changed]
        events = [
            _event(row, document, role, before.get(role, Filled()), wanted[role], by) for role in changed
        ]
        for kept, place in zip(rows, record_all(row.logbook, events), strict=True):
            kept.entry = place
            kept.save(update_fields=["entry"])
    return len(changed)


def appointed(runbook: Runbook) -> dict[str, Filled]:
    """Return who fills which role, by the key of the role."""
    rows = Appointment.objects.filter(runbook=runbook).select_related("user", "stand_in")
    return {row.role: Filled(row.user, row.stand_in) for row in rows}


def _check_alone(document: Document, role: str, filled: Filled) -> None:
    """Check a role by itself."""
    if role not in document.roles:
        raise BookError("runbook-no-such-role", title=document.title, role=role)
    title = document.roles[role].title
    if filled.user is None and filled.stand_in is not None:
        raise BookError("runbook-stand-in-alone", role=title)
    if filled.user and filled.stand_in and selves.same_person(filled.user, filled.stand_in):
        raise BookError("runbook-stand-in-same", role=title, name=filled.user.name)
    for person in filled.people:
        if not person.is_active:
            raise BookError("runbook-person-ended", name=person.name)


def _check_apart(document: Document, filled: Mapping[str, Filled], wanted: Mapping[str, Filled]) -> None:
    """Check that nobody fills two roles that the same person may not, where one of them is to change."""
    for role, each in filled.items():
        for other in document.roles[role].not_:
            if other in filled and (role in wanted or other in wanted):
                _check_pair(document, role, each, other, filled[other])


def _check_pair(document: Document, role: str, one: Filled, other: str, two: Filled) -> None:
    for person in one.people:
        for another in two.people:
            if selves.same_person(person, another) and not (
                person == one.stand_in and another == two.stand_in
            ):
                titles = {"role": document.roles[role].title, "other": document.roles[other].title}
                raise BookError("runbook-role-twice", name=person.name, **titles)


def _kept(row: Runbook, role: str, filled: Filled) -> Appointment:
    kept, _new = Appointment.objects.update_or_create(
        runbook=row, role=role, defaults={"user": filled.user, "stand_in": filled.stand_in}
    )
    return kept


def _event(row: Runbook, document: Document, role: str, before: Filled, filled: Filled, by: Actor) -> Event:
    return own_books.book_event(
        own_books.APPOINTED,
        by.party,
        row.key,
        row.title,
        extra={
            "role": document.roles[role].title,
            "real_person": filled.user.name if filled.user else "",
            "stand_in": filled.stand_in.name if filled.stand_in else "",
            "before_person": before.user.name if before.user else "",
        },
        context=by.context,
    )
