"""The forms of reviews that are no access reviews: an answer, a duty of a rule, a sample."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.alarms.forms import AnswerForm as AlarmAnswerForm
from indelible.features.reviews.queue.answering import Given
from indelible.features.reviews.queue.duty import SPANS, USUAL
from indelible.language.pattern import Look

SPAN_WORDS: Final = {
    "PT4H working": _("4 working hours"),
    "P1D working": _("1 working day"),
    "P2D working": _("2 working days"),
    "P5D working": _("5 working days"),
    "P1D": _("1 day, weekends counted"),
    "P1W": _("1 week"),
    "P1M": _("1 month"),
}


class AnswerForm(AlarmAnswerForm):
    """An answer about an entry, asked for as about the notice of an alarm."""

    def answered(self) -> Given:
        """Return what was answered, of a valid form."""
        told = self.given()
        return Given(told.kind, told.note, told.person, told.reference)


class LookForm(forms.Form):
    """Whether each entry of a rule is to be looked at, within which time, and by whom."""

    within = forms.ChoiceField(label=_("Within"), choices=[])
    by = forms.CharField(
        label=_("Who looks"),
        help_text=_("A name, a group such as Finance, or nothing: then anybody but who did it."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, look: Look | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"within": look.within if look else USUAL, "by": look.by if look else ""}
        super().__init__(*args, **kwargs)
        offered = dict.fromkeys((*SPANS, *([look.within] if look and look.within else [])))
        self.fields["within"].choices = [(span, SPAN_WORDS.get(span, span)) for span in offered]  # type: ignore[attr-defined]

    def look(self) -> Look:
        """Return what was chosen, of a valid form."""
        return Look(self.cleaned_data["within"], " ".join(self.cleaned_data["by"].split()))
