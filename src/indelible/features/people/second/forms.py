"""The two forms of whoever decides: the password once more, and the reason for sending something back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.people.forms import SHOW


class ApproveForm(forms.Form):
    """The password of whoever signs."""

    password = forms.CharField(
        label=_("Your password, to sign"),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **SHOW}),
        error_messages={"required": _("Enter your password")},
    )


class SendBackForm(forms.Form):
    """Why it goes back."""

    reason = forms.CharField(
        label=_("Why does it go back?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in one sentence")},
    )
