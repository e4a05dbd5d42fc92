"""Certificates of a listener: made by us, or given; their fingerprints; and the context that a connection needs.

Ours are signed by themselves, so that a sender knows the listener by its fingerprint (RFC 5425, section 4.2.2) or by
having the certificate itself; nobody has to be asked for one. Senders can be known in the same way: by certificates
of theirs that were given to us, compared by fingerprint.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from indelible.storage.home import write_private

LASTS: Final = timedelta(days=3_650)  # it is changed by us, with overlap; no date has to end it
_A_DAY: Final = timedelta(days=1)  # for clocks of senders that are behind
MOST_SENDERS: Final = 200


class CertificateError(Exception):
    """A certificate or key that cannot be used. `code` is a key of explanations.toml."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Made:
    """A new certificate and its private key, both as PEM."""

    certificate: str
    key: str


def make(hosts: Sequence[str]) -> Made:
    """Make a key and a certificate for a listener that senders reach under these names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([_general_name(each) for each in hosts])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
    now = datetime.now(UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _A_DAY)
        .not_valid_after(now + LASTS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Made(certificate.public_bytes(Encoding.PEM).decode(), written.decode())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def all_in(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a text. Raises CertificateError where there is none that can be read."""
    try:
        return x509.load_pem_x509_certificates(pem.encode("utf-8", "replace"))
    except ValueError as unreadable:
        raise CertificateError("lines-certificate-unreadable") from unreadable


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the fingerprint by which people and programs compare a certificate: SHA-256, in pairs."""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def fingerprint_of(pem: str) -> str:
    """Return the fingerprint of the first certificate of a text; empty where there is none."""
    try:
        return fingerprint(all_in(pem)[0])
    except (CertificateError, IndexError):
        return ""


def check_pair(certificate: str, key: str) -> None:
    """Check that a key belongs to a certificate, and that it is not over. Raises CertificateError."""
    first = all_in(certificate)[0]
    try:
        private = load_pem_private_key(key.encode("utf-8", "replace"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as unreadable:  # TypeError: it is under a passphrase
        raise CertificateError("lines-key-unreadable") from unreadable
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != first.public_key().public_bytes(*form):
        raise CertificateError("lines-key-of-another")
    if first.not_valid_after_utc <= datetime.now(UTC):
        raise CertificateError("lines-certificate-over", f"{first.not_valid_after_utc:%Y-%m-%d}")


def read_file(path: str) -> str:
    """Return a PEM file that a setting names. Raises CertificateError where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(200_000).decode("ascii", "replace")
    except OSError as unreadable:
        raise CertificateError("lines-file-unreadable", path) from unreadable


def context_for(certificate: str, key: str, senders: str = "") -> ssl.SSLContext:
    """Return what a listener greets senders with: TLS 1.2 or newer, and where `senders` are given, only them.

    Raises CertificateError for a pair that does not work.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The library takes a key from a file only. It lies there for a moment, readable by us alone.
    draft = Path(settings.INDELIBLE_HOME.uploads) / f"{secrets.token_hex(16)}.pem"
    write_private(draft, f"{certificate}\n{key}\n".encode())
    try:
        context.load_cert_chain(draft)
    except (ssl.SSLError, OSError) as refused:
        raise CertificateError("lines-key-of-another", str(refused)) from refused
    finally:
        draft.unlink(missing_ok=True)
    if senders:
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # each is trusted by itself, whoever signed it
        try:
            context.load_verify_locations(cadata=senders)
        except ssl.SSLError as refused:
            raise CertificateError("lines-certificate-unreadable", str(refused)) from refused
    return context


def fingerprint_of_der(certificate: bytes) -> str:
    """Return the fingerprint of the certificate that a sender showed."""
    return fingerprint(x509.load_der_x509_certificate(certificate))
