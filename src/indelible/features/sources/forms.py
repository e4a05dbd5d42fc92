"""The forms of the pages about sources: a file, a name, a reason. The one about columns: columnsform.py."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from indelible.features.sources.origins import LONGEST_NAME


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={"required": gettext_lazy("Choose a file. None was chosen, so nothing was sent.")},
        widget=forms.FileInput(),
    )


class RenameForm(forms.Form):
    """Another name for a source."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)


class MistakeForm(forms.Form):
    """Why a whole import is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Say why, because both versions stay readable.")},
    )


class ReasonForm(forms.Form):
    """Why something is done that others will ask about."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Say why. One sentence is enough; it goes on the record.")},
    )
