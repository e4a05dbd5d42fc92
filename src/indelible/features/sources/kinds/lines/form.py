"""What is asked to set up a listener, and what of it is kept where."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from indelible.explanations import explain
from indelible.features.people.queries import organisation
from indelible.features.sources.kinds import ConnectForm
from indelible.features.sources.kinds.lines import certificates
from indelible.features.sources.kinds.lines.certificates import CertificateError
from indelible.features.sources.kinds.lines.listening import (
    MOST_ALLOWED,
    TCP,
    TLS,
    UDP,
    hosts_of,
    may_bind,
    networks_in,
    who_listens_at,
)
from indelible.features.sources.models import Source
from indelible.web.moments import zone_choices

KEY: Final = "private key"
OWN, PASTED, FILES = "own", "pasted", "files"
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,251}[A-Za-z0-9])?")
_AREA: Final = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"})


class LinesForm(ConnectForm):
    """How a source of system log lines listens."""

    folded = (
        "reached_as",
        "zone",
        "largest_kb",
        "certificate_from",
        "certificate",
        "private_key",
        "certificate_file",
        "key_file",
        "senders_certificates",
    )

    how = forms.ChoiceField(
        label=_("How do senders send?"),
        choices=[
            (TLS, _("TCP with encryption (TLS): the best where lines cross a network")),
            (TCP, _("TCP: senders wait when we are busy; anybody on the way can read along")),
            (UDP, _("UDP: for devices that know nothing else; lines can be lost on the way unnoticed")),
        ],
        initial=TCP,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how senders send.")},
    )
    address = forms.CharField(
        label=_("Address to listen on"),
        initial="127.0.0.1",
        max_length=45,
        help_text=_(
            "127.0.0.1 takes lines from this computer alone: right for a first try. 0.0.0.0 listens on every network "
            "of this computer, and :: also on those of version 6."
        ),
    )
    port = forms.IntegerField(
        label=_("Port"),
        initial=5514,
        min_value=1,
        max_value=65_535,
        help_text=_(
            "Any that is free. 6514 is usual with encryption. Below 1024 only the administrator may listen."
        ),
    )
    allowed = forms.CharField(
        label=_("Who may send"),
        required=False,
        widget=_AREA,
        max_length=5_000,
        help_text=_(
            "Addresses or networks, such as 192.0.2.10 or 10.20.0.0/16, one a line. Others are turned away. May stay "
            "empty only where this computer alone can reach it."
        ),
    )
    reached_as = forms.CharField(
        label=_("Name or address of this computer, as senders reach it"),
        required=False,
        max_length=253,
        help_text=_(
            "Such as log.example.com. It stands in the lines to copy into the sender, and in a certificate that we "
            "make."
        ),
    )
    zone = forms.ChoiceField(
        label=_("Zone of senders whose times have none"),
        required=False,
        help_text=_(
            "Older senders (RFC 3164) give neither year nor zone. What is read so is marked. Without a zone such "
            "lines stay without a time; their arrival is known all the same."
        ),
    )
    largest_kb = forms.IntegerField(
        label=_("Largest line, in KB"),
        initial=64,
        min_value=1,
        max_value=1_024,
        help_text=_("Longer ones are left out, and their beginning is kept."),
    )
    certificate_from = forms.ChoiceField(
        label=_("Certificate, where it is encrypted"),
        required=False,
        choices=[
            (OWN, _("Let Indelible make one; senders compare its fingerprint")),
            (PASTED, _("Paste one, with its private key")),
            (
                FILES,
                _("Files on this computer, such as those of another web server; a renewed one is noticed"),
            ),
        ],
        initial=OWN,
        widget=forms.RadioSelect,
    )
    certificate = forms.CharField(
        label=_("Certificate to paste"),
        required=False,
        widget=_AREA,
        max_length=100_000,
        help_text=_("From -----BEGIN CERTIFICATE----- on, with those between it and its authority."),
    )
    private_key = forms.CharField(
        label=_("Its private key"),
        required=False,
        widget=_AREA,
        max_length=100_000,
        help_text=_("Kept locked and never shown again. Leave it empty to keep the one given before."),
    )
    certificate_file = forms.CharField(label=_("File of the certificate"), required=False, max_length=500)
    key_file = forms.CharField(label=_("File of the private key"), required=False, max_length=500)
    senders_certificates = forms.CharField(
        label=_("Certificates of the senders"),
        required=False,
        widget=_AREA,
        max_length=200_000,
        help_text=_(
            "Only senders that show one of these are let in; each is told by its fingerprint. Empty: any sender with "
            "an allowed address."
        ),
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        """Offer the zones, the organisation's own first in a new form."""
        super().__init__(*args, source=source, **kwargs)
        zone: Any = self.fields["zone"]
        zone.choices = [("", _("None: such times stay unread")), *zone_choices()]
        if source is None and (house := organisation()) is not None:
            zone.initial = house.zone
        if source is None:
            self.fields["reached_as"].initial = _own_name()
        self._made: certificates.Made | None = None

    def clean_address(self) -> str:
        """Take an address of a computer, not a name."""
        text: str = self.cleaned_data["address"].strip()
        try:
            return str(ip_address(text))
        except ValueError:
            raise forms.ValidationError(
                _now("Enter an address such as 127.0.0.1, 0.0.0.0 or 192.0.2.10.")
            ) from None

    def clean_reached_as(self) -> str:
        """Take a name or an address; it stands in commands, so nothing else does."""
        text: str = self.cleaned_data["reached_as"].strip()
        if text and not _HOST.fullmatch(text):
            raise forms.ValidationError(_now("Enter a name such as log.example.com, or an address."))
        return text

    def clean_allowed(self) -> str:
        """Take a list of networks, one a line."""
        try:
            networks = networks_in(self.cleaned_data["allowed"])
        except ValueError as wrong:
            raise forms.ValidationError(
                _now("This is no address or network: %(what)s") % {"what": str(wrong)[:200]}
            ) from None
        if len(networks) > MOST_ALLOWED:
            raise forms.ValidationError(_now("At most %(most)s can be listed.") % {"most": MOST_ALLOWED})
        bare = [str(each.network_address if each.num_addresses == 1 else each) for each in networks]
        return "\n".join(dict.fromkeys(bare))

    def clean_senders_certificates(self) -> str:
        """Take certificates that can be read, as they are written."""
        text: str = self.cleaned_data["senders_certificates"].strip()
        if text:
            self._try(lambda: certificates.all_in(text))
            if len(certificates.all_in(text)) > certificates.MOST_SENDERS:
                raise forms.ValidationError(
                    _now("At most %(most)s can be listed.") % {"most": certificates.MOST_SENDERS}
                )
        return text

    def clean_port(self) -> int:
        """Refuse a port that only the administrator may listen on."""
        port: int = self.cleaned_data["port"]
        if not may_bind(port):
            raise forms.ValidationError(_words("lines-port-low", port=port))
        return port

    def clean(self) -> dict[str, Any]:
        """Look at what belongs together: port and protocol, address and senders, certificate and key."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        how, port, address = data.get("how"), data.get("port"), data.get("address")
        if how and port and (other := who_listens_at(how, port, self.source)) is not None:
            self.add_error("port", _words("lines-port-used", port=port, other=other.name))
        is_local = address is not None and ip_address(address).is_loopback
        if address and not is_local and "allowed" in data and not data["allowed"]:
            self.add_error(
                "allowed", _now("Say who may send: this address can be reached from other computers.")
            )
        if how == TLS and not self.errors:
            self._check_certificate(data)
        return data

    def _check_certificate(self, data: dict[str, Any]) -> None:
        chosen = data.get("certificate_from") or OWN
        if chosen == PASTED:
            if not data["certificate"]:
                self.add_error("certificate", _now("Paste the certificate."))
            elif data["private_key"]:
                self._try(
                    lambda: certificates.check_pair(data["certificate"], data["private_key"]), "certificate"
                )
            elif not self._has_key():
                self.add_error("private_key", _now("Paste the private key that belongs to it."))
        elif chosen == FILES:
            if not data["certificate_file"] or not data["key_file"]:
                self.add_error("certificate_file", _now("Name both files."))
                return
            self._try(lambda: _check_files(data["certificate_file"], data["key_file"]), "certificate_file")

    def _has_key(self) -> bool:
        """Whether the pasted certificate is the one whose key was kept."""
        given = self.cleaned_data["certificate"].strip()
        return self.source is not None and self.source.settings.get("certificate", "").strip() == given

    def _try(self, check: Any, field: str | None = None) -> None:
        try:
            check()
        except CertificateError as refused:
            words = forms.ValidationError(_words(refused.code, detail=refused.detail))
            if field is None:
                raise words from None
            self.add_error(field, words)

    def settings(self) -> dict[str, Any]:
        """Return all but the private key, in the form's own words, so that the form can be filled from it."""
        kept = {name: self.cleaned_data[name] for name in self.fields if name not in ("name", "private_key")}
        kept["certificate_from"] = kept["certificate_from"] or OWN
        if kept["how"] == TLS and kept["certificate_from"] == OWN:
            kept["own_certificate"] = self._own()
        return kept

    def secrets(self) -> dict[str, str]:
        """Return the private key that was pasted, or the one that we have just made."""
        if self.cleaned_data["how"] != TLS:
            return {}
        self.settings()  # makes one where none is there
        if self._made is not None:
            return {KEY: self._made.key}
        pasted: str = self.cleaned_data["private_key"]
        return {KEY: pasted} if self.cleaned_data["certificate_from"] == PASTED else {}

    def _own(self) -> str:
        """Return the certificate that we made for this source, made now where there is none."""
        before = self.source.settings if self.source is not None else {}
        if before.get("own_certificate") and before.get("certificate_from") == OWN:
            return str(before["own_certificate"])
        if self._made is None:
            self._made = certificates.make(
                hosts_of(self.cleaned_data["address"], self.cleaned_data["reached_as"])
            )
        return self._made.certificate

    def told(self) -> dict[str, str]:
        """Return the settings as their entry tells them."""
        kept = self.settings()
        how = kept["how"]
        told = {
            "How": {TLS: "TCP with TLS", TCP: "TCP", UDP: "UDP"}[how],
            "Address": kept["address"],
            "Port": str(kept["port"]),
            "Who may send": ", ".join(kept["allowed"].split()) or "this computer alone",
            "Name for senders": kept["reached_as"],
            "Zone of times without one": kept["zone"] or "none",
            "Largest line in KB": str(kept["largest_kb"]),
        }
        if how == TLS:
            told["Fingerprint of its certificate"] = _fingerprint_now(kept)
            told["Fingerprints of its senders"] = ", ".join(senders_in(kept["senders_certificates"])) or "any"
        return {label: value for label, value in told.items() if value}


def senders_in(pem: str) -> list[str]:
    """Return the fingerprints of the senders' certificates."""
    return [certificates.fingerprint(each) for each in certificates.all_in(pem)] if pem.strip() else []


def _fingerprint_now(kept: dict[str, Any]) -> str:
    if kept["certificate_from"] == FILES:
        return f"of the file {kept['certificate_file']}"
    own = kept["certificate_from"] == OWN
    return certificates.fingerprint_of(kept["own_certificate"] if own else kept["certificate"])


def _check_files(certificate: str, key: str) -> None:
    certificates.check_pair(certificates.read_file(certificate), certificates.read_file(key))


def _words(code: str, **facts: object) -> str:
    found = explain(code, **facts)
    return f"{found.title} {found.next_step}"


def _own_name() -> str:
    """Return this computer's name, where it is one that a sender could use."""
    name = socket.gethostname()
    return name if _HOST.fullmatch(name) else ""
