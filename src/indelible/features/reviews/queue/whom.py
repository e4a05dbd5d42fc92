"""Who looks: the person, the group or the role that the duty names; where it names nobody we know, anybody.

Nobody looks at what they did themselves, by whichever account or login, in Indelible too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from indelible.events.event import Event
from indelible.events.folding import exact_code, plain
from indelible.features.people.access import Role
from indelible.features.people.models import Group, KnownPerson, Login, Membership, User
from indelible.features.people.names.days import Days, house_reader
from indelible.features.signoffs.independence import is_own_act
from indelible.features.signoffs.signers import Signer

MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Lookers:
    """Who may look, as far as the words of a duty tell. `people` is None where they name nobody we know."""

    words: str
    people: frozenset[int] | None = None  # keys of accounts

    def may(self, user: User) -> bool:
        """Whether these words let somebody look."""
        return self.people is None or user.pk in self.people

    @property
    def note(self) -> str:
        """What to say where the words name nobody we know."""
        if not self.words or self.people is not None:
            return ""
        return _("Nobody here goes by “%(whom)s”, so anybody but who did it may look.") % {"whom": self.words}


def everybody() -> list[User]:
    """Return everybody who can sign in, in the order of their names."""
    return list(User.objects.filter(is_active=True).order_by("name", "pk")[:MOST_PEOPLE])


def lookers_of(words: Iterable[str], today: date | None = None) -> dict[str, Lookers]:
    """Return who looks, for several duties at once: a few queries, however many there are."""
    wanted = {text for text in words if text}
    found = {"": Lookers("")}
    if not wanted:
        return found
    people = everybody()
    names = names_of_many(people)
    groups = _members(wanted, today or _today())
    for text in wanted:
        folded = plain(text.removeprefix("the ").removeprefix("The "))
        keys = {key for key, theirs in names.items() if folded in theirs} | groups.get(folded, set())
        roles = {str(role) for role in Role if plain(str(role)) in (folded, folded.removesuffix("s"))}
        keys |= {user.pk for user in people if user.role in roles}
        found[text] = Lookers(text, frozenset(keys) if keys else None)
    return found


def names_of_many(people: Sequence[User]) -> dict[int, frozenset[str]]:
    """Return every name that each of these goes by, as `alarms.answering.names_of` does for one: three queries."""
    told: dict[int, set[str]] = {user.pk: {user.email, user.name} for user in people}
    owner: dict[int, int] = {}
    for known in KnownPerson.objects.filter(account__in=list(told)):
        if known.account_id is not None:
            owner[known.pk] = known.account_id
            told[known.account_id] |= {known.name, known.email}
    for person, login in Login.objects.filter(person__in=list(owner)).values_list("person", "login"):
        told[owner[person]].add(login)
    by_code = {exact_code(user.email): user.pk for user in people}
    rows = Login.objects.filter(code__in=list(by_code))
    for code, name in rows.values_list("code", "person__name"):
        told[by_code[code]].add(name)
    return {key: frozenset(name for text in texts if (name := plain(text))) for key, texts in told.items()}


def is_own(user: User, events: Sequence[Event]) -> bool:
    """Whether somebody did one of these themself, or it was done for them."""
    signer = Signer.of_user(user)
    names, accounts = signer.names, signer.accounts
    return any(is_own_act(event, names, accounts) for event in events)


def _members(wanted: Iterable[str], today: date) -> dict[str, set[int]]:
    """Return the accounts of the people of each group of these names."""
    names = {text.removeprefix("the ").removeprefix("The ").lower() for text in wanted}
    groups = {
        row.pk: plain(row.name) for row in Group.objects.annotate(low=Lower("name")).filter(low__in=names)
    }
    found: dict[str, set[int]] = {}
    rows = Membership.objects.filter(group__in=list(groups)).select_related("person__account", "group")
    for row in rows[:5_000]:
        account, ended = row.person.account, row.group.ended_on
        if account is None or not account.is_active or today not in Days(row.since, row.until):
            continue
        if ended is None or ended >= today:
            found.setdefault(groups[row.group_id], set()).add(account.pk)
    return found


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).astimezone(house_reader().tz).date()
