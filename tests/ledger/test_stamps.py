"""Time-stamps of a real authority: what holds, and everything that must not pass.

`openssl ts -verify` is asked for its own opinion wherever it can give one, so that a token which holds here
holds elsewhere, and one refused here is not refused for a reason of our own making.
"""

from __future__ import annotations

import base64
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import decode_timestamp_response

from indelible.ledger import der
from indelible.ledger.errors import MalformedInput, SignatureError, StampError
from indelible.ledger.stamps import (
    MAX_RESPONSE_BYTES,
    QUERY_TYPE,
    REPLY_TYPE,
    Stamp,
    bare_token,
    build_request,
    check_stamp,
    read_roots,
    subject_of,
)
from tests.conformance.vectors import load
from tests.ledger.tokens import SHA512_256_OID, certificate, signed_anew
from tests.services.authority import POLICY, Authority, openssl, running_authority

VECTORS = load("time_stamps")
MESSAGE = VECTORS["message"].encode()
ROOT = VECTORS["root_pem"].encode()
GOOD = base64.b64decode(VECTORS["good"]["response_base64"])
NONCE = int(VECTORS["good"]["nonce"])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture(scope="module")
def response(authority: Authority) -> bytes:
    """An answer of the running authority for MESSAGE, over HTTP."""
    request = urllib.request.Request(
        authority.url, build_request(MESSAGE, NONCE), {"Content-Type": QUERY_TYPE}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"] == REPLY_TYPE
        body: bytes = answer.read()
        return body


def roots_of(authority: Authority) -> list[bytes]:
    return [authority.root_pem.encode()]


def openssl_accepts(folder: Path, response: bytes, message: bytes, root: str, *more: str) -> bool:
    """Whether `openssl ts -verify` says that the stamp holds."""
    for name, data in (("m", message), ("r", response), ("root.pem", root.encode())):
        (folder / name).write_bytes(data)
    command = [openssl(), "ts", "-verify", "-data", "m", "-in", "r", "-CAfile", "root.pem", *more]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ("Verification: OK" in run.stdout + run.stderr) == (run.returncode == 0)
    return run.returncode == 0


def refusal(response: bytes, message: bytes, roots: list[bytes], **asked: Any) -> str:
    with pytest.raises(StampError) as refused:
        check_stamp(response, message, roots, **asked)
    return refused.value.code


def with_certificates(token: bytes, certificates: list[bytes]) -> bytes:
    """The token with other certificates in the place that nobody signs."""
    content_type, content = der.read_element(token).inside()
    parts = [
        der.write_element(der.CONTEXT_0, *certificates) if part.tag == der.CONTEXT_0 else part.whole
        for part in content.inside()[0].inside()
    ]
    signed_data = der.write_element(content.tag, der.write_element(der.SEQUENCE, *parts))
    return der.write_element(der.SEQUENCE, content_type.whole, signed_data)


def test_a_stamp_of_a_real_authority_holds(authority: Authority, response: bytes, tmp_path: Path) -> None:
    stamp = check_stamp(response, MESSAGE, roots_of(authority), policy=POLICY, nonce=NONCE)
    assert stamp.policy == POLICY
    assert stamp.serial >= 1
    assert stamp.authority == "CN=Test TSA signer,O=Indelible test"
    signer = x509.load_pem_x509_certificate(authority.signer_pem.encode())
    assert stamp.gen_time >= f"{signer.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}"
    assert openssl_accepts(tmp_path, response, MESSAGE, authority.root_pem)


def test_openssl_reads_our_request(tmp_path: Path) -> None:
    (tmp_path / "q").write_bytes(build_request(b"a message", 2**64 - 1))
    command = [openssl(), "ts", "-query", "-in", "q", "-text"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "Hash Algorithm: sha256" in shown
    assert "Nonce: 0xFFFFFFFFFFFFFFFF" in shown
    assert "Certificate required: yes" in shown


@pytest.mark.parametrize("nonce", [-1, 2**64])
def test_a_nonce_has_64_bits(nonce: int) -> None:
    with pytest.raises(ValueError, match="no nonce"):
        build_request(MESSAGE, nonce)


@given(st.none() | st.integers(0, 2**64 - 1), st.binary())
def test_a_request_is_read_by_the_library_as_it_was_meant(nonce: int | None, message: bytes) -> None:
    parts = der.read_element(build_request(message, nonce)).inside()
    assert [part.tag for part in parts] == [0x02, 0x30, *([0x02] if nonce is not None else []), 0x01]
    if nonce is not None:
        assert int.from_bytes(parts[2].content, "big", signed=True) == nonce


def test_a_stamp_of_other_data_is_refused(authority: Authority, response: bytes, tmp_path: Path) -> None:
    assert refusal(response, MESSAGE + b"x", roots_of(authority)) == "stamp-differs"
    assert not openssl_accepts(tmp_path, response, MESSAGE + b"x", authority.root_pem)


def test_an_answer_to_another_request_is_refused(
    authority: Authority, response: bytes, tmp_path: Path
) -> None:
    assert refusal(response, MESSAGE, roots_of(authority), nonce=NONCE + 1) == "stamp-differs"
    (tmp_path / "r").write_bytes(response)
    (tmp_path / "root.pem").write_text(authority.root_pem)
    for nonce, holds in ((NONCE, True), (NONCE + 1, False)):
        (tmp_path / "q").write_bytes(build_request(MESSAGE, nonce))
        command = [openssl(), "ts", "-verify", "-queryfile", "q", "-in", "r", "-CAfile", "root.pem"]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert (run.returncode == 0) == holds


def test_an_answer_without_the_nonce_that_was_asked_for_is_refused(authority: Authority) -> None:
    answer = authority.answer(build_request(MESSAGE, None))
    assert check_stamp(answer, MESSAGE, roots_of(authority)).policy == POLICY
    assert refusal(answer, MESSAGE, roots_of(authority), nonce=5) == "stamp-differs"


def test_a_nonce_of_zero_is_a_nonce(authority: Authority, response: bytes) -> None:
    answer = authority.answer(build_request(MESSAGE, 0))
    assert check_stamp(answer, MESSAGE, roots_of(authority), nonce=0)
    assert refusal(response, MESSAGE, roots_of(authority), nonce=0) == "stamp-differs"


def test_a_stamp_under_another_policy_is_refused(authority: Authority, response: bytes) -> None:
    assert refusal(response, MESSAGE, roots_of(authority), policy="1.3.6.1.4.1.32473.1.2") == "stamp-policy"


def test_a_stamp_by_another_hash_is_refused(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(MESSAGE)
    command = [openssl(), "ts", "-query", "-data", "m", "-sha512", "-cert"]
    query = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    answer = authority.answer(query)
    assert openssl_accepts(tmp_path, answer, MESSAGE, authority.root_pem)
    assert refusal(answer, MESSAGE, roots_of(authority)) == "stamp-differs"


def test_a_stamp_under_a_foreign_root_is_refused(
    authority: Authority, response: bytes, tmp_path: Path
) -> None:
    assert refusal(response, MESSAGE, [ROOT]) == "stamp-untrusted"
    assert refusal(response, MESSAGE, []) == "stamp-untrusted"
    assert not openssl_accepts(tmp_path, response, MESSAGE, ROOT.decode())
    assert check_stamp(response, MESSAGE, [ROOT, *roots_of(authority)])


def test_a_rogue_whose_root_rides_along_in_the_token_is_refused(authority: Authority, tmp_path: Path) -> None:
    rogue = authority.rogue()
    answer = rogue.answer(build_request(MESSAGE, NONCE))
    assert base64.b64decode("".join(rogue.root_pem.split("\n")[1:-2])) in answer
    assert check_stamp(answer, MESSAGE, roots_of(rogue), nonce=NONCE)
    assert refusal(answer, MESSAGE, roots_of(authority), nonce=NONCE) == "stamp-untrusted"
    assert not openssl_accepts(tmp_path, answer, MESSAGE, authority.root_pem)


def test_the_certificate_that_signed_is_no_root(authority: Authority, response: bytes) -> None:
    assert refusal(response, MESSAGE, [authority.signer_pem.encode()]) == "stamp-untrusted"


STAMPING, MAIL = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION


def test_a_token_signed_anew_by_the_authority_s_own_key_holds(authority: Authority, response: bytes) -> None:
    """So what the next tests change is all that is wrong with theirs."""
    token = signed_anew(authority, response, certificate(authority))
    assert check_stamp(token, MESSAGE, roots_of(authority), nonce=NONCE).policy == POLICY


@pytest.mark.parametrize(
    ("usage", "critical"),
    [((STAMPING, MAIL), True), ((MAIL,), True), ((STAMPING,), False), ((), True)],
    ids=["for mail as well", "for mail alone", "not critical", "for anything"],
)
def test_a_certificate_that_is_not_for_time_stamping_alone_is_refused(
    authority: Authority, response: bytes, usage: tuple[x509.ObjectIdentifier, ...], critical: bool
) -> None:
    loose = certificate(authority, usage=usage, critical=critical)
    assert refusal(signed_anew(authority, response, loose), MESSAGE, roots_of(authority)) == "stamp-untrusted"


def test_a_token_that_does_not_say_which_certificate_signed_is_refused(
    authority: Authority, response: bytes, tmp_path: Path
) -> None:
    token = signed_anew(authority, response, certificate(authority), named=False)
    assert refusal(token, MESSAGE, roots_of(authority)) == "stamp-untrusted"
    assert not openssl_accepts(tmp_path, token, MESSAGE, authority.root_pem, "-token_in")


def test_a_token_that_calls_the_hash_by_another_name_is_refused(
    authority: Authority, response: bytes
) -> None:
    """The 32 bytes are those of SHA-256: an authority signs whatever name it was asked to."""
    token = signed_anew(authority, response, certificate(authority), hashed_with=SHA512_256_OID)
    assert refusal(token, MESSAGE, roots_of(authority)) == "stamp-differs"


def test_a_token_of_two_signers_is_refused(authority: Authority, response: bytes) -> None:
    token = signed_anew(authority, response, certificate(authority), signers=2)
    with pytest.raises(StampError):
        check_stamp(token, MESSAGE, roots_of(authority))


@pytest.mark.parametrize("essential", ["sha1", "sha256", "sha384", "sha512"])
def test_the_certificate_is_named_by_any_of_the_hashes_in_use(essential: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path / essential, essential=essential)
    answer = authority.answer(build_request(MESSAGE, NONCE))
    assert check_stamp(answer, MESSAGE, roots_of(authority), nonce=NONCE).policy == POLICY
    assert openssl_accepts(tmp_path, answer, MESSAGE, authority.root_pem)


def test_another_certificate_of_the_same_key_and_name_is_refused(tmp_path: Path) -> None:
    """The signature would hold under both: only ESSCertID tells which one signed."""
    authority = Authority(tmp_path / "first")
    answer = authority.answer(build_request(MESSAGE, NONCE))
    first = x509.load_pem_x509_certificate(authority.signer_pem.encode()).public_bytes(Encoding.DER)
    authority.run(  # the same key and serial number again, for another time
        "x509 -req -in signer.csr -CA root.crt -CAkey root.key -set_serial 1001 -days 3651 -sha256"
        " -extfile tsa.cnf -extensions signer -out signer.crt"
    )
    second = x509.load_pem_x509_certificate(authority.signer_pem.encode()).public_bytes(Encoding.DER)
    token = bare_token(answer)
    assert certificates_in(token) == [first]
    forged = with_certificates(token, [second])
    assert refusal(forged, MESSAGE, roots_of(authority)) == "stamp-untrusted"
    both = with_certificates(token, [first, second])
    assert refusal(both, MESSAGE, roots_of(authority)) == "stamp-untrusted"
    assert not openssl_accepts(tmp_path, forged, MESSAGE, authority.root_pem, "-token_in")


def certificates_in(token: bytes) -> list[bytes]:
    """The certificates of a token, in the order in which they stand there."""
    parts = der.read_element(token).inside()[1].inside()[0].inside()
    return [inside.whole for part in parts if part.tag == der.CONTEXT_0 for inside in part.inside()]


def test_a_chain_that_its_authority_left_unsorted_holds(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "chained", between_inside=True)
    answer = authority.answer(build_request(MESSAGE, NONCE))
    inside = certificates_in(bare_token(answer))
    assert len(inside) == 2
    assert inside != sorted(inside)
    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        decode_timestamp_response(answer)
    assert check_stamp(answer, MESSAGE, roots_of(authority), nonce=NONCE).policy == POLICY
    assert check_stamp(bare_token(answer), MESSAGE, roots_of(authority), nonce=NONCE).policy == POLICY
    assert refusal(answer, MESSAGE, [ROOT]) == "stamp-untrusted"
    assert refusal(answer, MESSAGE + b"x", roots_of(authority)) == "stamp-differs"
    assert openssl_accepts(tmp_path, answer, MESSAGE, authority.root_pem)


def test_a_chain_with_a_link_missing_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "chained", between_inside=True)
    answer = authority.answer(build_request(MESSAGE, NONCE))
    signer = x509.load_pem_x509_certificate(authority.signer_pem.encode()).public_bytes(Encoding.DER)
    alone = with_certificates(bare_token(answer), [signer])
    assert refusal(alone, MESSAGE, roots_of(authority)) == "stamp-untrusted"
    assert (
        refusal(with_certificates(bare_token(answer), []), MESSAGE, roots_of(authority)) == "stamp-untrusted"
    )
    assert not openssl_accepts(tmp_path, alone, MESSAGE, authority.root_pem, "-token_in")


def test_the_known_unsorted_chain_holds() -> None:
    unsorted = base64.b64decode(VECTORS["chain_unsorted"]["response_base64"])
    assert check_stamp(unsorted, MESSAGE, [ROOT], policy=POLICY).serial == 2


def test_a_bare_token_is_read_and_openssl_reads_it_too(
    authority: Authority, response: bytes, tmp_path: Path
) -> None:
    token = bare_token(response)
    assert response.endswith(token)
    assert bare_token(token) == token
    whole = check_stamp(response, MESSAGE, roots_of(authority))
    assert check_stamp(token, MESSAGE, roots_of(authority), policy=POLICY, nonce=NONCE) == whole
    assert openssl_accepts(tmp_path, token, MESSAGE, authority.root_pem, "-token_in")


def with_status(response: bytes, status: int) -> bytes:
    _, token = der.read_element(response).inside()
    status_info = der.write_element(der.SEQUENCE, der.write_integer(status))
    return der.write_element(der.SEQUENCE, status_info, token.whole)


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, 6, 100])
def test_a_stamp_not_granted_as_asked_is_refused(authority: Authority, response: bytes, status: int) -> None:
    assert check_stamp(with_status(response, 0), MESSAGE, roots_of(authority))
    assert refusal(with_status(response, status), MESSAGE, roots_of(authority)) == "stamp-refused"


def test_a_refusal_says_what_the_authority_said(authority: Authority) -> None:
    answer = authority.answer(b"no request")
    with pytest.raises(StampError) as refused:
        check_stamp(answer, MESSAGE, roots_of(authority))
    assert refused.value.code == "stamp-refused"
    assert "status 2" in refused.value.detail
    assert "Bad request format" in refused.value.detail


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not found</html>",
        b"\x30\x00",
        b"\x30\x05\x30\x03\x02\x01\x00",
        GOOD[:-1],
        GOOD + b"\x00",
        b"\x30\x80" + GOOD[4:] + b"\x00\x00",
        b"\x30\x84\x00\x00" + GOOD[2:],
        GOOD + b"\x00" * MAX_RESPONSE_BYTES,
    ],
    ids=["nothing", "a page", "empty", "granted without token", "cut", "long", "endless", "padded", "huge"],
)
def test_what_is_no_answer_cannot_be_read(data: bytes) -> None:
    assert refusal(data, MESSAGE, [ROOT]) == "stamp-unreadable"


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x00", GOOD[:-1], b"\x30\x02\x30\x07"]
)
def test_where_there_is_no_token_none_is_found(data: bytes) -> None:
    with pytest.raises(StampError) as refused:
        bare_token(data)
    assert refused.value.code == "stamp-unreadable"


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_as_a_stamp(data: bytes) -> None:
    with pytest.raises(StampError):
        check_stamp(data, MESSAGE, [ROOT])


def test_a_stamp_with_any_one_bit_flipped_is_refused_or_says_the_very_same() -> None:
    """Nobody signs a token's version numbers and the name of its signature's method; all else is signed."""
    known = check_stamp(GOOD, MESSAGE, [ROOT], policy=POLICY, nonce=NONCE)
    unsigned: set[int] = set()
    for bit in range(8 * len(GOOD)):
        data = bytearray(GOOD)
        data[bit // 8] ^= 1 << bit % 8
        try:
            assert check_stamp(bytes(data), MESSAGE, [ROOT], policy=POLICY, nonce=NONCE) == known
            unsigned.add(bit // 8)
        except StampError:
            continue
    assert len(unsigned) <= 12


def test_the_kinds_of_refusal_are_those_of_a_signature() -> None:
    with pytest.raises(SignatureError):
        check_stamp(GOOD, b"other", [ROOT])


def test_a_flipped_bit_in_the_signature_is_told_from_a_foreign_root() -> None:
    spoiled = GOOD[:-1] + bytes([GOOD[-1] ^ 1])
    assert refusal(spoiled, MESSAGE, [ROOT]) == "stamp-differs"


def test_a_stamp_holds_after_its_certificate_has_expired(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "short")
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    certify_until(authority, ends)
    answer = authority.answer(build_request(MESSAGE, NONCE))
    while datetime.now(UTC) <= ends + timedelta(seconds=1):
        time.sleep(0.1)
    stamp = check_stamp(answer, MESSAGE, roots_of(authority), nonce=NONCE)
    assert stamp.gen_time <= f"{ends:%Y-%m-%dT%H:%M:%SZ}"
    stamped_at = str(int(datetime.fromisoformat(stamp.gen_time).timestamp()))
    assert not openssl_accepts(tmp_path, answer, MESSAGE, authority.root_pem)
    assert openssl_accepts(tmp_path, answer, MESSAGE, authority.root_pem, "-attime", stamped_at)


def test_a_stamp_from_after_its_certificate_had_expired_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "late")
    certify_until(authority, datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=60))
    answer = authority.answer(build_request(MESSAGE, NONCE))
    assert refusal(answer, MESSAGE, roots_of(authority)) == "stamp-untrusted"


def certify_until(authority: Authority, ends: datetime) -> None:
    """Give the authority's signing key a certificate that ends at an instant, which the openssl CLI cannot."""
    short = certificate(authority, begins=ends - timedelta(hours=1), ends=ends)
    (authority.folder / "signer.crt").write_bytes(short.public_bytes(Encoding.PEM))


def test_certificates_are_read_one_by_one(authority: Authority) -> None:
    both = read_roots(authority.root_pem + "\n" + VECTORS["root_pem"])
    assert len(both) == 2
    assert subject_of(both[0]) == subject_of(authority.root_pem) == "CN=Test TSA root,O=Indelible test"
    assert check_stamp(GOOD, MESSAGE, both).serial == 1
    assert check_stamp(GOOD, MESSAGE, [*both, *both]).serial == 1


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n", "\u00e9"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        read_roots(text)
    assert refused.value.code == "bad-certificate"
    with pytest.raises(MalformedInput):
        check_stamp(GOOD, MESSAGE, [text.encode()])


@given(st.binary(max_size=200))
def test_any_bytes_are_one_element_or_refused(data: bytes) -> None:
    try:
        element = der.read_element(data)
    except MalformedInput:
        return
    assert der.write_element(element.tag, element.content) == element.whole == data


@given(st.recursive(st.binary(max_size=300), lambda inner: st.lists(inner, max_size=4), max_leaves=8))
def test_elements_read_back_as_they_were_written(tree: Any) -> None:
    def write(node: Any) -> bytes:
        if isinstance(node, bytes):
            return der.write_element(der.OCTET_STRING, node)
        return der.write_element(der.SEQUENCE, *map(write, node))

    def read(element: der.Element) -> Any:
        if element.tag == der.OCTET_STRING:
            return element.content
        return [read(inner) for inner in element.inside()]

    assert read(der.read_element(write(tree))) == tree


def test_the_vectors_hold_and_fail_as_they_say() -> None:
    asked = VECTORS["good"]
    assert base64.b64decode(asked["request_base64"]) == build_request(MESSAGE, NONCE)
    assert bytes.fromhex(VECTORS["request_without_nonce_hex"]) == build_request(MESSAGE, None)
    for name in ("good", "chain_unsorted"):
        case = VECTORS[name]
        stamp = check_stamp(base64.b64decode(case["response_base64"]), MESSAGE, [ROOT], policy=POLICY)
        assert stamp == Stamp(**case["stamp"])
    rogue = base64.b64decode(VECTORS["rogue"]["response_base64"])
    assert refusal(rogue, MESSAGE, [ROOT]) == VECTORS["rogue"]["code"]
    assert check_stamp(rogue, MESSAGE, [VECTORS["rogue"]["root_pem"].encode()])
