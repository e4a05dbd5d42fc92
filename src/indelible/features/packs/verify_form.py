"""What somebody sends to have it checked: a file, and what they trust. Nothing of it is kept.

The file is written to the data folder while it arrives, stops at its bound whatever its size was said to be,
and is removed when the request ends, however it ends.
"""

from __future__ import annotations

import shutil
from typing import Final

from django import forms
from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey

MOST_BYTES: Final = 200_000_000
MOST_UNPACKED_BYTES: Final = 1_000_000_000
_LEFT_FREE_BYTES: Final = 1_000_000_000  # a stranger's file must not fill the disk that the record needs
_FORM_BYTES: Final = 100_000
MOST_SENT: Final = MOST_BYTES + _FORM_BYTES
_MOST_CHARACTERS: Final = 20_000
_MOST_WITNESSES: Final = 50


class BoundedFile(TemporaryFileUploadHandler):
    """Writes the file to the data folder as it arrives, and stops at the bound."""

    exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next piece, unless the file has outgrown the bound."""
        if start + len(raw_data) > MOST_BYTES:
            self.exceeded = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


def is_too_long(request: HttpRequest) -> bool:
    """Say whether a request is beyond the bound by its own account, before a byte of it is read."""
    stated = request.META.get("CONTENT_LENGTH") or ""
    length = int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 20 else 0
    free = shutil.disk_usage(settings.INDELIBLE_HOME.uploads).free
    return length > min(MOST_SENT, free - _LEFT_FREE_BYTES)


def keys_in(text: str) -> list[VerifierKey]:
    """Return every verifier key in a text, whatever else a key card says."""
    found: list[VerifierKey] = []
    for word in text.split():
        if word.count("+") < 2:
            continue
        try:
            key = VerifierKey.parse(word.strip("\"'<>,;“”‘’"))
        except LedgerError:
            continue
        if key not in found:
            found.append(key)
    return found


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(
        attrs={"class": "input", "rows": rows, "spellcheck": "false", "autocomplete": "off"}
    )


class VerifyForm(forms.Form):
    """The form of /verify/."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("An evidence pack (ZIP), a receipt of an entry (.tlog-proof), or a mail with a seal."),
        error_messages={
            "required": _(
                "Choose a file. No file was chosen, so nothing was checked. Choose the pack as it was handed to you."
            ),
            "invalid": _("Choose a file. What came was none, so nothing was checked."),
        },
        widget=forms.FileInput(attrs={"class": "input"}),
    )
    key = forms.CharField(
        label=_("Key card"),
        required=False,
        max_length=_MOST_CHARACTERS,
        help_text=_("Paste the text of the key card that you keep. It settles whose record this is from."),
        widget=_area(3),
    )
    words = forms.CharField(
        label=_("Seal words"),
        required=False,
        max_length=_MOST_CHARACTERS,
        help_text=_("The twelve words that you were told, or that stand in minutes."),
        widget=_area(2),
    )
    witnesses = forms.CharField(
        label=_("Keys of witnesses that must have seen it"),
        required=False,
        max_length=_MOST_CHARACTERS,
        help_text=_("One key a line. Leave it empty if you know none."),
        widget=_area(2),
    )

    def clean_key(self) -> VerifierKey | None:
        """Return the key of the card."""
        text = self.cleaned_data["key"]
        if not text.strip():
            return None
        found = keys_in(text)
        if not found:
            raise forms.ValidationError(
                _(
                    "This is no key card. Nothing was checked. Paste the card as it is, with the long line in it."
                )
            )
        return found[0]

    def clean_witnesses(self) -> tuple[VerifierKey, ...]:
        """Return the keys of the witnesses."""
        text = self.cleaned_data["witnesses"]
        found = keys_in(text)[:_MOST_WITNESSES]
        if text.strip() and not found:
            raise forms.ValidationError(
                _("There is no key in this. Nothing was checked. Paste one key a line.")
            )
        return tuple(found)

    def clean_words(self) -> str | None:
        """Return the words as typed, None where there are none."""
        return self.cleaned_data["words"] or None
