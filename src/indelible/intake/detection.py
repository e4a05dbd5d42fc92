"""Telling from its content what kind of file a member is.

The first significant character leads the way: a brace or bracket to JSON, anything else to a table, and
what is neither to plain lines. The file's name plays no part.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

from indelible.intake import documents, headerless, htmltables, logs, onerecord, sheets, xmlrecords
from indelible.intake.encodings import detect_encoding, open_lines
from indelible.intake.errors import IntakeError
from indelible.intake.jsontext import JsonFault, parse_json
from indelible.intake.limits import Limits
from indelible.intake.magic import kind_of
from indelible.intake.notices import NoticeBook
from indelible.intake.opening import Member, unsupported, zip_kind
from indelible.intake.pieces import Json, RawRecord
from indelible.intake.shapes import Shape
from indelible.intake.tables import survey_table

# Lines of system logs, which hold commas, bars and equals signs without being tables.
_LOG_LINE = re.compile(
    r"<\d{1,3}>"  # syslog priority
    r"|(\S+ ){0,6}(CEF|LEEF):\d"
    r"|type=\w+ msg=audit\("
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ "  # RFC 3164 as written to files
    r"|\[[A-Z]+\] \d{4}-"
    r"|<(\?xml|Events?\b)"
)
_SAMPLE_LINES = 20


def detect(member: Member | Path, limits: Limits | None = None) -> Shape:
    """Tell what kind of file a member is, and how to read it.

    Costs one pass over the file (to be sure of its encoding), two for a JSON document.
    Raises IntakeError: `empty_file`, `unsupported_type`, `nested_too_deep`, `record_too_large`,
    `workbook_too_large`, `damaged_workbook`.
    """
    path = member if isinstance(member, Path) else member.path
    limits = limits or Limits()
    with path.open("rb") as file:
        kind = kind_of(file)
    if kind == "zip":
        kind = zip_kind(path) or "zip_in_archive"
    if kind == "xlsx":
        return sheets.survey_workbook(path, limits)
    if kind == "empty":
        raise IntakeError("empty_file", path.name)
    if kind == "web_page" and (shape := htmltables.survey_html(path, _base(path), limits)):
        return shape
    if kind != "text":
        raise unsupported(kind, path.name if isinstance(member, Path) else member.name)
    return _text_shape(path, limits)


def _base(path: Path) -> Shape:
    """Return the shape of a text before anything but its encoding is known."""
    encoding = detect_encoding(path)
    book = NoticeBook()
    if encoding.notice:
        book.add(encoding.notice, names=[encoding.codec])
    return Shape("lines", encoding.codec, encoding.bom, notices=tuple(book))


def _text_shape(path: Path, limits: Limits) -> Shape:
    base = _base(path)
    lines = (line.text.lstrip("\ufeff").rstrip() for line in open_lines(path, base, limits.max_record_bytes))
    head = list(islice((line for line in lines if line.strip()), _SAMPLE_LINES))
    if not head:
        raise IntakeError("empty_file", path.name)
    shape = _json_shape(path, base, head, limits)
    if shape is None and (element := xmlrecords.record_element(path, base)):
        return replace(base, kind="xml", list_path=(element,), sample=list(head[:1]))
    shape = shape or htmltables.survey_html(path, base, limits)
    if shape is None and logs.is_log(head):
        return replace(base, kind="log", sample=list(head))
    if shape is None and not _LOG_LINE.match(head[0]):
        shape = survey_table(path, base, limits)
        shape = shape and headerless.named(shape)
    return shape or replace(base, sample=list(head))


def _json_shape(path: Path, base: Shape, head: list[str], limits: Limits) -> Shape | None:
    """Return the shape of a JSON file, or None where it is none."""
    start = "".join(head)[:200]
    if not re.match(r'\{\s*["}]|\[\s*[\[{\]]|[\[{]\s*$', start):
        return None
    if _is_ndjson(head):
        shape = replace(base, kind="ndjson", list_path=onerecord.list_of_pages(head))
        return replace(shape, sample=_first_record(path, shape, limits))
    found = documents.skim(path, base, limits)
    where = documents.list_path(found)
    if where and onerecord.is_record(found, where):
        where = None
    whole_objects = sum(found.lists.values())
    if found.deepest > limits.max_depth and not whole_objects:
        raise IntakeError("nested_too_deep", str(found.deepest), depth=found.deepest, limit=limits.max_depth)
    if where is None and not found.lists and not found.envelope:
        return None
    shape = replace(
        base,
        kind="json",
        list_path=where or (),
        layout="stream" if where is None else "list",
        envelope=found.envelope,
    )
    return replace(shape, sample=_first_record(path, shape, limits))


def _is_ndjson(head: list[str]) -> bool:
    """Tell whether values stand one a line: a whole object on a line of its own, and another line."""
    if len(head) < 2 or not head[0].startswith("{"):
        return False
    if _is_value(head[0]):
        return True
    # A broken first line may still be followed by whole ones, unless it just opens a document.
    return not head[0].endswith(("{", "[", ",", ":")) and any(
        line.startswith("{") and _is_value(line) for line in head[1:6]
    )


def _is_value(line: str) -> bool:
    try:
        return isinstance(parse_json(line)[0], dict)
    except JsonFault as fault:
        return fault.reason != "not_json"


def _first_record(path: Path, shape: Shape, limits: Limits) -> Json:
    read = documents.read_lines if shape.kind == "ndjson" else documents.read_document
    pieces = islice(read(path, shape, limits, NoticeBook()), 100)
    return next((piece.value for piece in pieces if isinstance(piece, RawRecord)), None)
