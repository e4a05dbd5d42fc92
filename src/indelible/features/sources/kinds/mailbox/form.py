"""What is asked of a person who sets up a mailbox, and how it is kept and told."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.sources.kinds import ConnectForm
from indelible.features.sources.kinds.mailbox.fetching import LEAVE, MOVE, READ
from indelible.features.sources.kinds.mailbox.server import (
    IMPLICIT,
    NONE,
    OWN_MACHINE,
    PASSWORD,
    PORTS,
    STARTTLS,
)
from indelible.features.sources.live.certificates import CertificateField, fingerprints
from indelible.features.sources.live.fields import Lines, on_one_line
from indelible.features.sources.models import Source

TLS_CHOICES: Final = (
    (IMPLICIT, gettext_lazy("Encrypted from the start (usually port 993)")),
    (STARTTLS, gettext_lazy("Encrypted once asked for (STARTTLS, usually port 143)")),
    (NONE, gettext_lazy("Not encrypted: only for a server on this same machine")),
)
AFTERWARDS: Final = (
    (LEAVE, gettext_lazy("Leave it as it is")),
    (READ, gettext_lazy("Mark it as read")),
    (MOVE, gettext_lazy("Move it to another folder")),
)
PATTERNS: Final = (
    "*.csv", "*.tsv", "*.txt", "*.log", "*.json", "*.jsonl", "*.ndjson", "*.xml", "*.xls", "*.xlsx", "*.gz", "*.zip",
)  # fmt: skip
_HOST: Final = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?)*\.?"
)
_SENDER: Final = re.compile(r"([^\s@<>(),;:\"\\]{1,64})?@[^\s@<>(),;:\"\\]{1,253}")


class MailboxForm(ConnectForm):
    """Which mailbox, how to get in, whose mails count, and what becomes of them."""

    folded = (
        "port",
        "certificate",
        "confirmed",
        "confirmed_by",
        "patterns",
        "mail_is_entry",
        "afterwards",
        "move_to",
    )

    host = forms.CharField(
        label=gettext_lazy("Mail server"),
        max_length=253,
        help_text=gettext_lazy(
            "Where the mailbox is read (IMAP), such as imap.example.org. Your mail provider names it."
        ),
        error_messages={"required": gettext_lazy("Name the mail server.")},
    )
    tls = forms.ChoiceField(
        label=gettext_lazy("How is the connection protected?"),
        choices=TLS_CHOICES,
        initial=IMPLICIT,
        widget=forms.RadioSelect,
    )
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        help_text=gettext_lazy("Leave it empty for the usual one."),
        required=False,
        min_value=1,
        max_value=65_535,
    )
    certificate = CertificateField()
    user = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=200,
        help_text=gettext_lazy(
            "Often the mail address itself. Best a mailbox of its own, that nothing else is sent to."
        ),
        error_messages={"required": gettext_lazy("Say as whom we sign in.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        strip=False,
        error_messages={"required": gettext_lazy("Give the password of this mailbox.")},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    folder = forms.CharField(
        label=gettext_lazy("Folder"),
        max_length=200,
        initial="INBOX",
        help_text=gettext_lazy("What lies there already is looked at too."),
    )
    senders = Lines(
        label=gettext_lazy("Whose mails count?"),
        help_text=gettext_lazy(
            "One address a line, or a whole domain as @example.org. Mails of anybody else are counted and left alone."
        ),
        error_messages={
            "required": gettext_lazy(
                "Name at least one sender. Without a list, anybody could add to your record."
            )
        },
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("Only where our mail server confirms the sender"),
        help_text=gettext_lazy(
            "Anybody can write any From address. Many mail servers find out whether the sender's domain stands behind "
            "a mail (DMARC) and note it on top. With this, a mail without that note of your server is left alone."
        ),
        required=False,
    )
    confirmed_by = forms.CharField(
        label=gettext_lazy("What your mail server calls itself in that note"),
        help_text=gettext_lazy(
            "The first word after Authentication-Results: in the full head of a mail, such as mx.example.org."
        ),
        required=False,
        max_length=253,
    )
    patterns = Lines(
        label=gettext_lazy("Which attachments are taken?"),
        help_text=gettext_lazy(
            "One pattern a line; * stands for anything. The others are named on the page and left alone."
        ),
        initial=list(PATTERNS),
        error_messages={
            "required": gettext_lazy("Name at least one pattern. Write * to take every attachment.")
        },
    )
    mail_is_entry = forms.BooleanField(
        label=gettext_lazy("A mail that brings no such attachment is an entry itself"),
        help_text=gettext_lazy(
            "It says that the mail was received, from whom and when; not what stands in it."
        ),
        required=False,
    )
    afterwards = forms.ChoiceField(
        label=gettext_lazy("What becomes of a mail that was taken?"),
        choices=AFTERWARDS,
        initial=LEAVE,
        widget=forms.RadioSelect,
    )
    move_to = forms.CharField(
        label=gettext_lazy("Folder to move it to"),
        help_text=gettext_lazy("Made where it is missing."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, source=source, **kwargs)
        if source is not None:
            password = self.fields["password"]
            password.required = False
            password.help_text = _(
                "Leave it empty to keep the present one. The old one is used until the new one was let in."
            )

    def clean_host(self) -> str:
        """Return the server's name or address."""
        host: str = self.cleaned_data["host"].strip().lower()
        try:
            return str(ipaddress.ip_address(host.strip("[]")))
        except ValueError:
            if not _HOST.fullmatch(host):
                raise forms.ValidationError(_("This is no name of a server.")) from None
            return host

    def clean_user(self) -> str:
        """Return the user name."""
        return on_one_line(self.cleaned_data["user"])

    def clean_password(self) -> str:
        """Return the password as it was typed."""
        return on_one_line(self.cleaned_data["password"])

    def clean_folder(self) -> str:
        """Return the folder's name."""
        return on_one_line(self.cleaned_data["folder"])

    def clean_move_to(self) -> str:
        """Return the other folder's name."""
        return on_one_line(self.cleaned_data["move_to"])

    def clean_senders(self) -> list[str]:
        """Return the list, each of it an address or a domain."""
        for each in self.cleaned_data["senders"]:
            if not _SENDER.fullmatch(each):
                words = _("%(each)s is neither an address nor a domain. Write a domain as @example.org.")
                raise forms.ValidationError(words % {"each": each})
        found: list[str] = self.cleaned_data["senders"]
        return found

    def clean(self) -> dict[str, Any]:
        """Check what hangs together. What is wrong stands at its field."""
        told = super().clean() or {}
        if told.get("tls") == NONE and told.get("host") not in (None, *OWN_MACHINE):
            self.add_error(
                "tls", _("A password never goes to another machine unprotected. Choose one of the other two.")
            )
        if told.get("certificate") and told.get("tls") == NONE:
            self.add_error("certificate", _("Without encryption no certificate is shown."))
        if told.get("confirmed") and not told.get("confirmed_by", "").strip():
            self.add_error(
                "confirmed_by", _("Say what it calls itself, so that nobody else's note is believed.")
            )
        if told.get("afterwards") == MOVE:
            if not told.get("move_to"):
                self.add_error("move_to", _("Name the folder."))
            elif told["move_to"] == told.get("folder"):
                self.add_error("move_to", _("The mail lies there already. Name another folder."))
        return told

    def settings(self) -> dict[str, Any]:
        """Return what is kept, all but the password."""
        told = self.cleaned_data
        confirmed = bool(told["confirmed"])
        return {
            "host": told["host"],
            "tls": told["tls"],
            "port": told["port"] or PORTS[told["tls"]],
            "certificate": told["certificate"],
            "user": told["user"],
            "folder": told["folder"] or "INBOX",
            "senders": told["senders"],
            "confirmed": confirmed,
            "confirmed_by": told["confirmed_by"].strip().lower() if confirmed else "",
            "patterns": told["patterns"],
            "mail_is_entry": bool(told["mail_is_entry"]),
            "afterwards": told["afterwards"],
            "move_to": told["move_to"] if told["afterwards"] == MOVE else "",
        }

    def secrets(self) -> dict[str, str]:
        """Return the password, empty where the present one is kept."""
        return {PASSWORD: self.cleaned_data["password"]}

    def told(self) -> dict[str, str]:
        """Return the settings in the words of the entry that tells of them."""
        kept = self.settings()
        how = {IMPLICIT: "TLS", STARTTLS: "STARTTLS", NONE: "no encryption"}[kept["tls"]]
        told = {
            "mail server": f"{kept['host']}:{kept['port']}, {how}",
            "user name": kept["user"],
            "folder": kept["folder"],
            "senders": ", ".join(kept["senders"]),
            "attachments": ", ".join(kept["patterns"]),
            "a mail without one is an entry": "yes" if kept["mail_is_entry"] else "no",
            "what becomes of a mail": {
                LEAVE: "left as it is",
                READ: "marked as read",
                MOVE: f"moved to {kept['move_to']}",
            }[kept["afterwards"]],
        }
        if kept["confirmed_by"]:
            told["senders confirmed by"] = kept["confirmed_by"]
        if kept["certificate"]:
            told["certificate"] = fingerprints(kept["certificate"])
        return told
