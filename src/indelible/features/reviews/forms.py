"""The forms of reviews that are no access reviews: an answer, a duty of a rule, a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.people.models import User
from indelible.features.reviews.models import AnswerKind
from indelible.features.reviews.queue.answering import LONGEST_NOTE, Given
from indelible.features.reviews.queue.duty import SPANS, USUAL
from indelible.language.pattern import Look

ANSWERS: Final = {
    AnswerKind.EXPECTED: _("As expected"),
    AnswerKind.ASKED: _("Ask someone"),
    AnswerKind.CASE: _("Open a case"),
    AnswerKind.CLOSED: _("Close it"),
    AnswerKind.REOPENED: _("Take the answer back"),
}
SPAN_WORDS: Final = {
    "PT4H working": _("4 working hours"),
    "P1D working": _("1 working day"),
    "P2D working": _("2 working days"),
    "P5D working": _("5 working days"),
    "P1D": _("1 day, weekends counted"),
    "P1W": _("1 week"),
    "P1M": _("1 month"),
}


class AnswerForm(forms.Form):
    """An answer about an entry. `kinds` are those that can be given now."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    person = forms.ChoiceField(
        label=_("Whom do you ask, or who follows it up?"),
        help_text=_("Only for a question or a case. It stands in their list on Home."),
        required=False,
    )
    reference = forms.CharField(
        label=_("What the case is called"),
        help_text=_("Only for a case: a number or a few words that people find it by."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What you found, or what you want to know. It goes on the record."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kinds: Sequence[AnswerKind], people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in people}
        self.fields["answer"].choices = [(kind.value, ANSWERS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _now("Nobody")),
            *((key, one.name) for key, one in self._people.items()),
        ]
        if AnswerKind.ASKED not in kinds and AnswerKind.CASE not in kinds:
            del self.fields["person"]
        if AnswerKind.CASE not in kinds:
            del self.fields["reference"]
        if AnswerKind.EXPECTED not in kinds:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = _now("Say why. One sentence is enough.")
        if len(kinds) == 1:
            self.fields["answer"].initial = kinds[0].value

    def given(self) -> Given:
        """Return what was answered, of a valid form."""
        data = self.cleaned_data
        return Given(
            AnswerKind(data["answer"]),
            data["note"],
            self._people.get(data.get("person", "")),
            data.get("reference", ""),
        )


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
