"""Do the copies that others hold tell the same history?

Three kinds of copy are held against the tree:

* what the log remembers of its outsiders (the `holding` table): each row says that somebody holds a checkpoint, and
  carries what shows it, a witness's signature or a time-stamp, so that a row cannot be made up;
* what outsiders show when asked now, or what a person brings along (`Copy`): a receipt that was mailed, a pack that
  was handed out, a published folder;
* conflicts that were seen before (the `conflict` table): somebody held another history. They stay findings for good.

An outsider's word weighs more than our own: where they differ, what the log holds from there on is not to be trusted,
however well it fits itself. Where a copy holds fingerprints of entries too, the first entry that differs is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from indelible.ledger.checkpoints import Checkpoint, LogKeys, open_checkpoint
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note, parse_note

from . import copy_words
from .place import Reader
from .ranges import Oddity, stored_leaves
from .report import Finding

TOLD_AT_MOST = 50  # findings of one kind; what follows says the same

_HELD = (
    "SELECT size, root, note, kind, holder, evidence, nonce FROM holding"
    " WHERE logbook = %s AND size > %s AND size <= %s ORDER BY size, kind, holder"
)
_BEYOND = (
    "SELECT size, kind, holder FROM holding WHERE logbook = %s AND size > %s ORDER BY size DESC LIMIT %s"
)
_BELOW = "SELECT max(size) FROM holding WHERE logbook = %s AND size < %s"
_HOLDERS = "SELECT DISTINCT kind, holder FROM holding WHERE logbook = %s ORDER BY kind, holder"
_CONFLICTS = (
    "SELECT kind, holder, size, found_by_them FROM conflict WHERE logbook = %s ORDER BY seen_at, id LIMIT %s"
)

HeldRow = tuple[Any, ...]
LeafHashes = Callable[[], Iterable[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True)
class Copy:
    """What one outsider shows now, or what somebody brought along."""

    kind: str  # witness, stamp, receipt, pack, folder
    name: str  # as people know it
    notes: tuple[str, ...] = ()  # signed notes of the log that it shows
    trouble: str = ""  # where it could not be asked or read: why, in words for people
    leaves: LeafHashes | None = field(
        default=None, compare=False
    )  # index and leaf hash, rising, as it holds them


class Holders(msgspec.Struct, frozen=True):
    """By what the evidence of holdings is checked. A holder that is not named here is taken at the row's word."""

    witnesses: dict[str, str] = {}  # name -> verifier key
    authorities: dict[str, tuple[str, str]] = {}  # name -> root certificates (PEM), policy or ""


@dataclass(slots=True)
class Shown:
    """The checkpoints that copies show, opened: by place in `copies`, and what could not be opened."""

    seals: list[tuple[int, bytes, int]]  # size, root, place of the copy
    strangers: list[tuple[int, str]]  # place of the copy, and why its note is none of this log's


def open_copies(copies: Sequence[Copy], origin: str, keys: LogKeys) -> Shown:
    """Open the notes of all copies by the log's own keys."""
    shown = Shown([], [])
    for place, copy in enumerate(copies):
        for note in copy.notes:
            try:
                checkpoint = open_checkpoint(note, origin, keys)
            except LedgerError as fault:
                shown.strangers.append((place, _why(note, origin, fault)))
                continue
            shown.seals.append((checkpoint.size, checkpoint.root, place))
    return shown


def _why(note: str, origin: str, fault: LedgerError) -> str:
    try:
        named = Checkpoint.parse(parse_note(note).text).origin
    except LedgerError:
        return "unreadable"
    return "key" if named == origin else "origin"


def held_rows(reader: Reader, first: int, end: int) -> list[HeldRow]:
    """Return the holdings of one range: size, root, note, kind, holder, evidence and nonce of each."""
    return reader.fetch(_HELD, (reader.logbook, first, end))


def judge_held(
    rows: Sequence[HeldRow],
    roots: Mapping[int, bytes],
    origin: str,
    keys: LogKeys,
    holders: Holders,
) -> list[Oddity]:
    """Hold holdings against the tree's roots, and their evidence against whoever gave it.

    A size whose root is not in `roots` cannot be judged and is left out.
    """
    found: list[Oddity] = []
    witnesses = {name: VerifierKey.parse(key) for name, key in holders.witnesses.items()}
    for size, root, note, kind, holder, evidence, nonce in rows:
        who = f"{kind} {holder}"
        holds = _is_shown(note, size, bytes(root or b""), origin, keys)
        if holds and kind == "witness" and holder in witnesses:
            holds = _cosigned(note, evidence, witnesses[holder])
        elif holds and kind == "stamp" and holder in holders.authorities:
            holds = _stamped(note, evidence, nonce, *holders.authorities[holder])
        if not holds:
            found.append(Oddity("held_spoiled", size, size, who))
        elif size in roots and roots[size] != bytes(root):
            found.append(Oddity("held_off_tree", size, size, who))
    return found


def _is_shown(note: object, size: int, root: bytes, origin: str, keys: LogKeys) -> bool:
    try:
        checkpoint = open_checkpoint(note if isinstance(note, str) else "", origin, keys)
    except LedgerError:
        return False
    return (checkpoint.size, checkpoint.root) == (size, root)


def _cosigned(note: str, evidence: object, key: VerifierKey) -> bool:
    try:
        line = bytes(evidence).decode("utf-8")  # type: ignore[call-overload]
        return open_note(note + line, [key]).by(key) is not None
    except (LedgerError, UnicodeDecodeError, TypeError):
        return False


def _stamped(note: str, evidence: object, nonce: str, roots: str, policy: str) -> bool:
    # Loaded where there is a time-stamp: a check of a log without any need not pay for its library.
    from indelible.ledger.stamps import check_stamp, read_roots

    try:
        response = bytes(evidence)  # type: ignore[call-overload]
        number = int(nonce) if nonce.isascii() and nonce.isdecimal() else None
        check_stamp(response, note.encode(), read_roots(roots), policy=policy or None, nonce=number)
    except (LedgerError, TypeError):
        return False
    return True


# What was found, as findings --------------------------------------------------------------------------------


def findings_of(
    reader: Reader,
    size: int,
    copies: Sequence[Copy],
    shown: Shown,
    oddities: Sequence[Oddity],
) -> list[Finding]:
    """Return what the copies say against the log, and which of them could not be asked."""
    found = list(_off_tree(reader, size, copies, shown, oddities))
    found += _beyond(reader, size, copies, shown)
    found += _spoiled(oddities)
    found += _conflicts(reader, size)
    for copy in copies:
        if copy.trouble:
            found.append(Finding("not_checked", 3, copy_words.no_answer(copy.kind, copy.name, copy.trouble)))
    for place, why in shown.strangers:
        copy = copies[place]
        kind = "other_key" if why == "key" else "copy_differs" if copy.kind == "witness" else "not_checked"
        last = max(size - 1, 0)
        spot = (0, last) if kind == "other_key" else (None, None)
        found.append(Finding(kind, 3, copy_words.stranger(copy.kind, copy.name, why), *spot))
    return found


def _off_tree(
    reader: Reader, size: int, copies: Sequence[Copy], shown: Shown, oddities: Sequence[Oddity]
) -> Iterator[Finding]:
    """One finding for each outsider who holds another history of entries that are still here."""
    wrong: dict[tuple[str, str], int] = {}
    by_copy: dict[tuple[str, str], Copy] = {}
    for oddity in oddities:
        if oddity.kind == "held_off_tree":
            who = _holder(oddity)
        elif oddity.kind == "copy_off_tree":
            copy = copies[int(oddity.detail)]
            who = copy.kind, copy.name
            by_copy[who] = copy
        else:
            continue
        wrong[who] = min(oddity.first, wrong.get(who, oddity.first))
    if not wrong:
        return
    earliest = min(wrong.values())
    kept = _kept(
        reader, shown, earliest, {place for place, copy in enumerate(copies) if copy in by_copy.values()}
    )
    for who, at in sorted(wrong.items(), key=lambda item: (item[1], item[0]))[:TOLD_AT_MOST]:
        first = _first_that_differs(reader, by_copy.get(who), size)
        named = first is not None
        start = first if first is not None else kept
        text = copy_words.other_history(*who, at, start, named)
        yield Finding("rewritten", 3, text, start, size - 1)


def _kept(reader: Reader, shown: Shown, wrong: int, doubtful: set[int]) -> int:
    """Return the size of the newest seal below `wrong` that an outsider holds and that fits."""
    ((held,),) = reader.fetch(_BELOW, (reader.logbook, wrong))
    fitting = [size for size, _root, place in shown.seals if size < wrong and place not in doubtful]
    return max([held or 0, *fitting])


def _first_that_differs(reader: Reader, copy: Copy | None, size: int) -> int | None:
    """Return the first entry whose fingerprint is another one than the copy holds; None where it holds none."""
    if copy is None or copy.leaves is None:
        return None
    block, start, end = [], 0, 0
    for index, leaf in copy.leaves():
        if index >= size:
            return None
        if not start <= index < end:
            start, end = index // 256 * 256, min(index // 256 * 256 + 256, size)
            block = list(stored_leaves(reader, start, end))
        if index - start >= len(block) or block[index - start] != leaf:
            return index
    return None


def _beyond(reader: Reader, size: int, copies: Sequence[Copy], shown: Shown) -> Iterator[Finding]:
    """Somebody holds a seal of more entries than there are: the newest were cut off."""
    held: dict[tuple[str, str], int] = {}
    for at, kind, holder in reader.fetch(_BEYOND, (reader.logbook, size, TOLD_AT_MOST)):
        held[kind, holder] = max(at, held.get((kind, holder), 0))
    for at, _root, place in shown.seals:
        who = copies[place].kind, copies[place].name
        if at > size:
            held[who] = max(at, held.get(who, 0))
    for who, at in sorted(held.items()):
        yield Finding("cut_off", 3, copy_words.ahead(*who, at, size), size, at - 1)


def _spoiled(oddities: Sequence[Oddity]) -> Iterator[Finding]:
    wrong = [oddity for oddity in oddities if oddity.kind == "held_spoiled"]
    for oddity in wrong[:TOLD_AT_MOST]:
        yield Finding("copy_differs", 3, copy_words.spoiled(*_holder(oddity), oddity.first))


def _holder(oddity: Oddity) -> tuple[str, str]:
    """Return kind and name of whoever an oddity of a holding is about, as `judge_held` wrote it."""
    kind, _space, holder = oddity.detail.partition(" ")
    return kind, holder


def _conflicts(reader: Reader, size: int) -> Iterator[Finding]:
    for kind, holder, at, by_them in reader.fetch(_CONFLICTS, (reader.logbook, TOLD_AT_MOST)):
        ((kept,),) = reader.fetch(_BELOW, (reader.logbook, at))
        start = min(kept or 0, max(size - 1, 0))
        text = copy_words.fork(holder, at, kind, bool(by_them))
        yield Finding("fork", 3, text, start, max(size - 1, 0))


def holders_of(reader: Reader) -> list[tuple[str, str]]:
    """Return kind and name of everybody who holds a checkpoint by what the log remembers."""
    return [(kind, holder) for kind, holder in reader.fetch(_HOLDERS, (reader.logbook,))]
