"""The first pass over a file: what it is, what its columns say, and what has to be asked.

Nothing is recorded by a survey. It opens the file, tells its system (by profile, else by guessing the
roles of its columns), and looks at every time in it, since the order of day and month, or the need for a
zone, is a property of the whole column. What it cannot settle becomes a question; a survey without open
questions can be read (reading.py), which is the second pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from indelible.intake.clock import Clock
from indelible.intake.detection import detect
from indelible.intake.errors import IntakeError
from indelible.intake.fields import Columns, Record, as_text, compile_path, json_inside, plain_name
from indelible.intake.generic import NO_CONSTANTS, columns_of, generic_profile, generic_system
from indelible.intake.given import Given, Question
from indelible.intake.identity import signature_of
from indelible.intake.interpret import Interpreter, record_of
from indelible.intake.limits import Limits
from indelible.intake.mapping import WHY_COLUMN, Column, Mapping
from indelible.intake.notices import Notice, NoticeBook
from indelible.intake.opening import Member, Opened, open_members
from indelible.intake.pieces import RawRecord
from indelible.intake.profile import Form, Profile, recognised
from indelible.intake.records import read_raw
from indelible.intake.remarks import remark
from indelible.intake.roles import Place, places_of
from indelible.intake.shapes import Shape

_FIRST_RECORDS = 200
_PREVIEWED = 5
_IDS_COMPARED = 200_000
_WHOLE_NUMBER = re.compile(r"-?\d{1,15}")


@dataclass(slots=True)
class Part:
    """Records of one form within a file: all of it, or one sheet of a workbook."""

    table: str
    profile: Profile
    interpreter: Interpreter
    clock: Clock
    columns: list[Column]
    first: list[RawRecord]
    signature: str
    cells_to_open: tuple[str, ...] = ()
    value_columns: tuple[str, ...] = ()  # those that say what a detail was, and what it became
    nobody: int = 0  # records whose columns for it name nobody
    decided: bool = False  # whether a person said which column is what

    def record(self, raw: RawRecord) -> Record | None:
        """Return a raw record as the interpreter wants it; None if it is none.

        JSON in cells is opened, and a value before or after that is a number in its sheet is a number.
        """
        record = record_of(raw.value)
        if record is None:
            return None
        opened = {name: opened_cell(record.get(name)) for name in self.cells_to_open}
        if raw.kinds:
            numbers = [name for name in self.value_columns if raw.kinds.get(name) == "number"]
            opened |= {name: number_in_cell(as_text(record.get(name))) for name in numbers}
        return {**record, **opened} if opened else record


@dataclass(slots=True)
class MemberSurvey:
    """One plain file of an upload."""

    member: Member
    shape: Shape
    parts: dict[str, Part] = field(default_factory=dict)
    expected: int = 0
    notices: list[Notice] = field(default_factory=list)

    @property
    def is_copy(self) -> bool:
        """Whether an earlier file of the same archive has the same bytes."""
        return bool(self.member.copy_of)


@dataclass(slots=True)
class Survey:
    """What a first look at a file found, and all that reading it needs.

    `notices` grow while the file is read and are complete after that; `about_the_whole` are those that do
    not come from single records.
    """

    name: str
    given: Given
    mapping: Mapping | None
    limits: Limits
    opened: Opened
    most: int | None = None
    partial: bool = False  # whether only the first records were looked at
    members: list[MemberSurvey] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    book: NoticeBook = field(default_factory=NoticeBook)
    about_the_whole: list[Notice] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.questions

    @property
    def notices(self) -> list[Notice]:
        """The remarks so far."""
        return list(self.book)

    @property
    def expected(self) -> int:
        """How many records and rejected pieces the file holds, repeats included."""
        return sum(member.expected for member in self.members)

    @property
    def system(self) -> str:
        """Slug of the system; "zip" for an archive of several."""
        found = list(dict.fromkeys(part.profile.system for part in self.parts))
        if not found:
            return "zip" if self.opened.is_archive else self._system_of_shape()
        return found[0] if len(found) == 1 else "zip" if self.opened.is_archive else found[0]

    @property
    def title(self) -> str:
        """The system's name for people."""
        return self.title_of(self.system)

    def title_of(self, system: str) -> str:
        """Return the name for people of one of the systems found in this file."""
        for part in self.parts:
            if part.profile.system == system:
                return part.profile.title
        return "Archive of several files" if system == "zip" else generic_system(self._kind())[1]

    @property
    def parts(self) -> list[Part]:
        """The parts of all members, in order."""
        return [part for member in self.members for part in member.parts.values()]

    @property
    def columns(self) -> list[Column]:
        """The columns of the first part, for the page that asks which is what."""
        return self.parts[0].columns if self.parts else []

    @property
    def preview(self) -> list[Any]:
        """The first few events; their times wait where a question is open."""
        events: list[Any] = []
        for part in self.parts[:1]:
            for raw in part.first:
                if len(events) >= _PREVIEWED or (record := part.record(raw)) is None:
                    break
                for made in part.interpreter.events(record, raw.flags):
                    if made.flags:
                        made.event["flags"] = made.flags
                    events.append(made.event)
        return events[:_PREVIEWED]

    def close(self) -> None:
        """Delete what was unpacked for this survey."""
        self.opened.close()

    def _kind(self) -> str:
        return self.members[0].shape.kind if self.members else ""

    def _system_of_shape(self) -> str:
        return generic_system(self._kind())[0]


def survey(
    path: Path,
    name: str,
    *,
    given: Given | None = None,
    mapping: Mapping | None = None,
    limits: Limits | None = None,
    most: int | None = None,
) -> Survey:
    """Look a file through: one pass over all of it, memory flat; of each member the first `most` records alone.

    Where it ends early, `partial` is set and `expected` is reckoned from what those took. What stands further below
    may still raise a question, which a whole look finds.

    Raises IntakeError where the file as a whole cannot be read (`empty_file`, `unsupported_type`,
    `unknown_lines` for plain text of no known form, and the codes of opening.py and shapes.py).
    """
    limits = limits or Limits()
    opened = open_members(path, name, limits)
    found = Survey(name, given or Given(), mapping, limits, opened, most)
    try:
        found.book.extend(opened.notices)
        for member in opened:
            _survey_member(found, member)
    except BaseException:
        opened.close()
        raise
    if not found.members:
        raise IntakeError("empty_archive", name)
    _ask(found)
    found.about_the_whole = found.notices
    for taken in found.members:
        found.book.extend(taken.notices)
    return found


def _survey_member(found: Survey, member: Member) -> None:
    try:
        shape = detect(member, found.limits)
        taken = MemberSurvey(member, shape)
        if taken.is_copy:
            first = [each for each in found.members if each.member.name == member.copy_of]
            taken.expected = first[0].expected if first else 0
        else:
            _MemberPass(found, taken).run()
    except IntakeError:
        if not found.opened.is_archive:
            raise
        found.book.add("member_ignored", names=[member.name])
        return
    found.book.extend(member.notices)
    found.members.append(taken)


class _MemberPass:
    """One pass over a member: gathers the first records of each table, then looks at every time."""

    def __init__(self, found: Survey, taken: MemberSurvey) -> None:
        self._found = found
        self._taken = taken
        self._waiting: dict[str, list[RawRecord]] = {}
        self._ids: dict[str, dict[int, int]] = {}
        self._contradictions: dict[str, int] = {}

    def run(self) -> None:
        taken = self._taken
        if taken.shape.kind == "lines":
            raise IntakeError("unknown_lines", taken.member.name, name=taken.member.name)
        reader = read_raw(taken.member, taken.shape, self._found.limits)
        most, seen_bytes = self._found.most, 0
        for raw in reader:
            if most is not None:
                if taken.expected >= most:
                    taken.expected = max(most, most * taken.member.size // max(seen_bytes, 1))
                    self._found.partial = True
                    break
                seen_bytes += len(raw.original) + 1
            taken.expected += 1
            if isinstance(raw, RawRecord):
                self._take(raw)
        for table in list(self._waiting):
            self._decide(table)
        if not taken.parts:
            self._part_without_records()
        for part in taken.parts.values():
            self._doubt_ids(part)
        self._note_source()
        taken.notices = reader.notices

    def _take(self, raw: RawRecord) -> None:
        part = self._taken.parts.get(raw.table)
        if part is not None:
            self._look_at(part, raw)
            return
        waiting = self._waiting.setdefault(raw.table, [])
        waiting.append(raw)
        if len(waiting) >= _FIRST_RECORDS:
            self._decide(raw.table)

    def _decide(self, table: str) -> None:
        waiting = self._waiting.pop(table)
        part = _part(self._found, self._taken, table, waiting)
        self._taken.parts[table] = part
        for raw in waiting:
            self._look_at(part, raw)

    def _part_without_records(self) -> None:
        if self._taken.shape.columns:
            self._taken.parts[""] = _part(self._found, self._taken, "", [])

    def _look_at(self, part: Part, raw: RawRecord) -> None:
        if part.profile.settings.not_events or (record := part.record(raw)) is None:
            return
        part.nobody += part.profile.guessed and part.interpreter.names_nobody(record)
        id = part.interpreter.source_id(record)
        for text in part.interpreter.times(record):
            part.clock.look_at(text, id)
        if id and part.profile.guessed:
            self._compare_ids(part.table, id, raw)

    def _compare_ids(self, table: str, id: str, raw: RawRecord) -> None:
        ids = self._ids.setdefault(table, {})
        content = hash(raw.original)
        if ids.get(hash(id), content) != content:
            self._contradictions[table] = self._contradictions.get(table, 0) + 1
        elif len(ids) < _IDS_COMPARED:
            ids[hash(id)] = content

    def _doubt_ids(self, part: Part) -> None:
        """A guessed id column whose values stand for different records again and again is no id."""
        wrong = self._contradictions.get(part.table, 0)
        if wrong < 2 or wrong * 100 <= len(self._ids.get(part.table, ())):
            return
        columns = [column for column in part.columns if column.role == "source_id" and column.guess]
        for column in columns:
            column.role, column.guess, column.certainty = "keep", False, "none"
        if columns:
            part.interpreter.forget_source_id(columns[0].name)

    def _note_source(self) -> None:
        """Say what the envelope tells of the source: more pages, more rows than are here."""
        envelope = self._taken.shape.envelope or {}
        for part in self._taken.parts.values():
            profile = part.profile
            if profile.settings.not_events:
                self._found.book.extend([Notice("not_events", profile.settings.not_events, 1)])
                self._taken.expected = 0
            if any(_within(envelope, key) for key in profile.more_pages):
                self._found.book.extend([remark("more_pages_at_source", 1)])
            claims = [_within(envelope, key) for key in profile.total] + _claims(part)
            if any(_number(claim) > self._taken.expected for claim in claims):
                self._found.book.extend([remark("source_says_more_rows", 1)])


def _within(envelope: AnyMapping[str, Any], path: str) -> Any:
    getter = compile_path(path, None)
    return getter(envelope) if getter is not None else None


def _claims(part: Part) -> list[Any]:
    first = record_of(part.first[0].value) if part.first else None
    return [value for key in part.profile.total if first and (value := first.get(key)) is not None]


def _number(value: Any) -> int:
    text = as_text(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _part(found: Survey, taken: MemberSurvey, table: str, waiting: list[RawRecord]) -> Part:
    """Decide how the records of one table are read, from the first of them."""
    shape = taken.shape
    form: Form = "table" if shape.kind in ("csv", "html", "xlsx") else "object"
    records = [record for raw in waiting if (record := record_of(raw.value)) is not None]
    headers = _headers(shape, table)
    names = list(headers) if form == "table" else _keys(records)
    known = recognised([table], "line") if shape.kind == "log" else None
    known = known or _about_no_events(shape) or recognised(names, form)
    cells = cells_with_json(records) if form == "table" and (known is None or found.mapping) else ()
    if cells:
        records = [
            {**record, **{name: opened_cell(record.get(name)) for name in cells}} for record in records
        ]
    places = places_of(records, headers) or [Place(name, headers.get(name, name)) for name in names]
    layout = found.mapping.for_columns(place.path for place in places) if found.mapping is not None else None
    columns = columns_of(places, layout, known)
    profile = known
    if known is None or (layout is not None and not known.settings.not_events):
        constants = layout.constants if layout is not None else NO_CONSTANTS
        profile = generic_profile(columns, places, shape.kind, known, found.given.decimal, constants)
    profile = cast(Profile, profile)
    clock = _clock(found, shape, profile, columns, headers)
    table_columns = Columns(names) if form == "table" else None
    interpreter = Interpreter(profile, table_columns, clock.read, found.given.target)
    signed = names if form == "table" else [column.name for column in columns if column.role != "keep"]
    ours = plain_name(WHY_COLUMN)
    signature = signature_of(name for name in signed if plain_name(name) != ours)
    values = _value_columns(profile, table_columns)
    decided = layout is not None
    return Part(
        table, profile, interpreter, clock, columns, waiting, signature, cells, values, decided=decided
    )


def _value_columns(profile: Profile, columns: Columns | None) -> tuple[str, ...]:
    """Return the columns of a table that hold what a detail was and what it became."""
    paths = [profile.fields.get("before", []), profile.fields.get("after", [])]
    names = [name for each in paths for name in ([each] if isinstance(each, str) else each)]
    return tuple(header for name in names if columns and (header := columns.find(name)))


def _about_no_events(shape: Shape) -> Profile | None:
    """Return the profile of a document that is no log, such as a digest; its list is one of hashes."""
    if shape.envelope is None:
        return None
    profile = recognised([*shape.envelope, *shape.list_path], "object")
    return profile if profile is not None and profile.settings.not_events else None


def _headers(shape: Shape, table: str) -> dict[str, str]:
    """Return column key -> header as written, of the table asked for (else the first with columns)."""
    tables = [each for each in shape.tables if each.columns]
    wanted = next((each for each in tables if each.name == table), tables[0] if tables else None)
    if wanted is None:
        return {}
    names = zip(wanted.columns, wanted.names or wanted.columns, strict=True)
    return {key: name or key for key, name in names}


def _keys(records: Sequence[Record]) -> list[str]:
    """Return the keys of JSON records, of the first levels, as paths."""
    names: dict[str, None] = {}
    for record in records[:50]:
        for key, value in record.items():
            names[key] = None
            if isinstance(value, dict):
                names.update(dict.fromkeys(f"{key}.{inner}" for inner in value))
    return list(names)


def cells_with_json(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the columns whose cells mostly hold a JSON object, so that what is in them can be found."""
    found = []
    for name in records[0] if records else ():
        texts = [text for record in records if isinstance(text := record.get(name), str) and text.strip()]
        objects = [text for text in texts if text.lstrip()[:1] == "{" and isinstance(json_inside(text), dict)]
        if objects and 2 * len(objects) >= len(texts):
            found.append(name)
    return tuple(found)


def opened_cell(value: Any, depth: int = 0) -> Any:
    """Return the JSON that a text holds, and what is JSON text within it, a few levels deep."""
    if isinstance(value, str):
        inner = json_inside(value)
        return value if inner is value or depth > 4 else opened_cell(inner, depth + 1)
    if isinstance(value, dict):
        return {key: opened_cell(inner, depth + 1) for key, inner in value.items()}
    return value


def number_in_cell(text: str) -> Any:
    """Return the whole number that a cell of a sheet shows; a fraction stays text, since floats bend it."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def _clock(
    found: Survey, shape: Shape, profile: Profile, columns: list[Column], headers: AnyMapping[str, str]
) -> Clock:
    time_columns = [column.name for column in columns if column.role == "occurred_at"]
    header = headers.get(time_columns[0], time_columns[0]) if time_columns else ""
    return Clock(
        header=header,
        preamble=shape.preamble,
        given=found.given,
        source_zone=profile.settings.zone,
        date_1904=shape.date_1904,
    )


def _ask(found: Survey) -> None:
    """Gather what has to be asked before anything is recorded."""
    asked: dict[tuple[str, str], Question] = {}
    for part in found.parts:
        profile = part.profile
        if profile.settings.not_events or not part.first:
            continue
        questions = part.clock.questions()
        if not part.interpreter.has_time and not part.decided:
            questions.append(_which_is_the_time(part))
        if profile.settings.asks_target and found.given.target is None:
            questions.append(Question("target_needed", remark("target_needed", 1).message, "target"))
        if profile.guessed and not profile.decimal:
            example = next((c.samples[0] for c in part.columns if c.role == "amount" and c.samples), "")
            text = remark("decimal_sign_unknown", 1).message
            questions.append(Question("decimal_sign_unknown", text, "decimal", [".", ","], example))
        for question in questions:
            asked.setdefault((question.code, question.column), question)
        found.book.extend(part.clock.notices())
    found.questions = list(asked.values())


def _which_is_the_time(part: Part) -> Question:
    names = [column.name for column in part.columns]
    return Question("time_column_unknown", remark("time_column_unknown", 1).message, "mapping", names)
