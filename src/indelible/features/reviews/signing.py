"""The password once more, before somebody signs a sample or a part of an access review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from indelible.explanations import explain
from indelible.features.people.forms import SHOW
from indelible.features.people.models import User
from indelible.features.people.second import password
from indelible.web.acts import context_of


class SignForm(forms.Form):
    """The password of whoever signs, the state that their page showed, and words where they are asked for."""

    password = forms.CharField(
        label=_("Your password, to sign"),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **SHOW}),
        error_messages={"required": _("Enter your password")},
    )
    reason = forms.CharField(
        label=_("What is to be said with it"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


def proved(request: HttpRequest, form: Any, user: User) -> bool:
    """Whether the password is theirs; where it is not, the form says so."""
    if not form.is_valid():
        return False
    refusal = password.check(user, form.cleaned_data["password"], context_of(request))
    if refusal is None:
        return True
    told = explain(refusal.code)
    if refusal.code == "sign-off-paused":
        left = ngettext("Try again in %(n)s minute.", "Try again in %(n)s minutes.", refusal.minutes)
        form.add_error("password", f"{told.title} {told.meaning} {left % {'n': refusal.minutes}}")
    else:
        form.add_error("password", f"{told.title} {told.meaning}")
    return False
