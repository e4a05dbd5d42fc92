"""The forms about those who hold our seals outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.seals.models import Authority, Witness
from indelible.features.seals.outside.calls import CallFailed, check_address
from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey
from indelible.ledger.stamps import read_roots
from indelible.storage.database.models import Logbook

LONGEST_NAME = 120
MOST_CERTIFICATE_BYTES = 64 * 1024


class AddressField(forms.CharField):
    """An http or https address, as plain as can be."""

    def __init__(self, **more: Any) -> None:
        attributes = {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=500, widget=forms.TextInput(attrs=attributes), **more)

    def clean(self, value: Any) -> str:
        """Return the address without a slash at its end."""
        text = str(super().clean(value))
        if text:
            try:
                check_address(text)
            except CallFailed as fault:
                raise forms.ValidationError(
                    _("Give an address that begins with https:// and has no question mark in it.")
                ) from fault
        return text.rstrip("/")


class WitnessForm(forms.Form):
    """A witness: what we call it, its key, and where it is."""

    name = forms.CharField(
        label=gettext_lazy("What do you call them?"),
        help_text=gettext_lazy("A name that people here know, such as Holm and Partners."),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Say what you call this witness.")},
    )
    url = AddressField(
        label=gettext_lazy("Address of the witness"),
        help_text=gettext_lazy("Such as https://witness.example"),
        error_messages={"required": gettext_lazy("Give the address of the witness.")},
    )
    key = forms.CharField(
        label=gettext_lazy("Key of the witness"),
        help_text=gettext_lazy("One line that they gave you. Its own page shows it too."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"}),
        max_length=4_000,
        error_messages={"required": gettext_lazy("Paste the key of the witness.")},
    )
    monitor_url = AddressField(
        label=gettext_lazy("Where it shows what it holds"),
        help_text=gettext_lazy("Only where that is another address."),
        required=False,
    )

    def __init__(self, logbook: Logbook, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._logbook = logbook

    def clean_key(self) -> str:
        """Return the key in its one form. Refuse a key that no witness could have, and one that is there already."""
        try:
            key = VerifierKey.parse("".join(self.cleaned_data["key"].split()))
        except LedgerError as fault:
            raise forms.ValidationError(
                _("This is no key of a witness. Copy the whole line, from the name to the last letter.")
            ) from fault
        if key.algorithm not in (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE):
            raise forms.ValidationError(_("This is a key that seals a record, not the key of a witness."))
        if Witness.objects.filter(logbook=self._logbook, key=key.text, ended_at=None).exists():
            raise forms.ValidationError(_("A witness with this key is set up already."))
        return key.text

    def clean(self) -> dict[str, Any]:
        """Refuse a name that another witness has or had: what each holds is filed under its name."""
        name, key = self.cleaned_data.get("name"), self.cleaned_data.get("key")
        others = Witness.objects.filter(logbook=self._logbook, name=name).exclude(key=key or "")
        if name and key and others.exists():
            self.add_error(
                "name", _("Another witness has or had this name. Choose one that tells them apart.")
            )
        return self.cleaned_data


class AuthorityForm(forms.Form):
    """A time-stamping authority: what we call it, where it is, and the roots that are pinned for it."""

    name = forms.CharField(
        label=gettext_lazy("What do you call it?"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Say what you call it.")},
    )
    url = AddressField(
        label=gettext_lazy("Address for time stamps"),
        help_text=gettext_lazy("From its instructions, often called the TSA or RFC 3161 address."),
        error_messages={"required": gettext_lazy("Give the address for time stamps.")},
    )
    roots = forms.CharField(
        label=gettext_lazy("Root certificates"),
        help_text=gettext_lazy(
            "Paste them, with the lines BEGIN CERTIFICATE and END CERTIFICATE, or choose a file below."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        max_length=MOST_CERTIFICATE_BYTES,
        error_messages={
            "required": gettext_lazy(
                "Paste or choose the root certificates. Without them no stamp could be checked."
            )
        },
    )
    file = forms.FileField(label=gettext_lazy("Or a file with the root certificates"), required=False)
    policy = forms.RegexField(
        r"^[0-2](\.[0-9]{1,20}){1,20}\Z",
        label=gettext_lazy("Policy to insist on"),
        help_text=gettext_lazy(
            "A number with points, such as 1.3.6.1.4.1.32473.1.1. Leave empty to accept any."
        ),
        required=False,
        max_length=120,
        error_messages={
            "invalid": gettext_lazy("A policy is a number with points, such as 1.3.6.1.4.1.32473.1.1.")
        },
    )

    def __init__(self, logbook: Logbook, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._logbook = logbook
        if self.files.get("file"):
            self.fields["roots"].required = False

    def clean_name(self) -> str:
        """Refuse a name that another authority has or had."""
        name = str(self.cleaned_data["name"])
        if Authority.objects.filter(logbook=self._logbook, name=name).exists():
            raise forms.ValidationError(
                _("Another authority has or had this name. Choose one that tells them apart.")
            )
        return name

    def clean(self) -> dict[str, Any]:
        """Take the roots from the text or the file; refuse what holds no certificate."""
        text, file = self.cleaned_data.get("roots") or "", self.cleaned_data.get("file")
        if file is not None:
            text = file.read(MOST_CERTIFICATE_BYTES).decode("ascii", "replace")
        if text:
            try:
                read_roots(text)
            except LedgerError:
                words = _("This holds no certificate that can be read. It has to be in PEM form, as text.")
                self.add_error("roots", words)
        self.cleaned_data["roots"] = text
        return self.cleaned_data


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
        error_messages={"required": gettext_lazy("Say why. One sentence is enough.")},
    )


class ExplanationForm(forms.Form):
    """How it came about."""

    text = forms.CharField(
        label=gettext_lazy("How did this come about?"),
        help_text=gettext_lazy(
            "Write what you know, who found it out and how. It stays beside this finding for good."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4_000,
        error_messages={"required": gettext_lazy("Write what you know.")},
    )
