"""The forms of the pages about sources: a file, the meaning of its columns, a name, a reason."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.explanations import explain
from indelible.features.sources.models import Import
from indelible.features.sources.origins import LONGEST_NAME
from indelible.intake.given import Given, GivenError, Question
from indelible.intake.mapping import LEAVE_OUT, ROLES, Mapping, MappingError
from indelible.intake.reading import Survey
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


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={"required": gettext_lazy("Choose a file. None was chosen, so nothing was sent.")},
        widget=forms.FileInput(),
    )


class RenameForm(forms.Form):
    """Another name for a source."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)


class MistakeForm(forms.Form):
    """Why a whole import is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Say why, because both versions stay readable.")},
    )


class ReasonForm(forms.Form):
    """Why something is done that others will ask about."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Say why. One sentence is enough; it goes on the record.")},
    )


class ColumnsForm(forms.Form):
    """Which column is what, and the answer to each open question. Fields follow from the file."""

    def __init__(self, row: Import, survey: Survey, data: Any = None) -> None:
        super().__init__(data)
        self.survey = survey
        for question in survey.questions:
            self.fields[f"given_{question.given}"] = _question_field(question)
        for place, column in enumerate(survey.columns):
            self.fields[f"role_{place}"] = forms.ChoiceField(
                label=column.name,
                choices=[(role, ROLE_WORDS.get(role, role)) for role in ROLES],
                initial=column.role,
            )
        self.fields["source_name"] = forms.CharField(
            label=_("Name of the source"),
            help_text=_("Leave it empty to add to the one source of this system."),
            required=False,
            max_length=LONGEST_NAME,
            initial=row.source_name,
        )
        self._given = Given(**row.given)

    def clean(self) -> dict[str, Any]:
        """Check answers and roles together. What is wrong stands at its field, in words."""
        cleaned = super().clean() or {}
        self.given = self._given
        for question in self.survey.questions:
            answer = cleaned.get(f"given_{question.given}")
            if answer:
                self._answer(question.given, answer)
        try:
            self.mapping = self._mapping(cleaned)
        except MappingError as refused:
            words = explain(refused.code, detail=refused.detail)
            self.add_error(None, f"{words.title} {words.next_step}")
        return cleaned

    def _answer(self, key: str, value: str) -> None:
        try:
            self.given = self.given.with_answer(key, value)
        except GivenError as refused:
            words = explain(refused.code, detail=refused.detail)
            self.add_error(f"given_{key}", f"{words.title} {words.next_step}")

    def _mapping(self, cleaned: dict[str, Any]) -> Mapping | None:
        """Return the person's choice where it differs from what was proposed or guessed."""
        chosen = {
            column.name: cleaned[f"role_{place}"]
            for place, column in enumerate(self.survey.columns)
            if f"role_{place}" in cleaned
        }
        proposed = {column.name: column.role for column in self.survey.columns}
        if chosen == proposed and not any(column.guess for column in self.survey.columns):
            return None
        return Mapping.from_json({"columns": chosen}) if chosen else None


def _question_field(question: Question) -> forms.Field:
    """Return the field that takes the answer to a question, with what we make of the file's own example."""
    hint = _("In the file: %(example)s") % {"example": question.example} if question.example else ""
    if question.given == "timezone":
        choices = [("", _("Choose a zone")), *zone_choices()]
        named = question.choices[0] if question.choices else ""  # by the file itself, above its table
        return ZoneAnswer(label=question.text, choices=choices, help_text=hint, initial=named)
    if question.choices:
        choices = [(each, choice_words(question, each)) for each in question.choices]
        label = _("Is the day or the month first?") if question.given == "date_order" else question.text
        return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, help_text=hint)
    return forms.CharField(label=question.text, max_length=200, help_text=hint)


class ZoneAnswer(forms.ChoiceField):
    """A zone, chosen by its place; any zone that reading knows will do as an answer."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to the reading, which also knows offsets, to say what it cannot use."""
        return bool(value)


def choice_words(question: Question, choice: str) -> str:
    """Return a choice in words; of a date, with what the file's own example would then be, in full."""
    day = day_as_read(question.example, choice) if question.given == "date_order" else None
    if day is None:
        return str(CHOICE_WORDS.get(choice, choice))
    return f"{ORDER_WORDS[choice]}: {date_format(day, 'j F Y')}"


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
