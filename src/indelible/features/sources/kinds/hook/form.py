"""What is asked when a web service is to send its messages: which one, and its secret if it is there already."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import ConnectForm
from indelible.features.sources.kinds.hook.receiving import SECRET
from indelible.features.sources.kinds.hook.senders import BY_VALUE, SENDERS
from indelible.features.sources.models import Source

LONGEST_SECRET: Final = 500
LEAST_SECRET: Final = 8
HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^`|~-]{1,80}")
OF_OTHERS: Final = ("header", "algorithm", "encoding", "lead", "stamp_header", "stamped", "id_header")


class SecretField(forms.CharField):
    """A secret as the other side shows it. It is never shown again, so it is no field that is filled in."""

    def __init__(self, **more: Any) -> None:
        widget = forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"})
        super().__init__(
            label=_("Signing secret"),
            min_length=LEAST_SECRET,
            max_length=LONGEST_SECRET,
            widget=widget,
            **more,
        )


class HookForm(ConnectForm):
    """Which service, its secret, and for one that we have no name for, how it signs."""

    sender = forms.ChoiceField(
        label=_("Who sends?"),
        choices=[(each.value, each.title) for each in SENDERS],
        widget=forms.RadioSelect,
        initial="github",
        error_messages={"required": _("Choose one. For any other, choose Another service.")},
    )
    secret = SecretField(
        required=False,
        help_text=_(
            "If you have it already. Else leave this empty: the next page makes one, or takes theirs."
        ),
    )
    header = forms.CharField(
        label=_("Header with the signature"),
        max_length=80,
        required=False,
        help_text=_("Only for another service. Its documentation names it, such as X-Signature."),
    )
    algorithm = forms.ChoiceField(
        label=_("Kind of signature"),
        choices=[("sha256", "HMAC SHA-256"), ("sha512", "HMAC SHA-512"), ("sha1", "HMAC SHA-1")],
        required=False,
    )
    encoding = forms.ChoiceField(
        label=_("Written as"),
        choices=[
            ("hex", _("Hexadecimal (0 to 9, a to f)")),
            ("base64", _("Base64 (letters, often = at the end)")),
        ],
        required=False,
    )
    lead = forms.CharField(
        label=_("What stands before the signature"),
        max_length=40,
        required=False,
        help_text=_("Such as sha256= where the header begins with it."),
    )
    stamp_header = forms.CharField(
        label=_("Header with the time"),
        max_length=80,
        required=False,
        help_text=_("If there is one: messages that are more than five minutes off are then refused."),
    )
    stamped = forms.ChoiceField(
        label=_("What is signed"),
        choices=[("stamp.body", _("The time, a dot, and the message")), ("body", _("The message alone"))],
        required=False,
        help_text=_("Where there is a header with the time."),
    )
    id_header = forms.CharField(
        label=_("Header with the number of the message"),
        max_length=80,
        required=False,
        help_text=_(
            "A message that comes twice is known by it. Without one, by being the same in every letter."
        ),
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        """Ask of a source that is there only what can still be changed: how another service signs."""
        super().__init__(*args, source=source, **kwargs)
        if source is not None:
            # Who sends is fixed with the address; the secret has a page of its own.
            del self.fields["secret"]
            self.fields["sender"].disabled = True
            self.fields["sender"].help_text = _("This stays as it is. For another one, add another source.")
            if source.settings.get("sender") != "other":
                for name in OF_OTHERS:
                    del self.fields[name]

    @property
    def _is_other(self) -> bool:
        if self.source is not None:
            return bool(self.source.settings.get("sender") == "other")
        return bool(self.cleaned_data.get("sender") == "other")

    def clean(self) -> dict[str, Any]:
        """Ask for what another service needs, and let names of headers be such."""
        given = super().clean() or {}
        if not self._is_other:
            return given
        if not given.get("header") and "header" not in self.errors:
            self.add_error(
                "header", _now("Name the header that holds the signature. We take nothing unsigned.")
            )
        for name in ("header", "stamp_header", "id_header"):
            if (text := given.get(name)) and not HEADER_NAME.fullmatch(text):
                self.add_error(name, _now("This is no name of a header: letters, digits and hyphens."))
        return given

    def settings(self) -> dict[str, Any]:
        """Return who sends, and how another service signs."""
        kept = {} if self.source is not None else {"sender": self.cleaned_data["sender"]}
        if self._is_other:
            kept |= {name: self.cleaned_data.get(name) or "" for name in OF_OTHERS}
            kept["algorithm"] = kept["algorithm"] or "sha256"
            kept["encoding"] = kept["encoding"] or "hex"
            kept["stamped"] = kept["stamped"] or "stamp.body"
        return kept

    def secrets(self) -> dict[str, str]:
        """Return the secret, where it was given."""
        return {SECRET: self.cleaned_data.get("secret", "")}

    def told(self) -> dict[str, str]:
        """Tell who sends by name, and the rest as it was set."""
        settings = self.settings()
        told = {}
        if "sender" in settings:
            told["who sends"] = str(BY_VALUE[settings["sender"]].title)
        labels = {
            "header": "header with the signature",
            "algorithm": "kind of signature",
            "encoding": "written as",
            "lead": "before the signature",
            "stamp_header": "header with the time",
            "stamped": "what is signed",
            "id_header": "header with the number of the message",
        }
        return told | {label: str(settings[name]) for name, label in labels.items() if settings.get(name)}
