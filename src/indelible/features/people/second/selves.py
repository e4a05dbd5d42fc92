"""Whether two accounts are one person, so that nobody is their own second person by signing in as somebody else.

Two accounts are one person's where mail to them arrives in one box ("ana+2@…" is "ana@…"), or where a known person
has both: one as their account, the other as their address or as a login that was joined to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.db.models.functions import Lower

from indelible.events.folding import exact_code
from indelible.features.people.models import KnownPerson, Login, User


def same_person(one: User, other: User) -> bool:
    """Whether two accounts are one person's, as far as anybody has said."""
    return one.pk == other.pk or not others_than(other, [one])


def others_than(user: User, among: Sequence[User]) -> list[User]:
    """Return those accounts that are not the same person's as `user`. Three queries, however many there are."""
    names = _names_of({each.pk: each for each in (user, *among)})
    theirs = names[user.pk]
    return [each for each in among if each.pk != user.pk and not names[each.pk] & theirs]


def selves_among(users: Sequence[User]) -> dict[int, frozenset[int]]:
    """Return of each account which of these are the same person's, itself too. Three queries, however many."""
    names = _names_of({each.pk: each for each in users})
    holders: dict[str, set[int]] = {}
    for key, theirs in names.items():
        for name in theirs:
            holders.setdefault(name, set()).add(key)
    return {key: frozenset({key}.union(*(holders[name] for name in theirs))) for key, theirs in names.items()}


def _names_of(everybody: Mapping[int, User]) -> dict[int, set[str]]:
    """Return what each account goes by: two that have one of these in common are one person's."""
    names = {key: {box_of(each.email)} for key, each in everybody.items()}
    addresses = {each.email.lower(): key for key, each in everybody.items()}
    codes = {exact_code(each.email): key for key, each in everybody.items()}
    known = KnownPerson.objects.annotate(folded=Lower("email")).filter(
        Q(account__in=list(everybody)) | Q(folded__in=list(addresses))
    )
    for pk, account, folded in known.values_list("pk", "account", "folded"):
        for key in everybody.keys() & {account, addresses.get(folded)}:
            names[key] |= {f"person {pk}", *([box_of(folded)] if folded else ())}
    for person, code in Login.objects.filter(code__in=list(codes)).values_list("person", "code"):
        names[codes[code]].add(f"person {person}")
    return names


def box_of(email: str) -> str:
    """Return the box that mail to an address arrives in, without what stands behind a plus."""
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
