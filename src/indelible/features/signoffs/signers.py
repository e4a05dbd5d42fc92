"""Who looks at a list, decides about its rows and signs: a person with an account, or an outsider by their link."""

from __future__ import annotations

from dataclasses import dataclass

from indelible.events.event import Party
from indelible.events.folding import plain
from indelible.features.alarms.answering import names_of
from indelible.features.people.models import User
from indelible.features.people.second.selves import others_than
from indelible.web.acts import party_of


@dataclass(frozen=True, slots=True)
class Signer:
    """Exactly one of `user` and `outsider_tag` ("outsider 7") is given."""

    user: User | None = None
    outsider_tag: str = ""
    name: str = ""
    party: Party | None = None

    def __post_init__(self) -> None:
        if (self.user is None) == (not self.outsider_tag):
            raise ValueError("a signer is a person with an account, or an outsider")

    @classmethod
    def of_user(cls, user: User) -> Signer:
        """Return a person with an account."""
        return cls(user=user, name=user.name, party=party_of(user))

    @property
    def actor(self) -> Party:
        """They as the actor of an event."""
        if self.party is not None:
            return self.party
        if self.user is not None:
            return party_of(self.user)
        return {"id": self.outsider_tag, "name": self.name or self.outsider_tag, "kind": "person"}

    @property
    def names(self) -> frozenset[str]:
        """Every name that they go by, folded, as far as anybody has said: those of all their accounts."""
        if self.user is not None:
            return frozenset().union(*(names_of(each) for each in _selves(self.user)))
        told = (self.name, *(str((self.party or {}).get(key, "")) for key in ("name", "email")))
        return frozenset(name for text in told if (name := plain(text)))

    @property
    def accounts(self) -> frozenset[str]:
        """The ids of every account that is the same person's, as events of Indelible itself tell of them."""
        if self.user is None:
            return frozenset({self.outsider_tag})
        return frozenset(str(each.pk) for each in _selves(self.user))


def _selves(user: User) -> list[User]:
    """Return every account that is the same person's."""
    everybody = list(User.objects.exclude(pk=user.pk))
    others = {each.pk for each in others_than(user, everybody)}
    return [user, *(each for each in everybody if each.pk not in others)]
