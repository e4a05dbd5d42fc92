"""The events about the sealing key: another one announced, put in use, revoked; a passphrase, a recovery sheet.

Like the builders of `own`: each gives a lawful event for the transaction of the act. Keys go by their verifier keys,
which are public. No secret, no passphrase and nothing of a recovery sheet's content is ever in an event.

`sealing_key_announced` is read by machines too: a log's old key card leads to the newest key by these entries
(`ledger.rotation`), so its `said`, `new_key` and `old_key` are fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from indelible.events.own import own_event
from indelible.events.shape import Context, Event, Party, Target
from indelible.ledger.rotation import ANNOUNCED

PUT_IN_USE: Final = "sealing_key_put_in_use"
REVOKED: Final = "sealing_key_revoked"
PASSPHRASE_ACTS: Final = {"set": "create", "changed": "change", "removed": "delete"}


def key_announced(
    actor: Party | None,
    old_key: str,
    new_key: str,
    reason: str,
    *,
    signs_from: int | None = None,
    kept_in: str = "file",
    context: Context | None = None,
) -> Event:
    """A new key joins: it signs beside the old one from the seal of `signs_from` entries on.

    `kept_in`: `file` or `token`.
    """
    return own_event(
        ANNOUNCED,
        "create",
        actor,
        [_key(new_key)],
        extra={"new_key": new_key, "old_key": old_key, "kept_in": kept_in, "signs_from": signs_from},
        reason=reason,
        context=context,
    )


def key_put_in_use(
    actor: Party | None,
    old_key: str,
    new_key: str,
    *,
    accepted_by: Sequence[str] = (),
    reason: str | None = None,
    context: Context | None = None,
) -> Event:
    """The new key signs alone from the next entry on. `accepted_by`: the witnesses that were seen to know it."""
    return own_event(
        PUT_IN_USE,
        "change",
        actor,
        [_key(new_key)],
        extra={"key_in_use": new_key, "key_retired": old_key, "accepted_by": list(accepted_by)},
        reason=reason,
        context=context,
    )


def key_revoked(
    actor: Party | None,
    revoked: str,
    replacement: str,
    until: int,
    reason: str,
    *,
    to_tell: Sequence[str] = (),
    given_up: str | None = None,
    context: Context | None = None,
) -> Event:
    """A stolen key counts no more, another one took its place at once. This entry is sealed by that one.

    `until`: the last size at which seals of the revoked key count. `to_tell`: who has to be told directly, since
    no card of the revoked key leads on. `given_up`: a key that was joining and is dropped too.
    """
    return own_event(
        REVOKED,
        "disable",
        actor,
        [_key(revoked)],
        extra={
            "key_revoked": revoked,
            "key_in_use": replacement,
            "key_given_up": given_up,
            "counts_until": until,
            "to_tell": list(to_tell),
        },
        reason=reason,
        context=context,
    )


def passphrase_act(
    actor: Party | None,
    act: Literal["set", "changed", "removed"],
    public_key: str,
    *,
    context: Context | None = None,
) -> Event:
    """The key in the data folder was put under a passphrase, under another one, or under none any more."""
    said = f"key_passphrase_{act}"
    return own_event(said, PASSPHRASE_ACTS[act], actor, [_key(public_key)], context=context)


def recovery_sheet_made(actor: Party | None, public_key: str, *, context: Context | None = None) -> Event:
    """A recovery sheet was shown to be printed. What stood on it is nowhere kept."""
    return own_event("recovery_sheet_made", "export", actor, [_key(public_key)], context=context)


def key_restored(actor: Party | None, public_key: str, *, context: Context | None = None) -> Event:
    """The key was put back into the data folder from its recovery sheet."""
    return own_event("sealing_key_restored", "restore", actor, [_key(public_key)], context=context)


def _key(public_key: str) -> Target:
    """Return a sealing key as what an act was done to: known to people by its eight letters and figures."""
    return {"kind": "log.seal", "id": public_key, "name": public_key.split("+")[1]}
