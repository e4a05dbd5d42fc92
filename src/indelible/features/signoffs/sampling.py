"""Drawing rows by chance, so that anybody can draw the same again from the seed and the population.

For each row of the population, counted from 1, one SHA-256 is computed over the seed, how many rows there are, and
the row's number; the rows with the smallest hashes are drawn (docs/formats/sign-off.md). A draw is an entry of its own,
so that nobody can draw again and again until a sample suits them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest
from typing import Any, Final

from django.db import transaction

from indelible.events.event import Context
from indelible.events.own_signoffs import sample_drawn
from indelible.features.record.asking import sentence_of
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.freezing import Asks, By, freeze_indexes, places_of, settled, user_of
from indelible.features.signoffs.making import Period
from indelible.features.signoffs.models import FrozenList, ListKind
from indelible.features.signoffs.rows import HeldLeaves, expanded
from indelible.features.signoffs.signers import Signer
from indelible.language.pattern import Pattern
from indelible.language.world import NOWHERE, World
from indelible.ledger.strict import write_base64
from indelible.ledger.tree import root_of_leaves
from indelible.storage.database import reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook
from indelible.web import numbers
from indelible.web.acts import party_of

METHOD: Final = "sha256-smallest-1"
MOST_POPULATION: Final = 100_000
MOST_SAMPLE: Final = 1_000
LONGEST_SEED: Final = 100


# How many --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows auditors customarily look at: from, to, and the best-known figure. No law says so."""

    least: int
    usual: int
    most: int


BY_FREQUENCY: Final[Mapping[str, Size]] = {
    "year": Size(1, 1, 1),
    "quarter": Size(2, 2, 2),
    "month": Size(2, 3, 5),
    "week": Size(5, 10, 15),
    "day": Size(15, 25, 40),
    "often": Size(25, 40, 60),
}
"""By how often a control is carried out; "often" is many times a day."""

_TIMES_A_YEAR: Final = ((1, "year"), (4, "quarter"), (12, "month"), (52, "week"), (365, "day"))


def size_for(population: int, *, every: str = "", years: int = 1) -> Size:
    """Return how many to draw: by how often the control is carried out where that is known, else by how often it
    happened in the period. Never more than there are."""
    if not every:
        a_year = -(-population // max(years, 1))
        every = next((name for times, name in _TIMES_A_YEAR if a_year <= times), "often")
    size = BY_FREQUENCY[every]
    return Size(*(min(each, population) for each in (size.least, size.usual, size.most)))


# Which -----------------------------------------------------------------------------------------------------


def drawn_places(seed: str, population: int, size: int) -> list[int]:
    """Return the places (from 0, rising) that the seed draws. Pure: the same for everybody."""
    ranked = ((rank_of(seed, population, place + 1), place) for place in range(population))
    return sorted(place for _rank, place in nsmallest(size, ranked))


def rank_of(seed: str, population: int, number: int) -> bytes:
    """Return the hash by which row `number` (from 1) of a population is ranked."""
    return sha256(f"indelible sample 1\n{seed}\n{population}\n{number}\n".encode()).digest()


def new_seed() -> str:
    """Return a seed that nobody could have known: 128 bits of chance, as hex."""
    return secrets.token_hex(16)


# Drawing ---------------------------------------------------------------------------------------------------


def draw(
    logbook: Logbook,
    population: Pattern | FrozenList,
    size: int,
    seed: str | None,
    by: By,
    now: datetime,
    *,
    title: str,
    world: World = NOWHERE,
    period: Period | None = None,
    how: Mapping[str, Any] | None = None,
    asks: Asks | None = None,
    context: Context | None = None,
) -> FrozenList:
    """Draw `size` entries of a pattern's, or of a frozen list's, and freeze them; that is put on the record.

    `seed` is what an auditor chose; None: made by chance. A population smaller than `size` is drawn whole.
    Appends one entry, so call it last in a transaction.

    Raises SignOffError: `sample-size`, `sample-seed`, `sample-population`, `sample-of-lines`, `list-too-long`.
    """
    if not 0 < size <= MOST_SAMPLE:
        raise SignOffError("sample-size", most=numbers.written(MOST_SAMPLE))
    chosen = new_seed() if seed is None else _lawful(seed)
    newest = reads.get_checkpoint(logbook)
    if isinstance(population, Pattern):
        pattern = settled(population, now, world)
        rows = places_of(logbook, pattern, world, now, newest.size, period, MOST_POPULATION)
        code, words, zone = pattern.to_json(), sentence_of(pattern), str(world.zone or "UTC")
        if len(rows) > MOST_POPULATION:
            raise SignOffError("sample-population", title=title, most=numbers.written(MOST_POPULATION))
        root, sealed_at = _root(logbook, rows, title), newest.size
    else:
        if population.kind != ListKind.ENTRIES:
            raise SignOffError("sample-of-lines")
        rows = expanded(population.runs, population.count)
        code, words = population.code, population.how.get("query", {}).get("words", "")
        zone = population.how.get("zone", "UTC")
        root, sealed_at = bytes(population.root), population.size
    places = drawn_places(chosen, len(rows), min(size, len(rows)))
    sample = {
        "seed": chosen,
        "seed_from": "chance" if seed is None else "given",
        "size": len(places),
        "of": len(rows),
        "population_root": write_base64(root),
        "population_size": sealed_at,
        "method": METHOD,
    }
    with transaction.atomic():
        frozen = freeze_indexes(
            logbook,
            [rows[place] for place in places],
            by,
            now,
            title=title,
            code=code,
            how=how,
            asks=asks,
            period=period,
            words=words,
            zone=zone,
            limit=MOST_SAMPLE,
            sample=sample,
            seal=newest,
        )
        party = by.actor if isinstance(by, Signer) else party_of(by) if user_of(by) else None
        event = sample_drawn(party, title, sample, write_base64(bytes(frozen.root)), code, context=context)
        append(logbook, [Draft(event)])
    return frozen


def _lawful(seed: str) -> str:
    """Return a seed that somebody chose, if it can be read out and typed again. Raises SignOffError."""
    text = seed.strip()
    if not text or len(text) > LONGEST_SEED or not text.isascii() or not text.isprintable():
        raise SignOffError("sample-seed", most=LONGEST_SEED)
    return text


def _root(logbook: Logbook, rows: list[int], title: str) -> bytes:
    """Return the root over a population's leaf hashes as the log holds them."""
    held = HeldLeaves(logbook)
    leaves = []
    for index in rows:
        leaf = held.of(index)
        if leaf is None:
            raise SignOffError("list-unreadable", title=title, number=numbers.written(index + 1))
        leaves.append(leaf)
    return root_of_leaves(leaves)
