"""The forms of the sealing key's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from indelible.storage.locked_key import SHORTEST_PASSPHRASE

MOST_CHARACTERS = 500


class WhyForm(forms.Form):
    """Why the key is changed. It stands on the record."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=MOST_CHARACTERS,
        help_text=_("One sentence is enough. It stands on the record."),
        error_messages={"required": _("Say why. It stands on the record.")},
    )


class FinishForm(forms.Form):
    """Why the new key seals alone although a witness was not seen to know it."""

    reason = forms.CharField(
        label=_("Why now"),
        max_length=MOST_CHARACTERS,
        required=False,
        help_text=_("One sentence is enough. It stands on the record."),
    )

    def __init__(self, *args: object, needs_reason: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].required = needs_reason


class SheetForm(forms.Form):
    """The passphrase of a recovery sheet, typed twice. It is kept nowhere."""

    passphrase = forms.CharField(
        label=_("Passphrase"),
        min_length=SHORTEST_PASSPHRASE,
        max_length=MOST_CHARACTERS,
        strip=False,
        help_text=_(
            "At least 12 characters. Four or five words that do not belong together are long, and easy to type. Keep"
            " it somewhere else than the sheet."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": _("Choose a passphrase."),
            "min_length": _("Choose a longer passphrase. It needs at least 12 characters."),
        },
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Type the passphrase a second time.")},
    )

    def clean_again(self) -> str:
        """Refuse two different ones."""
        again: str = self.cleaned_data["again"]
        if "passphrase" in self.cleaned_data and again != self.cleaned_data["passphrase"]:
            raise forms.ValidationError(_("The two passphrases are not the same. Type the same one twice."))
        return again
