"""Accounts: inviting, accepting, changing a role, ending. Each is an entry in the transaction that makes it hold.

There is always an owner: nobody changes their own role or ends their own account, and what two owners do to each
other at once is done one after the other, each looked at anew. Where there are two owners already, nobody makes a
third alone: that is asked of a second person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.events import own_people
from indelible.events.event import Context
from indelible.events.instants import from_datetime
from indelible.features.people import access
from indelible.features.people.access import ACTS, Role
from indelible.features.people.accounts import links
from indelible.features.people.accounts.kinds import MAKE_OWNER
from indelible.features.people.changing import change
from indelible.features.people.models import OnceLink, Organisation, Request, SignOffTries, User
from indelible.features.people.second import services as second
from indelible.web import acts

MOST_OPEN: Final = 100  # invitations
MOST_ACCOUNTS: Final = 2_000
OWNERS_ENOUGH: Final = 2


class AccountRefused(Exception):
    """It cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def role_name(role: str) -> str:
    """Return a role as the record says it, whatever language the page is in."""
    return Role(role).name.capitalize()


# Inviting --------------------------------------------------------------------------------------------------


def invite(
    email: str, role: str, by: User, context: Context, now: datetime, *, by_mail: bool = False
) -> tuple[OnceLink, str]:
    """Invite somebody, and return the invitation with the key of its link. An earlier invitation works no more.

    Raises AccountRefused: `account-known`, `invitations-too-many`, `owner-needs-two`.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _one_at_a_time(by)
        if (known := User.objects.filter(email=email, is_active=True).first()) is not None:
            raise AccountRefused("account-known", name=known.name)
        if role == Role.OWNER and _owners() >= OWNERS_ENOUGH:
            raise AccountRefused("owner-needs-two")
        open_ones = links.open_invitations(now)
        for earlier in (row for row in open_ones if row.email == email):
            _withdraw(earlier, by, context, now)
        if len(open_ones) >= MOST_OPEN or User.objects.count() >= MOST_ACCOUNTS:
            raise AccountRefused("invitations-too-many", most=MOST_OPEN)
        row, key = links.make(email, by, now, role=role, by_mail=by_mail)
        event = own_people.person_invited(
            acts.actor_of(by), email, role_name(role), from_datetime(row.ends_at), context=context
        )
        row.entry = acts.record(event).recorded[0].index
        row.save(update_fields=["entry"])
    return row, key


def withdraw_invitation(key: int, by: User, context: Context, now: datetime) -> OnceLink | None:
    """Let an invitation work no more; None where it did not any longer."""
    with transaction.atomic():
        _one_at_a_time(by)
        row = OnceLink.objects.filter(pk=key, user=None).first()
        if row is None or not links.is_open(row, now):
            return None
        _withdraw(row, by, context, now)
    return row


def _withdraw(row: OnceLink, by: User, context: Context, now: datetime) -> None:
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    acts.record(
        own_people.invitation_withdrawn(acts.actor_of(by), row.email, role_name(row.role), context=context)
    )


def accept(key: str, name: str, password: str, context: Context, now: datetime) -> User:
    """Begin the account that a link invites to. Raises AccountRefused `link-not-good` for every link that does not."""
    with change():
        _hold()
        row = links.find(key, now)
        if row is None or row.user is not None:
            raise AccountRefused("link-not-good")
        user = User.objects.filter(email=row.email).first()
        if user is not None and user.is_active:
            raise AccountRefused("link-not-good")
        role = row.role
        if role == Role.OWNER and _owners() >= OWNERS_ENOUGH:
            role = Role.MEMBER  # by now there are two, and a third needs both
        user = user or User(email=row.email)
        user.name, user.role, user.is_active, user.ended_at = name.strip(), role, True, None
        user.set_password(password)
        user.save()
        row.used_at = now
        row.save(update_fields=["used_at"])
        SignOffTries.objects.filter(user=user).delete()
        acts.record(
            own_people.invitation_accepted(
                acts.party_of(user), role_name(role), row.made_by.name, row.entry, context=context
            )
        )
    return user


# Passwords -------------------------------------------------------------------------------------------------


def make_password_link(
    user: User, by: User, context: Context, now: datetime, *, by_mail: bool = False
) -> tuple[OnceLink, str]:
    """Make a link with which somebody else can choose a new password. An earlier one works no more.

    Their present password goes on working until they do. Raises AccountRefused `account-ended`, `account-own`.
    """
    with transaction.atomic():
        _one_at_a_time(by)
        user = User.objects.get(pk=user.pk)
        if not user.is_active:
            raise AccountRefused("account-ended", name=user.name)
        if user.pk == by.pk:
            raise AccountRefused("account-own")
        _close_links(user, now)
        row, key = links.make(user.email, by, now, user=user, by_mail=by_mail)
        event = own_people.password_link(
            own_people.PASSWORD_LINK_MADE,
            acts.actor_of(by),
            acts.party_of(user),
            until=from_datetime(row.ends_at),
            context=context,
        )
        row.entry = acts.record(event).recorded[0].index
        row.save(update_fields=["entry"])
    return row, key


def use_password_link(key: str, password: str, context: Context, now: datetime) -> User:
    """Choose a new password; every session of theirs ends. Raises AccountRefused `link-not-good`."""
    with transaction.atomic():
        _hold()
        row = links.find(key, now)
        if row is None or row.user is None:
            raise AccountRefused("link-not-good")
        user = row.user
        user.set_password(password)
        user.save(update_fields=["password"])
        row.used_at = now
        row.save(update_fields=["used_at"])
        party = acts.party_of(user)
        acts.record(own_people.password_link(own_people.PASSWORD_LINK_USED, party, party, context=context))
    return user


def _close_links(user: User, now: datetime) -> None:
    OnceLink.objects.filter(user=user, used_at=None, withdrawn_at=None).update(withdrawn_at=now)


# Roles -----------------------------------------------------------------------------------------------------


def gained_and_lost(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return in words what somebody could do after a change of role and not before, and what no longer."""
    old, new = ACTS.get(before, frozenset()), ACTS.get(after, frozenset())
    return access.words(new - old), access.words(old - new)


def needs_second_person(before: str, after: str) -> bool:
    """Whether a change of role is one for two: another owner, where there are two already."""
    return after == Role.OWNER and before != Role.OWNER and _owners() >= OWNERS_ENOUGH


def change_role(user: User, role: str, by: User, context: Context, now: datetime) -> Request | User:
    """Give somebody another role; return them, or the request where a second person has to agree first.

    Raises AccountRefused: `account-own`, `account-ended`, `role-same`; SecondRefused where it waits already.
    """
    with transaction.atomic():
        _one_at_a_time(by)
        user = _changeable(user, by)
        if user.role == role:
            raise AccountRefused("role-same", name=user.name)
        if needs_second_person(user.role, role):
            facts = {"user": user.pk, "before": user.role, "after": role}
            title = f"make {user.name} an owner"
            about = f"account {user.pk}"
            return second.ask(MAKE_OWNER, title, facts, by, context, about=about, now=now)
        _set_role(user, role, by, context)
    return user


def _set_role(user: User, role: str, by: User, context: Context, approved_by: str | None = None) -> None:
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    acts.record(
        own_people.role_changed(
            acts.actor_of(by),
            acts.party_of(user),
            role_name(before),
            role_name(role),
            approved_by=approved_by,
            context=context,
        )
    )


def make_owner(request: Request, by: User, context: Context) -> None:
    """Carry out what two owners agreed on. `by` is the second of them."""
    user = User.objects.filter(pk=request.facts["user"], is_active=True).first()
    if user is None or user.role != request.facts["before"]:
        raise second.SecondRefused("second-changed-meanwhile", what="Their access is another one by now.")
    if not access.may(request.by, access.PEOPLE_MANAGE):
        raise second.SecondRefused(
            "second-changed-meanwhile", what="Whoever asked for it does not own the record any more."
        )
    _set_role(user, request.facts["after"], request.by, context, approved_by=by.name)


def end_access(user: User, reason: str, by: User, context: Context, now: datetime) -> User:
    """End somebody's account: they are signed out everywhere at once and cannot sign in again. Nothing is deleted.

    Raises AccountRefused: `account-own`, `account-ended`.
    """
    with transaction.atomic():
        _one_at_a_time(by)
        user = _changeable(user, by)
        user.is_active, user.ended_at = False, now
        user.set_unusable_password()  # the code of each of their sessions fits no more
        user.save(update_fields=["is_active", "ended_at", "password"])
        _close_links(user, now)
        acts.record(
            own_people.access_ended(
                acts.actor_of(by), acts.party_of(user), reason=reason or None, context=context
            )
        )
    return user


def _changeable(user: User, by: User) -> User:
    """Return an account as it is now. Raises AccountRefused for one's own, and for one that was ended."""
    user = User.objects.get(pk=user.pk)
    if user.pk == by.pk:
        raise AccountRefused("account-own")
    if not user.is_active:
        raise AccountRefused("account-ended", name=user.name)
    return user


def _owners() -> int:
    return User.objects.filter(role=Role.OWNER, is_active=True).count()


def _hold() -> None:
    list(Organisation.objects.select_for_update().filter(pk=1))


def _one_at_a_time(by: User) -> None:
    """Let nobody else change access until this transaction ends, and see that `by` still may.

    Raises AccountRefused `account-not-owner`: another owner took that from them a moment ago.
    """
    _hold()
    if not access.may(User.objects.filter(pk=by.pk).first(), access.PEOPLE_MANAGE):
        raise AccountRefused("account-not-owner")
