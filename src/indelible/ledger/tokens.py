"""The token of a time-stamp as bytes: finding it, putting it in order, and which certificate it names.

A token is CMS SignedData. Its certificates are a set that nobody signs, in DER sorted by their bytes; OpenSSL
and others write a chain as it comes, and `rfc3161-client` refuses to decode that, so it is put in order first.
The signed attributes name the signing certificate by its hash (ESSCertID), because one key may have two
certificates; the library does not look at that, so it is done here.

What a token has to say to hold: stamps.py.
Sources: RFC 5652 section 5, RFC 5816 section 2.2, RFC 2634 section 5.4.
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import TimeStampResponse, decode_timestamp_response

from . import der
from .errors import MalformedInput, StampError

MAX_RESPONSE_BYTES = 100_000

_GRANTED = b"\x30\x03\x02\x01\x00"
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910020c")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_HASHES = {
    bytes.fromhex("0609608648016503040201"): "sha256",
    bytes.fromhex("0609608648016503040202"): "sha384",
    bytes.fromhex("0609608648016503040203"): "sha512",
}


def read_answer(response: bytes) -> TimeStampResponse:
    """Return the answer of an authority, whose certificates are put in order and whose token may be bare.

    Raises StampError (`stamp-unreadable`), also for more than 100,000 bytes.
    """
    if len(response) > MAX_RESPONSE_BYTES:
        raise StampError("stamp-unreadable", f"{len(response)} bytes")
    try:
        whole = der.read_element(response)
        parts = whole.inside()
        if _is_token(whole):
            ordered = der.write_element(der.SEQUENCE, _GRANTED, _in_order(whole))
        elif len(parts) == 2:
            ordered = der.write_element(whole.tag, parts[0].whole, _in_order(parts[1]))
        else:  # a refusal comes without a token
            ordered = response
        return decode_timestamp_response(ordered)
    except (ValueError, MalformedInput) as error:
        raise StampError("stamp-unreadable", str(error)) from error


def bare_token(response: bytes) -> bytes:
    """Return the token in an authority's answer, as it stands there; a bare token comes back as it is.

    It is what an entry names by its SHA-256. Nothing is checked but that there is one.

    Raises StampError (`stamp-unreadable`).
    """
    try:
        whole = der.read_element(response)
        for element in (whole, *whole.inside()[1:]):
            if _is_token(element):
                return element.whole
    except MalformedInput as error:
        raise StampError("stamp-unreadable", error.detail) from error
    raise StampError("stamp-unreadable", "no token in it")


def texts_of(answer: TimeStampResponse) -> list[str]:
    """Return what the authority said to its status, for engineers."""
    try:
        return answer.status_string
    except ValueError:
        return []


def check_named(answer: TimeStampResponse, signer: x509.Certificate) -> None:
    """Check that the signed attributes name `signer` by its hash, so that no other can be put in its place.

    Raises StampError (`stamp-untrusted`); MalformedInput or IndexError where the attributes are not of their form.
    """
    certificate = signer.public_bytes(Encoding.DER)
    named = [value for kind, value in _signed_attributes(answer) if kind == _SIGNING_CERTIFICATE_V2]
    old = [value for kind, value in _signed_attributes(answer) if kind == _SIGNING_CERTIFICATE]
    if not named and not old:
        raise StampError("stamp-untrusted", "no ESSCertID")
    for value in named:
        parts = value.inside()[0].inside()[0].inside()
        # The algorithm is left out where it is SHA-256.
        name = "sha256" if parts[0].tag == der.OCTET_STRING else _HASHES.get(parts[0].inside()[0].whole)
        digest = next((part.content for part in parts if part.tag == der.OCTET_STRING), None)
        if name is None or hashlib.new(name, certificate).digest() != digest:
            raise StampError("stamp-untrusted", "ESSCertIDv2 names another certificate")
    for value in old:
        digest = value.inside()[0].inside()[0].inside()[0].content
        # SHA-1 is what RFC 2634 fixed for the older form; the signature covers more than this name.
        if hashlib.sha1(certificate, usedforsecurity=False).digest() != digest:
            raise StampError("stamp-untrusted", "ESSCertID names another certificate")


def _is_token(element: der.Element) -> bool:
    return element.tag == der.SEQUENCE and [part.whole for part in element.inside()[:1]] == [_SIGNED_DATA]


def _in_order(token: der.Element) -> bytes:
    """Return the token with the elements of its certificate set in DER's order. No length changes."""
    content_type, content = token.inside()
    (signed_data,) = content.inside()
    parts = [
        der.write_element(part.tag, der.write_set(part.inside())) if part.tag == der.CONTEXT_0 else part.whole
        for part in signed_data.inside()
    ]
    inner = der.write_element(content.tag, der.write_element(signed_data.tag, *parts))
    return der.write_element(token.tag, content_type.whole, inner)


def _signed_attributes(answer: TimeStampResponse) -> list[tuple[bytes, der.Element]]:
    """Return (type, its one value) of each attribute that the signer signed."""
    _, content = der.read_element(answer.time_stamp_token()).inside()
    signer_infos = content.inside()[0].inside()[-1]
    (signer_info,) = signer_infos.inside()
    signed = next((part for part in signer_info.inside() if part.tag == der.CONTEXT_0), None)
    attributes = [] if signed is None else [attribute.inside() for attribute in signed.inside()]
    return [(kind.whole, values.inside()[0]) for kind, values in attributes]
