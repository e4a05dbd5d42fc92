"""Forms of accounts: whom to invite, what somebody chooses when they come, which role, why an account ends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from indelible.features.people.access import Role
from indelible.features.people.forms import new_password_field
from indelible.features.people.models import User

BY_MAIL, BY_HAND = "mail", "hand"
ROLES = [
    (Role.MEMBER, _("Member: writes entries, uploads files, makes packs")),
    (Role.REVIEWER, _("Reviewer: reads, checks, and signs what others ask for")),
    (Role.OWNER, _("Owner: does everything, and invites others")),
]


def role_field() -> forms.ChoiceField:
    """Return the field in which a role is chosen."""
    return forms.ChoiceField(
        label=_("Role"),
        choices=ROLES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role"), "invalid_choice": _("Choose a role")},
    )


def way_field() -> forms.ChoiceField:
    """Return the field in which is chosen how a link gets to somebody."""
    return forms.ChoiceField(
        label=_("How does the link get there?"),
        choices=[
            (BY_MAIL, _("By mail. You do not see it yourself")),
            (BY_HAND, _("I hand it over. It is shown once")),
        ],
        widget=forms.RadioSelect,
        initial=BY_MAIL,
        error_messages={"required": _("Choose one"), "invalid_choice": _("Choose one")},
    )


class WayForm(forms.Form):
    """How a link gets to somebody; nothing to choose where mail does not work."""

    way = way_field()

    def __init__(self, *args: Any, mail_works: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mail_works:
            del self.fields["way"]

    @property
    def by_mail(self) -> bool:
        """Whether it goes by mail; asked once the form is valid."""
        return self.cleaned_data.get("way") == BY_MAIL


class InviteForm(WayForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("They sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter their e-mail address"),
            "invalid": _("Enter an e-mail address such as name@example.org"),
        },
    )
    role = role_field()
    field_order = ("email", "role", "way")


class AcceptForm(forms.Form):
    """What somebody chooses who was invited: how they are called, and a password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As it reads on the record."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )
    password = new_password_field(_("Password"))

    def __init__(self, *args: Any, email: str, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email, self._name = email, name

    def clean(self) -> dict[str, Any]:
        """Refuse passwords that are too short, too common, or too like the name or address."""
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            person = User(email=self._email, name=data.get("name", self._name))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as refusal:
                self.add_error("password", refusal)
        return data


class PasswordForm(AcceptForm):
    """What somebody chooses who was given a link for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]
        self.fields["password"].label = _("New password")


class RoleForm(forms.Form):
    """Which role somebody gets."""

    role = role_field()


class EndAccessForm(forms.Form):
    """Why an account ends."""

    reason = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=1_000,
        help_text=_("Such as “Left Northwind on 30 June”. It stands on the record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
