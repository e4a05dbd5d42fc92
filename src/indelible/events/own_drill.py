"""The event about a tamper drill: a copy was altered in every known way, and this is how many were found."""

from __future__ import annotations

from typing import Final

from indelible.events.own import own_event
from indelible.events.shape import Context, Event, Party

DRILLED: Final = "drill_held"


def drill_held(
    actor: Party | None,
    alterations: int,
    found: int,
    size: int,
    certificate_digest: str,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A tamper drill was held on a copy of the first `size` entries.

    `certificate_digest` is the SHA-256 (hex) of the certificate's canonical JSON, so that a certificate handed out
    can be held against the record.
    """
    return own_event(
        DRILLED,
        "verify",
        actor,
        [{"kind": "log.verification"}],
        outcome="success" if found == alterations else "failure",
        extra={
            "count": alterations,
            "found": found,
            "size": size,
            "certificate": certificate_digest,
        },
        context=context,
        occurred_at=occurred_at,
    )
