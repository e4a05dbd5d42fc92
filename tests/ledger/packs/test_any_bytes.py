"""Whatever stands in the files of a pack, a check ends with an answer, never with a fault of its own."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.ledger import canonical
from indelible.ledger.errors import MalformedInput
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import CHECKS, DIFFERS, MATCHES, PackReport
from tests.ledger.packs import book as log
from tests.ledger.packs.flaws import trust_of
from tests.ledger.packs.making import Made, make_pack
from tests.ledger.packs.zips import Parts, fitted, signed_again, write_zip

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
QUIET = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@cache
def made() -> Made:
    """Return one whole pack with everything in it."""
    with TemporaryDirectory() as folder:
        return make_pack(
            Path(folder) / "pack.zip",
            entries=4,
            kind=names.WHOLE,
            by="recorded",
            withhold=("actor",),
            erased=True,
            proofs=False,
            real_page=False,
        )


def check(parts: Parts) -> PackReport:
    buffer = io.BytesIO()
    write_zip(buffer, parts)  # type: ignore[arg-type]  # zipfile takes either
    report = check_pack(buffer, trust_of(made()))
    document = report.as_json()
    assert [one["code"] for one in document["checks"]] == [
        code for code in CHECKS if code in {one["code"] for one in document["checks"]}
    ]
    canonical.encode(document)  # nothing in it that JSON has no form for
    return report


def changed_at(value: Any, path: list[int], other: Any) -> Any:
    """Return `value` with another one somewhere inside; `path` says where, as far as it leads."""
    if not path or not isinstance(value, dict | list) or not value:
        return other
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[path[0] % len(keys)]
    inside = changed_at(value[key], path[1:], other)
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = inside
    return copy


@QUIET
@given(
    st.sampled_from([names.KEYS_NAME, names.SEALS_NAME, names.ENTRIES_NAME, names.MANIFEST_NAME]),
    st.integers(0, 30),
    st.lists(st.integers(0, 20), min_size=1, max_size=5),
    ANY_JSON,
    st.booleans(),
)
def test_any_value_in_any_place(name: str, line: int, path: list[int], other: Any, signed: bool) -> None:
    parts = dict(made().parts)
    rows = parts[name].splitlines(keepends=True)
    place = line % len(rows)
    changed = canonical.encode(changed_at(json.loads(rows[place]), path, other))
    rows[place] = changed + (b"\n" if rows[place].endswith(b"\n") else b"")
    same = rows[place] == parts[name].splitlines(keepends=True)[place]
    parts[name] = b"".join(rows)
    if signed and name != names.MANIFEST_NAME:
        parts = signed_again(parts, log.KEY)
        check(parts)  # whoever holds the key may say other things that are right as well
    else:
        assert (check(parts).verdict == MATCHES) is same


@QUIET
@given(
    st.sampled_from(
        [
            names.CHECKPOINT_NAME,
            names.TREE_NAME,
            names.KEYS_NAME,
            names.SEALS_NAME,
            names.ENTRIES_NAME,
            names.TABLE_NAME,
            names.NOTE_NAME,
            names.MANIFEST_NAME,
        ]
    ),
    st.integers(0, 10**6),
    st.integers(0, 60),
    st.binary(max_size=60),
)
def test_any_bytes_in_any_file(name: str, place: int, length: int, other: bytes) -> None:
    parts = dict(made().parts)
    data = parts[name]
    place %= len(data) + 1
    parts[name] = data[:place] + other + data[place + length :]
    if name not in (names.MANIFEST_NAME, names.NOTE_NAME):
        parts = fitted(parts)
    if parts[name] != data:
        assert check(parts).verdict == DIFFERS or name == names.MANIFEST_NAME


@given(st.binary(max_size=200))
def test_any_bytes_as_a_pack(data: bytes) -> None:
    report = check_pack(io.BytesIO(data))
    assert [one.code for one in report.findings] == ["zip-damaged"]


def test_an_empty_detail_is_told_as_one_that_differs() -> None:
    parts = dict(made().parts)
    parts[names.ENTRIES_NAME] = parts[names.ENTRIES_NAME].replace(b'"open":[', b'"open":["",', 1)
    found = [(one.code, one.field) for one in check(signed_again(parts, log.KEY)).findings]
    assert ("detail-differs", None) in found


@pytest.mark.parametrize("name", [names.MANIFEST_NAME, names.ENTRIES_NAME])
def test_a_part_too_long_to_be_looked_at_on_a_server_is_refused(name: str) -> None:
    parts = dict(made().parts)
    parts[name] = b" " * 600_000
    buffer = io.BytesIO()
    write_zip(buffer, parts if name == names.MANIFEST_NAME else fitted(parts))  # type: ignore[arg-type]
    with pytest.raises(MalformedInput, match="pack-too-large"):
        check_pack(buffer, most_bytes=50_000_000)
    assert check_pack(buffer).verdict == DIFFERS
