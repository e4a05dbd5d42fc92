"""Asking on a page that whoever signs proves anew who they are: the field, the form, what is said where it fails."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from indelible.explanations import explain
from indelible.features.people.forms import SHOW
from indelible.features.people.models import User
from indelible.features.people.second import password
from indelible.web.acts import context_of


def password_field() -> forms.CharField:
    """Return the field for the password of whoever signs."""
    return forms.CharField(
        label=_("Your password, to sign"),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **SHOW}),
        error_messages={"required": _("Enter your password")},
    )


class PasswordForm(forms.Form):
    """The password of whoever signs; forms that ask for more besides build on it."""

    password = password_field()


def proved(request: HttpRequest, form: forms.Form, user: User, *, now: datetime | None = None) -> bool:
    """Whether a form is filled in and its password is theirs; where it is not, the form says why."""
    if not form.is_valid():
        return False
    refusal = password.check(user, form.cleaned_data["password"], context_of(request), now=now)
    if refusal is not None:
        form.add_error("password", refusal_words(refusal))
    return refusal is None


def refusal_words(refusal: password.Refusal) -> str:
    """Say why a password signs nothing, and what comes of another try."""
    told = explain(refusal.code)
    if refusal.code == "sign-off-paused":
        more = ngettext("Try again in %(n)s minute.", "Try again in %(n)s minutes.", refusal.minutes)
        return f"{told.title} {told.meaning} {more % {'n': refusal.minutes}}"
    more = ngettext(
        "After %(n)s more wrong try sign-offs pause for 15 minutes, and that is recorded.",
        "After %(n)s more wrong tries sign-offs pause for 15 minutes, and that is recorded.",
        refusal.left,
    )
    return f"{told.title} {told.meaning} {more % {'n': refusal.left}}"
