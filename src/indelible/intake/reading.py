"""From the bytes of an export to events, every record accounted for: the front door of this package.

Two passes. `survey` looks the file through and says what has to be asked (survey.py); `read` gives its
records one by one, in the file's own order, each as an event with what tells it from all others. Every
record of the file comes out as exactly one of: a `Record` (or several, where one record holds several
events), a `Rejected`, or a `Repeat` of one that the file has told already. What is held from an earlier
file is not known here: the identity and fingerprint of a record are made so that whoever keeps the
log can tell.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indelible.events.event import Event
from indelible.intake.errors import IntakeError
from indelible.intake.facts import facts_differ
from indelible.intake.given import Given, GivenError, Question
from indelible.intake.identity import Identities, Seen
from indelible.intake.interpret import Made
from indelible.intake.limits import Limits
from indelible.intake.mapping import ROLES, Column, Mapping, MappingError
from indelible.intake.notices import Notice, NoticeBook
from indelible.intake.pieces import RawRecord
from indelible.intake.records import read_raw
from indelible.intake.remarks import message_of, remarks_on_flags
from indelible.intake.survey import MemberSurvey, Part, Survey, survey

__all__ = [
    "ROLES",
    "Column",
    "Given",
    "GivenError",
    "IntakeError",
    "Limits",
    "Mapping",
    "MappingError",
    "Notice",
    "Outcome",
    "Question",
    "Record",
    "Rejected",
    "Repeat",
    "Survey",
    "facts_differ",
    "message_of",
    "read",
    "survey",
]

_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "ndjson": "application/json",
    "xlsx": "application/json",
    "html": "text/html",
    "xml": "application/xml",
    "log": "text/plain",
}


@dataclass(slots=True)
class Record:
    """One event of a file.

    `row` counts events kept, from 1; `line` is where its record begins. `identity` says which record it
    is at its source, None where nothing does; then `fingerprint` (16 bytes) does. `original` is the
    record's own bytes.
    """

    row: int
    line: int
    event: Event
    identity: str | None
    fingerprint: bytes
    original: bytes


@dataclass(slots=True)
class Rejected:
    """A piece of the file that cannot become an event: why (a code), and its text to mend."""

    line: int
    reason: str
    text: str


@dataclass(slots=True)
class Repeat:
    """A record that the same file has told before, word for word, under the same id."""

    line: int
    row_of_first: int


Outcome = Record | Rejected | Repeat


def read(found: Survey) -> Iterator[Outcome]:
    """Give every record of a surveyed file. Streaming; `found.notices` is complete at the end.

    Raises ValueError while a question is open, and IntakeError where the file turns out unreadable on the
    way (what was given by then stands).
    """
    if not found.ready:
        raise ValueError(f"{found.name}: {len(found.questions)} questions are open")
    return _Reading(found).outcomes()


class _Reading:
    """One run through a file: counts rows and flags, and knows what came before."""

    def __init__(self, found: Survey) -> None:
        self._found = found
        self._row = 0
        self._flags: dict[str, int] = {}
        self._leaves_out_nobody = found.given.nobody == "leave_out"

    def outcomes(self) -> Iterator[Outcome]:
        found = self._found
        found.book = NoticeBook(found.about_the_whole)
        first_rows: dict[str, int] = {}
        for taken in found.members:
            name = taken.member.copy_of or taken.member.name
            if taken.is_copy:
                yield from self._repeats(taken, first_rows.get(name, 1))
                continue
            first_rows[name] = self._row + 1
            yield from self._member(taken)
        found.book.extend(remarks_on_flags(self._flags))

    def _member(self, taken: MemberSurvey) -> Iterator[Outcome]:
        with Seen() as seen:
            yield from self._records(taken, seen)

    def _records(self, taken: MemberSurvey, seen: Seen) -> Iterator[Outcome]:
        reader = read_raw(taken.member, taken.shape, self._found.limits)
        known = {
            table: (part, Identities(part.profile, part.signature, seen, taken.shape.kind))
            for table, part in taken.parts.items()
        }
        for part, _ in known.values():
            part.clock.begin()
        media_type = _MEDIA_TYPES[taken.shape.kind]
        for raw in reader:
            if not isinstance(raw, RawRecord):
                yield Rejected(raw.line, raw.reason, raw.text)
                continue
            part, identities = known[raw.table]
            if not part.profile.settings.not_events:
                yield from self._record(raw, part, identities, seen, media_type)
        self._found.book.extend(reader.notices)

    def _record(
        self, raw: RawRecord, part: Part, identities: Identities, seen: Seen, media_type: str
    ) -> Iterator[Outcome]:
        record = part.record(raw)
        made_events = part.interpreter.events(record, raw.flags) if record is not None else []
        if not made_events:
            yield Rejected(raw.line, "not_a_record", _shown(raw))
            return
        if self._leaves_out_nobody and not any("actor" in made.event for made in made_events):
            yield Rejected(raw.line, "names_nobody", _shown(raw))
            return
        original = _original(raw, media_type)
        for made in made_events:
            yield self._outcome(raw, made, identities, seen, original)

    def _outcome(
        self, raw: RawRecord, made: Made, identities: Identities, seen: Seen, original: Any
    ) -> Outcome:
        content = identities.content(raw, made.part)
        identity = identities.identity(made)
        if identity is not None:
            first = seen.repeats(identity, self._row + 1, content)
            if first is not None:
                self._count("duplicate_rows")
                return Repeat(raw.line, first)
            fingerprint = content
        else:
            fingerprint, equal = identities.fingerprint(content)
            if equal:
                self._count("identical_rows_kept")
        self._row += 1
        event = made.event
        if original:
            event["original"] = original
        if made.flags:
            event["flags"] = made.flags
            for flag in made.flags:
                self._count(flag)
        return Record(self._row, raw.line, event, identity, fingerprint, raw.original)

    def _repeats(self, taken: MemberSurvey, first_row: int) -> Iterator[Outcome]:
        """A file that lies in the archive twice tells nothing new; its records are counted all the same."""
        reader = read_raw(taken.member, taken.shape, self._found.limits)
        for place, raw in enumerate(reader):
            if isinstance(raw, RawRecord):
                self._count("already_held")
                yield Repeat(raw.line, first_row + place)
            else:
                yield Rejected(raw.line, raw.reason, raw.text)

    def _count(self, code: str) -> None:
        self._flags[code] = self._flags.get(code, 0) + 1


def _shown(raw: RawRecord) -> str:
    return raw.original.decode("utf-8", "replace").replace("\x00", "")


def _original(raw: RawRecord, media_type: str) -> dict[str, str]:
    """Return the record as received: as text where it is UTF-8 without NUL, else in base64."""
    if not raw.original:
        return {}
    text = raw.text
    if isinstance(text, str):
        return {"text": text, "media_type": media_type}
    return {"base64": base64.b64encode(text).decode("ascii"), "media_type": media_type}
