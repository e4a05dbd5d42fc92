"""The forms of seal words, of people who get receipts, and of what comes back from them."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.features.seals.models import Recipient
from indelible.features.seals.returned import MAX_BYTES, ZIP

PACES = [
    (Recipient.Pace.DAILY.value, _("Every day, with the last seal of the day")),
    (Recipient.Pace.WEEKLY.value, _("Every week, on Monday, with the last seal of the week")),
    (Recipient.Pace.MONTHLY.value, _("Every month, with the last seal of its last day")),
]
MAX_TYPED = 20_000


class RecipientForm(forms.Form):
    """Somebody outside who is to hold our seals."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As people here know them, such as Holm and Partners.")
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Best outside your own mail server, so that nobody here can empty the mailbox."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    pace = forms.ChoiceField(
        label=_("How often"), choices=PACES, initial=Recipient.Pace.DAILY.value, widget=forms.RadioSelect
    )


class ReturnedForm(forms.Form):
    """Something that came back: a file, or pasted text."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "A receipt (.tlog-proof), a saved mail (.eml), seal.txt, or a pack. It is read and not kept."
        ),
    )
    text = forms.CharField(
        label=_("Or paste it"),
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        help_text=_(
            "The whole mail, the seal as it is written, the text of a scanned code, or twelve seal words."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )
    holder = forms.ChoiceField(label=_("Who had it?"), required=False)

    def __init__(self, *args: object, holders: Sequence[tuple[str, str]] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["holder"].choices = [("", _("Somebody else, or told by the mail itself")), *holders]  # type: ignore[attr-defined]
        if not holders:
            del self.fields["holder"]

    def clean_file(self) -> bytes:
        """Return the file's bytes (of a pack its beginning); refuse what is far too large to be a receipt."""
        file = self.cleaned_data.get("file")
        if file is None:
            return b""
        if file.size > MAX_BYTES:
            if (beginning := bytes(file.read(len(ZIP)))) == ZIP:
                return beginning
            raise forms.ValidationError(_("This is far too large to be a receipt. Nothing was kept."))
        return bytes(file.read())

    def clean(self) -> dict[str, object]:
        """Ask for one of the two."""
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not str(cleaned.get("text") or "").strip() and not self.errors:
            self.add_error("file", _("Choose a file. No file was chosen, so nothing was sent."))
        return cleaned

    @property
    def is_pack(self) -> bool:
        """Whether the file is an evidence pack, which has a page of its own."""
        file: bytes = self.cleaned_data.get("file") or b""
        return file.startswith(ZIP)

    @property
    def data_sent(self) -> bytes:
        """What was sent, as bytes: the file where there is one."""
        file: bytes = self.cleaned_data.get("file") or b""
        return file or str(self.cleaned_data.get("text") or "").encode("utf-8", "replace")


class WordsForm(forms.Form):
    """Twelve words that somebody noted, and the seal they are said to be of."""

    words = forms.CharField(
        label=_("Paste or type the words you were given"),
        max_length=MAX_TYPED,
        help_text=_(
            "The twelve words, or the whole paragraph of the minutes. Capitals, commas and line breaks do not matter."
        ),
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Type the words. Nothing was typed, so nothing was compared.")},
    )
    seal = forms.CharField(
        label=_("Number of the seal"),
        required=False,
        max_length=30,
        help_text=_(
            "As it stands in the minutes, such as 42,118. Without it we look at the newest seal and at the last one "
            "of each of the last twelve months."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_seal(self) -> int | None:
        """Return the number, whatever stands between its digits."""
        typed = str(self.cleaned_data.get("seal") or "")
        digits = "".join(each for each in typed if each not in " ,.'’\u00a0\u202f")
        if not digits:
            return None
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 15:
            raise forms.ValidationError(_("The number of a seal is digits only, such as 42,118."))
        return int(digits)
