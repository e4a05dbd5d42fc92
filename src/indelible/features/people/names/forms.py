"""Forms about names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.people.models import User
from indelible.features.people.names.days import Days
from indelible.features.people.names.joining import LONGEST_LOGIN
from indelible.features.people.names.pasted import MOST_CHARACTERS, Line, PastedNamesError, read_names
from indelible.features.people.names.whom import LONGEST_NAME
from indelible.features.sources.models import Source


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("Choose a day"), "invalid": _("Write the day as 2025-03-01")},
    )


class PersonForm(forms.Form):
    """Somebody whom sources speak of."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the name")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Tells two people of one name apart, and helps to know logins again."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Enter an e-mail address such as name@example.org")},
    )
    account = forms.ModelChoiceField(
        label=_("Account in Indelible"),
        required=False,
        queryset=User.objects.none(),
        empty_label=_("None"),
        help_text=_("Where they sign in here too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = User.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        """Keep addresses in small letters."""
        return str(self.cleaned_data["email"]).lower()


class JoinForm(forms.Form):
    """Whose a login is, and from when to when."""

    login = forms.CharField(
        label=_("Login"),
        max_length=LONGEST_LOGIN,
        help_text=_("As it stands in entries: a login name, a number or an address."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the login")},
    )
    person = forms.CharField(
        label=_("Who it is"),
        max_length=500,
        help_text=_("A name that is known already, or a new one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known"}),
        error_messages={"required": _("Say who it is")},
    )
    source = forms.ModelChoiceField(
        label=_("In which source"),
        required=False,
        queryset=Source.objects.none(),
        empty_label=_("In every source"),
    )
    since = day_field(
        _("From which day"), help_text=_("Leave it empty where it was theirs from the beginning.")
    )
    until = day_field(
        _("Until which day"), help_text=_("That day included. Leave it empty where it is still theirs.")
    )
    passes_on = forms.BooleanField(
        label=_("The login passes from one to the other on that day"), required=False
    )
    meant = forms.BooleanField(label=_("It is another login, and I mean it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _now("The last day comes before the first"))
        data["days"] = Days(data.get("since"), data.get("until"))
        return data


class EndForm(forms.Form):
    """The last day of something."""

    last_day = day_field(_("The last day"), required=True, help_text=_("That day included."))


class WithdrawForm(forms.Form):
    """Why a login was never somebody's."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why. One sentence is enough")},
    )


class PastedNamesForm(forms.Form):
    """Several logins at once."""

    names = forms.CharField(
        label=_("Login, name and from which day, one a line"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Such as mlopez, Maria Lopez, 2025-03-01. The day may be left out."),
        error_messages={"required": _("Paste at least one line")},
    )
    meant = forms.BooleanField(
        label=_("Logins that only look like known ones are other logins, and I mean them"), required=False
    )

    def clean_names(self) -> list[Line]:
        """Read every line, or say which one cannot be read."""
        try:
            return read_names(self.cleaned_data["names"])
        except PastedNamesError as wrong:
            raise forms.ValidationError(str(wrong)) from None
