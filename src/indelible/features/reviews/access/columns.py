"""Which column of a list of accounts is what: guessed from names and values, chosen by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from indelible.events.folding import plain
from indelible.features.reviews.models import AccountKind

PARTS: Final = ("login", "name", "right", "kind", "manager")
ABOUT: Final = ["login", "name", "person", "email"]  # what says whom a frozen line is about

_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "login": (
        "login", "user name", "username", "user id", "userid", "account", "user", "account name", "logon", "upn",
        "user principal name", "email", "e mail", "mail", "email address", "id",
    ),
    "name": ("name", "full name", "display name", "displayname", "person", "employee", "owner name"),
    "right": (
        "right", "rights", "role", "roles", "permission", "permissions", "access", "access level", "group", "groups",
        "profile", "privilege", "entitlement", "licence",
    ),
    "kind": ("kind", "type", "account type", "user type", "account kind", "category"),
    "manager": ("manager", "line manager", "supervisor", "reports to", "boss", "manager name", "manager email"),
}  # fmt: skip

_KINDS: Final = (
    (
        AccountKind.SERVICE,
        re.compile(r"\b(service|svc|program|machine|bot|robot|api|system|integration|daemon)\b"),
    ),
    (AccountKind.SHARED, re.compile(r"\b(shared|generic|common|team account|mailbox)\b")),
    (AccountKind.OUTSIDE, re.compile(r"\b(guest|external|outside|outsider|contractor|vendor|partner)\b")),
    (
        AccountKind.ADMIN,
        re.compile(r"\b(admin|administrator|administrators|root|superuser|super user|sysadmin)\b"),
    ),
)
_STRONG: Final = re.compile(
    r"\b(admin|administrator|owner|root|superuser|super|full|all|approve|approver|approvals|release|releases|pay|"
    r"payments|payment|payroll|write all|delete|sysadmin|treasury|signatory)\b"
)
_MAKES: Final = re.compile(
    r"\b(create|creates|enter|enters|entry|prepare|prepares|make|maker|clerk|edit|maintain)\b"
)
_PAYS: Final = re.compile(
    r"\b(approve|approves|approver|release|releases|pay|pays|payments|payment|checker|post)\b"
)


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Return part -> column, as far as names tell. Each column is one part at most."""
    found: dict[str, str] = {}
    for part, names in _NAMES.items():
        ranked = sorted(
            (names.index(said), place, column)
            for place, column in enumerate(columns)
            if (said := _said(column)) in names and column not in found.values()
        )
        if ranked:
            found[part] = ranked[0][2]
    return found


def kind_of(told: str, login: str, right: str) -> AccountKind:
    """Return what an account is: as its column says, else as its login and its right look."""
    for text in (told, f"{login} {right}"):
        said = _said(text)
        for kind, pattern in _KINDS:
            if pattern.search(said):
                return kind
        if said and text is told:
            return AccountKind.PERSON
    return AccountKind.PERSON


def is_strong(kind: str, right: str) -> bool:
    """Whether a right may change much, so that keeping it needs a reason."""
    return kind == AccountKind.ADMIN or bool(_STRONG.search(_said(right)))


def conflicting(rights: Sequence[str]) -> bool:
    """Whether somebody with these rights can both make a thing and pay or approve it."""
    said = [_said(right) for right in rights]
    return any(_MAKES.search(one) for one in said) and any(_PAYS.search(one) for one in said)


@lru_cache(maxsize=10_000)
def _said(text: str) -> str:
    return re.sub(r"[\W_]+", " ", plain(text)).strip()
