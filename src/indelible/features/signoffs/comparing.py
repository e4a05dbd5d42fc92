"""Holding one list against what its signature sealed: each row as it stands now, the tables, the decisions.

What was sealed is the root over the rows. Which row differs is told by leaf hashes that lead to that root: those of the
log's own tree; where these were altered too, the ones kept with the list, or, of lines, in the attached file.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.events.instants import from_datetime
from indelible.features.signoffs.models import Decision, FrozenLine, FrozenList, ListKind
from indelible.features.signoffs.rows import HeldLeaves, columns, cut, expanded, leaves_of, line_leaf
from indelible.features.signoffs.sealed import choice_rows, tag_of
from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.fields import SECRET_BYTES
from indelible.ledger.strict import read_base64, write_base64
from indelible.ledger.tree import root_of_leaves
from indelible.storage.database import reads
from indelible.storage.database.checking.ranges import holes_of
from indelible.storage.database.models import Logbook
from indelible.storage.database.reads import StoredEntry
from indelible.web import numbers

MOST_ROWS: Final = 100_000
MOST_NAMED: Final = 50


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it was signed. `differs`: False where it could only not be checked."""

    kind: str  # row_altered, row_gone, list_differs, decision_differs, sign_off_differs, entry_differs, not_checked
    text: str
    index: int | None = None  # of the entry, from 0
    place: int | None = None  # of the row, from 0

    @property
    def differs(self) -> bool:
        """Whether it is not what was signed, rather than not checked."""
        return self.kind != "not_checked"


@dataclass(slots=True)
class Finds:
    """What was found on the way: how many rows were held against what was signed, and what is wrong."""

    rows: int = 0
    entries: int = 0  # how many entries of the record were read for it
    erased: int = 0  # rows of which something was erased lawfully; they fit all the same
    troubles: list[Trouble] = field(default_factory=list)
    more: int = 0  # troubles beyond those that are named
    differs: bool = False

    def add(self, kind: str, text: str, index: int | None = None, place: int | None = None) -> None:
        """Take note of something."""
        trouble = Trouble(kind, text, index, place)
        self.differs = self.differs or trouble.differs
        if len(self.troubles) < MOST_NAMED:
            self.troubles.append(trouble)
        else:
            self.more += 1


def compare_list(logbook: Logbook, told: Mapping[str, Any], finds: Finds) -> None:
    """Hold a list, as it was sealed, against what is there now."""
    title = str(told.get("title", ""))
    try:
        count, root = int(told["count"]), read_base64(told["root"], "root", 32)
        lines = _lines_of(told) if told.get("kind") == ListKind.LINES else None
        rows = expanded(told.get("runs", ()), MOST_ROWS) if lines is None else []
        before = set(told.get("how", {}).get("altered", ()))
        decided = choice_rows(told.get("decided"), count)
    except (KeyError, TypeError, ValueError, AttributeError, LedgerError) as fault:
        finds.add(
            "entry_differs",
            _("What was sealed of “%(title)s” cannot be read: %(why)s.") % _both(title, fault),
        )
        return
    if len(rows if lines is None else lines) != count:
        finds.add("entry_differs", _("“%(title)s” does not hold as many rows as it says.") % {"title": title})
        return
    key = told.get("list")
    frozen = FrozenList.objects.filter(pk=key, logbook=logbook).first() if type(key) is int else None
    if lines is None:
        known = _compare_entries(logbook, frozen, title, rows, root, before, finds)
    else:
        known = _compare_lines(frozen, title, lines, root, finds)
    finds.rows += count
    if frozen is None:
        finds.add("list_differs", _("The list “%(title)s” is gone from the tables.") % {"title": title})
        return
    _compare_table(frozen, told, known, title, finds)
    _compare_decisions(frozen, decided, title, finds)


def _both(title: str, fault: Exception) -> dict[str, str]:
    return {"title": title, "why": str(fault)}


# Entries ---------------------------------------------------------------------------------------------------


def _compare_entries(
    logbook: Logbook,
    frozen: FrozenList | None,
    title: str,
    rows: Sequence[int],
    root: bytes,
    before: Container[int],
    finds: Finds,
) -> list[bytes] | None:
    """Build each row's leaf anew from its entry and name those that differ; return the leaves that were signed."""
    finds.entries += len(rows)
    now: dict[int, bytes | None] = {}
    holed: dict[int, bytes] = {}  # what an erasure left in place of the secret
    for stands in columns(logbook, rows):
        now |= leaves_of(stands)
        holed |= {index: each[2] for index, each in stands.items() if len(each[2]) != SECRET_BYTES}
    whole = [leaf for index in rows if (leaf := now.get(index)) is not None]
    if len(whole) == len(rows) and root_of_leaves(whole) == root:
        _judge_holes(logbook, holed, rows, title, finds)
        return whole
    signed = _signed_leaves(logbook, frozen, rows, root)
    if signed is None:
        finds.add(
            "row_altered",
            _("The rows of “%(title)s” are not those that were signed. Which of them differ cannot be said.")
            % {"title": title},
        )
        return None
    for place, (index, sealed) in enumerate(zip(rows, signed, strict=True)):
        if index not in now:
            finds.add("row_gone", _said(_("%(row)s is gone."), place, index, title), index, place)
        elif now[index] != sealed:
            text = _("%(row)s is not what it was when it was signed.")
            if index in before:
                text = _("%(row)s did not fit its seal any more already when the list was made.")
            finds.add("row_altered", _said(text, place, index, title), index, place)
    return signed


def _signed_leaves(
    logbook: Logbook, frozen: FrozenList | None, rows: Sequence[int], root: bytes
) -> list[bytes] | None:
    """Return leaf hashes that lead to the root that was signed; None where none are at hand."""
    held = HeldLeaves(logbook)
    found = [leaf for index in rows if (leaf := held.of(index)) is not None]
    if len(found) == len(rows) and root_of_leaves(found) == root:
        return found
    kept = cut(bytes(frozen.leaves)) if frozen is not None else []
    return kept if len(kept) == len(rows) and root_of_leaves(kept) == root else None


def _judge_holes(
    logbook: Logbook, holed: Mapping[int, bytes], rows: Sequence[int], title: str, finds: Finds
) -> None:
    """Say of each row of which something was erased whether an entry says so, in turn. Else it was just taken away."""
    for index, left in sorted(holed.items()):
        holes = holes_of(index, left)
        said = reads.find_entries(logbook, sorted({hole.by for hole in holes if hole.by >= 0}))
        if all(_says(said.get(hole.by), index, hole.field) for hole in holes):
            finds.erased += 1
        else:
            place = rows.index(index)
            text = _("%(row)s has lost details, and no entry says that they were erased.")
            finds.add("row_altered", _said(text, place, index, title), index, place)


def _says(entry: StoredEntry | None, index: int, name: str) -> bool:
    erased = entry.event.get("extra", {}).get("erased") if entry is not None else None
    fields = erased.get(str(index)) if isinstance(erased, dict) else None
    return isinstance(fields, list) and name in fields


def _said(text: str, place: int, index: int | None, title: str) -> str:
    told = {"row": numbers.written(place + 1), "title": title, "number": numbers.written((index or 0) + 1)}
    row = (
        _("Row %(row)s of “%(title)s”")
        if index is None
        else _("Row %(row)s of “%(title)s” (entry %(number)s)")
    )
    return text % {"row": row % told}


# Lines -----------------------------------------------------------------------------------------------------


def _lines_of(told: Mapping[str, Any]) -> list[Any]:
    lines = told["lines"] if told["count"] else []
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise ValueError("no lines")
    return lines


def _compare_lines(
    frozen: FrozenList | None, title: str, lines: Sequence[Mapping[str, Any]], root: bytes, finds: Finds
) -> list[bytes] | None:
    """Hold the lines of the tables against those that were sealed."""
    signed = [line_leaf(line) for line in lines]
    if root_of_leaves(signed) != root:
        finds.add(
            "entry_differs", _("The sealed lines of “%(title)s” do not fit their seal.") % {"title": title}
        )
        return None
    stands = dict(FrozenLine.objects.filter(frozen=frozen).values_list("place", "data")) if frozen else {}
    for place, line in enumerate(lines):
        if place not in stands:
            finds.add("row_gone", _said(_("%(row)s is gone."), place, None, title), None, place)
        elif not _is_same(stands[place], line):
            text = _("%(row)s is not what it was when it was signed.")
            finds.add("row_altered", _said(text, place, None, title), None, place)
    for place in sorted(stands.keys() - set(range(len(lines)))):
        finds.add("row_altered", _said(_("%(row)s was added later."), place, None, title), None, place)
    return signed


def _is_same(data: object, line: Mapping[str, Any]) -> bool:
    try:
        return isinstance(data, dict) and line_leaf(data) == line_leaf(line)
    except MalformedInput:
        return False


# Tables ----------------------------------------------------------------------------------------------------


def _compare_table(
    frozen: FrozenList, told: Mapping[str, Any], known: Sequence[bytes] | None, title: str, finds: Finds
) -> None:
    """Hold the row of the list against what was sealed of it."""
    stands: Mapping[str, Callable[[], object]] = {
        _("its title"): lambda: (frozen.title, told.get("title")),
        _("its question"): lambda: (frozen.code or None, told.get("code")),
        _("how it was made"): lambda: (frozen.how or None, told.get("how")),
        _("how many rows it has"): lambda: (frozen.count, told.get("count")),
        _("which rows it has"): lambda: (frozen.runs or None, told.get("runs")),
        _("its root"): lambda: (write_base64(bytes(frozen.root)), told.get("root")),
        _("the seal it rests on"): lambda: (frozen.size, told.get("size")),
        _("how it was drawn"): lambda: (frozen.sample or None, told.get("sample")),
        _("what its rows are"): lambda: (str(frozen.kind), told.get("kind")),
        _("the fingerprints of its rows"): lambda: (
            (bytes(frozen.leaves), b"".join(known)) if known is not None else (None, None)
        ),
    }
    differing = [name for name, pair in stands.items() if not _agree(pair())]
    if differing:
        text = _("The tables say otherwise of the list “%(title)s” than was signed: %(what)s.")
        finds.add("list_differs", text % {"title": title, "what": ", ".join(differing)})


def _agree(pair: object) -> bool:
    assert isinstance(pair, tuple)
    return bool(pair[0] == pair[1])


def _compare_decisions(
    frozen: FrozenList, decided: Mapping[int, Mapping[str, Any]], title: str, finds: Finds
) -> None:
    """Hold the decisions of the tables against those that were signed. Later ones, about other rows, are no trouble."""
    stands = Decision.objects.filter(frozen=frozen).values_list("place", *_DECIDED) if decided else ()
    rows = {each[0]: each[1:] for each in stands}
    for place, group in sorted(decided.items()):
        each = rows.get(place)
        if each is None:
            text = _("The decision about %(row)s is gone from the tables.")
        elif not _is_decided_so(each, group):
            text = _("The tables say another decision about %(row)s than was signed.")
        else:
            continue
        row = _("row %(n)s of “%(title)s”") % {"n": numbers.written(place + 1), "title": title}
        finds.add("decision_differs", text % {"row": row}, None, place)


_DECIDED: Final = ("choice", "reason", "in_bulk", "by_id", "outsider", "at", "signed_id")


def _is_decided_so(each: Sequence[Any], group: Mapping[str, Any]) -> bool:
    choice, reason, in_bulk, by, outsider, at, signed = each
    return (
        signed is not None
        and (choice, reason) == (group.get("choice"), group.get("reason", ""))
        and in_bulk == bool(group.get("in_bulk"))
        and tag_of(by, outsider) == group.get("by", "")
        and sort_of(str(group.get("from", "")))
        <= sort_of(from_datetime(at))
        <= sort_of(str(group.get("to", "")))
    )


def sort_of(instant: str) -> str:
    """Return an instant so that text compares as time does."""
    whole, _point, fraction = instant.rstrip("Z").partition(".")
    return f"{whole}.{fraction:0<6}"
