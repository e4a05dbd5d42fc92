"""XML in which each record is an element of its own: Windows events, MySQL's audit log.

The file is cut into elements (markup.py) and each is parsed by itself, by expat of the standard library:
document types and entities are refused, depth and size are bounded. Characters that XML forbids, and that
Windows writes all the same, become U+FFFD; the record says so, and its own bytes are kept.

An element becomes a value: its text where it has nothing else, else an object of its attributes and
children by their names without prefix (a list where a name repeats), its own text under `#text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from indelible.intake.encodings import clean_text, encode_back, open_text
from indelible.intake.limits import Limits
from indelible.intake.markup import Slice, Slicer
from indelible.intake.notices import NoticeBook
from indelible.intake.pieces import Piece, RawRecord, RawReject, Skipped
from indelible.intake.shapes import Shape

# Elements that are known to be one record each, in any file that begins with a tag.
_RECORD = re.compile(r"<(Event|AUDIT_RECORD)(?=[\s/>])")
_LOOKED_AT = 1 << 16
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(x[0-9A-Fa-f]{1,8}|[0-9]{1,8});")
# What may stand between records without being one: a root, a declaration, white space.
_FRAME = re.compile(r"\s+|\ufeff|\x00|<\?[^<>]*\?>|</?[\w:.-]+(?:\s[^<>]*)?>")
_TEXT = "#text"


class XmlFault(ValueError):
    """An element that cannot be read."""


def record_element(path: Path, base: Shape) -> str:
    """Return the element that holds a record, where a text is XML of a kind we know, else ""."""
    with open_text(path, base) as source:
        head = source.read(_LOOKED_AT)
    if not head.lstrip("\ufeff \t\r\n").startswith("<"):
        return ""
    found = _RECORD.search(head)
    return found[1] if found else ""


def read_xml(path: Path, shape: Shape, limits: Limits, book: NoticeBook) -> Iterator[Piece]:
    """Read the elements of a file one by one."""
    with open_text(path, shape) as source:
        for piece in Slicer(source, shape.list_path[0], limits.max_record_bytes):
            if piece.kind == "record":
                yield _record(piece, shape, limits, book)
            else:
                yield _between(piece, shape)


def _record(piece: Slice, shape: Shape, limits: Limits, book: NoticeBook) -> Piece:
    original = encode_back(piece.text, shape.encoding)
    if piece.cut:
        return RawReject(piece.line, original, "record_too_large")
    if not piece.closed:
        book.add("broken_last_line" if piece.text else "xml_recovered")
        return RawReject(piece.line, original, "xml_not_closed")
    clean, flags = clean_text(piece.text)
    mended = _mended(clean)
    if mended != clean:
        flags = (*flags, "xml_recovered")
    try:
        value = parse_element(mended, limits.max_depth)
    except XmlFault as fault:
        return RawReject(piece.line, original, str(fault))
    return RawRecord(piece.line, original, value if isinstance(value, dict) else {_TEXT: value}, flags)


def _between(piece: Slice, shape: Shape) -> Piece:
    original = encode_back(piece.text, shape.encoding)
    if piece.kind == "opaque" or not _FRAME.sub("", piece.text):
        return Skipped(piece.line, original, "frame")
    return RawReject(piece.line, original, "outside_of_records")


def _mended(text: str) -> str:
    """Return a text without what XML forbids, as itself or as a number."""
    if not text.isprintable() and _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("\ufffd", text)
    return _REFERENCE.sub(_lawful, text) if "&#" in text else text


def _lawful(reference: re.Match[str]) -> str:
    said = reference[1]
    number = int(said[1:], 16) if said[0] == "x" else int(said)
    lawful = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and not _FORBIDDEN.match(chr(number))
    return reference[0] if lawful else "\ufffd"


def parse_element(text: str, max_depth: int) -> Any:
    """Return the value of one element; raises XmlFault (`xml_unreadable`, `nested_too_deep`)."""
    building = _Building(max_depth)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = building.start
    parser.EndElementHandler = building.end
    parser.CharacterDataHandler = building.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        raise XmlFault("xml_unreadable") from error
    return building.value


def _refuse(*_: object) -> NoReturn:
    raise XmlFault("xml_unreadable")


class _Building:
    """Gathers the value of an element while it is parsed."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._open: list[tuple[dict[str, Any], list[str]]] = []
        self.value: Any = ""

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= self._max_depth:
            raise XmlFault("nested_too_deep")
        plain = {_plain(name): value for name, value in attributes.items() if not name.startswith("xmlns")}
        self._open.append((plain, []))

    def text(self, data: str) -> None:
        self._open[-1][1].append(data)

    def end(self, name: str) -> None:
        inner, texts = self._open.pop()
        text = "".join(texts)
        value: Any = inner
        if not inner:
            value = text
        elif text.strip():
            inner[_TEXT] = text.strip()
        if self._open:
            _put(self._open[-1][0], _plain(name), value)
        else:
            self.value = value


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _put(into: dict[str, Any], name: str, value: Any) -> None:
    if name not in into:
        into[name] = value
    elif isinstance(into[name], list):
        into[name].append(value)
    else:
        into[name] = [into[name], value]
