"""Certificates of servers that no public authority vouches for: pasted as text, and then trusted alone.

What is pasted is the server's own certificate or that of the house's authority. Only it is then trusted for that one
source, and the server must still go by the name that it is called by.
"""

from __future__ import annotations

import re
import ssl
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST: Final = 20_000  # characters: a chain of several
_BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----")
_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


class CertificateField(forms.CharField):
    """Takes certificates as text (PEM), and gives them back as such; empty where none was pasted."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("The server's own certificate"),
            help_text=gettext_lazy(
                "Only where your server uses a certificate that no public authority vouches for. Paste it, or the one "
                "of your own authority; it begins with -----BEGIN CERTIFICATE-----. Nothing else is then trusted here."
            ),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea({"rows": 4, "spellcheck": "false", "class": "mono"}),
        )

    def clean(self, value: object) -> str:
        """Return the certificates alone, without what stands around them. Raises ValidationError."""
        text = super().clean(value)
        if not text.strip():
            return ""
        if _KEY.search(text):
            raise forms.ValidationError(_("This holds a private key. Paste the certificate alone."))
        blocks = _BLOCK.findall(text)
        try:
            found = [x509.load_pem_x509_certificate(block.encode()) for block in blocks]
        except ValueError:
            found = []
        if not found:
            raise forms.ValidationError(_("We find no certificate in this text."))
        return "\n".join(blocks) + "\n"


def fingerprints(pem: str) -> str:
    """Return the fingerprints of certificates, as administrators compare them."""
    certificates = x509.load_pem_x509_certificates(pem.encode())
    return ", ".join(each.fingerprint(hashes.SHA256()).hex(":").upper() for each in certificates)


def trusting(pem: str) -> ssl.SSLContext:
    """Return what a server is held against: these alone; where none is given, those this machine trusts."""
    context = ssl.create_default_context(cadata=pem) if pem else ssl.create_default_context()
    if pem:  # a server's own certificate is trusted though it is no authority
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    return context
