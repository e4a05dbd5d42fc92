"""Time-stamps: an authority's word, signed, that these bytes existed at a time.

What is stamped is a *bare* checkpoint (checkpoints.py), so one stamp covers every entry up to its size. The
authority answers with a token (CMS SignedData over a TSTInfo), and whoever holds the token and a root
certificate that they trust can check it for ever, at the time that it states: stamps outlive certificates.

`rfc3161-client` reads tokens and lets OpenSSL check the signature, the chain, and that time-stamping is all the
signing certificate is for. What it leaves out is done here and in tokens.py: the hash must be SHA-256, and
ESSCertID must name the signing certificate. Revocation is not looked at, since nothing here is online.

Which hour it is, and whether a stamp may still be that fresh, is for the caller.
Sources: RFC 3161 section 2.4, RFC 5816 section 2.2, RFC 5652 section 5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    TimeStampResponse,
    TimeStampTokenInfo,
    VerificationError,
    VerifierBuilder,
)

from . import der
from .errors import MalformedInput, StampError
from .tokens import MAX_RESPONSE_BYTES, bare_token, check_named, read_answer, texts_of

__all__ = [
    "MAX_NONCE",
    "MAX_RESPONSE_BYTES",
    "QUERY_TYPE",
    "REPLY_TYPE",
    "Stamp",
    "bare_token",
    "build_request",
    "check_stamp",
    "read_roots",
    "subject_of",
]

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
MAX_NONCE = 2**64 - 1

_SHA256 = "2.16.840.1.101.3.4.2.1"
_SHA256_IDENTIFIER = bytes.fromhex("300d06096086480165030402010500")
_TRUE = b"\x01\x01\xff"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time-stamp that was checked says."""

    gen_time: str  # the authority's time, UTC, whole seconds: 2026-01-01T00:00:00Z
    policy: str  # the rules that the authority says it followed, a dotted object identifier
    serial: int  # the authority's number of this token
    authority: str  # the subject of the certificate that signed, as RFC 4514 writes names


def build_request(message: bytes, nonce: int | None) -> bytes:
    """Return the DER of a request to stamp `message`: by SHA-256, with the authority's certificates asked for.

    `nonce` is a random number below 2**64 that the answer must repeat, or None.
    Source: RFC 3161 section 2.4.1.
    """
    if nonce is not None and not 0 <= nonce <= MAX_NONCE:
        raise ValueError(f"no nonce of {nonce.bit_length()} bits")
    imprint = der.write_element(
        der.SEQUENCE,
        _SHA256_IDENTIFIER,
        der.write_element(der.OCTET_STRING, hashlib.sha256(message).digest()),
    )
    number = b"" if nonce is None else der.write_integer(nonce)
    return der.write_element(der.SEQUENCE, der.write_integer(1), imprint, number, _TRUE)


def check_stamp(
    response: bytes,
    message: bytes,
    roots: Sequence[bytes],
    *,
    policy: str | None = None,
    nonce: int | None = None,
) -> Stamp:
    """Check that an authority under one of `roots` stamped exactly `message`, and return what it said.

    `response` is an authority's whole answer, or the bare token of one. `roots` are certificates, PEM or DER;
    those inside the token never count as roots. `policy` and `nonce`, where given, must be the token's.

    Raises StampError: `stamp-unreadable`; `stamp-refused` where the authority did not grant the stamp as asked
    (granted with changes counts as refused); `stamp-differs` where it is for other bytes, another request, or
    its signature does not hold; `stamp-policy`; `stamp-untrusted` where no given root stands behind it, or its
    certificate is not one for time-stamping. MalformedInput (`bad-certificate`) where a root is none.
    """
    trusted = [certificate for root in roots for certificate in _certificates(root)]
    answer = read_answer(response)
    if answer.status != 0:
        raise StampError(
            "stamp-refused", f"status {answer.status} {[text[:200] for text in texts_of(answer)]!a}"
        )
    try:
        info = answer.tst_info
        _check_subject(info, message, nonce)
        if policy is not None and info.policy.dotted_string != policy:
            raise StampError("stamp-policy", f"{info.policy.dotted_string}, not {policy}")
        _check_signature(answer, message, trusted)
        signer = _signer(answer)
        check_named(answer, signer)
        return Stamp(
            gen_time=info.gen_time.isoformat(timespec="seconds")[:19] + "Z",
            policy=info.policy.dotted_string,
            serial=info.serial_number,
            authority=signer.subject.rfc4514_string(),
        )
    except (ValueError, IndexError, MalformedInput, x509.DuplicateExtension) as error:
        # The inner parts are read only now, when they are looked at.
        raise StampError("stamp-unreadable", str(error)) from error


def read_roots(text: str) -> list[bytes]:
    """Return each certificate in a PEM text as DER. Raises MalformedInput (`bad-certificate`)."""
    try:
        found = _certificates(text.encode("ascii"))
    except UnicodeEncodeError as error:
        raise MalformedInput("bad-certificate", str(error)) from error
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


def subject_of(certificate: bytes | str) -> str:
    """Return whose certificate (the first, PEM or DER) this is, as RFC 4514 writes names.

    Raises MalformedInput (`bad-certificate`).
    """
    if isinstance(certificate, str):
        certificate = read_roots(certificate)[0]
    return _certificates(certificate)[0].subject.rfc4514_string()


def _certificates(data: bytes) -> list[x509.Certificate]:
    try:
        if data.lstrip().startswith(b"\x30"):
            return [x509.load_der_x509_certificate(data)]
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise MalformedInput("bad-certificate", str(error)) from error


def _check_subject(info: TimeStampTokenInfo, message: bytes, nonce: int | None) -> None:
    """Refuse a token for other bytes or another request."""
    imprint = info.message_imprint
    if imprint.hash_algorithm.dotted_string != _SHA256:
        raise StampError("stamp-differs", f"hashed with {imprint.hash_algorithm.dotted_string}")
    if imprint.message != hashlib.sha256(message).digest():
        raise StampError("stamp-differs", f"for {imprint.message.hex()}")
    if nonce is not None and info.nonce != nonce:
        raise StampError("stamp-differs", f"nonce {info.nonce}, not {nonce}")


def _check_signature(answer: TimeStampResponse, message: bytes, roots: list[x509.Certificate]) -> None:
    """Check the token's one signature and the way from its certificate to a root, at the token's own time."""
    if not roots:
        raise StampError("stamp-untrusted", "no root was given")
    # A builder keeps the lists that it is given, so each check has its own.
    verifier = VerifierBuilder(roots=list(dict.fromkeys(roots))).build()
    try:
        verifier.verify_message(answer, message)
    except VerificationError as error:
        # OpenSSL looks at the chain first: what fails behind it is the signature itself.
        broken = any(reason in str(error) for reason in ("signature failure", "digest failure"))
        raise StampError("stamp-differs" if broken else "stamp-untrusted", str(error)) from error


def _signer(answer: TimeStampResponse) -> x509.Certificate:
    """Return the certificate that signed; two of the same issuer and number would leave open which."""
    (info,) = answer.signed_data.signer_infos
    found = [
        certificate
        for certificate in map(x509.load_der_x509_certificate, answer.signed_data.certificates)
        if (certificate.issuer, certificate.serial_number) == (info.issuer, info.serial_number)
    ]
    if len(found) != 1:
        raise StampError("stamp-untrusted", f"{len(found)} certificates are called like the signer's")
    return found[0]
