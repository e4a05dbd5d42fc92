"""Where Python's helpers are friendlier than the formats, the ledger is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.strict import read_base64, read_decimal, read_utf8, write_base64, write_utf8
from indelible.ledger.tiles import (
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_tile_path,
    tile_path,
    tiles_of_size,
)

NUMBERS = {
    "a plus sign": "+1",
    "a minus sign": "-1",
    "a space before": " 1",
    "a space behind": "1 ",
    "a line end behind": "1\n",
    "an underscore": "1_0",
    "a leading zero": "01",
    "two zeros": "00",
    "other digits": "\u0661",
    "a fraction": "1.0",
    "an exponent": "1e3",
    "hexadecimal": "0x1",
    "nothing": "",
    "too large a value": str(2**63),
    "too many digits": "1" * 5_000,
}


@pytest.mark.parametrize("what", NUMBERS)
def test_a_number_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        read_decimal(NUMBERS[what], "a size")
    assert refusal.value.code == "bad-number"


@given(st.integers(0, 2**63 - 1))
def test_every_number_is_read_back_from_its_one_spelling(number: int) -> None:
    assert read_decimal(str(number), "a size") == number


BASE64 = {
    "a foreign character": "AA!A=A==",
    "spare bits": "AB==",
    "no padding": "AA",
    "too much padding": "AA===",
    "a line end": "AAAA\n",
    "a space": "AA AA",
    "the alphabet of URLs": "_-__",
    "text that is not ASCII": "AAA\u00c5",
    "padding in the middle": "AA==AAAA",
}


@pytest.mark.parametrize("what", BASE64)
def test_base64_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        read_base64(BASE64[what], "a hash")
    assert refusal.value.code == "bad-base64"


@given(st.binary(max_size=100))
def test_base64_is_read_back(raw: bytes) -> None:
    assert read_base64(write_base64(raw), "data", len(raw)) == raw
    with pytest.raises(MalformedInput):
        read_base64(write_base64(raw), "data", len(raw) + 1)


@pytest.mark.parametrize("data", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xe2\x82"])
def test_bytes_that_are_no_utf8_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput, match="bad-utf8"):
        read_utf8(data, "note")


def test_a_lone_surrogate_is_not_written() -> None:
    with pytest.raises(MalformedInput, match="bad-utf8"):
        write_utf8("\ud800", "note")


PATHS = {
    "a level with a leading zero": "tile/00/000",
    "a level above 63": "tile/64/000",
    "a group of zeros before": "tile/0/x000/001",
    "an empty partial": "tile/0/000.p/0",
    "a partial of 256": "tile/0/000.p/256",
    "a partial with a leading zero": "tile/0/000.p/01",
    "a partial of 999": "tile/0/000.p/999",
    "two digits": "tile/0/00",
    "four digits": "tile/0/0001",
    "a group without x": "tile/0/001/000",
    "x on the last group": "tile/0/x001",
    "a line end": "tile/0/000\n",
    "a leading slash": "/tile/0/000",
    "a foreign digit": "tile/0/00\u0661",
    "another folder": "tile/data/000",
    "the height in it": "tile/8/0/000",
    "a step upward": "tile/0/../000",
    "an index beyond 2**63": "tile/0/" + "x999/" * 6 + "999",
    "an endless index": "tile/0/" + "x001/" * 5_000 + "000",
    "nothing": "",
}


@pytest.mark.parametrize("what", PATHS)
def test_a_tile_path_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_tile_path(PATHS[what])
    assert refusal.value.code == "bad-tile-path"


@given(st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_tile_path_is_read_back(level: int, index: int, width: int) -> None:
    assert parse_tile_path(tile_path(level, index, width)) == (level, index, width)
    assert parse_tile_path(entries_path(index, width)) == (-1, index, width)


@given(st.text(alphabet="tile/0123456789x.pentries-", max_size=40))
def test_any_path_is_read_or_refused(text: str) -> None:
    try:
        level, index, width = parse_tile_path(text)
    except MalformedInput:
        return
    again = entries_path(index, width) if level < 0 else tile_path(level, index, width)
    assert again == text


@pytest.mark.parametrize(
    ("level", "index", "width"), [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_a_path_of_no_tile_is_a_mistake_of_the_caller(level: int, index: int, width: int) -> None:
    with pytest.raises(ValueError, match="no tile"):
        tile_path(level, index, width)


@given(st.integers(0, 100_000))
def test_the_tiles_of_a_size_hold_all_its_hashes_and_no_more(size: int) -> None:
    counts: dict[int, int] = {}
    for level, index, width in tiles_of_size(size):
        assert index * 256 == counts.get(level, 0)
        counts[level] = counts.get(level, 0) + width
    assert counts == {level: size >> 8 * level for level in range(8) if size >> 8 * level}


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_every_bundle_is_read_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


def test_an_entry_whose_length_would_not_fit_is_not_written() -> None:
    assert decode_bundle(encode_bundle([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(MalformedInput) as refusal:
        encode_bundle([b"x" * 65_536])
    assert refusal.value.code == "entry-too-long"
    with pytest.raises(ValueError, match="257 entries"):
        encode_bundle([b"x"] * 257)


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x05abcd", b"\x00\x01a\xff\xff", b"\x00\x00" * 257])
def test_a_bundle_that_is_cut_short_or_too_full_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput) as refusal:
        decode_bundle(data)
    assert refusal.value.code == "bad-bundle"


@given(st.binary(max_size=600))
def test_any_bundle_is_read_or_refused(data: bytes) -> None:
    try:
        entries = decode_bundle(data)
    except MalformedInput:
        return
    assert encode_bundle(entries) == data


def test_a_refusal_carries_a_code_and_a_detail() -> None:
    refusal = MalformedInput("bad-note", "no text")
    assert isinstance(refusal, LedgerError)
    assert (refusal.code, refusal.detail, str(refusal)) == ("bad-note", "no text", "bad-note: no text")
