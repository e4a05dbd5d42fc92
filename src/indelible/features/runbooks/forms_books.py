"""The small forms about runbooks' texts: beginning one, taking one in, publishing, walking through, who, when, the end.

(The forms in which a document itself is changed are in `books.editing`.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.people.models import User
from indelible.features.people.second.proving import PasswordForm
from indelible.features.runbooks.books.appointing import Filled
from indelible.features.runbooks.books.editing.fields import Pick
from indelible.features.runbooks.document.reading import LONGEST_TEXT
from indelible.features.runbooks.document.runbook import Role, Step

LONGEST: Final = 1_000


class NewForm(forms.Form):
    """A runbook of one's own."""

    title = forms.CharField(
        label=_("What is it called?"),
        help_text=_("For example: Opening the shop in the morning"),
        max_length=200,
        error_messages={"required": _("Give it a title")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    purpose = forms.CharField(
        label=_("What is it for?"),
        help_text=_("One sentence that a manager would nod at."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    team = forms.CharField(
        label=_("Team"), max_length=60, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )


class ImportForm(forms.Form):
    """A document that is taken in: as a file or as text."""

    file = forms.FileField(
        label=_("File"), help_text=_("TOML or JSON, up to 512 KB, as it was exported here."), required=False
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea({"rows": 8, "class": "mono", "spellcheck": "false"}),
    )
    onto = forms.BooleanField(
        label=_("Take it in as the draft of the runbook that has this short name already"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Read the file as text; exactly one of the two is wanted."""
        data = super().clean() or {}
        file = data.get("file")
        if file is not None:
            if file.size > LONGEST_TEXT:
                self.add_error("file", _now("The file is larger than 512 KB. Nothing was taken in."))
                return data
            try:
                data["text"] = file.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", _now("The file is no text in UTF-8. Nothing was taken in."))
        elif not str(data.get("text", "")).strip():
            self.add_error("file", _now("Choose a file, or paste its text."))
        return data


class TextForm(forms.Form):
    """The whole document as text."""

    text = forms.CharField(
        label=_("The runbook as text"),
        help_text=_("TOML, as the format is written down. What cannot be read is not kept."),
        max_length=LONGEST_TEXT,
        strip=False,
        error_messages={"required": _("The text is empty. Nothing was kept.")},
        widget=forms.Textarea({"rows": 30, "class": "mono", "spellcheck": "false"}),
    )


class StepTitleForm(forms.Form):
    """A new step."""

    title = forms.CharField(
        label=_("Title of the new step"),
        max_length=200,
        error_messages={"required": _("Give the step a title")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    after = Pick(_("Where it goes"))

    def __init__(self, *args: Any, steps: Sequence[Step], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            (step.key, _now("after %(n)s. %(title)s") % {"n": place, "title": step.title})
            for place, step in enumerate(steps, 1)
        ]
        self.fields["after"].choices = [("", _now("at the end")), *places]  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """What is new, and why."""

    note = forms.CharField(
        label=_("What is new, and why?"),
        help_text=_("It stays with the version and goes on the record."),
        max_length=LONGEST,
        error_messages={"required": _("Say what is new, and why. One sentence is enough.")},
        widget=forms.Textarea({"rows": 2}),
    )


class ReasonForm(forms.Form):
    """Why it is retired."""

    reason = forms.CharField(
        label=_("Why is it retired?"),
        max_length=LONGEST,
        error_messages={"required": _("Say why. One sentence is enough.")},
        widget=forms.Textarea({"rows": 2}),
    )


class LookForm(PasswordForm):
    """The text was looked at again."""

    note = forms.CharField(
        label=_("What you looked at"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )

    field_order = ("note", "password")


class WalkForm(PasswordForm):
    """A walk-through: each step understood, or what is unclear about it."""

    general = forms.CharField(
        label=_("Anything about the whole"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, steps: Sequence[Step], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [step.key for step in steps]
        for place, step in enumerate(steps, 1):
            self.fields[f"clear_{step.key}"] = forms.BooleanField(
                label=_now("I could do step %(n)s as it is written") % {"n": place}, required=False
            )
            self.fields[f"note_{step.key}"] = forms.CharField(
                label=_now("What is unclear about step %(n)s") % {"n": place},
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea({"rows": 1}),
            )
        self.order_fields(
            [*(n for n in self.fields if n not in ("general", "password")), "general", "password"]
        )

    def clean(self) -> dict[str, Any]:
        """Want each step ticked, or a note to it."""
        data = super().clean() or {}
        for key in self.keys:
            if not data.get(f"clear_{key}") and not str(data.get(f"note_{key}", "")).strip():
                self.add_error(f"clear_{key}", _now("Tick it, or say what is unclear"))
        return data

    @property
    def notes(self) -> dict[str, str]:
        """What was noted, by the key of the step; under "" what was said of the whole."""
        data = self.cleaned_data
        return {"": data["general"], **{key: data[f"note_{key}"] for key in self.keys}}


class RolesForm(forms.Form):
    """Who keeps the text, who fills each role and who stands in."""

    owner = Pick(_("Who keeps the text up to date"))

    def __init__(
        self,
        *args: Any,
        roles: Mapping[str, Role],
        people: Iterable[User],
        filled: Mapping[str, Filled],
        owner: User | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles
        named = [each for one in filled.values() for each in one.people]
        self._people = {str(one.pk): one for one in (*people, *named, *([owner] if owner else []))}
        choices = [("", _now("nobody")), *((key, one.name) for key, one in self._people.items())]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]
        self.initial["owner"] = str(owner.pk) if owner else ""
        for key, role in roles.items():
            told = filled.get(key, Filled())
            for part, label, who in (
                ("user", role.title, told.user),
                ("stand_in", _now("Stands in for %(role)s") % {"role": role.title}, told.stand_in),
            ):
                self.fields[f"{part}_{key}"] = Pick(label, choices)
                self.initial[f"{part}_{key}"] = str(who.pk) if who else ""

    def rows(self) -> list[tuple[Role, forms.BoundField, forms.BoundField]]:
        """Return each role with its two controls."""
        return [(role, self[f"user_{key}"], self[f"stand_in_{key}"]) for key, role in self.roles.items()]

    def keeper(self) -> User | None:
        """Return who keeps the text, of a valid form."""
        return self._people.get(self.cleaned_data["owner"])

    def filled(self) -> dict[str, Filled]:
        """Return who fills which role, of a valid form."""
        data = self.cleaned_data
        return {
            key: Filled(self._people.get(data[f"user_{key}"]), self._people.get(data[f"stand_in_{key}"]))
            for key in self.roles
        }


class CalendarForm(forms.Form):
    """From which day the calendar starts runs."""

    begins = forms.DateField(
        label=_("From which day"),
        help_text=_("No run is due by the calendar before that day."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day"), "invalid": _("Write a day such as 2026-12-01")},
    )

    def day(self) -> date:
        """Return the day, of a valid form."""
        found: date = self.cleaned_data["begins"]
        return found
