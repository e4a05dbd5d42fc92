"""What happens under the lock: drafts become entries, the tree grows, a checkpoint is signed.

A `Sealer` is the one of its process for one logbook. It keeps the tree and the last running numbers in
memory between commits, and uses them only while head and tree agree in size and root; so neither another
process, nor a commit that failed, nor a savepoint that was rolled back can mislead it. Where they do not
agree it catches up from the tables, or reads the tree anew. The same holds of the keys: a mark that is read with the
head tells that they have changed, whoever changed them, and then they are read anew under the lock.

Only the holder of the head's lock may call `seal`. What leads here: group.py for callers that stand
alone, append.py for those inside a transaction of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from django.conf import settings

from indelible.ledger.checkpoints import Checkpoint, LogKeys, sign_checkpoint
from indelible.ledger.entries import Prepared, Sealed, seal
from indelible.ledger.keys import Signer
from indelible.ledger.tree import TILE_WIDTH, FullTile, Tree

from . import clock
from .checkpoint_file import checkpoint_path
from .errors import NotFound
from .guard import HeldElsewhere, held_elsewhere, hold_against_checkpoints, hold_against_conflicts
from .hashes import catch_up, load_tree
from .key_table import read_table
from .keys import load_key
from .models import Logbook
from .rows import Commit, Head, HeldCode, Rows
from .tagging import RulesChanged

FAMILY = "numbers/"
# What witnesses said is not asked for again sooner, and conflicts found elsewhere are seen within this time.
ASK_EVERY_SECONDS = 10.0
LOOK_EVERY_SECONDS = 1.0

_LAST_NUMBER = 'SELECT "last" FROM "number" WHERE "logbook" = %s AND "name" = %s'
_NOTE = 'SELECT "note" FROM "checkpoint" WHERE "logbook" = %s AND "size" = %s'


@dataclass(slots=True)
class Ready:
    """A draft with everything done that needs no place in the log yet."""

    prepared: Prepared
    source: int
    counted: tuple[str, ...]  # what it is counted under, such as `numbers/sources/7`
    repeat: bytes | None
    content_code: bytes | None
    blobs: tuple[str, ...] = ()  # attachments in the attachments folder
    mark: int | None = None  # of the rules that it was tagged with; None where nobody tags


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """The draft became this entry."""

    index: int
    recorded_at: str


class Held(msgspec.Struct, frozen=True, gc=False):
    """The draft's code was on record already, so it was not recorded. `same`: with the same content."""

    index: int
    same: bool


@dataclass(slots=True)
class Outcome:
    """What became of a batch: each draft's fate, the checkpoint after it, the rows still to be written."""

    fates: list[Recorded | Held]
    checkpoint: str
    size: int
    made_at: str
    commit: Commit | None  # None where every draft was held already
    overdue: str | None = None  # a note that an earlier process did not bring to the checkpoint file


@dataclass(slots=True)
class _Kept:
    """What is kept in memory from commit to commit."""

    tree: Tree
    root: bytes  # of the tree
    numbers: dict[str, int] = field(default_factory=dict)  # name -> last one given


@dataclass(frozen=True, slots=True)
class _Signing:
    """Who signs, as long as the head carries this mark."""

    mark: int
    signers: Sequence[Signer]  # the one in use first
    origin: str
    keys: LogKeys  # all that ever signed, to read older checkpoints with
    revoked: frozenset[tuple[str, bytes]]  # names and IDs of stolen ones


class Sealer:
    """Seals entries for one logbook, on behalf of whoever holds the lock of its head."""

    def __init__(self, logbook: Logbook) -> None:
        """Read nothing yet: keys and tree are read under the lock, as they are then."""
        self.logbook_id: int = logbook.pk
        self.name = logbook.name
        self._signing: _Signing | None = None
        self._kept: _Kept | None = None
        self._left_at = -1  # the size as this process last left it; -1 before it first appends
        self._alias = logbook._state.db or "default"
        self._elsewhere: Sequence[HeldElsewhere] = ()  # what witnesses said when they were last asked
        self._asked = self._looked = float("-inf")  # when they were, and when conflicts were last read
        self.clock: Callable[[], str] = clock.now

    def seal(self, rows: Rows, drafts: Sequence[Ready]) -> Outcome:
        """Make entries of `drafts`, in order, on top of the head. The caller writes and commits.

        Raises AppendRefused where the head is not to be built on, or a key is not to be had (`load_key`), NotFound
        where the logbook is gone, RulesChanged where a draft was tagged with rules that are not in force any more.
        """
        head = rows.take_head(self.logbook_id)
        if any(draft.mark is not None and draft.mark != head.rule_change for draft in drafts):
            raise RulesChanged(head.rule_change)
        signing = self._keys_at(rows, head)
        overdue = self._guard(rows, head, signing)
        kept = self._take_kept(rows, head)
        fates, taken = self._sort(rows, head, drafts)
        made_at = self.clock()
        if not taken:
            self._kept = kept
            return Outcome(fates, self._note(rows, head), head.size, made_at, None, overdue)
        at = max(made_at, head.last_at)
        numbers = self._number(rows, kept, [drafts[place] for place in taken])
        sealed = seal(
            [drafts[place].prepared for place in taken],
            numbers,
            at,
        )
        commit = self._grow(kept, head, sealed, at, made_at, signing)
        commit.numbers = {
            name.removeprefix(FAMILY): last for given in numbers for name, last in given.items()
        }
        for index, place in enumerate(taken, head.size):
            draft = drafts[place]
            fates[place] = Recorded(index, at)
            if draft.repeat is not None:
                commit.repeats.append((draft.source, draft.repeat, index, draft.content_code))
            commit.blobs += [(index, blob) for blob in draft.blobs]
        # Kept before the commit is sure: should it fail, head and tree will not agree and it is dropped.
        self._kept = kept
        self._left_at = commit.head.size
        return Outcome(fates, commit.note, commit.head.size, made_at, commit, overdue)

    def get_ready(self) -> None:
        """Ask the witnesses what they hold, before the first append and outside any lock: they may be slow."""
        if self._left_at < 0 and time.monotonic() - self._asked > ASK_EVERY_SECONDS:
            self._elsewhere = held_elsewhere(self.logbook_id, self._alias)
            self._asked = time.monotonic()

    def _keys_at(self, rows: Rows, head: Head) -> _Signing:
        """Return the keys that sign on top of this head."""
        if self._signing is None or self._signing.mark != head.key_change:
            self._signing = None
            table = read_table(rows.fetch, self.logbook_id)
            if table is None:
                raise NotFound("no-such-logbook", self.name)
            home = settings.INDELIBLE_HOME
            keys = [load_key(home, self.name, key) for key in table.signing]
            self._signing = _Signing(head.key_change, keys, table.origin, table.log_keys, table.revoked)
        return self._signing

    def _guard(self, rows: Rows, head: Head, signing: _Signing) -> str | None:
        """Hold the head against the checkpoints, first and whenever it is smaller than it was left."""
        if time.monotonic() - self._looked > LOOK_EVERY_SECONDS:
            hold_against_conflicts(rows, self.logbook_id, head, signing.revoked)
            self._looked = time.monotonic()
        if 0 <= self._left_at <= head.size:
            return None
        self._left_at = -1
        self.get_ready()
        file = checkpoint_path(self.name)
        overdue = hold_against_checkpoints(
            rows,
            self.logbook_id,
            head,
            signing.origin,
            signing.keys,
            file,
            self._elsewhere,
            signing.revoked,
        )
        self._left_at = head.size
        return overdue

    def _take_kept(self, rows: Rows, head: Head) -> _Kept:
        """Return tree and numbers as they stand at the head; what fails from here on leaves none behind."""
        kept, self._kept = self._kept, None
        if kept is not None:
            if kept.tree.size == head.size and kept.root == head.root:
                return kept
            if catch_up(kept.tree, rows.fetch, self.logbook_id, head):
                return _Kept(kept.tree, head.root)
        return _Kept(load_tree(rows.fetch, self.logbook_id, head), head.root)

    def _sort(
        self, rows: Rows, head: Head, drafts: Sequence[Ready]
    ) -> tuple[list[Recorded | Held], list[int]]:
        """Tell apart what is held already and what is to be recorded (by place in `drafts`).

        Where two drafts of a batch share a code, the first holds it against the second.
        """
        codes = [(draft.source, draft.repeat) for draft in drafts if draft.repeat is not None]
        held = rows.find_held(self.logbook_id, codes) if codes else {}
        fates: list[Recorded | Held] = []
        taken: list[int] = []
        # What is to be recorded gets its fate once its time is known; this stands in for it till then.
        pending = Recorded(-1, "")
        for place, draft in enumerate(drafts):
            if draft.repeat is not None:
                code = draft.source, draft.repeat
                if code in held:
                    same = held[code].content_code == draft.content_code
                    fates.append(Held(held[code].index, same))
                    continue
                held[code] = HeldCode(head.size + len(taken), draft.content_code)
            fates.append(pending)
            taken.append(place)
        return fates, taken

    def _number(self, rows: Rows, kept: _Kept, drafts: Sequence[Ready]) -> list[dict[str, int]]:
        """Return each draft's running numbers by name: the next of its source, and of each of its rules."""
        last = kept.numbers
        for name in {name for draft in drafts for name in draft.counted}.difference(last):
            row = rows.fetch(_LAST_NUMBER, (self.logbook_id, name.removeprefix(FAMILY)))
            last[name] = int(row[0][0]) if row else 0
        given = []
        for draft in drafts:
            numbers = {}
            for name in draft.counted:
                last[name] = numbers[name] = last[name] + 1
            given.append(numbers)
        return given

    def _grow(
        self, kept: _Kept, head: Head, sealed: Sequence[Sealed], at: str, made_at: str, signing: _Signing
    ) -> Commit:
        """Put the leaves into the tree and sign the checkpoint."""
        leaves = [entry.leaf_hash for entry in sealed]
        tiles = kept.tree.append(leaves)
        size = head.size + len(leaves)
        kept.root = kept.tree.root()
        after = Head(size, kept.root, at, head.key_change, head.rule_change)
        note = sign_checkpoint(Checkpoint(signing.origin, size, after.root), signing.signers)
        fresh = min(len(leaves), size % TILE_WIDTH)
        return Commit(
            self.logbook_id,
            after,
            note,
            made_at,
            b"".join(leaves[len(leaves) - fresh :]),
            [(index, at, entry.content, entry.secret) for index, entry in enumerate(sealed, head.size)],
            tiles,
            _edges(kept.tree, tiles),
        )

    def _note(self, rows: Rows, head: Head) -> str:
        """Return the checkpoint on record for the head; empty where it has gone missing."""
        row = rows.fetch(_NOTE, (self.logbook_id, head.size))
        return str(row[0][0]) if row else ""


def _edges(tree: Tree, tiles: Sequence[FullTile]) -> Mapping[int, bytes]:
    """Return the unfinished tiles above the leaves that changed: those above a tile that filled up."""
    tails = tree.tails if tiles else []
    return {tile.level + 1: tails[tile.level + 1] for tile in tiles if tile.level + 1 < len(tails)}
