"""A file that only grew: its new lines are read, not all of it again.

Logs grow all day, and one of a gigabyte would be read from its beginning for every few lines. So where a file begins
with exactly what was taken of it, and holds a line a record, only what came after is handed to the import, below the
line of column names where there is one.

Two equal lines are two events, and what tells them apart is how many equal ones stand before them in the file. So each
earlier line that is equal to a new one goes along. What is in any doubt (lines within quotation marks, records of
several lines, another form, a question) is left to a reading of the whole, which finds what is held by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from indelible.features.sources.codes import OWN
from indelible.features.sources.live.files import kept_path
from indelible.features.sources.live.reading import how_read
from indelible.features.sources.models import Source
from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.limits import Limits
from indelible.intake.survey import Survey
from indelible.storage.database.codes import repeat_code
from indelible.storage.home import write_private

LEAST_BYTES: Final = 1 << 20  # taken before: below that, the whole is read in no time
MOST_NEW_BYTES: Final = 64 << 20
HEAD_BYTES: Final = 256 << 10
LONGEST_LINE: Final = 1 << 20
RENEWED_EVERY_LINES: Final = 10_000
_SPACING: Final = b" \t\r\n\"'"  # two lines that differ in these alone may say the same
_SEVERAL_LINES: Final = "auditd"  # a form whose records are made of several lines


class NoPart(Exception):
    """The new part cannot stand alone: read the whole."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is read, as far as its parts have to be read alike; `head` goes before each part."""

    kind: str
    system: str
    columns: tuple[str, ...]
    head: bytes


def may_have_grown(facts: Mapping[str, Any], size: int) -> bool:
    """Whether what is known of a file lets us look whether it only grew."""
    taken = int(facts.get("to", 0))
    return "code" in facts and taken >= LEAST_BYTES and 0 < size - taken <= MOST_NEW_BYTES


def write_part(
    source: Source,
    name: str,
    facts: Mapping[str, Any],
    file: BinaryIO,
    written: BinaryIO,
    renew: Callable[[], None],
    *,
    whole_lines: bool,
) -> tuple[bytes, int, int]:
    """Write the new part of a grown file; return the code of the whole, its size, and the part's first line.

    Raises NoPart; then nothing that was written is of use.
    """
    taken = int(facts["to"])
    file.seek(0)
    form = _form(source, name, file.read(min(HEAD_BYTES, taken)))
    file.seek(taken)
    new = file.read(MOST_NEW_BYTES + 1)
    if whole_lines:
        new = new[: new.rfind(b"\n") + 1]
    lines = BytesIO(new).readlines()
    if not new.endswith(b"\n") or len(new) > MOST_NEW_BYTES or not _are_plain(lines, form):
        raise NoPart
    file.seek(0)
    written.write(form.head)
    whole, before = _write_equal_ones(
        form, file, taken, {hash(_bare(line)) for line in lines}, written, renew
    )
    if _code(whole) != bytes.fromhex(facts["code"]):
        raise NoPart  # it did not only grow
    written.write(new)
    written.flush()
    if _form_of(source, name, Path(written.name))[:3] != (form.kind, form.system, form.columns):
        raise NoPart
    whole.update(new)
    return _code(whole), taken + len(new), before + 1


def _write_equal_ones(
    form: Form, file: BinaryIO, taken: int, wanted: set[int], written: BinaryIO, renew: Callable[[], None]
) -> tuple[Any, int]:
    """Write those of the earlier lines that are equal to a new one; return the digest of all, and their number."""
    whole, count, line = hashlib.sha256(), 0, b""
    above = form.head.count(b"\n")
    for line in _lines(file, taken):
        whole.update(line)
        count += 1
        if not _are_plain((line,), form):
            raise NoPart
        if count > above and hash(_bare(line)) in wanted:
            written.write(line)
        if not count % RENEWED_EVERY_LINES:
            renew()
    if not line.endswith(b"\n"):
        raise NoPart
    return whole, count


def _code(digest: Any) -> bytes:
    """Return the code of a file by the digest of its bytes, as `codes.file_codes` has it."""
    return repeat_code(OWN, f"file:{digest.hexdigest()}")


def _lines(file: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left > 0:
        line = file.readline(min(left, LONGEST_LINE))
        if not line or (len(line) == LONGEST_LINE and not line.endswith(b"\n")):
            raise NoPart
        left -= len(line)
        yield line


def _bare(line: bytes) -> bytes:
    return line.translate(None, _SPACING)


def _are_plain(lines: Iterable[bytes], form: Form) -> bool:
    """Whether each line is a record of its own: in a table, none ends within quotation marks."""
    return form.kind != "csv" or all(line.count(b'"') % 2 == 0 for line in lines)


def _form(source: Source, name: str, head: bytes) -> Form:
    """Return how a file is read, by its beginning. Raises NoPart."""
    head = head[: head.rfind(b"\n") + 1]
    if not head or b"\0" in head:
        raise NoPart
    path = kept_path()
    try:
        write_private(path, head)
        kind, system, columns, header_line = _form_of(source, name, path)
    finally:
        path.unlink(missing_ok=True)
    if kind == "csv" and header_line == 0:
        raise NoPart
    above = b"".join(BytesIO(head).readlines()[:header_line]) if kind == "csv" else b""
    return Form(kind, system, columns, above)


def _form_of(source: Source, name: str, path: Path) -> tuple[str, str, tuple[str, ...], int]:
    """Return kind, system and columns of a file, and the line its column names are in. Raises NoPart."""
    mapping, given = how_read(source)
    try:
        survey = reading.survey(path, name, given=given, mapping=mapping, limits=Limits())
    except IntakeError:
        raise NoPart from None
    try:
        return _told_by(survey)
    finally:
        survey.close()


def _told_by(survey: Survey) -> tuple[str, str, tuple[str, ...], int]:
    if survey.questions or survey.opened.is_archive or len(survey.members) != 1:
        raise NoPart
    member = survey.members[0]
    shape = member.shape
    if shape.kind not in ("csv", "ndjson", "log") or _SEVERAL_LINES in member.parts or len(shape.tables) > 1:
        raise NoPart
    header_line = shape.tables[0].header_line if shape.tables else 0
    columns = shape.columns if shape.kind == "csv" else ()
    return shape.kind, survey.system, columns, header_line
