"""The seals that a pack rests on, and what others hold of them (docs/formats/pack.md sections 5 and 6)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from indelible.features.packs.parts import Workshop
from indelible.features.seals.models import Authority, Witness
from indelible.features.seals.outside.courier import send_newest
from indelible.ledger import canonical
from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.notes import parse_note
from indelible.ledger.packs import manifest as names
from indelible.ledger.proofs import KeptTiles, prove_consistency, tree_root
from indelible.ledger.strict import write_base64
from indelible.storage.database import outside, reads
from indelible.storage.database.keys import key_history
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Holding, Logbook

logger = logging.getLogger("indelible.packs")

SEND_SECONDS = 5.0
_GIVEN_ALONG = (Holding.Kind.WITNESS, Holding.Kind.STAMP, Holding.Kind.RECEIPT)


@dataclass(frozen=True, slots=True)
class Seal:
    """The checkpoint of a pack, with the cosignatures gathered for it."""

    size: int
    root: bytes
    text: str  # what is signed
    note: str
    made_at: str
    witnesses: int  # how many hold it


def seal_over(logbook: Logbook, index: int) -> Seal:
    """Send the newest seal to the witnesses, once, and return the one that a pack with this entry rests on.

    Where nobody takes it in time the pack is made all the same: then it says that no witness holds its seal.
    """
    stored = reads.covering_checkpoint(logbook, index)
    if alias_of(logbook) == "default":  # outsiders are known in the installation's own database alone
        sent = send_newest(logbook, deadline_seconds=SEND_SECONDS)
        if sent.missing:
            logger.info("seal %d was not taken by all: %s", sent.size, sorted(sent.missing))
        if sent.took and sent.size > index:
            stored = reads.get_checkpoint(logbook, sent.size)
    note = outside.cosigned(logbook, stored.note, stored.size)
    held = sum(row.kind == Holding.Kind.WITNESS for row in outside.holdings_of(logbook, stored.size))
    return Seal(stored.size, stored.root, parse_note(note).text, note, stored.made_at, held)


def write_seals(
    shop: Workshop, logbook: Logbook, seal: Seal, first: int, last: int, tiles: KeptTiles
) -> tuple[int, int]:
    """Write checkpoint, seals and stamps; return how many lines and stamps there are.

    `first` and `last` are the places of the first and the last asked entry: the seals held outside around them
    bound when they can have been recorded.
    """
    shop.add(names.CHECKPOINT_NAME, seal.note.encode("utf-8"))
    by_size: dict[int, list[Holding]] = {}
    for row in _given_along(logbook, seal.size, first, last):
        if _is_ours(row, tiles):
            by_size.setdefault(row.size, []).append(row)
    lines = stamps = 0
    with shop.writing(names.SEALS_NAME) as file:
        for size in sorted(by_size):
            stamped = [row for row in by_size[size] if row.kind == Holding.Kind.STAMP and row.nonce]
            if size == seal.size and not stamped:
                continue
            for number, row in enumerate(stamped, 1):
                shop.add(names.stamp_name(size, number), bytes(row.evidence))
            file.write(canonical.encode(_line(logbook, by_size[size][0], stamped, seal, tiles)) + b"\n")
            lines, stamps = lines + 1, stamps + len(stamped)
    return lines, stamps


def _given_along(logbook: Logbook, size: int, first: int, last: int) -> list[Holding]:
    """Return the newest holding of each holder, and those around the asked entries, up to `size`."""
    rows = Holding.objects.using(alias_of(logbook)).filter(
        logbook=logbook, size__lte=size, kind__in=_GIVEN_ALONG
    )
    newest: dict[tuple[str, str], int] = {}
    for kind, holder in rows.values_list("kind", "holder").distinct():
        found = rows.filter(kind=kind, holder=holder).order_by("-size").values_list("size", flat=True).first()
        newest[kind, holder] = found or 0
    sizes = set(newest.values())
    before = rows.filter(size__lte=first, size__gt=0).order_by("-size").values_list("size", flat=True).first()
    after = rows.filter(size__gt=last).order_by("size").values_list("size", flat=True).first()
    sizes |= {each for each in (before, after) if each}
    return list(rows.filter(size__in=sizes, size__gt=0).order_by("size", "held_at", "pk"))


def _is_ours(row: Holding, tiles: KeptTiles) -> bool:
    """Whether what left is on this log's tree; what is not is a finding of its own, and proves nothing here."""
    try:
        return (
            tree_root(row.size, tiles) == bytes(row.root) == Checkpoint.parse(parse_note(row.note).text).root
        )
    except LedgerError:
        return False


def _line(
    logbook: Logbook, row: Holding, stamped: Iterable[Holding], seal: Seal, tiles: KeptTiles
) -> dict[str, object]:
    path = prove_consistency(row.size, seal.size, tiles)
    return {
        "cosigned": outside.cosigned(logbook, row.note, row.size),
        "path": [write_base64(step) for step in path],
        "stamps": [
            {"authority": each.holder, "nonce": each.nonce, "response": write_base64(bytes(each.evidence))}
            for each in stamped
        ],
    }


def outsiders(logbook: Logbook) -> list[str]:
    """Return the names and keys of witnesses and authorities, which stand in every pack."""
    if alias_of(logbook) != "default":
        return []
    told: list[str] = []
    for row in Witness.objects.filter(logbook=logbook):
        told += (row.name, row.key, row.key.partition("+")[0])
    return told + list(Authority.objects.filter(logbook=logbook).values_list("name", flat=True))


def write_keys(shop: Workshop, logbook: Logbook) -> None:
    """Write the log's keys with how each was announced, and whom the sender names as witness and authority."""
    keys = dict(key_history(logbook))
    here = alias_of(logbook) == "default"
    witnesses = Witness.objects.filter(logbook=logbook).order_by("pk") if here else ()
    authorities = Authority.objects.filter(logbook=logbook).order_by("pk") if here else ()
    keys["witnesses"] = [{"key": row.key, "name": row.name} for row in witnesses]
    keys["authorities"] = [
        {"name": row.name, "policy": row.policy, "roots": row.roots} for row in authorities
    ]
    shop.add(names.KEYS_NAME, canonical.encode(keys))
