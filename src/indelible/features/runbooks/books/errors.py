"""The one error of the services about runbooks' texts, and who does something."""

from __future__ import annotations

from typing import Protocol

from indelible.events.event import Context, Party
from indelible.features.people.models import User
from indelible.features.sources.origins import By
from indelible.web.acts import party_of


class BookError(Exception):
    """It cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Actor(Protocol):
    """Whoever does something: a person on a page (`By`), or in a run (`running.doers.Doer`)."""

    @property
    def party(self) -> Party | None:
        """They, as an event tells of them."""

    @property
    def context(self) -> Context | None:
        """From where."""

    @property
    def user(self) -> User | None:
        """Their account."""


def actor_of(by: Actor | User) -> Actor:
    """Return who does something, where only their account is given."""
    return By(party_of(by), None, by) if isinstance(by, User) else by


def person_of(by: Actor) -> User:
    """Return the account of whoever does it. Raises BookError (`runbook-needs-person`) where it is no person."""
    if by.user is None:
        raise BookError("runbook-needs-person")
    return by.user
