"""Who does something in a run: a person with an account, an outsider by their link, or Indelible itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from indelible.events.event import Context, Party
from indelible.events.folding import plain, skeleton
from indelible.features.people.models import User
from indelible.features.people.second import selves
from indelible.features.runbooks.models import Outsider
from indelible.features.signoffs.signers import Signer
from indelible.web.acts import party_of

BY_NAME: Final = "name "
"""Begins what is known of somebody of whom only a paper tells: "name Dora Silva"."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Exactly one of `user` and `outsider`, or neither: Indelible itself."""

    user: User | None = None
    outsider: Outsider | None = None
    context: Context | None = None

    SYSTEM: ClassVar[Doer]

    @classmethod
    def of_user(cls, user: User, context: Context | None = None) -> Doer:
        """Return a person with an account."""
        return cls(user=user, context=context)

    @classmethod
    def of_outsider(cls, outsider: Outsider, context: Context | None = None) -> Doer:
        """Return somebody who came by their link."""
        return cls(outsider=outsider, context=context)

    @property
    def party(self) -> Party | None:
        """The actor of an event, None for Indelible itself."""
        if self.user is not None:
            return party_of(self.user)
        if self.outsider is not None:
            told: Party = {"id": self.outsider.tag, "name": self.outsider.name, "kind": "person"}
            return {**told, "email": self.outsider.email} if self.outsider.email else told
        return None

    @property
    def name(self) -> str:
        """The name people know them by, empty for Indelible itself."""
        who = self.user or self.outsider
        return who.name if who is not None else ""

    @property
    def tag(self) -> str:
        """What tables know them by: "user 3", "outsider 7", "" for Indelible itself."""
        if self.user is not None:
            return f"user {self.user.pk}"
        return self.outsider.tag if self.outsider is not None else ""


Doer.SYSTEM = Doer()


def doers_of(tags: Iterable[str]) -> list[Doer]:
    """Return those whom tags name; two queries, however many there are."""
    keys: dict[str, set[int]] = {"user": set(), "outsider": set()}
    for tag in tags:
        kind, _, key = tag.partition(" ")
        if kind in keys and key.isdecimal():
            keys[kind].add(int(key))
    users = User.objects.filter(pk__in=keys["user"]) if keys["user"] else ()
    outsiders = Outsider.objects.filter(pk__in=keys["outsider"]) if keys["outsider"] else ()
    return [*(Doer(user=user) for user in users), *(Doer(outsider=one) for one in outsiders)]


def first_same(doer: Doer, others: Iterable[Doer]) -> Doer | None:
    """Return the first of the others who is the same person as `doer`, whichever account or link they use."""
    among = list(others)
    users = [one.user for one in among if one.user is not None]
    if doer.user is not None:
        differ = {user.pk for user in selves.others_than(doer.user, users)} if users else set()
        for one in among:
            if one.user is not None and one.user.pk not in differ:
                return one
        return next((one for one in among if one.outsider and _is_user(one.outsider, doer.user)), None)
    if doer.outsider is not None:
        for one in among:
            if one.user is not None and _is_user(doer.outsider, one.user):
                return one
            if one.outsider is not None and _are_one(doer.outsider, one.outsider):
                return one
    return None


def is_outsider(user: User, outsider: Doer) -> bool:
    """Whether somebody who came by a link is this person."""
    return outsider.outsider is not None and _is_user(outsider.outsider, user)


def is_called(doer: Doer, names: Iterable[str]) -> bool:
    """Whether somebody goes by one of these names (as typed), so that something is about themselves."""
    asked = {skeleton(name) for name in names if plain(name)}
    if not asked:
        return False
    if doer.user is not None:
        return bool(asked & _looks_of(doer.user))
    return doer.outsider is not None and bool(
        asked & {skeleton(text) for text in (doer.outsider.name, doer.outsider.email) if text}
    )


def _looks_of(user: User) -> set[str]:
    """Return what every name that somebody goes by, with any of their accounts, looks like in print."""
    return {skeleton(name) for name in Signer.of_user(user).names}


def _is_user(outsider: Outsider, user: User) -> bool:
    """Whether an outsider is somebody who has an account: mail to both arrives in one box, or they are called alike."""
    told = {outsider.name, outsider.email, selves.box_of(outsider.email)}
    ours = _looks_of(user) | {skeleton(selves.box_of(user.email))}
    return bool({skeleton(text) for text in told if plain(text)} & ours)


def _are_one(one: Outsider, other: Outsider) -> bool:
    if one.pk == other.pk:
        return True
    if one.email and other.email and selves.box_of(one.email) == selves.box_of(other.email):
        return True
    return skeleton(one.name) == skeleton(other.name)  # nobody has shown that an address is theirs
