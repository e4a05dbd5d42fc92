"""The form of the page about columns: which column is what, and the answer to each open question."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.explanations import explain
from indelible.features.sources.looking import Look, Table, amount_in_words
from indelible.features.sources.origins import LONGEST_NAME
from indelible.intake.given import Given, GivenError, Question
from indelible.intake.mapping import LEAVE_OUT, ROLES, Column, Layout, Mapping, MappingError, RoleTwiceError
from indelible.intake.money import amount_of
from indelible.web.moments import zone_choices

ROLE_WORDS = {
    "occurred_at": gettext_lazy("when it happened"),
    "actor": gettext_lazy("the person"),
    "actor_id": gettext_lazy("the person's id"),
    "actor_email": gettext_lazy("the person's e-mail address"),
    "on_behalf_of": gettext_lazy("for whom it was done"),
    "action": gettext_lazy("what was done"),
    "target": gettext_lazy("what it was done to"),
    "target_id": gettext_lazy("the id of what it was done to"),
    "target_kind": gettext_lazy("what kind of thing that is"),
    "field": gettext_lazy("which detail changed"),
    "before": gettext_lazy("the value before"),
    "after": gettext_lazy("the value after"),
    "outcome": gettext_lazy("whether it succeeded"),
    "reason": gettext_lazy("the reason or note"),
    "source_id": gettext_lazy("the row's own id"),
    "ip": gettext_lazy("the network address"),
    "device": gettext_lazy("the device"),
    "location": gettext_lazy("the place"),
    "session": gettext_lazy("the session"),
    "amount": gettext_lazy("the amount"),
    "currency": gettext_lazy("the currency"),
    "approver": gettext_lazy("who approved it"),
    "sequence": gettext_lazy("the system's running number"),
    "sequence_of": gettext_lazy("what that number counts"),
    "keep": gettext_lazy("keep as it is"),
    LEAVE_OUT: gettext_lazy("leave out"),
}
CHOICE_WORDS = {
    "DMY": gettext_lazy("day first (3 April is 03/04)"),
    "MDY": gettext_lazy("month first (3 April is 04/03)"),
    "YMD": gettext_lazy("year first (3 April is 2025/04/03)"),
    ".": gettext_lazy("a point (1,200.50)"),
    ",": gettext_lazy("a comma (1.200,50)"),
}
ORDER_WORDS = {
    "DMY": gettext_lazy("The day first"),
    "MDY": gettext_lazy("The month first"),
    "YMD": gettext_lazy("The year first"),
}
ANSWERS = tuple(entry.name for entry in fields(Given))
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Decision:
    """One column as the page shows it, with the field that says what it is."""

    column: Column
    values: Any
    field: forms.BoundField
    is_new: bool


class ColumnsForm(forms.Form):
    """Which column is what, and the answer to each open question. Fields follow from what was found.

    `for_source` is the name of the source that the records are known to come from; empty where that is asked.
    """

    def __init__(
        self, look: Look, given: Given, data: Any = None, *, source_name: str = "", for_source: str = ""
    ) -> None:
        asks_nobody = bool(look.nobody and given.nobody is None)
        if data is not None and asks_nobody and "given_nobody" not in data:
            data = data.copy()
            data["given_nobody"] = "record"  # until somebody says otherwise
        super().__init__(data)
        self.look = look
        self._given = given
        self._asks_time = any(question.given == "mapping" for question in look.questions)
        for question in look.questions:
            if question.given != "mapping":
                self.fields[f"given_{question.given}"] = question_field(question, look)
        if self._asks_time:
            self.fields["no_time"] = forms.BooleanField(
                label=_("No column says when it happened"),
                help_text=_(
                    "What is recorded then has no time of its own, only that at which it was recorded."
                ),
                required=False,
            )
        if asks_nobody:
            self.fields["given_nobody"] = _nobody_field(look.nobody)
        for table, prefix in self.tables():
            for place, column in enumerate(table.columns):
                self.fields[f"{prefix}role_{place}"] = forms.ChoiceField(
                    label=column.name,
                    choices=[(role, ROLE_WORDS.get(role, role)) for role in ROLES],
                    initial=column.role,
                )
            if table.is_open:
                self._constants(table, prefix)
        if not for_source:
            self.fields["source_name"] = forms.CharField(
                label=_("Name of the source"),
                help_text=_("Leave it empty to add to the one source of this system."),
                required=False,
                max_length=LONGEST_NAME,
                initial=source_name,
            )
        self.fields["save_it"] = forms.BooleanField(
            label=_("Save this for next time"),
            help_text=_(
                "The next file of this source is then read the same way, and nothing is asked twice."
            ),
            required=False,
            initial=True,
        )

    def tables(self) -> list[tuple[Table, str]]:
        """Return each table with what the names of its fields begin with."""
        return [(table, f"t{at}_" if at else "") for at, table in enumerate(self.look.tables)]

    def _constants(self, table: Table, prefix: str) -> None:
        self.fields[f"{prefix}always_action"] = forms.CharField(
            label=_("What was done, where no column says it"),
            required=False,
            max_length=120,
            initial=table.constants.get("action", ""),
        )
        self.fields[f"{prefix}always_currency"] = CurrencyField(
            label=_("Currency of the amounts, where no column says it"),
            help_text=_("Three letters, such as EUR."),
            required=False,
            initial=table.constants.get("currency", ""),
        )

    def decisions(self, table: Table, prefix: str) -> list[Decision]:
        """Return one decision a column of a table."""
        known = self.look.mapping is not None
        return [
            Decision(
                column,
                table.values_of(column),
                self[f"{prefix}role_{place}"],
                is_new=known and column.certainty != "sure",
            )
            for place, column in enumerate(table.columns)
        ]

    def questions(self) -> list[forms.BoundField]:
        """Return the fields that answer what is not said."""
        return [self[name] for name in self.fields if name.startswith("given_") or name == "no_time"]

    def clean(self) -> dict[str, Any]:
        """Check answers and roles together. What is wrong stands at its field, in words."""
        cleaned = super().clean() or {}
        self.given = self._given
        for key in ANSWERS:
            # An answer may stand there to a question that only the columns chosen with it raise.
            if answer := cleaned.get(f"given_{key}") or self._answer_beside(key):
                self._answer(key, answer)
        self.mapping = self._mapping(cleaned)
        if self._asks_time and not cleaned.get("no_time") and not self._has_time():
            words = explain("time_column_unknown")
            self.add_error("no_time", f"{words.title} {words.next_step}")
        return cleaned

    def _has_time(self) -> bool:
        layouts = self.mapping.every() if self.mapping is not None else ()
        return any("occurred_at" in layout.columns.values() for layout in layouts)

    def _answer_beside(self, key: str) -> str:
        """Return an answer that was sent, though this form does not ask for it."""
        return "" if f"given_{key}" in self.fields else str(self.data.get(f"given_{key}", "")).strip()

    def _answer(self, key: str, value: str) -> None:
        try:
            self.given = self.given.with_answer(key, value)
        except GivenError as refused:
            words = explain(refused.code, detail=refused.detail)
            name = f"given_{key}"
            self.add_error(name if name in self.fields else None, f"{words.title} {words.next_step}")

    def _mapping(self, cleaned: dict[str, Any]) -> Mapping | None:
        """Return the person's choice; None where it is what we knew anyway, and nobody decided otherwise before."""
        layouts: list[Layout] = []
        for table, prefix in self.tables():
            chosen = {
                column.name: cleaned[f"{prefix}role_{place}"]
                for place, column in enumerate(table.columns)
                if f"{prefix}role_{place}" in cleaned
            }
            constants = {
                key: text for key in ("action", "currency") if (text := cleaned.get(f"{prefix}always_{key}"))
            }
            proposed = {column.name: column.role for column in table.columns}
            if chosen and (table.is_open or chosen != proposed):
                layouts.append(self._checked(self.look.layout_of(chosen, constants), table, prefix))
        return Mapping.of(layouts) if layouts else None

    def _checked(self, layout: Layout, table: Table, prefix: str) -> Layout:
        try:
            Mapping.from_json(layout.as_json())
        except RoleTwiceError as refused:
            code = "mapping-two-people" if refused.role == "actor" else refused.code
            role = ROLE_WORDS.get(refused.role, refused.role)
            words = explain(code, first=refused.first, second=refused.second, role=f"“{role}”")
            names = [column.name for column in table.columns]
            self.add_error(
                f"{prefix}role_{names.index(refused.second)}",
                f"{words.title} {words.meaning} {words.next_step}",
            )
        except MappingError as refused:
            words = explain(refused.code, path="", detail=refused.detail)
            self.add_error(None, f"{words.title} {words.meaning}")
        return layout


class CurrencyField(forms.CharField):
    """A currency by its three letters, or none."""

    def clean(self, value: Any) -> str:
        """Return the letters in capitals."""
        text = str(super().clean(value)).strip().upper()
        if text and not CURRENCY.fullmatch(text):
            raise forms.ValidationError(_("Write a currency with three letters, such as EUR."))
        return text


def _nobody_field(count: int) -> forms.Field:
    """Return the field that says what becomes of records that name nobody."""
    label = ngettext("%(count)s row names nobody", "%(count)s rows name nobody", count) % {
        "count": f"{count:,}"
    }
    choices = [
        ("record", _("Record them, as done by someone not named")),
        ("leave_out", _("Leave them out, and give them back to me with the reason")),
    ]
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, initial="record")


def question_field(question: Question, look: Look | None = None) -> forms.Field:
    """Return the field that takes the answer to a question, with what we make of the file's own example."""
    hint = _hint(question, look)
    if question.given == "timezone":
        choices = [("", _("Choose a zone")), *zone_choices()]
        named = question.choices[0] if question.choices else ""  # by the file itself, above its table
        return ZoneAnswer(label=question.text, choices=choices, help_text=hint, initial=named)
    if question.choices:
        choices = [(each, choice_words(question, each)) for each in question.choices]
        labels = {
            "date_order": _("We cannot tell the day from the month. Which comes first?"),
            "decimal": _("Which sign stands before the fractions?"),
        }
        label = labels.get(question.given, question.text)
        return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, help_text=hint)
    return forms.CharField(label=question.text, max_length=200, help_text=hint)


def _hint(question: Question, look: Look | None) -> str:
    """Say where the doubt stands: line, column and value, as far as they are known."""
    if not question.example:
        return ""
    line = look.line_of(question.example) if look is not None else None
    facts = {"line": line, "column": question.column, "example": question.example}
    if line and question.column:
        return _("Line %(line)s, column %(column)s, says %(example)s.") % facts
    if line:
        return _("Line %(line)s says %(example)s.") % facts
    return _("In the file: %(example)s") % facts


class ZoneAnswer(forms.ChoiceField):
    """A zone, chosen by its place; any zone that reading knows will do as an answer."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to the reading, which also knows offsets, to say what it cannot use."""
        return bool(value)


def choice_words(question: Question, choice: str) -> str:
    """Return a choice in words, with what the file's own example would then be, in full."""
    if question.given == "date_order" and (day := day_as_read(question.example, choice)) is not None:
        return f"{ORDER_WORDS[choice]}: {date_format(day, 'j F Y')}"
    if question.given == "decimal" and (amount := amount_of(question.example, decimal=choice)) is not None:
        sign = _("A point") if choice == "." else _("A comma")
        return f"{sign}: {question.example} → {amount_in_words(amount.number)}"
    return str(CHOICE_WORDS.get(choice, choice))


def choice_in_words(key: str, choice: str) -> str:
    """Return an answer in words, where no example stands beside it."""
    if key == "nobody":
        return _("are recorded, as done by someone not named") if choice == "record" else _("are left out")
    return str(CHOICE_WORDS.get(choice, choice)) if key in ("date_order", "decimal") else choice


def day_as_read(example: str, order: str) -> date | None:
    """Return the day that an example such as "03/04/2026 09:00" tells in that order; None where it tells none."""
    numbers = re.match(r"\D*(\d{1,4})\D(\d{1,2})\D(\d{1,4})", example)
    if numbers is None or order not in ORDER_WORDS:
        return None
    parts = dict(zip(order, map(int, numbers.groups()), strict=True))
    year = parts["Y"] + (2000 if parts["Y"] < 100 else 0)
    try:
        return date(year, parts["M"], parts["D"])
    except ValueError:
        return None
