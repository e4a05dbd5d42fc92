"""The form that takes a receipt."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReceiptForm(forms.Form):
    """The file of a receipt that somebody was given; what is made of it is told by `forms_receipts`."""

    file = forms.FileField(
        label=_("Receipt"),
        help_text=_("A .tlog-proof, a saved mail (.eml), seal.txt or a pack. It is read and not kept."),
    )
