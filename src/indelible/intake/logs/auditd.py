"""Linux audit records: several lines with one serial number are one event.

The kernel writes the lines of several events between each other, so lines are held until their event is
surely whole: a few thousand of them, released in the order of time and serial. Lines that come later than
that are rejected with their text, since half an event told as a whole one would be false.

Values that programs can choose (paths, commands, names) are quoted, or written in hexadecimal where they
hold a blank, a quote or a letter beyond ASCII. Enriched logs add the names of users and calls behind a
group separator (0x1D). Both forms are read.

Source: the audit message format as `ausearch` reads it (libaudit, auparse).
"""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indelible.intake.limits import Limits
from indelible.intake.logs.auditd_event import event_of
from indelible.intake.logs.told import Told
from indelible.intake.pieces import Piece, RawRecord, RawReject, Skipped

_LINE = re.compile(
    r"(?:\S.{0,200}? )??(?:node=(?P<node>\S+) )?type=(?P<type>[A-Z0-9_]+|UNKNOWN\[\d+\]) "
    r"msg=audit\((?P<time>\d{1,12}\.\d{1,9}):(?P<serial>\d{1,20})\):(?P<rest>.*)",
    re.S,
)
_FIELD = re.compile(r"""([A-Za-z_][\w-]*)=("[^"]*"|'[^']*'|[^\s"'][^\s\x1d]*)?""")
_OPERATION = re.compile(r"""\bop=([^"'=\s\x1d][^"'=\x1d]*?)(?=\s[\w-]+=|$)""")
_HEX = re.compile(r"(?:[0-9A-F]{2})+")
# Fields whose unquoted value is a text in hexadecimal; a number elsewhere may look the same.
_ENCODED = {
    "name",
    "cmd",
    "comm",
    "exe",
    "cwd",
    "acct",
    "proctitle",
    "key",
    "path",
    "data",
    "new-fs",
    "dir",
    "grp",
}
_ENRICHED = "\x1d"
_HELD_LINES = 5_000
_HELD_BYTES = 16 * 1024 * 1024
_REMEMBERED = 50_000  # events already told whose late lines are still known as such
_END = "EOE"

Key = tuple[str, str, str]  # node, time, serial


def read_line(text: str) -> Told | None:
    """Read one audit line; None where it is none. `fields` is as written, `names` what enrichment adds."""
    match = _LINE.match(text) if " msg=audit(" in text else None
    if match is None:
        return None
    raw, _, enriched = match["rest"].partition(_ENRICHED)
    type = match["type"]
    fields, odd = _fields(raw, type)
    record: dict[str, Any] = {
        "type": type,
        "node": match["node"] or "",
        "time": match["time"],
        "serial": match["serial"],
        "fields": fields,
        "names": _fields(enriched, "")[0],
    }
    return Told(record, ("bytes_unreadable",) if odd else ())


def _fields(text: str, type: str) -> tuple[dict[str, str], bool]:
    """Return name -> value, the fields of a user program's own message (`msg='...'`) among them."""
    found: dict[str, str] = {}
    odd = False
    for name, value in _FIELD.findall(text):
        if name == "msg" and value[:1] == "'":
            inner, more = _fields(value[1:-1], type)
            odd = odd or more
            for key, said in inner.items():
                found.setdefault(key, said)
            continue
        plain = _plain(name, value, type)
        odd = odd or "\ufffd" in plain
        found.setdefault(name, plain)
    if operation := _OPERATION.search(text):  # programs write it in several words without quotes
        found["op"] = operation[1]
    return found, odd


def _plain(name: str, value: str, type: str) -> str:
    if value[:1] in ("'", '"'):
        return value[1:-1] if len(value) > 1 else ""
    encoded = name in _ENCODED or (type == "EXECVE" and name[:1] == "a" and name[1:2].isdigit())
    if encoded and _HEX.fullmatch(value):
        text = bytes.fromhex(value).decode("utf-8", "replace").rstrip("\x00")
        return text.replace("\x00", " ").replace("\x01", ", ")
    return "" if value in ("(null)", "?", "(none)") else value


@dataclass(slots=True)
class _Group:
    """The lines of one event so far."""

    line: int
    originals: list[bytes] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    flags: dict[str, None] = field(default_factory=dict)


class Joining:
    """Holds lines until their events are whole. Memory: some thousand lines and 16 MiB at most."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: dict[Key, _Group] = {}
        self._order: list[tuple[float, int, Key]] = []
        self._told: deque[Key] = deque()
        self._told_keys: set[Key] = set()
        self._lines = self._bytes = 0

    def take(self, piece: RawRecord, told: Told) -> Iterator[Piece]:
        """Take one more line, and give what is surely whole by now."""
        record = told.record
        key = (record["node"], record["time"], record["serial"])
        if key in self._told_keys:
            if record["type"] == _END:
                yield Skipped(piece.line, piece.original, "end_mark")
            else:
                yield RawReject(piece.line, piece.original, "event_already_told", "auditd")
            return
        group = self._open.get(key)
        if group is None:
            group = self._open[key] = _Group(piece.line)
            heapq.heappush(self._order, (float(key[1]), int(key[2]), key))
        group.originals.append(piece.original)
        group.records.append(record)
        group.flags.update(dict.fromkeys((*piece.flags, *told.flags)))
        self._lines += 1
        self._bytes += len(piece.original)
        while self._order and (self._lines > _HELD_LINES or self._bytes > _HELD_BYTES):
            yield from self._release()

    def rest(self) -> Iterator[Piece]:
        """Give all that is still held, at the end of the file."""
        while self._order:
            yield from self._release()

    def _release(self) -> Iterator[Piece]:
        _, _, key = heapq.heappop(self._order)
        group = self._open.pop(key)
        self._lines -= len(group.originals)
        self._bytes -= sum(map(len, group.originals))
        self._remember(key)
        original = b"\n".join(group.originals)
        if all(record["type"] == _END for record in group.records):
            for end in group.originals:
                yield Skipped(group.line, end, "end_mark")
            return
        if len(original) > self._limits.max_record_bytes:
            yield RawReject(
                group.line, original[: self._limits.max_record_bytes], "record_too_large", "auditd"
            )
            return
        yield RawRecord(group.line, original, event_of(group.records), tuple(group.flags), "auditd")

    def _remember(self, key: Key) -> None:
        self._told.append(key)
        self._told_keys.add(key)
        if len(self._told) > _REMEMBERED:
            self._told_keys.discard(self._told.popleft())
