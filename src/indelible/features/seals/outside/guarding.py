"""What storage asks before the first append of a process: what do the witnesses hold?

The answer must not take long and must not hang: all witnesses are asked at once and those who are silent are left
out. Where there are none, that costs one small read.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from indelible.features.seals.models import Witness
from indelible.features.seals.outside import conflicting
from indelible.features.seals.outside.calls import CallFailed
from indelible.features.seals.outside.own_seals import signed_by_us
from indelible.features.seals.outside.watching import Watching
from indelible.storage.database.guard import HeldElsewhere
from indelible.storage.database.models import Logbook

SECONDS = 2.0


def ask_witnesses(logbook_id: int, alias: str) -> Sequence[HeldElsewhere]:
    """Return the seals of ours that witnesses hold, of those who answer at once; keep what is not our history.

    Only a seal that our key signed is returned: nobody else can stop the appending.
    """
    if alias != DEFAULT_DB_ALIAS:  # those outside are set up in the default database alone
        return ()
    rows = list(Witness.objects.filter(logbook=logbook_id, ended_at=None).select_related("logbook"))
    if not rows:
        return ()
    logbook = rows[0].logbook
    looks = [
        (row, Watching(conflicting.prefix_of(row), logbook.origin, SECONDS, refused=False)) for row in rows
    ]
    return [held for row, watching in looks if (held := _held(logbook, row, watching))]


def _held(logbook: Logbook, row: Witness, watching: Watching) -> HeldElsewhere | None:
    try:
        note = watching.shown().held
    except CallFailed:
        return None
    seal = signed_by_us(logbook, note) if note else None
    if note is None or seal is None:
        return None
    if not transaction.get_connection().in_atomic_block:
        # Inside a transaction the refusal would take the row along; the courier then keeps it a moment later.
        _keep(logbook, note, row)
    return HeldElsewhere(row.name, seal.size, seal.root, note)


def _keep(logbook: Logbook, note: str, row: Witness) -> None:
    try:
        conflicting.keep_if_other(logbook, note, row.name)
    except DatabaseError:
        return  # busy: refusing does not depend on it, and the courier keeps it a moment later
