"""The forms of samples."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.reviews.samples.services import EXCEPTION, FINE
from indelible.features.reviews.samples.sizes import OWN, ROWS, row_words
from indelible.features.signoffs.making import Period
from indelible.features.signoffs.sampling import LONGEST_SEED, MOST_SAMPLE


class SampleForm(forms.Form):
    """Of what a sample is drawn, over which time, how large, and by which seed."""

    question = forms.CharField(
        label=_("Of what"),
        help_text=_("Ask as in the search: payments over 5,000 EUR. Or choose a rule by writing rule:3."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say of what the sample is drawn.")},
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=_("Up to and including"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    row = forms.ChoiceField(
        label=_("How often it is done"),
        help_text=_("Auditors customarily look at so many. No law says so."),
        choices=[],
    )
    size = forms.IntegerField(
        label=_("How many"),
        help_text=_("Only for a number of your own."),
        required=False,
        min_value=1,
        max_value=MOST_SAMPLE,
    )
    seed = forms.CharField(
        label=_("Seed"),
        help_text=_(
            "An auditor may name one. Empty: made by chance. Whoever has it can draw the same again."
        ),
        max_length=LONGEST_SEED,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    due = forms.DateField(
        label=_("To be looked at and signed by"),
        help_text=_("You are reminded of it. Leave empty if there is no such day."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row"].choices = [*((row, row_words(row)) for row in ROWS), (OWN, row_words(OWN))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold the days, and the number, against each other."""
        told = super().clean() or {}
        if told.get("since") and told.get("until") and told["since"] > told["until"]:
            self.add_error("until", _("This day lies before the first one."))
        if told.get("row") == OWN and not told.get("size"):
            self.add_error("size", _("Say how many."))
        return told

    def period(self, zone: tzinfo) -> Period | None:
        """Return the time from which is drawn, of a valid form; None for all of it."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since is None and until is None:
            return None
        return (
            datetime.combine(since, time(), zone) if since else None,
            datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        )


class DecideForm(forms.Form):
    """What somebody says of a row of a sample."""

    choice = forms.ChoiceField(
        label=_("What you found"),
        choices=[(FINE, _("Fine")), (EXCEPTION, _("Exception"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("In words"),
        help_text=_("Needed for an exception."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
