"""JSON: one record a line, or one document that holds a list of records.

Both are streamed. A document is never parsed as a whole: a scanner finds where each element of its list
begins and ends, and only that slice is parsed; so memory is bounded by the largest element and depth is
known before the parser runs. `skim` walks a document once to learn where its list lies and what stands
beside it (a page token, a total); `read_document` walks it again and gives the elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO, TextIOWrapper
from pathlib import Path

from indelible.intake.encodings import Line, clean_text, encode_back, open_lines, open_text
from indelible.intake.errors import IntakeError
from indelible.intake.jsontext import JsonFault, parse_json
from indelible.intake.limits import Limits
from indelible.intake.lines import whole_line
from indelible.intake.notices import NoticeBook
from indelible.intake.pieces import Json, Piece, RawRecord, RawReject
from indelible.intake.shapes import Shape

# Names under which exports are known to keep their records; earlier ones win.
LIST_NAMES = (
    "Records", "records", "value", "events", "items", "data", "entries", "results", "logs", "auditEvents",
    "auditLogs", "audit_logs", "audit_events", "activities", "hits", "rows", "values", "elements", "log",
)  # fmt: skip
_CHUNK = 1 << 16
_BLANK = " \t\r\n\ufeff\x00"
_TOKEN = re.compile(r'[^"\[\]{}]*+(?:([\[{])|([\]}])|("(?:[^"\\]++|\\.)*+"))', re.S)
_SCALAR_END = re.compile(r"[,\]}\s]")
_MAX_ENVELOPE = 1 << 18  # characters of all plain facts beside the lists
_ENVELOPE_KEYS = 200
_ENVELOPE_DEPTH = 2  # objects within the document that are looked into


class CutShort(Exception):
    """The document ended within a value."""


@dataclass(slots=True)
class _Value:
    """A value as it stands in the document: its first line, its text ("" where not kept), its nesting."""

    line: int
    text: str
    depth: int


class Scanner:
    """Walks the text of a document, one value at a time, holding only what it needs."""

    def __init__(self, source: TextIOWrapper | StringIO, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._buffer = ""
        self._at = 0
        self._line = 1

    def peek(self) -> str:
        """Return the next character that is not blank, or "" at the end."""
        while True:
            while self._at < len(self._buffer):
                mark = self._buffer[self._at]
                if mark not in _BLANK:
                    return mark
                self._line += mark == "\n"
                self._at += 1
            if not self._fill():
                return ""

    def take(self) -> str:
        """Return the next character that is not blank, and pass over it."""
        mark = self.peek()
        self._at += len(mark)
        return mark

    def value(self, *, keep: bool = True) -> _Value:
        """Pass over one value; raises CutShort where the document ends first.

        Raises IntakeError `record_too_large` where a value to keep exceeds the bound.
        """
        mark = self.peek()
        line = self._line
        if not mark:
            raise CutShort
        text, depth = self._nested(keep) if mark in '[{"' else (self._scalar(), 0)
        return _Value(line, text, depth)

    def rest(self) -> _Value:
        """Return what is left (its beginning, where it is long)."""
        self.peek()
        line = self._line
        while len(self._buffer) - self._at < self._limits.max_record_bytes and self._fill():
            pass
        return _Value(line, self._buffer[self._at :][: self._limits.max_record_bytes], 0)

    def _fill(self) -> bool:
        more = self._source.read(_CHUNK)
        if self._at > _CHUNK:
            self._buffer, self._at = self._buffer[self._at :], 0
        self._buffer += more
        return bool(more)

    def _nested(self, keep: bool) -> tuple[str, int]:
        """Pass over a string, list or object by counting brackets outside of strings."""
        start = at = self._at
        depth = deepest = 0
        while True:
            match = _TOKEN.match(self._buffer, at)
            if match is None:
                if len(self._buffer) - start > self._limits.max_record_bytes:
                    if keep or len(self._buffer) - at > self._limits.max_record_bytes:
                        raise IntakeError("record_too_large", f"line {self._line}", line=self._line)
                    self._count_lines(start, at)
                    self._at = start = at
                shift = self._refill(start)
                start, at = start - shift, at - shift
                continue
            at = match.end()
            opening, closing, _ = match.groups()
            if opening:
                depth += 1
                deepest = max(deepest, depth)
            elif closing:
                depth -= 1
            if depth <= 0:
                break
        text = self._buffer[start:at] if keep else ""
        self._count_lines(start, at)
        self._at = at
        return text, deepest

    def _refill(self, start: int) -> int:
        """Read more, letting go of what lies before `start`; return by how much places moved."""
        # Reading twice what is held keeps the joining of long values cheap.
        more = self._source.read(max(_CHUNK, len(self._buffer) - start))
        if not more:
            self._at = start
            raise CutShort
        self._buffer = self._buffer[start:] + more
        self._at = 0
        return start

    def _count_lines(self, start: int, end: int) -> None:
        self._line += self._buffer.count("\n", start, end)

    def _scalar(self) -> str:
        while (match := _SCALAR_END.search(self._buffer, self._at)) is None:
            if len(self._buffer) - self._at > _CHUNK:
                raise CutShort
            if not self._fill():
                break
        end = match.start() if match else len(self._buffer)
        text = self._buffer[self._at : end]
        if not text:  # a comma or bracket where a value should be
            raise CutShort
        self._at = end
        return text


@dataclass(slots=True)
class Skimmed:
    """What a walk over a document found: its lists of objects, and the plain facts beside them."""

    lists: dict[tuple[str, ...], int] = field(default_factory=dict)  # path -> number of objects
    envelope: dict[str, Json] = field(default_factory=dict)
    values: int = 0  # values at the top, one after another (counted to two)
    deepest: int = 0  # nesting of what was passed over
    kept: int = 0  # characters of the facts


def skim(path: Path, shape: Shape, limits: Limits) -> Skimmed:
    """Walk a document once. A cut document gives what stands before the cut."""
    found = Skimmed()
    with open_text(path, shape) as source:
        scanner = Scanner(source, limits)
        try:
            while mark := scanner.peek():
                found.values += 1
                if found.values > 1:
                    break
                if mark == "[":
                    _skim_list(scanner, (), found)
                elif mark == "{":
                    _skim_object(scanner, (), found, found.envelope)
                else:
                    _pass_over(scanner, found)
        except CutShort:
            return found
    return found


def _pass_over(scanner: Scanner, found: Skimmed) -> None:
    found.deepest = max(found.deepest, scanner.value(keep=False).depth)


def _skim_list(scanner: Scanner, path: tuple[str, ...], found: Skimmed) -> None:
    scanner.take()
    found.lists[path] = 0
    while (mark := scanner.peek()) and mark != "]":
        if mark == ",":
            scanner.take()
            continue
        found.lists[path] += mark == "{"
        _pass_over(scanner, found)
    scanner.take()


def _skim_object(scanner: Scanner, path: tuple[str, ...], found: Skimmed, facts: dict[str, Json]) -> None:
    scanner.take()
    while (mark := scanner.peek()) and mark != "}":
        if mark == ",":
            scanner.take()
            continue
        key = _key(scanner)
        mark = scanner.peek()
        here = (*path, key)
        if mark == "[":
            _skim_list(scanner, here, found)
        elif mark == "{" and len(path) < _ENVELOPE_DEPTH and len(facts) < _ENVELOPE_KEYS:
            inner: dict[str, Json] = {}
            _skim_object(scanner, here, found, inner)
            facts[key] = inner
        elif mark == "{":
            _pass_over(scanner, found)
        else:
            text = scanner.value().text
            if len(text) <= _MAX_ENVELOPE - found.kept and len(facts) < _ENVELOPE_KEYS:
                found.kept += len(text)
                facts[key] = _parsed(text)
    scanner.take()


def _key(scanner: Scanner) -> str:
    if scanner.peek() != '"':
        raise CutShort
    key = _parsed(scanner.value().text)
    if scanner.take() != ":":
        raise CutShort
    return str(key)


def _parsed(text: str) -> Json:
    try:
        return parse_json(clean_text(text)[0])[0]
    except JsonFault:
        return None


def list_path(found: Skimmed) -> tuple[str, ...] | None:
    """Choose which list of a document holds the records: by its known name, else the fullest one.

    None where no list holds objects: then the document itself is one record.
    """
    if () in found.lists:
        return ()
    named = {path: count for path, count in found.lists.items() if path[-1] in LIST_NAMES}
    if named:
        return min(named, key=lambda path: (not named[path], len(path), LIST_NAMES.index(path[-1])))
    full = {path: count for path, count in found.lists.items() if count}
    return max(full, key=lambda path: (full[path], -len(path))) if full else None


def read_document(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Read the elements of a document's list, or the values that stand one after another.

    Pages that were saved into one file are documents one after another: the list of each is read.
    """
    with open_text(path, shape) as source:
        scanner = Scanner(source, limits)
        try:
            if shape.layout == "list":
                while True:
                    _go_to_list(scanner, shape.list_path)
                    yield from _elements(scanner, shape, limits, book)
                    if not _next_document(scanner, len(shape.list_path)):
                        break
            else:
                yield from _elements(scanner, shape, limits, book)
        except CutShort:
            left = scanner.rest()
            book.add("json_recovered")
            if left.text.strip(_BLANK + ","):
                book.add("broken_last_line")
                yield RawReject(left.line, encode_back(left.text, shape.encoding), "broken_last_line")


def _next_document(scanner: Scanner, depth: int) -> bool:
    """Pass over what stands behind a list, and tell whether another document follows."""
    try:
        for _ in range(depth):
            while (mark := scanner.peek()) != "}":
                if mark == ",":
                    scanner.take()
                    continue
                _key(scanner)
                scanner.value(keep=False)
            scanner.take()
    except CutShort:
        # The list was whole; what else the document had to say is not missed by any record.
        return False
    return scanner.peek() != ""


def _go_to_list(scanner: Scanner, path: tuple[str, ...]) -> None:
    for wanted in path:
        if scanner.peek() != "{":
            raise CutShort
        scanner.take()
        while True:
            if scanner.peek() == ",":
                scanner.take()
            if _key(scanner) == wanted:
                break
            scanner.value(keep=False)
    if scanner.peek() != "[":
        raise CutShort
    scanner.take()


def _elements(scanner: Scanner, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    while mark := scanner.peek():
        if mark == ",":
            scanner.take()
        elif mark == "]" and shape.layout == "list":
            scanner.take()
            return
        else:
            value = scanner.value()
            yield _piece(value, shape, limits, book)
    if shape.layout == "list":
        raise CutShort


def _piece(value: _Value, shape: Shape, limits: Limits, book: NoticeBook) -> Piece:
    original = encode_back(value.text, shape.encoding)
    clean, flags = clean_text(value.text)
    for flag in flags:
        book.add({"nul_removed": "nul_bytes"}.get(flag, "encoding_damaged"))
    if value.depth > limits.max_depth:
        return RawReject(value.line, original, "nested_too_deep")
    return json_record(value.line, original, clean, flags, limits, book)


def json_record(
    line: int, original: bytes, clean: str, flags: tuple[str, ...], limits: Limits, book: NoticeBook
) -> RawRecord | RawReject:
    """Parse one record's text, or say why it cannot be one."""
    try:
        value, more = parse_json(clean, limits.max_depth)
    except JsonFault as fault:
        return RawReject(line, original, fault.reason)
    for flag in more:
        book.add({"nul_removed": "nul_bytes"}.get(flag, flag))
    return RawRecord(line, original, value, (*flags, *(flag for flag in more if flag not in flags)))


def read_lines(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Read one JSON value a line. A last line without an end that is no JSON was cut off.

    Where the lines are pages, each with a list of records (`Shape.list_path`), those records are given.
    """
    for line in open_lines(path, shape, limits.max_record_bytes):
        if odd := whole_line(line, book):
            yield odd
            continue
        if shape.list_path and (page := _page(line, shape, limits, book)) is not None:
            yield from page
            continue
        piece = json_record(line.number, line.original, line.text, line.flags, limits, book)
        if isinstance(piece, RawReject) and piece.reason == "not_json" and not line.end:
            piece.reason = "broken_last_line"
            book.add("broken_last_line")
        yield piece


def _page(line: Line, shape: Shape, limits: Limits, book: NoticeBook) -> list[Piece] | None:
    """Return the records of a line that is a page; None where it is none, or not whole."""
    scanner = Scanner(StringIO(line.text), limits)
    found: list[Piece] = []
    try:
        _go_to_list(scanner, shape.list_path)
        for piece in _elements(scanner, shape, limits, book):
            piece.line = line.number
            found.append(piece)
        return found if parse_json(line.text, limits.max_depth) else None
    except (CutShort, JsonFault):
        return None
