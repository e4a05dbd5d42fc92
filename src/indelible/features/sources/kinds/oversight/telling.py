"""Each transition as an event, with no more than a folder can tell.

* Who did it is unknown: a folder says who owns a file, not who changed it. The owner is told as the owner.
* When: the file's own time where that lies between our last two looks, since then it is the moment of the writing.
  Anything else is told by the moment we noticed it, marked so, with the two looks it lies between.
* What it held: the digest of its content before and after, inside the entry and nowhere else.
"""

from __future__ import annotations

import grp
import pwd
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from indelible.events.event import Event
from indelible.events.instants import from_datetime
from indelible.features.sources.kinds.oversight.differences import LARGE, UNREAD, Read, State, Transition
from indelible.intake.reading import Record

SYSTEM: Final = "oversight"
SLACK_NS: Final = 2_000_000_000  # clocks of a share and ours, and the coarse times of some disks
NOBODY: Final = {"kind": "unknown"}
ITSELF: Final = {"name": "Indelible", "kind": "system"}


@dataclass(frozen=True, slots=True)
class Between:
    """The two looks that what is told lies between."""

    before: datetime
    noticed: datetime

    def holds(self, nanoseconds: int) -> bool:
        """Whether an instant lies between the two."""
        first, last = (round(each.timestamp() * 1e9) for each in (self.before, self.noticed))
        return first - SLACK_NS <= nanoseconds <= last + SLACK_NS

    def __str__(self) -> str:
        return f"{from_datetime(self.before)} to {from_datetime(self.noticed)}"


def tell(step: Transition, between: Between, digest_before: str | None, row: int) -> Record:
    """Return the record of a transition. `digest_before` is what its last entry said of the content, if it did."""
    now = step.after.state if step.after else None
    changes, content_changed = _changes(step.before, now)
    if step.moved_from:
        changes.insert(0, {"field": "path", "before": step.moved_from, "after": step.name})
    extra: dict[str, Any] = {}
    state = now or step.before
    if state is not None:
        extra |= {"size": state.size, "owner": owner_name(state.owner)}
    if step.after is not None and step.after.digest:
        extra["file_digest"] = step.after.digest
    if digest_before and (content_changed or now is None):
        extra["file_digest_before"] = digest_before
    event: dict[str, Any] = {
        "actor": dict(NOBODY),
        "action": {"verb": step.what, "category": "document", "said": _said(step)},
        "targets": [{"kind": "file", "name": step.name}],
        "outcome": "success",
        "source": {"system": SYSTEM},
        "flags": ["actor_unknown"],
    }
    if changes:
        event["changes"] = changes
    if state is not None and state.content in (LARGE, UNREAD):
        event["flags"].append("content_not_compared")
    _date(event, extra, _own_time(step, content_changed), between)
    event["extra"] = extra
    event["flags"].sort()
    return _record(event, step.identity, row)


def tell_beginning(
    folder: str, files: Sequence[Read], part: int, identity: str, noticed: datetime, listing: str
) -> Record:
    """Return the record of how files lay there when the oversight began: their names, sizes and digests."""
    event: dict[str, Any] = {
        "occurred_at": from_datetime(noticed),
        "time": {"zone": "UTC", "basis": "inferred"},
        "actor": dict(ITSELF),
        "action": {
            "verb": "view",
            "category": "document",
            "said": "files as they lay there when oversight began",
        },
        "targets": [{"kind": "x.folder", "name": folder}],
        "outcome": "success",
        "source": {"system": SYSTEM},
        "extra": {"population_count": len(files), "snapshot_digest": listing, "part": part},
    }
    if files:
        event["extra"]["items"] = [_item(each) for each in files]
    return _record(event, identity, 1)


def _item(each: Read) -> dict[str, Any]:
    item: dict[str, Any] = {
        "name": each.seen.name,
        "size": each.seen.size,
        "owner": owner_name(each.seen.uid),
        "permissions": permissions(each.seen.mode),
    }
    if each.digest:
        item["file_digest"] = each.digest
    else:
        item["not_compared"] = each.state.content
    if (written := instant(each.seen.modified)) is not None:
        item["modified"] = written
    return item


def _record(event: dict[str, Any], identity: str, row: int) -> Record:
    # What tells a repeat is the step, not when we noticed it: looked at again after a crash, it is the same.
    original = identity.encode()
    told: Event = event  # type: ignore[assignment]
    return Record(row, row, told, identity, blake2b(original, digest_size=16).digest(), original)


def _said(step: Transition) -> str:
    return {"create": "appeared", "change": "changed", "move": "moved", "delete": "no longer there"}[
        step.what
    ]


def _changes(before: State | None, after: State | None) -> tuple[list[dict[str, Any]], bool]:
    """Return what is otherwise than before, and whether the content is or may be."""
    if before is None or after is None:
        return [], False
    changes: list[dict[str, Any]] = []
    if before.size != after.size:
        changes.append({"field": "size", "before": before.size, "after": after.size})
    if before.mode != after.mode:
        old, new = permissions(before.mode), permissions(after.mode)
        changes.append({"field": "permissions", "before": old, "after": new})
    if before.owner != after.owner:
        old, new = owner_name(before.owner), owner_name(after.owner)
        changes.append({"field": "owner", "before": old, "after": new})
    if before.group != after.group:
        old, new = group_name(before.group), group_name(after.group)
        changes.append({"field": "group", "before": old, "after": new})
    return changes, before.content != after.content or after.content in (LARGE, UNREAD)


def _own_time(step: Transition, content_changed: bool) -> int | None:
    """Return the file's own time of what happened, None where it has none of that."""
    if step.after is None:
        return None
    seen = step.after.seen
    return seen.modified if step.what == "create" or content_changed else seen.changed


def _date(event: dict[str, Any], extra: dict[str, Any], own: int | None, between: Between) -> None:
    said = instant(own) if own is not None else None
    if own is not None and said is not None and between.holds(own):
        event["occurred_at"] = said
        event["time"] = {"said": said, "zone": "UTC", "basis": "source"}
        return
    event["occurred_at"] = from_datetime(between.noticed)
    event["time"] = {"zone": "UTC", "basis": "inferred"}
    event["flags"].append("time_noticed")
    extra["time_range"] = str(between)
    if said is not None:
        extra["modified"] = said


def instant(nanoseconds: int) -> str | None:
    """Return a time of the disk as an instant, None where no calendar has it."""
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    text = from_datetime(moment).removesuffix("Z")
    return f"{text}.{fraction:09d}".rstrip("0").rstrip(".") + "Z" if fraction else f"{text}Z"


def permissions(mode: int) -> str:
    """Return who may do what, as `ls` writes it."""
    return stat.filemode(stat.S_IFREG | mode)[1:]


@lru_cache(maxsize=1_000)
def owner_name(number: int) -> str:
    """Return an owner as the server knows them: name and number."""
    try:
        return f"{pwd.getpwuid(number).pw_name} ({number})"
    except KeyError:
        return str(number)


@lru_cache(maxsize=1_000)
def group_name(number: int) -> str:
    """Return a group as the server knows it: name and number."""
    try:
        return f"{grp.getgrgid(number).gr_name} ({number})"
    except KeyError:
        return str(number)
