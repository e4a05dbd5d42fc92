"""Messages of a sender whose form nobody fixed: read by the source's mapping, or kept until there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone

from indelible.features.sources.live.desk import ComeBackLater, Taken, check_open, take
from indelible.features.sources.live.health import asks, heard
from indelible.features.sources.live.reading import Understood, understand
from indelible.features.sources.models import KeptMessage, Source, State
from indelible.features.sources.recording import Outcome
from indelible.intake.reading import Record

MOST_KEPT: Final = 1_000
MOST_KEPT_BYTES: Final = 50_000_000


def receive(
    source: Source,
    payload: bytes,
    *,
    name: str = "message.json",
    media_type: str = "application/json",
    identity: str = "",
    received_at: datetime | None = None,
) -> Taken | None:
    """Take a message in; durable on return. None where it is kept until somebody says how it is read.

    `identity` is what the sender calls this delivery: a second one of that name is the same message.
    Raises what `desk.take` raises, and ComeBackLater where too much is kept already.
    """
    received_at = received_at or timezone.now()
    check_open(source)
    if source.state == State.WAITING:
        _keep(source, payload, media_type, identity, received_at)
        return None
    understood = understand(source, payload, name)
    if understood.questions:
        _keep(source, payload, media_type, identity, received_at)
        asks(source, received_at)
        return None
    outcomes = with_identity(understood, identity)
    return take(source, outcomes, received_at=received_at, size=len(payload))


def with_identity(understood: Understood, identity: str) -> list[Outcome]:
    """Return the records of a delivery; those without an id of their own go by the delivery's, and their place."""
    if not identity:
        return understood.outcomes
    return [
        replace(each, identity=f"delivery\x1f{identity}\x1f{place}")
        if isinstance(each, Record) and each.identity is None
        else each
        for place, each in enumerate(understood.outcomes)
    ]


def _keep(source: Source, payload: bytes, media_type: str, identity: str, at: datetime) -> None:
    """Keep a message as it came, within bounds; one that is kept already is not kept again."""
    with transaction.atomic():
        kept = KeptMessage.objects.filter(source=source)
        if identity and kept.filter(identity=identity).exists():
            return
        held = kept.aggregate(size=Sum(Length("payload")))["size"] or 0
        if kept.count() >= MOST_KEPT or held + len(payload) > MOST_KEPT_BYTES:
            raise ComeBackLater("too-much-kept", 600, name=source.name)
        KeptMessage.objects.create(
            source=source, received_at=at, media_type=media_type[:100], identity=identity, payload=payload
        )
    heard(source, at)
