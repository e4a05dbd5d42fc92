"""What a first look at a file, or at some messages, found: its tables of columns, and what has to be asked.

A workbook may hold sheets of different layout and an archive several files: columns that stand together are one table
here, however many sheets have them. This is what the page about columns shows and what its form is made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from indelible.events.event import Event
from indelible.intake.fields import plain_name
from indelible.intake.given import Question
from indelible.intake.mapping import KEEP, LEAVE_OUT, Column, Layout, Mapping
from indelible.intake.mapping import WHY_COLUMN as WHY
from indelible.intake.money import amount_of
from indelible.intake.reading import Survey
from indelible.intake.survey import Part

MOST_TABLES: Final = 10  # on one page; the others are read as they are understood
FIRST_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a column as it stands there, and how we read it: as a moment, or in words."""

    text: str
    moment: str = ""
    words: str = ""


@dataclass(slots=True)
class Table:
    """Columns that stand together: a sheet, a file of an archive, the parts of a message."""

    names: list[str]  # of the sheets or files that have these columns; empty where there is only one table
    columns: list[Column]
    parts: list[Part]
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether a person's decision is wanted: no system that we know, or one whose columns somebody decided."""
        return any(part.profile.guessed or part.decided for part in self.parts)

    def values_of(self, column: Column) -> list[Value]:
        """Return the first values of a column, with our reading where a role gives them one."""
        return [self._value(column, text) for text in column.samples[:3]]

    def _value(self, column: Column, text: str) -> Value:
        part = self.parts[0]
        if column.role == "occurred_at" and not part.clock.questions():
            part.clock.begin()
            return Value(text, moment=part.clock.read(text).occurred_at or "")
        if column.role == "amount" and part.profile.decimal:
            amount = amount_of(text, decimal=part.profile.decimal)
            currency = amount and (amount.currency or part.profile.currency)
            return Value(
                text, words=f"{amount_in_words(amount.number)} {currency or ''}".strip() if amount else ""
            )
        return Value(text)

    def first_events(self, most: int = FIRST_ROWS) -> list[Event]:
        """Return the first events of this table, as they would be recorded."""
        events: list[Event] = []
        for part in self.parts:
            part.clock.begin()
            for raw in part.first[:most]:
                if (record := part.record(raw)) is not None:
                    events += [made.event for made in part.interpreter.events(record, raw.flags)]
        return events[:most]


@dataclass(slots=True)
class Look:
    """All tables of a file, or of some messages, with the questions that are open and how many records name nobody."""

    tables: list[Table]
    questions: list[Question]
    mapping: Mapping | None = None
    nobody: int = 0
    left_off: int = 0  # tables beyond the bound

    def read_by(self, surveys: Sequence[Survey]) -> None:
        """Show values and rows as these surveys read them, which know the answers to what was asked."""
        for table, read in zip(self.tables, look_at(surveys, self.mapping).tables, strict=False):
            table.parts = read.parts

    def line_of(self, example: str) -> int | None:
        """Return the line of the first record that holds a text, among the first ones; None where none does."""
        for table in self.tables:
            for part in table.parts:
                for raw in part.first:
                    if isinstance(raw.value, dict) and example in raw.value.values():
                        return raw.line
        return None

    @property
    def missing(self) -> list[str]:
        """The columns that were decided about once and are not here now."""
        if self.mapping is None:
            return []
        here = {plain_name(column.name) for table in self.tables for column in table.columns}
        return [name for name in self.mapping.columns if plain_name(name) not in here]

    def layout_of(self, chosen: dict[str, str], constants: dict[str, str]) -> Layout:
        """Return a table's decisions as a layout, with what was decided once about columns that are not here now."""
        before = self.mapping.for_columns(chosen) if self.mapping is not None else None
        here = {plain_name(name) for name in chosen}
        roles = set(chosen.values())
        carried = {
            name: role
            for name, role in (before.columns if before is not None else {}).items()
            if plain_name(name) not in here and (role in (KEEP, LEAVE_OUT) or role not in roles)
        }
        return Layout({**carried, **chosen}, constants)


def look_at(surveys: Sequence[Survey], mapping: Mapping | None, more: Iterable[Question] = ()) -> Look:
    """Put what surveys found together; `more` are questions that a look at all of a file has raised before."""
    tables: dict[frozenset[str], Table] = {}
    several = sum(len(survey.parts) for survey in surveys) > 1
    for survey in surveys:
        for name, part in _named_parts(survey):
            if part.profile.settings.not_events or not part.columns:
                continue
            key = frozenset(plain_name(column.name) for column in part.columns)
            table = tables.get(key)
            if table is None:
                constants = _constants(mapping, part)
                table = tables[key] = Table([], part.columns, [], constants)
            table.parts.append(part)
            if several and name and name not in table.names:
                table.names.append(name)
    found = list(tables.values())
    questions = {(each.code, each.column): each for survey in surveys for each in survey.questions}
    told = {key for survey in surveys for key in survey.given.as_pairs()}
    for each in more:
        if each.given not in told and each.given != "mapping":
            questions.setdefault((each.code, each.column), each)
    return Look(
        found[:MOST_TABLES],
        list(questions.values()),
        mapping,
        sum(part.nobody for table in found for part in table.parts),
        max(len(found) - MOST_TABLES, 0),
    )


def used_mapping(survey: Survey) -> Mapping | None:
    """Return the columns by which a file is read, guesses included; None where its system is known and nobody chose."""
    look = look_at([survey], survey.mapping)
    layouts = [
        look.layout_of({column.name: column.role for column in table.columns}, table.constants)
        for table in look.tables
        if table.is_open
    ]
    return Mapping.of(layouts) if layouts else None


def _named_parts(survey: Survey) -> Iterable[tuple[str, Part]]:
    for member in survey.members:
        for part in member.parts.values():
            file = member.member.name if len(survey.members) > 1 else ""
            yield " / ".join(filter(None, (file, part.table))), part


def _constants(mapping: Mapping | None, part: Part) -> dict[str, str]:
    layout = mapping.for_columns(column.name for column in part.columns) if mapping is not None else None
    return dict(layout.constants) if layout is not None else {}


def amount_in_words(number: str) -> str:
    """Return an amount, as it is kept, with marks between thousands: 1200.50 becomes 1,200.50."""
    whole, point, fraction = number.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits or 0):,}{point}{fraction}"


def is_ours(column: Column) -> bool:
    """Whether a column is the one that we add to rows that are given back."""
    return plain_name(column.name) == plain_name(WHY)
