"""Tamper drills: asking for one, carrying it out, its certificate and its entry on the record.

One drill of a logbook runs at a time; whoever asks meanwhile joins it. Its end and its entry are one act.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from indelible.events.own_drill import drill_held
from indelible.events.shape import Context, Party
from indelible.features.people.models import User
from indelible.features.seals.models import Drill
from indelible.ledger import canonical
from indelible.storage.database.append import Draft, append
from indelible.storage.database.checking.copies import Holders
from indelible.storage.database.drilling.drill import run_drill
from indelible.storage.database.models import Logbook
from indelible.web.acts import party_of

OPEN = (Drill.State.WAITING, Drill.State.RUNNING)
TOLD_EVERY_SECONDS = 0.5


def open_drill(logbook: Logbook, now: datetime, *, by: User | None = None) -> tuple[Drill, bool]:
    """Return the drill that is under way, else a new one; and whether it is new, so that a job must be asked for."""
    with transaction.atomic():
        Logbook.objects.select_for_update().get(pk=logbook.pk)
        running = Drill.objects.filter(logbook=logbook, state__in=OPEN).first()
        if running:
            return running, False
        return Drill.objects.create(logbook=logbook, asked_by=by, asked_at=now), True


def carry_out(
    row: Drill, now: Callable[[], datetime], holders: Holders, *, should_stop: Callable[[], bool]
) -> None:
    """Hold the drill that `row` asks for. A drill that was cut short begins anew: it keeps nothing half done.

    Raises what `run_drill` raises.
    """
    Drill.objects.filter(pk=row.pk).update(state=Drill.State.RUNNING, started_at=row.started_at or now())
    told = [0.0]

    def tell(done: int, total: int) -> None:
        if time.monotonic() - told[0] >= TOLD_EVERY_SECONDS or done >= total:
            told[0] = time.monotonic()
            Drill.objects.filter(pk=row.pk).update(done=done, total=total)

    certificate = run_drill(row.logbook, holders=holders, progress=tell, stop=should_stop)
    by = party_of(row.asked_by) if row.asked_by else None
    with transaction.atomic():
        entry = record_drill(row.logbook, certificate, by, now())
        Drill.objects.filter(pk=row.pk).update(
            state=Drill.State.DONE, finished_at=now(), certificate=certificate, entry=entry
        )


def record_drill(
    logbook: Logbook,
    certificate: dict[str, Any],
    by: Party | None,
    now: datetime,
    context: Context | None = None,
) -> int:
    """Put a drill on the record; return the index of its entry. Raises what `append` raises."""
    event = drill_held(
        by,
        certificate["alterations"],
        certificate["found"],
        certificate["entries"],
        digest_of(certificate),
        occurred_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        context=context,
    )
    return append(logbook, [Draft(event)]).recorded[0].index


def digest_of(certificate: dict[str, Any]) -> str:
    """Return the SHA-256 (hex) by which the record knows a certificate."""
    return sha256(canonical.encode(certificate)).hexdigest()


def newest(logbook: Logbook) -> Drill | None:
    """Return the newest drill, under way or over; None where none was ever held."""
    return Drill.objects.filter(logbook=logbook).order_by("-asked_at").first()
