"""The events about evidence packs: made, handed over, downloaded, its file deleted.

A pack is told by its random name. What was asked for stands in words with what is hidden in the pack hidden here
too, since the entry that tells of the making goes along in the pack itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from indelible.events.own import own_event
from indelible.events.shape import Context, Event, Party, Target

MADE: Final = "pack_made"
HANDED_OVER: Final = "pack_handed_over"
DOWNLOADED: Final = "pack_downloaded"
DELETED: Final = "pack_deleted"


def pack_made(
    actor: Party | None,
    name: str,
    claims_digest: str,
    numbers: Mapping[str, int],
    *,
    entries: int,
    question: str,
    hidden: int = 0,
    context: Context | None = None,
) -> Event:
    """A pack is made. `claims_digest` is what its claims hash to (base64), `numbers` the last running number
    given under each name, read under the lock under which this entry is appended; `hidden` counts the kinds of
    detail that are withheld. Source: docs/formats/pack.md section 2.
    """
    return own_event(
        MADE,
        "export",
        actor,
        [_pack(name)],
        extra={
            "pack": {"claims": claims_digest, "name": name, "numbers": dict(numbers)},
            "row_count": entries,
            "query": question,
            "redactions": hidden or None,
        },
        context=context,
    )


def pack_handed_over(
    actor: Party | None,
    name: str,
    to: str,
    how: str,
    file_digest: str,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A pack went to somebody: to whom and how are the words of who tells it; the digest is SHA-256 in hex."""
    return own_event(
        HANDED_OVER,
        "hand_over",
        actor,
        [_pack(name)],
        extra={"recipient": to, "method": how, "file_digest": file_digest},
        context=context,
        occurred_at=occurred_at,
    )


def pack_downloaded(
    actor: Party | None, name: str, file_digest: str, *, context: Context | None = None
) -> Event:
    """Somebody took the file of a pack from Indelible."""
    return own_event(
        DOWNLOADED, "export", actor, [_pack(name)], extra={"file_digest": file_digest}, context=context
    )


def pack_deleted(
    actor: Party | None, name: str, file_digest: str, *, context: Context | None = None
) -> Event:
    """The file of a pack was deleted here; that it was made, and who holds a copy, stays on the record."""
    return own_event(
        DELETED, "delete", actor, [_pack(name)], extra={"file_digest": file_digest}, context=context
    )


def _pack(name: str) -> Target:
    return {"kind": "log.export", "id": name}
