"""Deciding about the rows of a list. Free to change until it is signed, then fixed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.independence import own_places
from indelible.features.signoffs.looking import look_of
from indelible.features.signoffs.models import Decision, FrozenList
from indelible.features.signoffs.signers import Signer
from indelible.web import numbers

LONGEST_REASON: Final = 2_000
LONGEST_CHOICE: Final = 20
MOST_WITHOUT_WORDS: Final = 20
"""More rows than these decided in one press need words, whatever is decided."""


def decide(
    frozen: FrozenList,
    places: Collection[int],
    choice: str,
    reason: str,
    who: Signer,
    now: datetime,
    *,
    in_bulk: bool = False,
) -> int:
    """Decide about some rows alike; return how many. A row that was decided before and is not signed is decided anew.

    Raises SignOffError: `decide-nothing`, `decide-no-row`, `decide-choice`, `decide-why`, `decide-one-by-one`,
    `decide-own-row`, `decide-signed`.
    """
    wanted, words = sorted(set(places)), reason.replace("\0", " ").strip()[:LONGEST_REASON]
    bulk = len(wanted) > 1 and (in_bulk or len(wanted) > MOST_WITHOUT_WORDS)
    _check(frozen, wanted, choice, words, bulk)
    if own := own_places(frozen, who, wanted):
        raise SignOffError("decide-own-row", rows=said_rows(own), n=len(own))
    with transaction.atomic():
        looked = look_of(frozen, who, lock=True)
        signed = Decision.objects.filter(frozen=frozen).exclude(signed=None)
        if fixed := sorted(set(wanted) & set(signed.values_list("place", flat=True))):
            raise SignOffError("decide-signed", rows=said_rows(fixed), n=len(fixed))
        after = None if looked is None else max(0, int((now - looked.last_at).total_seconds()))
        Decision.objects.bulk_create(
            [
                Decision(
                    frozen=frozen,
                    place=place,
                    choice=choice,
                    reason=words,
                    in_bulk=bulk,
                    by=who.user,
                    outsider=who.outsider_tag,
                    at=now,
                    after_seconds=after,
                )
                for place in wanted
            ],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["frozen", "place"],
            update_fields=["choice", "reason", "in_bulk", "by", "outsider", "at", "after_seconds"],
        )
    return len(wanted)


def undecide(frozen: FrozenList, places: Collection[int]) -> int:
    """Take back what was decided about some rows and is not signed yet; return how many."""
    wanted = set(places)
    with transaction.atomic():
        FrozenList.objects.select_for_update(of=("self",)).only("pk").get(pk=frozen.pk)
        free = Decision.objects.filter(frozen=frozen, signed=None)
        keys = [key for key, place in free.values_list("pk", "place") if place in wanted]
        for start in range(0, len(keys), 500):
            Decision.objects.filter(pk__in=keys[start : start + 500]).delete()
    return len(keys)


def undecided(frozen: FrozenList) -> list[int]:
    """Return the places of the rows that nobody has decided about."""
    decided = set(Decision.objects.filter(frozen=frozen).values_list("place", flat=True))
    return [place for place in range(frozen.count) if place not in decided]


def said_rows(places: Sequence[int], most: int = 5) -> str:
    """Return places as people count rows, from 1: "3, 4, 9"; of many the first few."""
    shown = ", ".join(numbers.written(place + 1) for place in places[:most])
    return shown if len(places) <= most else f"{shown}, ..."


def _check(frozen: FrozenList, places: Sequence[int], choice: str, words: str, in_bulk: bool) -> None:
    asks = frozen.how.get("asks", {})
    if not places:
        raise SignOffError("decide-nothing")
    if places[0] < 0 or places[-1] >= frozen.count:
        raise SignOffError("decide-no-row", n=numbers.written(frozen.count))
    if not choice or len(choice) > LONGEST_CHOICE or choice not in asks.get("choices", [choice]):
        raise SignOffError("decide-choice", choices=", ".join(asks.get("choices", ())))
    if in_bulk and "no" in asks.get("bulk", ()):
        raise SignOffError("decide-one-by-one")
    if not words and (in_bulk or choice in asks.get("reason_for", ())):
        raise SignOffError("decide-why", choice=choice)
