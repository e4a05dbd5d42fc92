"""The events about seals that leave by mail, come back, or can be read by anybody: one builder an act.

As in `own`: lawful events without time and running numbers of their own, appended as source 0 by whoever carries
out the act. Seals are meant by the number of entries that they cover.
"""

from __future__ import annotations

from typing import Final

from indelible.events.own import own_event
from indelible.events.shape import Context, Event, Outcome, Party, Target

RECEIPT_SENT: Final = "receipt_sent"
SAME: Final = "same"


def recipient_added(
    actor: Party | None, name: str, address: str, pace: str, *, context: Context | None = None
) -> Event:
    """Somebody outside will get receipts of seals by mail. `pace`: how often, in a word."""
    extra = {"recipient": name, "recipient_address": address, "pace": pace}
    return own_event("recipient_added", "share", actor, [_seals(name)], extra=extra, context=context)


def recipient_ended(actor: Party | None, name: str, address: str, *, context: Context | None = None) -> Event:
    """Somebody outside gets no more receipts. Those that they hold stay good."""
    extra = {"recipient": name, "recipient_address": address}
    return own_event("recipient_ended", "unshare", actor, [_seals(name)], extra=extra, context=context)


def receipt_sent(
    actor: Party | None,
    name: str,
    address: str,
    size: int,
    root: str,
    message: str,
    *,
    context: Context | None = None,
) -> Event:
    """A receipt of the seal of `size` entries was taken by the mail server. `root` in base64, `message` its id."""
    extra = {"recipient": name, "recipient_address": address, "size": size, "root": root, "message": message}
    return own_event(RECEIPT_SENT, "send", actor, [_seals(name, str(size))], extra=extra, context=context)


def receipt_compared(
    actor: Party | None,
    verdict: str,
    size: int | None = None,
    holder: str | None = None,
    *,
    context: Context | None = None,
) -> Event:
    """A receipt that came back was held against the record. `verdict`: `same`, `differs`, `ahead` or `other`."""
    outcome: Outcome = "failure" if verdict in ("differs", "ahead") else "unknown"
    return own_event(
        "receipt_compared",
        "verify",
        actor,
        [_seals(None, None if size is None else str(size))],
        outcome="success" if verdict == SAME else outcome,
        extra={"verdict": verdict, "size": size, "holder": holder},
        context=context,
    )


def log_opened(actor: Party | None, logbook: str, address: str, *, context: Context | None = None) -> Event:
    """From now on anybody may read the commitments of a logbook at that address."""
    return own_event(
        "log_opened", "share", actor, [_commitments(logbook)], extra={"address": address}, context=context
    )


def log_closed(actor: Party | None, logbook: str, *, context: Context | None = None) -> Event:
    """The commitments of a logbook can no longer be read over HTTP. What was read stays with the readers."""
    return own_event("log_closed", "unshare", actor, [_commitments(logbook)], context=context)


def _seals(name: str | None, size: str | None = None) -> Target:
    target: Target = {"kind": "log.seal"}
    if size is not None:
        target["id"] = size
    if name:
        target["name"] = name
    return target


def _commitments(logbook: str) -> Target:
    return {"kind": "log.reader", "id": logbook, "name": logbook}
