"""The events about who outside holds our seals: witnesses, time-stamping authorities, and what they found.

Like the builders of `own`: each gives a lawful event for the transaction of the act. Names of outsiders are names of
bodies, not of people; their keys and addresses stand in `extra`, so that a later reader can tell which it was.
"""

from __future__ import annotations

from typing import Final

from indelible.events.own import own_event
from indelible.events.shape import Context, Event, Party, Target

STAMP_RECEIVED: Final = "time_stamp_received"


def witness_added(
    actor: Party | None, name: str, key: str, url: str, *, context: Context | None = None
) -> Event:
    """A witness gets our seals from now on. `key` is its verifier key."""
    return own_event(
        "witness_added",
        "create",
        actor,
        [_seals(name)],
        extra={"witness": name, "public_key": key, "address": url},
        context=context,
    )


def witness_ended(
    actor: Party | None, name: str, key: str, reason: str, *, context: Context | None = None
) -> Event:
    """A witness gets no more seals."""
    return own_event(
        "witness_ended",
        "disable",
        actor,
        [_seals(name)],
        extra={"witness": name, "public_key": key},
        reason=reason,
        context=context,
    )


def authority_added(
    actor: Party | None,
    name: str,
    url: str,
    roots: list[str],
    policy: str | None = None,
    *,
    context: Context | None = None,
) -> Event:
    """An authority is asked for outside time stamps from now on. `roots`: SHA-256 of each pinned root, in hex."""
    return own_event(
        "authority_added",
        "create",
        actor,
        [_seals(name)],
        extra={"stamp_provider": name, "address": url, "root_digests": roots, "policy": policy},
        context=context,
    )


def authority_ended(actor: Party | None, name: str, reason: str, *, context: Context | None = None) -> Event:
    """An authority is asked no more."""
    return own_event(
        "authority_ended",
        "disable",
        actor,
        [_seals(name)],
        extra={"stamp_provider": name},
        reason=reason,
        context=context,
    )


def seal_sent(
    actor: Party | None, size: int, took: list[str], missing: list[str], *, context: Context | None = None
) -> Event:
    """Somebody sent a seal out at once: who took it, and who did not."""
    return own_event(
        "seal_sent",
        "send",
        actor,
        [_seals(None, size)],
        outcome="partial" if missing else "success",
        extra={"size": size, "took": took, "missing": missing},
        context=context,
    )


def time_stamp_received(
    authority: str, size: int, stamped_at: str, token_digest: str, serial: str | None = None
) -> Event:
    """An authority vouched for when a seal existed. The token's SHA-256 (hex) is sealed: later stamps cover it."""
    return own_event(
        STAMP_RECEIVED,
        "receive",
        None,
        [_seals(authority, size)],
        extra={
            "size": size,
            "stamp_provider": authority,
            "stamped_at": stamped_at,
            "token_digest": token_digest,
            "serial": serial,
        },
    )


def difference_explained(
    actor: Party | None, holder: str, size: int, text: str, *, context: Context | None = None
) -> Event:
    """Somebody wrote down how it came that `holder` knows another seal of that size."""
    return own_event(
        "difference_explained",
        "note",
        actor,
        [_seals(holder, size)],
        extra={"what": text, "holder": holder, "size": size},
        context=context,
    )


def _seals(name: str | None, size: int | None = None) -> Target:
    """Return our seals, or one of them, as a thing: what an outsider holds. `name` says who."""
    target: Target = {"kind": "log.seal"}
    if size is not None:
        target["id"] = str(size)
    if name:
        target["name"] = name
    return target
