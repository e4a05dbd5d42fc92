"""An entry's leaf can be rebuilt from what is stored, and from nothing else."""

from __future__ import annotations

import base64
import gc
import json
from collections.abc import Mapping
from hashlib import sha256, shake_128
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.ledger import canonical
from indelible.ledger.entries import Sealed, leaf_data_of, leaf_hashes_of, parse_leaf, prepare, seal
from indelible.ledger.errors import MalformedInput
from indelible.ledger.hashing import leaf_hash
from tests.ledger.test_canonical import sorts_alike, values

AT = "2026-01-01T00:00:01.000000Z"
NAMES = ["action", "actor", "changes/0", "extra", "extra/row_count", "numbers/rules/3.2", "numbers/sources/7"]
NAMES += ["original", "targets/0", "targets/1", "targets/10", "targets/2", "time"]

contents = st.dictionaries(st.sampled_from(NAMES), values.filter(sorts_alike), max_size=len(NAMES))
secrets = st.binary(min_size=32, max_size=32)


def secret_of(index: int) -> bytes:
    return sha256(b"secret %d" % index).digest()


def by_definition(content: Mapping[str, Any], secret: bytes, at: str) -> bytes:
    """Leaf data worked out field by field, as the format's page tells it."""
    names = sorted(content)
    stream = shake_128(secret).digest(18 * len(names))
    digests = []
    for place, name in enumerate(names):
        salt = base64.urlsafe_b64encode(stream[18 * place : 18 * place + 18]).decode()
        text = json.dumps(
            [salt, name, content[name]], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        disclosure = base64.urlsafe_b64encode(text.encode()).rstrip(b"=")
        digests.append(base64.urlsafe_b64encode(sha256(disclosure).digest()).rstrip(b"=").decode())
    leaf = {"_sd": digests, "_sd_alg": "sha-256", "at": at, "names": names, "v": 1}
    return json.dumps(leaf, separators=(",", ":")).encode()


def sealed(*contents: Mapping[str, Any]) -> list[Sealed]:
    return seal(prepare(contents, [secret_of(index) for index in range(len(contents))]), [], AT)


def rebuilt(entries: list[Sealed]) -> list[bytes | MalformedInput]:
    return leaf_data_of(
        [one.content for one in entries], [one.secret for one in entries], [AT] * len(entries)
    )


def is_refused(content: str | bytes, secret: bytes = bytes(32), at: str = AT) -> str:
    """Return the code with which one stored entry is refused, while its neighbours are not."""
    neighbour = sealed({"actor": {"id": "u-1"}})[0]
    before, middle, after = leaf_data_of(
        [neighbour.content, content, neighbour.content], [secret_of(0), secret, secret_of(0)], [AT, at, AT]
    )
    assert before == after == neighbour.data
    assert isinstance(middle, MalformedInput), middle
    return middle.code


@settings(max_examples=200)
@given(contents, secrets)
def test_an_entry_is_sealed_as_the_format_defines(content: dict[str, Any], secret: bytes) -> None:
    [entry] = seal(prepare([content], [secret]), [], AT)
    assert entry.data == by_definition(content, secret, AT)
    assert entry.leaf_hash == leaf_hash(entry.data)
    assert entry.content.encode() == canonical.encode(content)
    assert leaf_data_of([entry.content], [secret], [AT]) == [entry.data]
    assert leaf_data_of([entry.content.encode()], [secret], [AT]) == [entry.data]
    assert parse_leaf(entry.data).names == tuple(sorted(content))


@settings(max_examples=100)
@given(st.lists(st.tuples(contents, secrets), max_size=8), st.data())
def test_values_that_come_late_give_the_same_entries(entries: list[Any], data: st.DataObject) -> None:
    late = [
        data.draw(st.lists(st.sampled_from(sorted(one)), unique=True)) if one else [] for one, _ in entries
    ]
    known = [
        {name: value for name, value in content.items() if name not in names}
        for (content, _), names in zip(entries, late, strict=True)
    ]
    given_late = [{name: one[name] for name in names} for (one, _), names in zip(entries, late, strict=True)]
    prepared = prepare(known, [secret for _, secret in entries], late)
    assert [entry.content.keys() for entry in prepared] == [one.keys() for one in known]
    for _ in range(2):  # a commit that failed is sealed again from the same preparation
        result = seal(prepared, given_late, AT)
        assert [entry.data for entry in result] == [by_definition(*one, AT) for one in entries]
        assert [entry.content.encode() for entry in result] == [canonical.encode(one) for one, _ in entries]


def test_a_batch_larger_than_the_working_size_is_sealed_like_its_parts() -> None:
    batch = [{"actor": {"id": f"u-{index}"}, "extra": {"n": index}} for index in range(300)]
    keys = [secret_of(index) for index in range(300)]
    late = [["numbers/sources/7"]] * 300
    numbers = [{"numbers/sources/7": index + 1} for index in range(300)]
    whole = seal(prepare(batch, keys, late), numbers, AT)
    single = [
        seal(prepare([content], [key], [["numbers/sources/7"]]), [number], AT)[0]
        for content, key, number in zip(batch, keys, numbers, strict=True)
    ]
    assert whole == single
    assert rebuilt(whole) == [entry.data for entry in whole]
    stored = [one.content for one in whole], keys, [AT] * 300
    assert leaf_hashes_of(*stored) == [one.leaf_hash for one in whole]


def test_an_entry_without_fields_is_lawful() -> None:
    [entry] = sealed({})
    assert entry.data.decode() == '{"_sd":[],"_sd_alg":"sha-256","at":"' + AT + '","names":[],"v":1}'
    assert parse_leaf(entry.data).names == ()
    assert rebuilt([entry]) == [entry.data]


def test_names_are_sorted_by_code_point() -> None:
    [entry] = sealed({"targets/2": 1, "targets/10": 2, "extra/row_count": 3, "extra": 4})
    assert parse_leaf(entry.data).names == ("extra", "extra/row_count", "targets/10", "targets/2")


NOT_SEALABLE = {
    "a float": 1.5,
    "not a number": float("nan"),
    "an integer beyond 2**53": 2**53,
    "bytes": b"abc",
    "a tuple": (1, 2),
    "a lone surrogate": "\ud800",
    "a key that is no text": {1: 2},
    "keys whose order is a matter of opinion": {"\uffee": 1, "\U00010000": 2},
    "an object": object(),
}


@pytest.mark.parametrize("what", NOT_SEALABLE)
@pytest.mark.parametrize("late", [False, True])
def test_a_value_is_not_sealed_if_it_is(what: str, late: bool) -> None:
    value = {"a": [NOT_SEALABLE[what]]}
    with pytest.raises(MalformedInput):
        if late:
            seal(prepare([{}], [bytes(32)], [["extra"]]), [{"extra": value}], AT)
        else:
            prepare([{"actor": "fine"}, {"extra": value}], [bytes(32)] * 2)


@pytest.mark.parametrize("deep", [62, 63])
def test_an_entry_is_sealed_only_as_deep_as_it_can_be_read(deep: int) -> None:
    value: Any = 1
    for _ in range(deep):
        value = [value]
    [entry] = sealed({"extra": value})
    assert rebuilt([entry]) == [entry.data]
    with pytest.raises(MalformedInput):
        sealed({"extra": [[value]]} if deep == 63 else {"extra": [[[value]]]})


@pytest.mark.parametrize(
    "name",
    [
        *("", "_sd", "...", "Actor", "actor ", "akt\u00f6r", "actor\n", "a" * 101, 'a"b'),
        *("targets/", "targets/01", "targets/-1", "targets/1/2", "extra/a b"),
        *("numbers/sources/x", "numbers/rules/3", "numbers/rules/3.02"),
    ],
)
def test_a_field_may_not_be_called(name: str) -> None:
    for late in ((), [[name]]):
        with pytest.raises(MalformedInput) as refusal:
            prepare([{} if late else {name: 1}], [bytes(32)], late)
        assert refusal.value.code == "bad-field-name"
    assert is_refused(canonical.encode({name: 1})) == "bad-field-name"


@pytest.mark.parametrize(
    "at",
    [
        "",
        "2026-01-01T00:00:01Z",
        "2026-01-01T00:00:01.00000Z",
        "2026-01-01 00:00:01.000000Z",
        "2026-01-01T00:00:01.000000+00:00",
        "2026-01-01T00:00:01.000000z",
        "2026-13-01T00:00:01.000000Z",
        "2026-02-29T00:00:01.000000Z",
        "2100-02-29T00:00:01.000000Z",
        "2026-04-31T00:00:01.000000Z",
        "2026-01-01T24:00:00.000000Z",
        "2026-01-01T00:00:60.000000Z",
        "2026-01-01T00:00:01.000000Z\n",
        "\u0662026-01-01T00:00:01.00000Z",
    ],
)
def test_an_entry_may_not_be_recorded_at(at: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        seal(prepare([{}], [bytes(32)]), [], at)
    assert refusal.value.code == "bad-time"
    assert is_refused("{}", at=at) == "bad-time"


def test_an_entry_may_be_recorded_on_a_leap_day() -> None:
    for year in (2000, 2024, 2028):
        assert seal(prepare([{}], [bytes(32)]), [], f"{year}-02-29T23:59:59.999999Z")


STORED = {
    "a space": '{"actor": 1}',
    "a line end behind": '{"actor":1}\n',
    "a line end before": '\n{"actor":1}',
    "names unsorted": '{"outcome":1,"actor":1}',
    "a name twice": '{"actor":1,"actor":1}',
    "a key twice within a value": '{"actor":{"id":1,"id":1}}',
    "keys unsorted within a value": '{"actor":{"name":1,"id":1}}',
    "an escaped letter": '{"actor":"\\u0061"}',
    "an escaped slash": '{"actor":"\\/"}',
    "an escaped line end in capitals": '{"actor":"\\u001F"}',
    "a float": '{"actor":1.5}',
    "a float without fraction": '{"actor":1.0}',
    "an exponent": '{"actor":1e3}',
    "minus zero": '{"actor":-0}',
    "an integer beyond 2**53": '{"actor":9007199254740993}',
    "an integer beyond 2**53 in a list": '{"actor":[1,-9007199254740993,2]}',
    "an integer beyond 2**64": '{"actor":18446744073709551617}',
    "65 levels": '{"actor":' + "[" * 64 + "]" * 64 + "}",
    "2,000 levels": '{"actor":' + "[" * 2_000 + "]" * 2_000 + "}",
    "65 mixed levels": '{"actor":' + '[{"a":' * 32 + "1" + "}]" * 32 + "}",
    "keys whose order is a matter of opinion": '{"actor":{"\uffee":1,"\U00010000":2}}',
    "those keys in the other order": '{"actor":{"\U00010000":2,"\uffee":1}}',
    "a lone surrogate": '{"actor":"\ud800"}',
    "an escaped lone surrogate": '{"actor":"\\ud800"}',
    "not a number": '{"actor":NaN}',
    "a list": "[]",
    "null": "null",
    "two objects": "{}{}",
    "two lines": "{}\n{}",
    "nothing": "",
    "bytes that are no UTF-8": b'{"actor":"\xff"}',
    "a byte order mark": b'\xef\xbb\xbf{"actor":1}',
}


@pytest.mark.parametrize("what", STORED)
def test_stored_content_is_refused_with(what: str) -> None:
    assert is_refused(STORED[what])


def test_a_line_end_in_one_content_cannot_make_up_for_an_empty_one() -> None:
    for contents in (["{}\n{}", ""], ["", "{}\n{}"], ["{}\n", "{}"], ["{}", "\n{}"]):
        first, second = leaf_data_of(contents, [bytes(32)] * 2, [AT] * 2)
        assert isinstance(first, MalformedInput) or isinstance(second, MalformedInput)
        for content, leaf in zip(contents, (first, second), strict=True):
            assert isinstance(leaf, MalformedInput) == (content != "{}")


def test_long_digits_within_text_are_no_doubt() -> None:
    content = {"actor": "a,12345678901234567,b", "extra": "9" * 40, "original": '{"id":1234567890123456789}'}
    [entry] = sealed(content)
    assert rebuilt([entry]) == [entry.data]
    [entry] = sealed({"extra": [2**53 - 1, -(2**53 - 1)], "actor": "\uff01 \U0001f600"})
    assert rebuilt([entry]) == [entry.data]


@pytest.mark.parametrize(
    "secret", [b"", b"x" * 31, b"x" * 33, b"{}", b"null", b'{"erased":{},"salts":{}}', b"\xff" * 40]
)
def test_a_stored_secret_of_another_form_is_refused(secret: bytes) -> None:
    assert is_refused("{}", secret)


@settings(max_examples=300)
@given(st.binary(max_size=50) | st.text(max_size=50), st.binary(max_size=50), st.text(max_size=30))
def test_anything_stored_gives_a_leaf_or_a_refusal(content: str | bytes, secret: bytes, at: str) -> None:
    [leaf] = leaf_data_of([content], [secret], [at])
    if isinstance(leaf, bytes):
        parse_leaf(leaf)


@settings(max_examples=200)
@given(contents, secrets, st.data())
def test_content_with_any_byte_changed_gives_another_leaf_or_none(
    content: dict[str, Any], secret: bytes, data: st.DataObject
) -> None:
    [entry] = seal(prepare([content], [secret]), [], AT)
    stored = bytearray(entry.content.encode())
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] ^= data.draw(st.integers(1, 255))
    [leaf] = leaf_data_of([bytes(stored)], [secret], [AT])
    assert leaf != entry.data


def test_a_leaf_that_would_not_fit_a_bundle_is_not_sealed() -> None:
    fits = {f"targets/{index}": 1 for index in range(1_000)}
    assert len(sealed(fits)[0].data) < 65_536
    with pytest.raises(MalformedInput) as refusal:
        sealed({f"targets/{index}": 1 for index in range(1_200)})
    assert refusal.value.code == "entry-too-long"


def test_arguments_that_do_not_fit_each_other_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="2 secrets"):
        prepare([{}], [bytes(32)] * 2)
    with pytest.raises(ValueError, match="32 bytes"):
        prepare([{}], [bytes(31)])
    with pytest.raises(ValueError, match="later"):
        prepare([{}], [bytes(32)], [[], []])
    with pytest.raises(ValueError, match="twice"):
        prepare([{"actor": 1}], [bytes(32)], [["actor"]])
    with pytest.raises(ValueError, match="twice"):
        prepare([{}], [bytes(32)], [["actor", "actor"]])
    waiting = prepare([{}], [bytes(32)], [["actor"]])
    for later in ([], [{}], [{"outcome": 1}], [{"actor": 1, "outcome": 1}]):
        with pytest.raises(ValueError, match="waits for"):
            seal(waiting, later, AT)
    with pytest.raises(ValueError, match="2 sets"):
        seal(waiting, [{"actor": 1}] * 2, AT)
    with pytest.raises(ValueError, match="2 times"):
        leaf_data_of(["{}"], [bytes(32)], [AT] * 2)


LEAF = sealed({"actor": {"id": "u-1"}, "outcome": "success"})[0].data
D1, D2 = parse_leaf(LEAF).digests
LEAVES = {
    "a space": LEAF.replace(b",", b", ", 1),
    "a line end": LEAF + b"\n",
    "another key": LEAF.replace(b'"v":1', b'"v":1,"x":1'),
    "a key twice": LEAF.replace(b'"v":1', b'"v":1,"v":1'),
    "a key missing": LEAF.replace(b',"v":1', b""),
    "another version": LEAF.replace(b'"v":1', b'"v":2'),
    "a version that is true": LEAF.replace(b'"v":1', b'"v":true'),
    "a version as text": LEAF.replace(b'"v":1', b'"v":"1"'),
    "another digest algorithm": LEAF.replace(b"sha-256", b"SHA-256"),
    "names unsorted": LEAF.replace(b'"actor","outcome"', b'"outcome","actor"'),
    "a name twice": LEAF.replace(b'"actor","outcome"', b'"actor","actor"'),
    "a name too few": LEAF.replace(b'"actor","outcome"', b'"actor"'),
    "a name too many": LEAF.replace(b'"outcome"', b'"outcome","reason"'),
    "a name of the wrong form": LEAF.replace(b'"outcome"', b'"out come"'),
    "a name that is no text": LEAF.replace(b'"outcome"', b"1"),
    "names that are no list": LEAF.replace(b'["actor","outcome"]', b'"ac"'),
    "a digest twice": LEAF.replace(D2.encode(), D1.encode()),
    "a digest with padding": LEAF.replace(D1.encode(), D1.encode()[:-1] + b"="),
    "a digest that is too short": LEAF.replace(D1.encode(), D1.encode()[:-1]),
    "a digest with spare bits": LEAF.replace(D1.encode(), b"A" * 42 + b"B"),
    "a digest in the other alphabet": LEAF.replace(D1.encode(), b"+" * 42 + b"A"),
    "a time without microseconds": LEAF.replace(b":01.000000Z", b":01Z"),
    "a time that is no text": LEAF.replace(b'"' + AT.encode() + b'"', b"1"),
    "another order of keys": LEAF.replace(b',"v":1', b"").replace(b"{", b'{"v":1,', 1),
    "an escaped letter": LEAF.replace(b'"outcome"', b'"\\u006futcome"'),
    "a list": b"[]",
    "nothing": b"",
    "too many bytes": LEAF + b" " * 65_536,
}


@pytest.mark.parametrize("what", LEAVES)
def test_leaf_data_is_refused_with(what: str) -> None:
    assert LEAVES[what] != LEAF
    with pytest.raises(MalformedInput):
        parse_leaf(LEAVES[what])


@given(st.binary(max_size=100))
def test_anything_is_a_leaf_or_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        parse_leaf(data)


def test_preparing_and_checking_entries_leaves_nothing_behind_in_memory() -> None:
    def iterators() -> int:
        gc.collect()
        return sum(type(thing) is zip for thing in gc.get_objects())

    def work() -> None:
        (prepared,) = prepare([{"action": {"said": "x"}}], [secret_of(1)])
        (sealed,) = seal([prepared], [{}], AT)
        leaf_data_of([sealed.content], [sealed.secret], [AT])

    work()
    before = iterators()
    for _again in range(50):
        work()
    assert iterators() == before
