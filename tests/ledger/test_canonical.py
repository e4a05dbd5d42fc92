"""Canonical JSON: what the rfc8785 package writes, and nothing that readers could take in two ways."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger.canonical import decode, encode, is_canonical
from indelible.ledger.errors import MalformedInput

SAFE = 2**53 - 1

texts = st.text(max_size=12) | st.text(
    alphabet='"\\/\x00\x1f\x7f\u2028\u00e9e\u0301\U00010000\uffee\b\t\n', max_size=6
)
leaves = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)


def sorts_alike(value: Any) -> bool:
    """Say whether all keys sort alike by code point and by UTF-16 unit."""
    if isinstance(value, list):
        return all(map(sorts_alike, value))
    if isinstance(value, dict):
        by_unit = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return by_unit == sorted(value) and all(map(sorts_alike, value.values()))
    return True


@settings(max_examples=500)
@given(values)
def test_what_is_written_is_what_rfc_8785_says(value: Any) -> None:
    if not sorts_alike(value):
        with pytest.raises(MalformedInput):
            encode(value)
        return
    data = encode(value)
    assert data == rfc8785.dumps(value)
    assert decode(data) == value
    assert is_canonical(data)


@settings(max_examples=300)
@given(values.filter(sorts_alike), st.integers(0, 3))
def test_other_spellings_are_read_alike_but_are_not_canonical(value: Any, way: int) -> None:
    spellings = (
        json.dumps(value, indent=1),
        json.dumps(value, ensure_ascii=True),
        json.dumps(value, separators=(",", ": "), ensure_ascii=False),
        " " + json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    )
    data = spellings[way].encode()
    assert decode(data) == value
    assert is_canonical(data) == (data == encode(value))


@settings(max_examples=500)
@given(st.binary(max_size=40) | st.text(alphabet='{}[]",:0123456789.eE+-\\u d8ntrfalse', max_size=30))
def test_anything_is_read_or_refused(data: bytes | str) -> None:
    try:
        value = decode(data)
    except MalformedInput:
        return
    assert decode(encode(value)) == value


REFUSED = {
    "a key twice": b'{"a":1,"a":1}',
    "a key twice, deep inside": b'[{"b":{"a":1,"\\u0061":2}}]',
    "not a number": b"NaN",
    "infinity": b"[Infinity]",
    "negative infinity": b"[-Infinity]",
    "a float": b"1.0",
    "an exponent": b"1e3",
    "a float that overflows": b"1e400",
    "an integer beyond 2**53": b"9007199254740992",
    "an integer far beyond": b"1" * 5_000,
    "a negative integer beyond 2**53": b"-9007199254740992",
    "a lone surrogate": b'"\\ud800"',
    "a lone surrogate in a key": b'{"\\udfff":1}',
    "65 levels of lists": b"[" * 65 + b"]" * 65,
    "65 levels of objects": b'{"a":' * 65 + b"1" + b"}" * 65,
    "endless levels": b"[" * 100_000,
    "a byte order mark": b"\xef\xbb\xbf1",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "bytes that are no UTF-8": b'"\xff"',
    "an overlong form": b'"\xc0\x80"',
    "a raw control character": b'"\x01"',
    "a trailing comma": b"[1,]",
    "two values": b"1 2",
    "a leading zero": b"01",
    "a plus sign": b"+1",
    "single quotes": b"{'a':1}",
    "an unfinished text": b'"' + b'\\"' * 1_000,
    "nothing": b"",
    "keys whose order is a matter of opinion": '{"\uffee":1,"\U00010000":2}'.encode(),
}


@pytest.mark.parametrize("what", REFUSED)
def test_json_is_refused_with(what: str) -> None:
    with pytest.raises(MalformedInput):
        decode(REFUSED[what])
    assert not is_canonical(REFUSED[what])


def test_64_levels_are_read_and_brackets_within_text_are_no_levels() -> None:
    assert encode(decode(b"[" * 64 + b"]" * 64)) == b"[" * 64 + b"]" * 64
    text = '["' + "[{" * 100 + '\\"[",[]]'
    assert decode(text) == ["[{" * 100 + '"[', []]


class LikeText(str):
    """A subclass, which an encoder might write differently."""


UNWRITABLE = {
    "a float": 1.0,
    "not a number": float("nan"),
    "bytes": b"a",
    "a tuple": (1, 2),
    "a set": {1},
    "a key that is no text": {1: 2},
    "an integer beyond 2**53": 2**53,
    "a lone surrogate": "\ud800",
    "a lone surrogate in a key": {"\ud800": 1},
    "a subclass of text": LikeText("a"),
    "an object": object(),
}


@pytest.mark.parametrize("what", UNWRITABLE)
def test_a_value_is_not_written_if_it_is(what: str) -> None:
    with pytest.raises(MalformedInput):
        encode({"a": [UNWRITABLE[what]]})


def test_a_value_that_holds_itself_is_not_written() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(MalformedInput) as refusal:
        encode(value)
    assert refusal.value.code == "json-too-deep"


def test_true_and_one_are_not_confused() -> None:
    assert encode([True, 1, False, 0, None]) == b"[true,1,false,0,null]"


def test_text_is_not_normalised() -> None:
    assert encode({"e\u0301": 1, "\u00e9": 2}) == '{"e\u0301":1,"\u00e9":2}'.encode()
