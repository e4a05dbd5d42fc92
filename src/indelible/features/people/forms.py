"""Forms of sign-in, password change and settings, in our own words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from indelible.features.people import services
from indelible.features.people.models import DateStyle, NumberStyle, Organisation, Theme, User
from indelible.web.acts import context_of
from indelible.web.moments import is_zone, zone_choices

PASSWORD_HINT = _("12 characters or more. Longer is better than complicated; you can paste it.")
SHOW = {"data-show": _("Show password"), "data-hide": _("Hide password")}


class SignInForm(account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
            error_messages={
                "required": _("Enter your e-mail address"),
                "invalid": _("Enter an e-mail address such as name@example.org"),
            },
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **SHOW}),
            error_messages={"required": _("Enter your password")},
        )
        self.order_fields(["login", "password"])


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """The present password and the new one, once: it can be shown while it is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = forms.CharField(
            label=_("Present password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **SHOW}),
            error_messages={"required": _("Enter your present password")},
        )
        self.fields["password1"] = new_password_field(_("New password"))
        del self.fields["password2"]
        self.request: HttpRequest | None = None

    def clean_oldpassword(self) -> str:
        """Refuse where the present password does not fit."""
        password: str = self.cleaned_data["oldpassword"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your present password"))
        return password

    def clean_password1(self) -> str:
        """Refuse passwords that are too short, too common, or too like the person's own facts."""
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Skip the comparison with a second copy: there is none."""
        data: dict[str, Any] = self.cleaned_data
        return data

    def save(self) -> None:
        """Set the new password and record that it was changed."""
        context = context_of(self.request) if self.request else {}
        services.change_password(self.user, self.cleaned_data["password1"], context)


def new_password_field(label: Any, *, required: bool = True) -> forms.CharField:
    """Return the field in which a new password is chosen."""
    return forms.CharField(
        label=label,
        strip=False,
        required=required,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", **SHOW}),
        error_messages={"required": _("Choose a password")},
    )


class ZoneField(forms.ChoiceField):
    """A time zone, chosen by its place."""

    def __init__(self, *, empty: Any = None, **kwargs: Any) -> None:
        first = [("", empty)] if empty else []
        super().__init__(choices=lambda: [*first, *zone_choices()], **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Whether the zone exists, also where it is not among those offered."""
        return is_zone(str(value))


class OwnSettingsForm(forms.Form):
    """What a person chooses for themself."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As it reads on the record from now on. Earlier entries keep the name they have."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )
    zone = ZoneField(label=_("Time zone"), required=False, empty=_("As the organisation"))
    date_style = forms.ChoiceField(
        label=_("How days are written"),
        required=False,
        choices=[("", _("As the organisation")), *DateStyle.choices],
    )
    number_style = forms.ChoiceField(
        label=_("How numbers are written"),
        required=False,
        choices=[("", _("As the organisation")), *NumberStyle.choices],
    )
    theme = forms.ChoiceField(label=_("Colours"), required=False, choices=Theme.choices)
    single_keys = forms.BooleanField(
        label=_("Single keys"),
        required=False,
        help_text=_("Such as j and k to go from entry to entry. See Keyboard keys at the foot of each page."),
    )


class OrganisationForm(forms.Form):
    """What holds for everybody who chose nothing else."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the organisation's name")},
    )
    zone = ZoneField(
        label=_("Time zone"), help_text=_("Entries keep their own times. This is for showing them.")
    )
    date_style = forms.ChoiceField(label=_("How days are written"), choices=DateStyle.choices)
    number_style = forms.ChoiceField(label=_("How numbers are written"), choices=NumberStyle.choices)


def settings_of(row: User | Organisation, names: tuple[str, ...]) -> dict[str, object]:
    """Return present values, to fill a form with."""
    return {name: getattr(row, name) for name in names}
