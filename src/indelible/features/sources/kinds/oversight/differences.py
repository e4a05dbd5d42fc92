"""Which file became which: what is known of a folder, held against what lies there now.

A name comes first: a file that was replaced under its own name (as programs save) was changed, whatever the disk made
of it. A name that vanished and one that appeared are one file that moved where both are the same file to the disk, or
else hold the very same content, and only one can be meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from indelible.features.sources.live.walking import Seen

LARGE: Final = "large"  # in place of a content's code: more than is compared
UNREAD: Final = "unread"  # in place of a content's code: we may not read it
What = Literal["create", "change", "move", "delete"]


@dataclass(frozen=True, slots=True)
class State:
    """A file as it was when it was last told of. `content` is a keyed code, or why there is none."""

    version: str
    rights: str  # mode, owner and group as numbers
    content: str

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Size, time of the last writing, time of the last change of any kind, and the disk's own number."""
        size, modified, changed, inode = self.version.split(".")
        return int(size), int(modified), int(changed), int(inode)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.numbers[0]

    @property
    def mode(self) -> int:
        """Who may do what, as the system counts it."""
        return int(self.rights.split(".")[0])

    @property
    def owner(self) -> int:
        """The owner's number."""
        return int(self.rights.split(".")[1])

    @property
    def group(self) -> int:
        """The group's number."""
        return int(self.rights.split(".")[2])

    def as_facts(self) -> dict[str, str]:
        """Return what is kept of it."""
        return {"v": self.version, "r": self.rights, "c": self.content}


def state_from(facts: Mapping[str, Any] | None) -> State | None:
    """Return a state as it was kept; None for a file that is not there."""
    return State(facts["v"], facts["r"], facts["c"]) if facts else None


def rights_of(seen: Seen) -> str:
    """Return the rights of a file as they are compared."""
    return f"{seen.mode}.{seen.uid}.{seen.gid}"


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: as it lies there, its state, and the digest of its content (None where not compared)."""

    seen: Seen
    state: State
    digest: str | None


@dataclass(frozen=True, slots=True)
class Transition:
    """One file that became another. `told` is the last entry about the name before, which makes each step its own."""

    what: What
    name: str
    before: State | None
    after: Read | None
    moved_from: str = ""
    told: int | None = None

    @property
    def identity(self) -> str:
        """What tells that this very step was recorded already."""
        before = self.before.version if self.before else ""
        after = self.after.state.version if self.after else ""
        return "\x1f".join((self.what, self.name, self.moved_from, before, after, str(self.told)))


def is_told(before: State, after: State) -> bool:
    """Whether a change is worth an entry: not where a file was only touched, or saved again as it was."""
    if before.rights != after.rights or before.content != after.content or before.size != after.size:
        return True
    return after.content in (LARGE, UNREAD) and before.version != after.version


def pair_moves(vanished: Mapping[str, State], appeared: Sequence[Read]) -> dict[str, str]:
    """Return which appeared name was which vanished one."""
    by_disk = {(state.numbers[3], state.size, state.numbers[1]): name for name, state in vanished.items()}
    pairs: dict[str, str] = {}
    for each in appeared:
        seen = each.seen
        old = by_disk.get((seen.inode, seen.size, seen.modified))
        if old is not None and old not in pairs.values() and vanished[old].content == each.state.content:
            pairs[seen.name] = old
    left = {name: state for name, state in vanished.items() if name not in set(pairs.values())}
    old_by_content = _only_ones({name: state.content for name, state in left.items() if _tells(state)})
    new_by_content = _only_ones(
        {
            each.seen.name: each.state.content
            for each in appeared
            if _tells(each.state) and each.seen.name not in pairs
        }
    )
    pairs |= {
        new: old_by_content[content] for content, new in new_by_content.items() if content in old_by_content
    }
    return pairs


def _tells(state: State) -> bool:
    return state.size > 0 and state.content not in (LARGE, UNREAD)


def _only_ones(contents: Mapping[str, str]) -> dict[str, str]:
    """Return the names by content, of contents that one name alone has."""
    found: dict[str, list[str]] = {}
    for name, content in contents.items():
        found.setdefault(content, []).append(name)
    return {content: names[0] for content, names in found.items() if len(names) == 1}
