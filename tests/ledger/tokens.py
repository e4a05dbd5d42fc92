"""Time-stamp tokens that no proper authority would sign: for what `openssl ts` itself refuses to make.

A token is taken from a real answer and signed anew, with a certificate and signed attributes of the test's
choosing, by the authority's own key. Its root stands behind it, so only the flaw is left to refuse it by.
Source: RFC 5652 sections 5.1 to 5.4.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from indelible.ledger import der
from tests.services.authority import Authority

SHA256_OID = bytes.fromhex("0609608648016503040201")
SHA512_256_OID = bytes.fromhex("0609608648016503040206")
SHA256_ALGORITHM = bytes.fromhex("300b0609608648016503040201")
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
TIME_STAMP_INFO = bytes.fromhex("060b2a864886f70d0109100104")


def private_key(authority: Authority, name: str) -> ec.EllipticCurvePrivateKey:
    """Return one of the authority's keys, `root` or `signer`."""
    key = load_pem_private_key((authority.folder / f"{name}.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def certificate(
    authority: Authority,
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
    usage: tuple[x509.ObjectIdentifier, ...] | None = None,
    critical: bool = True,
) -> x509.Certificate:
    """Return a certificate of the authority's signing key by its root, like the real one but for what is given."""
    real = x509.load_pem_x509_certificate(authority.signer_pem.encode())
    builder = x509.CertificateBuilder(
        real.issuer,
        real.subject,
        real.public_key(),
        real.serial_number,
        begins or real.not_valid_before_utc,
        ends or real.not_valid_after_utc,
    )
    for extension in real.extensions:
        if usage is not None and isinstance(extension.value, x509.ExtendedKeyUsage):
            if usage:
                builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical)
        else:
            builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(private_key(authority, "root"), SHA256())


def signed_anew(
    authority: Authority,
    response: bytes,
    by: x509.Certificate,
    *,
    named: bool = True,
    signers: int = 1,
    hashed_with: bytes = SHA256_OID,
) -> bytes:
    """Return the response's token, signed by the authority's key under the certificate `by`.

    Without `named`, no ESSCertID says which certificate signed. `hashed_with` is the OID that the token gives
    for the imprint, whose bytes stay as they were.
    """
    info = time_stamp_info(response).replace(SHA256_OID, hashed_with, 1)
    der_certificate = by.public_bytes(Encoding.DER)
    attributes = [
        _attribute(CONTENT_TYPE, TIME_STAMP_INFO),
        _attribute(MESSAGE_DIGEST, der.write_element(der.OCTET_STRING, hashlib.sha256(info).digest())),
    ]
    if named:
        digest = der.write_element(der.OCTET_STRING, hashlib.sha256(der_certificate).digest())
        names = der.write_element(der.SEQUENCE, der.write_element(der.SEQUENCE, digest))
        attributes.append(_attribute(SIGNING_CERTIFICATE_V2, der.write_element(der.SEQUENCE, names)))
    content = b"".join(sorted(attributes))
    signature = private_key(authority, "signer").sign(der.write_element(der.SET, content), ec.ECDSA(SHA256()))
    signer = der.write_element(
        der.SEQUENCE,
        der.write_integer(1),
        der.write_element(der.SEQUENCE, by.issuer.public_bytes(), der.write_integer(by.serial_number)),
        SHA256_ALGORITHM,
        der.write_element(der.CONTEXT_0, content),
        ECDSA_SHA256,
        der.write_element(der.OCTET_STRING, signature),
    )
    signed_data = der.write_element(
        der.SEQUENCE,
        der.write_integer(3),
        der.write_element(der.SET, SHA256_ALGORITHM),
        der.write_element(
            der.SEQUENCE,
            TIME_STAMP_INFO,
            der.write_element(der.CONTEXT_0, der.write_element(der.OCTET_STRING, info)),
        ),
        der.write_element(der.CONTEXT_0, der_certificate),
        der.write_element(der.SET, signer * signers),
    )
    content_type = bytes.fromhex("06092a864886f70d010702")
    return der.write_element(der.SEQUENCE, content_type, der.write_element(der.CONTEXT_0, signed_data))


def time_stamp_info(response: bytes) -> bytes:
    """Return the TSTInfo inside an answer."""
    token = der.read_element(response).inside()[1]
    contents = token.inside()[1].inside()[0].inside()[2]
    return contents.inside()[1].inside()[0].content


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.write_element(der.SEQUENCE, kind, der.write_element(der.SET, value))
