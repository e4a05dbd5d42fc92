"""Connection passwords: what a sender shows to be let in.

Shown once when made, kept only as a keyed code. A new one leaves the old one valid for a day, so that a sender can
be changed without a gap. A wrong one costs us one look-up by its public part and tells nothing about the right one.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from indelible.events import own
from indelible.events.event import Change
from indelible.features.sources.models import PASSWORD_PREFIX, ConnectionPassword, Source, State
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own
from indelible.storage.database.codes import code_of

LOOKUP_BYTES: Final = 6
SECRET_BYTES: Final = 24
OVERLAP: Final = timedelta(hours=24)
USED_WRITTEN_EVERY: Final = timedelta(minutes=1)
_PURPOSE: Final = "connection password"


def new_password(source: Source, by: By) -> str:
    """Make a connection password and return it: the only time it is seen. Older ones end in a day.

    That one was made is on the record. Raises SourceError (`source-ended`) for a source that has ended.
    """
    if source.state == State.ENDED:
        raise SourceError("source-ended", name=source.name)
    lookup, secret = secrets.token_hex(LOOKUP_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    shown = f"{PASSWORD_PREFIX}_{lookup}_{secret}"
    ends = timezone.now() + OVERLAP
    with transaction.atomic():
        source.passwords.filter(Q(ends_at=None) | Q(ends_at__gt=ends)).update(ends_at=ends)
        ConnectionPassword.objects.create(
            source=source, lookup=lookup, code=code_of(_PURPOSE, shown), by_name=by.name[:150]
        )
        changes: list[Change] = [
            {"field": "connection password", "after": f"a new one, {PASSWORD_PREFIX}_{lookup}_..."}
        ]
        event = own.source_changed(by.party, source.pk, source.name, changes, context=by.context)
        record_own(source.logbook, event, rules=(RULE_0,))
    return shown


def end_password(password: ConnectionPassword, by: By) -> None:
    """End a connection password at once, on the record. Harmless where it has ended."""
    now = timezone.now()
    source = password.source
    with transaction.atomic():
        row = ConnectionPassword.objects.select_for_update().get(pk=password.pk)
        if row.ends_at is not None and row.ends_at <= now:
            return
        row.ends_at = now
        row.save(update_fields=["ends_at"])
        changes: list[Change] = [
            {
                "field": "connection password",
                "before": f"{PASSWORD_PREFIX}_{row.lookup}_...",
                "after": "ended",
            }
        ]
        event = own.source_changed(by.party, source.pk, source.name, changes, context=by.context)
        record_own(source.logbook, event, rules=(RULE_0,))


def source_for(shown: str, at: datetime | None = None) -> Source | None:
    """Return the source that a connection password opens; None for one that opens nothing (any more)."""
    row = password_for(shown, at)
    return row.source if row is not None and row.source.state != State.ENDED else None


def password_for(shown: str, at: datetime | None = None) -> ConnectionPassword | None:
    """Return a connection password that holds, with its source, which may have ended; None for one that never held,
    or holds no more."""
    at = at or timezone.now()
    parts = shown.split("_", 2)
    if len(parts) != 3 or parts[0] != PASSWORD_PREFIX or len(shown) > 200:
        return None
    row = (
        ConnectionPassword.objects.filter(lookup=parts[1])
        .select_related("source__logbook")
        .only("lookup", "code", "ends_at", "last_used_at", "source")
        .first()
    )
    expected = bytes(row.code) if row is not None else bytes(32)
    if not hmac.compare_digest(code_of(_PURPOSE, shown), expected) or row is None:
        return None
    if row.ends_at is not None and row.ends_at <= at:
        return None
    if row.last_used_at is None or at - row.last_used_at > USED_WRITTEN_EVERY:
        ConnectionPassword.objects.filter(pk=row.pk).update(last_used_at=at)
    return row
