"""What becomes of a pack's file: handed over, downloaded, deleted. Each is an entry, in the transaction of the act."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from django.db import transaction

from indelible.events import own_packs
from indelible.events.event import Event
from indelible.features.packs.models import HandOver, Pack
from indelible.features.packs.orders import PackError
from indelible.features.sources.origins import By
from indelible.ledger.checkpoints import bare
from indelible.storage.database import outside, reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.codes import repeat_code
from indelible.storage.database.errors import NotFound
from indelible.storage.database.models import Holding

OWN_SOURCE = 0
LONGEST_NAME = 200


def hand_over(
    pack: Pack, to: str, how: str, by: By, *, at: str | None = None, once: str | None = None
) -> HandOver:
    """Write down to whom a pack went and how; from then on its seal is held outside.

    `at` is when, as an instant, where it was not just now. Raises PackError.
    """
    to, how = " ".join(to.split()), " ".join(how.split())
    if not to:
        raise PackError("pack-recipient-missing")
    if len(to) > LONGEST_NAME or len(how) > LONGEST_NAME:
        raise PackError("pack-words-too-long", most=LONGEST_NAME)
    if not pack.sha256:
        raise PackError("pack-not-made")
    event = own_packs.pack_handed_over(
        by.party, pack.name, to, how, pack.sha256, context=by.context, occurred_at=at
    )
    with transaction.atomic():
        row = HandOver.objects.create(pack=pack, to=to, how=how, by=by.user)
        _hold(pack)
        row.entry = _record(pack, event, once)
        row.save(update_fields=["entry"])
    return row


def _hold(pack: Pack) -> None:
    """Keep that somebody outside now has the seal of the pack."""
    try:
        note = bare(reads.get_checkpoint(pack.logbook, pack.seal).note, pack.logbook.origin)
    except NotFound:  # the seal was taken from the tables: that is for a check to find
        return
    outside.hold(pack.logbook, note, Holding.Kind.PACK, pack.name, bytes.fromhex(pack.sha256))


def downloaded(pack: Pack, by: By) -> HandOver:
    """Write down that somebody takes the file of a pack.

    Raises PackError (`pack-file-deleted`, `pack-differs` where the file is not what was made).
    """
    try:
        with Path(pack.held_at or "/nowhere").open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError:
        raise PackError("pack-file-deleted") from None
    if digest != pack.sha256:
        raise PackError("pack-differs")
    event = own_packs.pack_downloaded(by.party, pack.name, pack.sha256, context=by.context)
    with transaction.atomic():
        row = HandOver.objects.create(
            pack=pack, to=by.name or "Indelible", how=HandOver.DOWNLOADED, by=by.user
        )
        row.entry = _record(pack, event, None)
        row.save(update_fields=["entry"])
    return row


def delete_file(pack: Pack, by: By) -> None:
    """Delete the file of a pack here. That it was made, and who has a copy, stays on the record."""
    with transaction.atomic():
        pack = Pack.objects.select_for_update().get(pk=pack.pk)
        if not pack.held_at:
            return
        path = Path(pack.held_at)
        pack.held_at = ""
        pack.save(update_fields=["held_at"])
        _record(pack, own_packs.pack_deleted(by.party, pack.name, pack.sha256, context=by.context), None)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _record(pack: Pack, event: Event, once: str | None) -> int:
    repeat = repeat_code(OWN_SOURCE, f"form {once}") if once else None
    return append(pack.logbook, [Draft(event, source=OWN_SOURCE, repeat=repeat)]).entries[0].index
