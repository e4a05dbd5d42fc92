"""How long somebody had a list open, by our clock, and which of its rows they opened.

Time counts from showing to showing, and from the last one to the signature. A pause counts as ten minutes at most:
what happened meanwhile, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.features.signoffs.models import FrozenList, Look
from indelible.features.signoffs.signers import Signer

LONGEST_PAUSE_SECONDS: Final = 600


def look(
    frozen: FrozenList, who: Signer, now: datetime, *, opened: Iterable[int] | int | None = None
) -> Look:
    """Note that a list is shown to somebody now. `opened`: the place of a row that they opened, or of several."""
    places = {opened} if isinstance(opened, int) else set(opened or ())
    with transaction.atomic():
        found = look_of(frozen, who, lock=True)
        if found is None:
            found = Look(frozen=frozen, user=who.user, outsider=who.outsider_tag, first_at=now, last_at=now)
        found.seconds += _since(found, now)
        found.last_at = max(found.last_at, now)
        found.opened = sorted({*found.opened, *(place for place in places if 0 <= place < frozen.count)})
        found.save()
    return found


def look_of(frozen: FrozenList, who: Signer, *, lock: bool = False) -> Look | None:
    """Return how somebody looked at a list so far; None where it was never shown to them.

    `lock` keeps others from beginning the same look: no constraint can, since outsiders have no account.
    """
    if lock:
        FrozenList.objects.select_for_update(of=("self",)).only("pk").get(pk=frozen.pk)
    return Look.objects.filter(frozen=frozen, user=who.user, outsider=who.outsider_tag).first()


def seconds_at(found: Look | None, now: datetime) -> int:
    """Return how long somebody has looked when they sign now."""
    return 0 if found is None else found.seconds + _since(found, now)


def _since(found: Look, now: datetime) -> int:
    return max(0, min(LONGEST_PAUSE_SECONDS, int((now - found.last_at).total_seconds())))
