"""Forms about groups."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.people.groups.services import LONGEST_NAME
from indelible.features.people.names.days import Days
from indelible.features.people.names.forms import day_field


class GroupForm(forms.Form):
    """How a group is called."""

    name = forms.CharField(
        label=_("Name of the group"),
        max_length=LONGEST_NAME,
        help_text=_("As you would say it in a sentence, such as “Finance”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name")},
    )


class MemberForm(forms.Form):
    """Who belongs to a group, and when."""

    person = forms.CharField(
        label=_("Person"),
        max_length=420,
        help_text=_("Somebody among the known people, by name or address. A new name becomes known."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-names"}),
        error_messages={"required": _("Enter a name")},
    )
    since = day_field(_("From"), help_text=_("Empty: from the beginning."))
    until = day_field(_("To"), help_text=_("Empty: until you say otherwise. That day is included."))

    @property
    def days(self) -> Days:
        """The days, once the form is valid."""
        return Days(self.cleaned_data["since"], self.cleaned_data["until"])


class TakeBackForm(forms.Form):
    """Why it was a mistake."""

    reason = forms.CharField(
        label=_("Why was it a mistake?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in one sentence")},
    )
