"""The forms of access reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.people.models import User
from indelible.features.reviews.access.columns import PARTS
from indelible.features.reviews.access.reading import MOST_ROWS
from indelible.features.reviews.access.starting import LONGEST, TOTAL, Confirmed
from indelible.features.reviews.models import AccountKind
from indelible.features.sources.models import Source

PART_WORDS: Final = {
    "login": _("Login of the account"),
    "name": _("Name of the person"),
    "right": _("Right, role or group"),
    "kind": _("Kind of account"),
    "manager": _("Line manager"),
}
CHOICE_WORDS: Final = {
    "keep": _("Keep"),
    "reduce": _("Reduce"),
    "remove": _("Remove"),
    "ask": _("Ask first"),
}


class StartForm(forms.Form):
    """Which system, who answers for it, and what is covered."""

    system = forms.CharField(
        label=_("System"),
        help_text=_("As people call it, such as AccountsPro."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say which system.")},
    )
    source = forms.ModelChoiceField(
        label=_("Its source in Indelible"),
        help_text=_("Then only entries of this source prove that a right is gone."),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    owner = forms.ChoiceField(label=_("Who answers for the system"), choices=[])
    scope = forms.CharField(
        label=_("What is covered"),
        help_text=_("The application, its database, its console, apps connected to it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what is covered.")},
    )
    left_out = forms.CharField(
        label=_("What is left out, and why"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: Sequence[User], sources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in people}
        self.fields["owner"].choices = [(key, one.name) for key, one in self._people.items()]  # type: ignore[attr-defined]
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]

    def chosen_owner(self) -> User:
        """Return who answers for the system, of a valid form."""
        return self._people[self.cleaned_data["owner"]]


class ListForm(forms.Form):
    """The file with the list of accounts."""

    file = forms.FileField(
        label=_("List of all accounts"),
        help_text=_(
            "CSV or Excel (.xlsx), one line for each account and right, taken from the system itself."
        ),
        error_messages={"required": _("Choose a file. None was chosen, so nothing was sent.")},
    )


class ColumnsForm(forms.Form):
    """Which column is what, when and how the list was taken, and what the system itself counts."""

    taken_at = forms.DateTimeField(
        label=_("When the system gave this list"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": _("Say when the list was taken."),
            "invalid": _("This is no day and time."),
        },
    )
    how = forms.CharField(
        label=_("How it was taken"),
        help_text=_("From which screen or query, with which filters. Or: no filter, all accounts."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say how the list was taken.")},
    )
    told_all = forms.IntegerField(
        label=_("How many lines the system itself counts"),
        help_text=_("Read it off the system's own screen, not off the file."),
        min_value=0,
        max_value=10 * MOST_ROWS,
        error_messages={"required": _("Say how many the system counts.")},
    )

    def __init__(self, *args: Any, columns: Sequence[str], guessed: dict[str, str], **kwargs: Any) -> None:
        kwargs["initial"] = {
            **kwargs.get("initial", {}),
            **{f"part_{part}": guessed.get(part, "") for part in PARTS},
        }
        super().__init__(*args, **kwargs)
        for part in PARTS:
            choices = [("", _now("not in this list")), *((name, name) for name in columns)]
            self.fields[f"part_{part}"] = forms.ChoiceField(
                label=PART_WORDS[part],
                choices=choices if part != "login" else choices[1:],
                required=part == "login",
            )
        for kind, label in AccountKind.choices:
            self.fields[f"told_{kind}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=10 * MOST_ROWS
            )

    def parts(self) -> list[Any]:
        """Return the fields that say which column is what."""
        return [self[f"part_{part}"] for part in PARTS]

    def kinds(self) -> list[Any]:
        """Return the fields for the system's own counts by kind."""
        return [self[f"told_{kind}"] for kind in AccountKind.values]

    def clean(self) -> dict[str, Any]:
        """Hold the columns against each other: one column is one thing."""
        told = super().clean() or {}
        chosen: dict[str, str] = {}
        for part in PARTS:
            column = told.get(f"part_{part}")
            if column and column in chosen:
                self.add_error(
                    f"part_{part}", _now("This column is already the %(part)s.") % {"part": chosen[column]}
                )
            elif column:
                chosen[column] = str(PART_WORDS[part])
        return told

    def confirmed(self, zone: tzinfo) -> Confirmed:
        """Return what was said of the list, of a valid form."""
        told = self.cleaned_data
        counts = {
            kind: told[f"told_{kind}"] for kind in AccountKind.values if told[f"told_{kind}"] is not None
        }
        taken: datetime = told["taken_at"]
        return Confirmed(
            {part: told[f"part_{part}"] for part in PARTS if told[f"part_{part}"]},
            taken.replace(tzinfo=zone),
            told["how"],
            {TOTAL: told["told_all"], **counts},
        )
