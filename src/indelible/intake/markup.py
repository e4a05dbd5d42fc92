"""Cutting a stream of XML or HTML into the pieces that are records, without reading it as a document.

Exports of logs are often no lawful documents: events one after another without a root, files cut off while
they were written, control characters that XML forbids. So the text is only looked through for where each
record's element begins and ends; what is within one is parsed by itself (xmlrecords.py, htmltables.py). A
broken record then costs nothing but itself, memory is bounded by the largest record, and no declaration of
entities can reach a parser.

What cannot hold a record (comments, scripts, styles) is passed over as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import TextIOWrapper
from typing import Literal

_CHUNK = 1 << 16
_OVERLAP = 64  # longer than any mark that is looked for
_SHOWN = 200
_OPAQUE_ENDS = {"!--": "-->", "![cdata[": "]]>", "script": "</script", "style": "</style"}


@dataclass(slots=True)
class Slice:
    """One piece: its first line, its text, what it is.

    "between" comes in pieces; "mark" is a tag of a table; "opaque" has only its beginning. A record is
    `closed` where its end was found, and `cut` (its beginning only) where it is larger than a record may be.
    """

    line: int
    text: str
    kind: Literal["record", "between", "mark", "opaque"]
    closed: bool = True
    cut: bool = False


@cache
def _end_of(opaque: str) -> re.Pattern[str]:
    return re.compile(re.escape(_OPAQUE_ENDS[opaque.casefold()]), re.IGNORECASE)


class Slicer:
    """Walks a text and gives it piece by piece. `name` is the element of a record.

    In HTML, names are of any case, and a row ends also where another or the table ends.
    """

    def __init__(self, source: TextIOWrapper, name: str, max_chars: int, *, html: bool = False) -> None:
        self._source = source
        self._max = max_chars
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._endless: set[re.Pattern[str]] = set()
        flags = re.IGNORECASE if html else 0
        name = re.escape(name)
        opaque = r"!--|!\[CDATA\[" + (r"|(?:script|style)(?=[\s/>])" if html else "")
        mark = r"|(?P<mark>/?table)(?=[\s/>])" if html else ""
        self._start = re.compile(rf"<(?:(?P<record>{name})(?=[\s/>])|(?P<opaque>{opaque}){mark})", flags)
        self._tag = re.compile(rf"<{name}(?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*+>", flags)
        others = r"|(?=</?(?:table|tbody|thead|tfoot)[\s/>])" if html else ""
        self._end = re.compile(
            rf"(?P<close></{name}\s*>)|<(?P<skip>{opaque})|(?=<{name}[\s/>]){others}", flags
        )
        self._html = html

    def __iter__(self) -> Iterator[Slice]:
        while True:
            found = self._start.search(self._buffer, self._at)
            if found is None:
                kept = 0 if self._ended else _OVERLAP
                if len(self._buffer) - self._at > kept:
                    yield self._piece(len(self._buffer) - kept, "between")
                if self._ended:
                    return
                self._fill()
                continue
            if found.start() > self._at:
                yield self._piece(found.start(), "between")
            if found["record"]:
                yield self._record()
            elif found["opaque"]:
                yield self._opaque(found["opaque"])
            else:
                yield self._piece(self._at + len(found[0]), "mark")

    def _fill(self) -> None:
        """Read more: as much again as is held, so that long records cost no more than short ones."""
        if self._at > _CHUNK:
            self._buffer, self._at = self._buffer[self._at :], 0
        more = self._source.read(max(_CHUNK, len(self._buffer) - self._at))
        self._buffer += more
        self._ended = not more

    def _piece(self, end: int, kind: Literal["between", "mark"]) -> Slice:
        line = self._line
        return Slice(line, self._take(end), kind)

    def _take(self, end: int) -> str:
        text = self._buffer[self._at : end]
        self._line += text.count("\n")
        self._at = end
        return text

    def _record(self) -> Slice:
        line = self._line
        length = self._length_of_tag()
        if length and not self._html and self._buffer.startswith("/>", self._at + length - 2):
            return Slice(line, self._take(self._at + length), "record")
        seen = max(length, 2)  # from the beginning of the record, since reading moves places
        while True:
            found = self._end.search(self._buffer, self._at + seen)
            if found is not None and found["skip"]:  # what it holds looks like an end, and is none
                within = found.end() - self._at  # counted before reading on, which moves places
                seen = self._behind(found["skip"], within) or within
                continue
            if found is not None and found.end() - self._at <= self._max:
                closed = self._html or found["close"] is not None
                return Slice(line, self._take(found.end()), "record", closed=closed)
            if len(self._buffer) - self._at > self._max:
                return self._too_long(line)
            if self._ended:
                return Slice(line, self._take(len(self._buffer)), "record", closed=False)
            seen = max(seen, len(self._buffer) - self._at - _OVERLAP)
            self._fill()

    def _length_of_tag(self) -> int:
        """Return the length of the tag that opens the record, 0 where it is none (another tag begins in it)."""
        while (tag := self._tag.match(self._buffer, self._at)) is None:
            another = self._buffer.find("<", self._at + 1) >= 0
            if another or self._ended or len(self._buffer) - self._at > self._max:
                return 0
            self._fill()
        return tag.end() - tag.start()

    def _too_long(self, line: int) -> Slice:
        beginning = self._take(self._at + self._max)
        self._pass_over(self._end)
        return Slice(line, beginning, "record", closed=False, cut=True)

    def _opaque(self, name: str) -> Slice:
        end = self._behind(name, 2)
        if end is None:
            return self._piece(self._at + 1 + len(name), "between")
        line = self._line
        return Slice(line, self._take(self._at + end)[:_SHOWN], "opaque")

    def _behind(self, name: str, seen: int) -> int | None:
        """Return the place, from where we stand, behind what cannot hold a record; None where it never ends.

        What never ends would swallow the rest of the file, so from then on its mark counts as mere text.
        """
        end = _end_of(name)
        while end not in self._endless:
            if found := end.search(self._buffer, self._at + seen):
                return found.end() - self._at
            if self._ended or len(self._buffer) - self._at > self._max:
                self._endless.add(end)
                break
            seen = max(seen, len(self._buffer) - self._at - _OVERLAP)
            self._fill()
        return None

    def _pass_over(self, end: re.Pattern[str]) -> None:
        while (found := end.search(self._buffer, self._at)) is None:
            if self._ended:
                self._take(len(self._buffer))
                return
            self._take(max(self._at, len(self._buffer) - _OVERLAP))
            self._fill()
        self._take(found.end())
