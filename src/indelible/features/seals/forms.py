"""The form that takes a receipt."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_RECEIPT_BYTES = 2 * 1024 * 1024


class ReceiptForm(forms.Form):
    """A receipt that somebody was given."""

    file = forms.FileField(
        label=_("Receipt"),
        help_text=_("A file that ends in .tlog-proof. It is read and not kept."),
        error_messages={"required": _("Choose a file. No file was chosen, so nothing was sent.")},
    )

    def clean_file(self) -> bytes:
        """Return the receipt's bytes; refuse what is far too large to be one."""
        file = self.cleaned_data["file"]
        if file.size > MAX_RECEIPT_BYTES:
            raise forms.ValidationError(_("This is far too large to be a receipt. Nothing was kept."))
        return bytes(file.read())
