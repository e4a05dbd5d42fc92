"""The forms of the pages about sources: a file, the meaning of its columns, a name, a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.explanations import explain
from indelible.features.sources.models import Import
from indelible.features.sources.origins import LONGEST_NAME
from indelible.intake.given import Given, GivenError
from indelible.intake.mapping import LEAVE_OUT, ROLES, Mapping, MappingError
from indelible.intake.reading import Survey

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


def _question_field(question: Any) -> forms.Field:
    if question.choices:
        choices = [(each, CHOICE_WORDS.get(each, each)) for each in question.choices]
        return forms.ChoiceField(
            label=question.text,
            choices=choices,
            widget=forms.RadioSelect,
            help_text=_("In the file: %(example)s") % {"example": question.example}
            if question.example
            else "",
        )
    return forms.CharField(
        label=question.text,
        max_length=200,
        help_text=_("In the file: %(example)s") % {"example": question.example} if question.example else "",
    )
