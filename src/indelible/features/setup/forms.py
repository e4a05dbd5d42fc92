"""The questions of the set-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from indelible.features.people.forms import OrganisationForm, new_password_field
from indelible.features.people.models import User

UPLOAD, BY_HAND = "upload", "by-hand"


class WhoForm(forms.Form):
    """Question 1: who are you?"""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address"),
            "invalid": _("Enter an e-mail address such as name@example.org"),
        },
    )
    password = new_password_field(_("Password"))

    def clean(self) -> dict[str, Any]:
        """Refuse passwords that are too short, too common, or too like the name or address."""
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            person = User(email=data.get("email", ""), name=data.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as refusal:
                self.add_error("password", refusal)
        return data


class NameForm(OrganisationForm):
    """Question 2: what is the organisation called? Zone and date style are guessed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date_style"].widget = forms.RadioSelect(choices=self.fields["date_style"].choices)  # type: ignore[attr-defined]
        del self.fields["number_style"]  # guessed, and changed in the settings where the guess is wrong
        self.fields["zone"].widget.attrs["data-zone"] = ""
        self.fields["zone"].help_text = _("Guessed. For showing times only: the record itself keeps UTC.")


class FirstForm(forms.Form):
    """Question 3: where does the first entry come from?"""

    first = forms.ChoiceField(
        label=_("Where does it come from?"),
        widget=forms.RadioSelect,
        choices=[
            (UPLOAD, _("Upload a file that another system exported")),
            (BY_HAND, _("Write the first one by hand")),
        ],
        initial=UPLOAD,
        error_messages={"required": _("Choose one")},
    )
