"""What came of asking somebody outside, written down: what they hold, or what was wrong and since when.

An outsider's row tells pages how they stand; the holding keeps what they gave us. A stamp and its entry are one act.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce

from indelible.events import own_outside
from indelible.features.seals.models import Authority, Outsider, Witness
from indelible.features.seals.outside import conflicting, pacing
from indelible.features.seals.outside.own_seals import newest_seal
from indelible.features.seals.outside.stamping import Stamped
from indelible.features.seals.outside.witnesses import Differs, Outcome, Seal, Took, Trouble
from indelible.storage.database import outside
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.models import Holding, Logbook

DIFFERENT_SEAL = "different-seal"


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def keep_answer(logbook: Logbook, seal: Seal, row: Witness, outcome: Outcome, seconds: float) -> str:
    """Write down a witness's answer; return the code of what was wrong, empty where nothing was."""
    if isinstance(outcome, Took):
        good = outcome.cosignature
        at = datetime.fromtimestamp(good.time or 0, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with transaction.atomic():
            outside.hold(logbook, seal.note, Holding.Kind.WITNESS, row.name, good.line.encode(), held_at=at)
            _came_through(row, seal.size)
        return ""
    if isinstance(outcome, Differs):
        if newest_seal(logbook).size >= outcome.size > seal.size:
            # Another worker was quicker with a newer seal. The next round finds both alike.
            _release(row)
            return "overtaken"
        conflict = conflicting.keep_difference(logbook, row, outcome.size, seconds)
        outcome = Trouble(DIFFERENT_SEAL if conflict else "witness-refused", outcome.detail)
    _did_not(row, outcome)
    return outcome.code


def keep_stamp(logbook: Logbook, size: int, note: str, row: Authority, outcome: Stamped | Trouble) -> str:
    if isinstance(outcome, Trouble):
        _did_not(row, outcome)
        return outcome.code
    if _is_stamped(logbook, row, size):
        _came_through(row, size)  # the first stamp on a seal says most, and stays
        return ""
    stamp = outcome.stamp
    event = own_outside.time_stamp_received(
        row.name, size, stamp.gen_time, outcome.token_digest, str(stamp.serial)
    )

    def keep() -> None:
        outside.hold(
            logbook,
            note,
            Holding.Kind.STAMP,
            row.name,
            outcome.response,
            held_at=f"{stamp.gen_time[:-1]}.000000Z",
            nonce=str(outcome.nonce),
        )
        _came_through(row, size)

    try:
        with transaction.atomic():
            keep()
            append(logbook, [Draft(event)])
    except (AppendRefused, AppendFailed):
        # While nothing may be appended, a stamp is worth all the more.
        with transaction.atomic():
            keep()
    return ""


def _is_stamped(logbook: Logbook, row: Authority, size: int) -> bool:
    held = outside.holdings_of(logbook, size)
    return any(one.kind == Holding.Kind.STAMP and one.holder == row.name for one in held)


def rows_of(row: Outsider) -> Any:
    return type(row)._default_manager.filter(pk=row.pk)


def _came_through(row: Outsider, size: int) -> None:
    at = now()
    pause = pacing.WITNESS_PACE if isinstance(row, Witness) else pacing.STAMP_PACE
    rows_of(row).update(
        answered_at=at,
        failing_since=None,
        trouble="",
        detail="",
        failures=0,
        next_try_at=at + pause,
    )
    rows_of(row).filter(size__lt=size).update(size=size)


def _did_not(row: Outsider, trouble: Trouble) -> None:
    at = now()
    rows_of(row).update(
        failing_since=Coalesce("failing_since", at),
        trouble=trouble.code,
        detail=trouble.detail[:1000],
        failures=row.failures + 1,
        next_try_at=at + pacing.pause_after(row.failures + 1),
    )


def _release(row: Outsider) -> None:
    rows_of(row).update(next_try_at=None)
