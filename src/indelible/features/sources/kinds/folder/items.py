"""What is known of each file of a watched folder: one row a name, with what became of it.

The row's `version` is the one that was last dealt with, empty before the first. What became of it is one of the
words below; `WAITING` is written as soon as a file is seen, so that one that goes before it could be read is not
forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from indelible.features.sources.live.walking import Seen
from indelible.features.sources.models import Source, SourceItem

WAITING: Final = "waiting"
TAKEN: Final = "taken"
SAME: Final = "same"  # its content is that of a file taken before
EMPTY: Final = "empty"
TOO_LARGE: Final = "too_large"
UNREADABLE: Final = "unreadable"
MISSED: Final = "missed"  # gone before it could be read
AWAY: Final = "away"  # taken, and moved to the subfolder for such files
AT_ONCE: Final = 500


@dataclass(slots=True)
class Known:
    """What is known of one file."""

    pk: int
    version: str
    gone: bool
    taken_in: int | None
    facts: dict[str, Any]

    @property
    def became(self) -> str:
        """What became of it."""
        return str(self.facts.get("became", ""))


def known_items(source: Source) -> dict[str, Known]:
    """Return what is known of every file of a source, by name."""
    rows = SourceItem.objects.filter(source=source).values_list(
        "name", "pk", "version", "gone_at", "taken_in", "facts"
    )
    return {
        name: Known(pk, version, gone is not None, taken_in, facts)
        for name, pk, version, gone, taken_in, facts in rows.iterator(chunk_size=2_000)
    }


def begin(source: Source, files: list[Seen]) -> None:
    """Note files that are seen for the first time. One that another worker has just noted stays as it is."""
    now = timezone.now()
    for start in range(0, len(files), AT_ONCE):
        SourceItem.objects.bulk_create(
            [
                SourceItem(source=source, name=each.name, version="", seen_at=now, facts=waiting(each))
                for each in files[start : start + AT_ONCE]
            ],
            ignore_conflicts=True,
        )


def waiting(seen: Seen) -> dict[str, Any]:
    """Return the facts of a file that waits for its turn."""
    return {"became": WAITING, "size": seen.size, "inode": str(seen.inode), "modified": str(seen.modified)}


def settled(item: SourceItem, seen: Seen, became: str, at: datetime, **more: Any) -> None:
    """Note what became of this version of a file."""
    item.version, item.gone_at, item.seen_at = seen.version, None, at
    item.facts = {**waiting(seen), "became": became, **more}
    item.save(update_fields=["version", "gone_at", "seen_at", "taken_in", "facts"])
