"""The password once more, before somebody signs a sample or a part of an access review."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.people.second.proving import PasswordForm


class SignForm(PasswordForm):
    """The password of whoever signs, the state that their page showed, and words where they are asked for."""

    reason = forms.CharField(
        label=_("What is to be said with it"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
