"""Notes: only keys that were asked for count, and a bad line of one of them spoils the note."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.errors import LedgerError, MalformedInput, SignatureError
from indelible.ledger.keys import CosigningKey, SigningKey, VerifierKey
from indelible.ledger.notes import open_note, parse_note, sign_note

LOG = SigningKey.from_seed("audit.example/log", bytes(range(32)))
OTHER = SigningKey.from_seed("audit.example/other", bytes(range(1, 33)))
WITNESS = CosigningKey("witness.example/w", bytes(range(2, 34)))
TEXT = "first line\nsecond line\n"
NOTE = sign_note(TEXT, [LOG])
LINE = NOTE.split("\n\n")[1]


def refused(note: str | bytes) -> MalformedInput:
    with pytest.raises(MalformedInput) as refusal:
        parse_note(note)
    return refusal.value


MALFORMED: dict[str, str | bytes] = {
    "no empty line": TEXT + LINE,
    "no signature": TEXT + "\n",
    "no text": "\n\n" + LINE,
    "no line end at the end": NOTE[:-1],
    "a line end too many": NOTE + "\n",
    "carriage returns": NOTE.replace("\n", "\r\n"),
    "a tab": NOTE.replace(" line", "\tline"),
    "a null byte": NOTE.replace("first", "fir\x00st"),
    "an escape character": NOTE.replace("first", "fir\x1bst"),
    "bytes that are no UTF-8": NOTE.encode().replace(b"first", b"\xff"),
    "a hyphen for the dash": NOTE.replace("\u2014", "-"),
    "an en dash": NOTE.replace("\u2014", "\u2013"),
    "a line without a signature": TEXT + "\n\u2014 audit.example/log\n",
    "a line without a name": TEXT + "\n\u2014  AAAAAAA=\n",
    "a plus sign in the name": NOTE.replace("\u2014 audit", "\u2014 au+dit"),
    "a no-break space in the name": NOTE.replace("\u2014 audit", "\u2014 au\u00a0dit"),
    "spare bits in the base64": TEXT + "\n\u2014 a AAAAAAB=\n",
    "foreign characters in the base64": TEXT + "\n\u2014 a AAA!AAAA=\n",
    "a space behind the base64": NOTE[:-1] + " \n",
    "a signature of four bytes": TEXT + "\n\u2014 a AAAAAA==\n",
    "an empty line among the signatures": NOTE + "\n" + TEXT,
    "text among the signatures": NOTE + "text\n",
    "more than 100 signatures": NOTE + LINE * 100,
    "more than a megabyte": "x" * 1_000_001 + NOTE,
    "more than a megabyte as bytes": ("\u00e9" * 600_000 + NOTE).encode(),
    "nothing": "",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_note_is_refused_with(what: str) -> None:
    assert refused(MALFORMED[what]).code in ("bad-note", "bad-utf8", "bad-base64")


def test_a_note_is_divided_at_its_last_empty_line() -> None:
    text = "one\n\n\u2014 not a signature\n\nmore\n"
    note = parse_note(sign_note(text, [LOG]))
    assert note.text == text
    assert [signature.name for signature in note.signatures] == ["audit.example/log"]


def test_lines_divide_at_line_ends_only() -> None:
    text = "one\u2028still one\u0085still\n"
    assert open_note(sign_note(text, [LOG]), [LOG.verifier]).text == text


def test_a_note_by_an_unknown_key_is_not_vouched_for() -> None:
    with pytest.raises(SignatureError) as refusal:
        open_note(NOTE, [OTHER.verifier])
    assert refusal.value.code == "no-trusted-signature"
    with pytest.raises(SignatureError):
        open_note(NOTE, [])


def test_lines_by_unknown_keys_are_ignored() -> None:
    opened = open_note(sign_note(TEXT, [OTHER, LOG]), [LOG.verifier])
    assert [good.key for good in opened.good] == [LOG.verifier]
    assert [signature.name for signature in opened.unknown] == ["audit.example/other"]
    assert opened.by(LOG.verifier) is not None
    assert opened.by(OTHER.verifier) is None


def test_a_bad_line_by_a_trusted_key_spoils_the_note() -> None:
    forged = NOTE.replace("first", "worst") + OTHER.sign(TEXT.replace("first", "worst"))
    with pytest.raises(SignatureError) as refusal:
        open_note(forged, [LOG.verifier, OTHER.verifier])
    assert refusal.value.code == "bad-signature"


def test_a_second_line_by_the_same_key_is_refused() -> None:
    with pytest.raises(SignatureError) as refusal:
        open_note(NOTE + LINE, [LOG.verifier])
    assert refusal.value.code == "signed-twice"
    with pytest.raises(ValueError, match="each once"):
        sign_note(TEXT, [LOG, LOG])


@settings(max_examples=200)
@given(st.integers(0, 8 * len(NOTE.encode()) - 1))
def test_a_note_with_one_bit_flipped_is_refused(bit: int) -> None:
    data = bytearray(NOTE.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LedgerError):
        open_note(bytes(data), [LOG.verifier])


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text + "\n\n" + LINE))
def test_anything_is_read_or_refused_as_a_note(data: bytes | str) -> None:
    try:
        note = parse_note(data)
    except MalformedInput:
        return
    whole = note.text + "\n" + "".join(signature.line for signature in note.signatures)
    assert whole.encode() == (data if isinstance(data, bytes) else data.encode())


def test_a_text_that_could_not_be_read_back_is_not_signed() -> None:
    for text in ("no line end", "a tab\there\n", "\r\n"):
        with pytest.raises(ValueError, match="line end"):
            sign_note(text, [LOG])
    with pytest.raises(ValueError, match="one key"):
        sign_note(TEXT, [])


def test_a_cosignature_tells_its_time_and_is_bound_to_it() -> None:
    line = WITNESS.cosign(TEXT, 1_767_225_600)
    good = open_note(NOTE + line, [LOG.verifier, WITNESS.verifier]).by(WITNESS.verifier)
    assert good is not None
    assert (good.time, good.line) == (1_767_225_600, line)
    field = bytearray(base64.b64decode(line.split(" ")[2]))
    field[11] ^= 1
    later = f"\u2014 {WITNESS.verifier.name} {base64.b64encode(field).decode()}\n"
    with pytest.raises(SignatureError):
        open_note(NOTE + later, [WITNESS.verifier])


@pytest.mark.parametrize("time", [0, 2**63, 2**64 - 1])
def test_a_cosignature_without_a_lawful_time_is_refused(time: int) -> None:
    field = WITNESS.verifier.key_id + time.to_bytes(8, "big") + bytes(64)
    line = f"\u2014 {WITNESS.verifier.name} {base64.b64encode(field).decode()}\n"
    with pytest.raises(SignatureError) as refusal:
        open_note(NOTE + line, [LOG.verifier, WITNESS.verifier])
    assert refusal.value.code == "bad-signature"
    with pytest.raises(ValueError, match="time"):
        WITNESS.cosign(TEXT, time)


@pytest.mark.parametrize("size", [1, 7, 8, 63, 65, 72, 2_428])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    for key in (LOG.verifier, WITNESS.verifier):
        if size == 72 and key is WITNESS.verifier:
            continue
        line = f"\u2014 {key.name} {base64.b64encode(key.key_id + bytes([1]) * size).decode()}\n"
        with pytest.raises(SignatureError):
            open_note(f"{TEXT}\n{line}", [key])


KEYS = {
    "an ID that is not its own": LOG.verifier.text.replace(LOG.verifier.key_id.hex(), "00000000"),
    "an ID in capitals": LOG.verifier.text.replace(
        LOG.verifier.key_id.hex(), LOG.verifier.key_id.hex().upper()
    ),
    "another name": LOG.verifier.text.replace("/log", "/lag"),
    "no key": "audit.example/log+00000000+",
    "a type that is unknown": "audit.example/log+00000000+" + base64.b64encode(b"\x02" + bytes(32)).decode(),
    "a key that is too short": "audit.example/log+00000000+" + base64.b64encode(b"\x01" + bytes(31)).decode(),
    "a space in the name": LOG.verifier.text.replace("audit", "au dit"),
    "a line end": LOG.verifier.text + "\n",
    "two parts": "audit.example/log+00000000",
    "nothing": "",
    "an endless text": "a" * 100_000,
}


@pytest.mark.parametrize("what", KEYS)
def test_a_verifier_key_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput):
        VerifierKey.parse(KEYS[what])


@given(st.text(max_size=80) | st.tuples(st.text(max_size=9), st.binary(max_size=40)).map(str))
def test_any_verifier_key_is_read_or_refused(text: str) -> None:
    try:
        key = VerifierKey.parse(text)
    except MalformedInput:
        return
    assert key.text == text


@given(st.binary(min_size=32, max_size=32))
def test_keys_of_any_seed_are_read_back(seed: bytes) -> None:
    key = SigningKey.from_seed("audit.example:8443/some/log_1", seed)
    assert VerifierKey.parse(key.verifier.text) == key.verifier
    again = SigningKey.parse(key.text)
    assert (again.seed, again.verifier) == (seed, key.verifier)


def test_a_private_key_that_is_damaged_is_refused_without_showing_it() -> None:
    head, encoded = LOG.text.rsplit("+", 1)
    for text in (
        LOG.verifier.text,
        f"{head}+{encoded[:-4]}",
        LOG.text.replace(LOG.verifier.key_id.hex(), "00000000"),
        f"{head}+!{encoded[1:]}",
        f"{head}+" + base64.b64encode(b"\x04" + LOG.seed).decode(),
    ):
        with pytest.raises(MalformedInput) as refusal:
            SigningKey.parse(text)
        assert encoded[4:20] not in str(refusal.value)
        assert refusal.value.__cause__ is None


def test_a_seed_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="seed of 31 bytes"):
        SigningKey.from_seed("audit.example/log", bytes(31))


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "\u00e4.example", "a\n", "/path", "host//path", "host/", "a" * 256]
)
def test_a_key_may_not_be_called(name: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        SigningKey.from_seed(name, bytes(32))
    assert refusal.value.code == "bad-key-name"


def test_a_public_key_that_is_no_point_vouches_for_nothing() -> None:
    key = VerifierKey("audit.example/log", 0x01, b"\xff" * 32)
    field = key.key_id + bytes(64)
    note = f"{TEXT}\n\u2014 {key.name} {base64.b64encode(field).decode()}\n"
    with pytest.raises(SignatureError):
        open_note(note, [key])
