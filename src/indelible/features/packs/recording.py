"""The making of a pack goes on the record: what was chosen is fixed, and the entry that says so is appended.

First everything chosen is read and held against tree and numbers, outside any lock. What was recorded meanwhile is
taken in too, in smaller and smaller rounds, the last of them under the lock of the log's head. There the running
numbers are read and the claims are fixed, and the making entry is appended in the same transaction: so it states
numbers that no other entry can have changed in between.

A making that broke off after that goes on with the same claims: the entry is not made twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from django.db import connections, transaction

from indelible.events.own_packs import pack_made
from indelible.features.packs.choice import Choice
from indelible.features.packs.choosing import Chooser
from indelible.features.packs.models import Pack
from indelible.features.packs.orders import Order, PackError
from indelible.features.packs.questions import masked_question
from indelible.features.packs.reading import Stop, entries_at
from indelible.features.packs.seals import outsiders
from indelible.features.packs.withholding import Withheld
from indelible.features.people.queries import organisation
from indelible.features.sources.origins import By
from indelible.ledger.packs.lines import OPEN_ROLES, OTHER
from indelible.ledger.packs.manifest import claims_digest
from indelible.ledger.proofs import KeptTiles
from indelible.storage.database import reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.keys import key_history
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook, Number
from indelible.storage.database.rows import rows_of

SMALL = 1_000  # entries that may be read under the lock
ROUNDS = 10

Progress = Callable[[str, int, int], None]
READING = "reading"
_TELL_EVERY = 500


@dataclass(slots=True)
class Chosen:
    """What was fixed: which entries, what must stay hidden, and what the pack claims."""

    choice: Choice
    withheld: Withheld
    claims: dict[str, Any]
    order: Order


def fix(row: Pack, order: Order, by: By, progress: Progress, should_stop: Stop) -> Chosen:
    """Choose the entries and record the making, or take up a making that was recorded before.

    Raises PackError, PackStopped, and what `append` raises.
    """
    try:
        return _fix(row, order, by, progress, should_stop, thorough=False)
    except PackError as fault:
        # Only where the search table does not name every entry of rule 0 is there reason to look further.
        if fault.code != "pack-number-missing" or fault.facts.get("name") != "rules/0.1":
            raise
    return _fix(row, order, by, progress, should_stop, thorough=True)


def _fix(row: Pack, order: Order, by: By, progress: Progress, should_stop: Stop, *, thorough: bool) -> Chosen:
    survey = _Survey(row.logbook, order, progress, should_stop, thorough=thorough)
    frozen = row.order.get("frozen")
    if row.making is not None and frozen is not None:
        return _taken_up(row, order, survey, frozen)
    size = reads.head(row.logbook).size
    survey.count(size)
    survey.read_up_to(size)
    if order.is_whole:
        for _round in range(ROUNDS):
            now = reads.head(row.logbook).size
            if now - size <= SMALL:
                break
            size = survey.read_more(size, now)
    return _record(row, order, by, survey, size)


def _record(row: Pack, order: Order, by: By, survey: _Survey, size: int) -> Chosen:
    """Fix the claims and append the making entry, under the lock of the head."""
    logbook, alias = row.logbook, alias_of(row.logbook)
    with transaction.atomic(using=alias):
        head = rows_of(connections[alias]).take_head(logbook.pk)
        if order.is_whole:
            survey.read_more(size, head.size)
            size = head.size
        numbers = dict(
            Number.objects.using(alias).filter(logbook=logbook).order_by("name").values_list("name", "last")
        )
        order = replace(order, sequences=survey.check(numbers))
        order = masked_question(order, survey.withheld, logbook)
        claims = claims_of(row.name, logbook, order, survey)
        event = pack_made(
            by.party,
            row.name,
            claims_digest(claims),
            numbers,
            entries=len(survey.choice.asked),
            question=order.words,
            hidden=len(order.withhold),
        )
        survey.choice.making = append(logbook, [Draft(event)]).entries[0].index
        row.making = survey.choice.making
        row.order = {**row.order, "frozen": {"claims": claims, "size": size, "order": order.as_json()}}
        row.save(using=alias, update_fields=["making", "order"])
    return Chosen(survey.choice, survey.withheld, claims, order)


def _taken_up(row: Pack, order: Order, survey: _Survey, frozen: Mapping[str, Any]) -> Chosen:
    """Choose again what was chosen when the making was recorded."""
    survey.count(int(frozen["size"]))
    survey.read_up_to(int(frozen["size"]))
    survey.choice.making = row.making
    claims = dict(frozen["claims"])
    if claims["asked"] != len(survey.choice.asked):
        raise PackError("pack-changed-since")
    return Chosen(survey.choice, survey.withheld, claims, Order.from_json(frozen["order"]))


class _Survey:
    """Reads what may belong into the pack, and gathers what must stay hidden."""

    def __init__(
        self, logbook: Logbook, order: Order, progress: Progress, should_stop: Stop, *, thorough: bool
    ) -> None:
        self._logbook, self._order = logbook, order
        self._progress, self._should_stop = progress, should_stop
        self._chooser = Chooser(logbook, order, thorough=thorough)
        self._done = self._total = 0
        self.tiles = KeptTiles(reads.stored_hashes(logbook), 256)
        self.withheld = Withheld((field for field, _reason in order.withhold), _public(logbook))

    @property
    def choice(self) -> Choice:
        """The entries chosen so far."""
        return self._chooser.choice

    def check(self, numbers: Mapping[str, int]) -> tuple[str, ...]:
        """Check that nothing is missing at either end; return which running numbers the pack opens. Raises
        PackError.
        """
        return self._chooser.check(numbers)

    def count(self, size: int) -> None:
        """Count what is to be read. Raises PackError (`pack-too-large`) before that takes long."""
        self._total = self._chooser.count(size)

    def read_up_to(self, size: int) -> None:
        """Read the candidates among the first `size` entries."""
        self._read(self._chooser.candidates(size), only_if_for=False)

    def read_more(self, size: int, now: int) -> int:
        """Read what was recorded since; return how far that went."""
        self._read(range(size, now), only_if_for=True)
        return now

    def _read(self, indexes: Iterable[int], *, only_if_for: bool) -> None:
        self.tiles.forget_unfinished()
        for read in entries_at(self._logbook, indexes, self.tiles, self._should_stop):
            self._done += 1
            if self._done % _TELL_EVERY == 0:
                self._progress(READING, self._done, self._total)
            if only_if_for and not self._chooser.is_for(read):
                continue
            role = self._chooser.take(read)
            if self.withheld and role in OPEN_ROLES:
                self.withheld.add_entry(read.content)
            elif self.withheld and role == OTHER:
                self.withheld.add_entry(read.content, ("occurred_at",))


def _public(logbook: Logbook) -> Iterable[str]:
    """Return what stands in every pack of this log anyway: its name, its keys, and who vouches for its seals."""
    keys = key_history(logbook)["keys"]
    assert isinstance(keys, list)
    return (logbook.origin, *keys, *outsiders(logbook))


def claims_of(name: str, logbook: Logbook, order: Order, survey: _Survey) -> dict[str, Any]:
    """Return what the pack will claim."""
    ours, withheld = organisation(), survey.withheld
    claims: dict[str, Any] = {
        "name": name,
        "origin": logbook.origin,
        "organisation": withheld.masked(ours.name if ours else ""),
        "kind": order.kind,
        "question": {"words": order.words, "code": order.code},
        "sequences": sorted(order.sequences),
        "zone": order.zone,
        "withhold": [{"field": field, "reason": reason} for field, reason in order.withhold],
        "asked": len(survey.choice.asked),
        "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "software": f"indelible {version('indelible')}",
    }
    if order.has_period:
        edges = {"by": order.by, "from": order.since, "until": order.until}
        claims["period"] = {key: value for key, value in edges.items() if value}
    return claims
