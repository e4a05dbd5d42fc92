"""The two forms of whoever decides: the password once more, and the reason for sending something back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.people.second.proving import PasswordForm


class ApproveForm(PasswordForm):
    """The password of whoever signs."""


class SendBackForm(forms.Form):
    """Why it goes back."""

    reason = forms.CharField(
        label=_("Why does it go back?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in one sentence")},
    )
