"""Whose an account is: by its login, its address or its name, as people said; the rest by hand.

An account of a person belongs to them; one of a program or of several people has somebody who answers for it. One that
is nobody's must go, and one of somebody who has left too: neither can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from indelible.events import own_reviews
from indelible.events.folding import plain
from indelible.features.people.models import KnownPerson, Login
from indelible.features.people.names.days import days_of, house_reader
from indelible.features.people.names.joining import NamesError
from indelible.features.people.names.whom import person_called
from indelible.features.reviews.access.assigning import suggest
from indelible.features.reviews.errors import ReviewError
from indelible.features.reviews.models import AccessLine, AccessReview, AccountKind
from indelible.features.sources.origins import By
from indelible.storage.database.append import Draft, append

MACHINES = (AccountKind.SERVICE, AccountKind.SHARED)
LONGEST_REASON = 1_000


def match_all(review: AccessReview, lines: list[AccessLine], now: datetime) -> None:
    """Say of each line, before it is kept, whose it is, as far as logins, addresses and names tell. A few queries."""
    today = now.astimezone(house_reader().tz).date()
    by_login = _by_login(review, {line.code for line in lines}, today)
    by_mail, by_name = _by_address_and_name(lines)
    for line in lines:
        person = by_login.get(line.code) or by_mail.get(line.login.lower())
        if person is None and line.kind not in MACHINES and line.name:
            person = by_name.get(plain(line.name))
        line.person_id = person
        line.answers_for = person is not None and line.kind in MACHINES


def _by_login(review: AccessReview, codes: set[str], today: date) -> dict[str, int]:
    found: dict[str, int] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), 500):
        rows = Login.objects.filter(code__in=wanted[start : start + 500])
        for row in rows.filter(Q(source=None) | Q(source=review.source_id)):
            if today in days_of(row) or row.code not in found:
                found[row.code] = row.person_id
    return found


def _by_address_and_name(lines: list[AccessLine]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return known people by address, and by a name that is one person's alone."""
    mails: dict[str, int] = {}
    names: dict[str, int] = {}
    twice: set[str] = set()
    people = KnownPerson.objects.select_related("account").annotate(low=Lower("email"))
    for person in people.order_by("pk")[:20_000]:
        for mail in (person.low, person.account.email.lower() if person.account else ""):
            if mail:
                mails.setdefault(mail, person.pk)
        name = plain(person.name)
        if name in names:
            twice.add(name)
        names.setdefault(name, person.pk)
    return mails, {name: key for name, key in names.items() if name not in twice}


def say_whose(
    review: AccessReview, login: str, typed: str, by: By, now: datetime, *, reason: str = ""
) -> None:
    """Say whose an account is, or who answers for it. `typed` is a name, or "Name <address>".

    Raises ReviewError (`access-no-line`, `access-sent`, `access-person`).
    """
    if by.user is None:
        raise ReviewError("access-not-yours")
    with transaction.atomic():
        row = _held(review)
        lines = _lines(row, login)
        try:
            person = person_called(typed, by.user, by.context or {})
        except NamesError as refused:
            raise ReviewError("access-person", name=typed) from refused
        machine = lines[0].kind in MACHINES
        AccessLine.objects.filter(pk__in=[line.pk for line in lines]).update(
            person=person, answers_for=machine, nobodys=False, reviewer=None
        )
        suggest(row)  # whoever was to decide may not any more, now that it is known whose it is
        _tell(row, lines[0].login, person.name, by, reason, owner=machine)


def say_nobodys(review: AccessReview, login: str, by: By, *, reason: str) -> None:
    """Say that an account is nobody's: it must go.

    Raises ReviewError (`access-no-line`, `access-sent`, `access-why`).
    """
    if not reason.strip():
        raise ReviewError("access-why")
    with transaction.atomic():
        row = _held(review)
        lines = _lines(row, login)
        AccessLine.objects.filter(pk__in=[line.pk for line in lines]).update(person=None, nobodys=True)
        _tell(row, lines[0].login, "", by, reason, owner=False)


def _tell(row: AccessReview, login: str, name: str, by: By, reason: str, *, owner: bool) -> None:
    event = own_reviews.account_matched(
        by.party,
        row.pk,
        row.system,
        login,
        name,
        owner=owner,
        reason=reason.strip()[:LONGEST_REASON] or None,
        context=by.context,
    )
    append(row.logbook, [Draft(event)])


def _held(review: AccessReview) -> AccessReview:
    row = AccessReview.objects.select_for_update(of=("self",)).select_related("logbook").get(pk=review.pk)
    if row.sent_at is not None:
        raise ReviewError("access-sent")
    return row


def _lines(row: AccessReview, login: str) -> list[AccessLine]:
    from indelible.events.folding import exact_code

    lines = list(AccessLine.objects.filter(review=row, code=exact_code(login)))
    if not lines:
        raise ReviewError("access-no-line", login=login)
    return lines
