"""The copies that a check holds the log against: what outsiders show now, and by what their word is checked."""

from __future__ import annotations

from indelible.features.seals.models import Authority, Witness
from indelible.storage.database.checking.copies import Holders
from indelible.storage.database.models import Logbook


def holders_of(logbook: Logbook) -> Holders:
    """Return the keys of witnesses and the roots of authorities, those that ended among them."""
    witnesses = Witness.objects.filter(logbook=logbook).values_list("name", "key")
    authorities = Authority.objects.filter(logbook=logbook).values_list("name", "roots", "policy")
    return Holders(dict(witnesses), {name: (roots, policy) for name, roots, policy in authorities})
