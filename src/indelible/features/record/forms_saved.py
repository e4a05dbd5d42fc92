"""The form of a saved view: its name, its question, and who sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.record.asking import LONGEST
from indelible.features.record.saved import LONGEST_NAME


class ViewForm(forms.Form):
    """A question under a name."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name")},
    )
    question = forms.CharField(
        label=_("What it asks"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "A sentence, or parts such as who:maria about:invoice. “Last month” means another month as time goes on."
        ),
        error_messages={"required": _("Enter what the view asks")},
    )
    shared = forms.BooleanField(
        label=_("Everybody who can sign in sees this view"),
        required=False,
        help_text=_("That it is shared, and each change of it from then on, goes on the record."),
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]

    def clean(self) -> dict[str, Any]:
        """Without the choice a view is its maker's alone."""
        data = super().clean() or self.cleaned_data
        data.setdefault("shared", False)
        return data
