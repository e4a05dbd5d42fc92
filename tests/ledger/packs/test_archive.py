"""A ZIP is read without believing it: bombs, lies about sizes, names that lead elsewhere."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.ledger.errors import MalformedInput
from indelible.ledger.packs import archive as module
from indelible.ledger.packs.archive import Archive


def zip_of(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def opened(data: bytes) -> Archive:
    return Archive(io.BytesIO(data))


def refused(data: bytes) -> str:
    with pytest.raises(MalformedInput) as refusal:
        opened(data)
    return refusal.value.code


@given(st.dictionaries(st.text("abc/.", min_size=1, max_size=5).map(lambda name: f"x{name}y"), st.binary()))
def test_what_was_put_in_comes_out(files: dict[str, bytes]) -> None:
    files = {name: data for name, data in files.items() if ".." not in name.split("/")}
    archive = opened(zip_of(files))
    assert archive.names == list(files)
    assert {name: archive.read(name, len(data)) for name, data in files.items()} == files


@given(st.binary(max_size=300), st.integers(1, 20))
def test_lines_come_whole_however_the_bytes_arrive(data: bytes, chunk: int) -> None:
    archive = opened(zip_of({"lines": data}))
    kept = module._CHUNK
    module._CHUNK = chunk
    try:
        lines = list(archive.lines("lines", len(data)))
    finally:
        module._CHUNK = kept
    assert lines == data.splitlines(keepends=True) if b"\r" not in data else b"".join(lines) == data
    assert b"".join(lines) == data
    assert all(line.count(b"\n") <= 1 for line in lines)


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "a\\b", "C:/x", "c:x", "naïve", "tab\tname", "a\x7f"]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    # Written without the checks of zipfile, which changes some of these names by itself.
    placeholder = "n" * len(name.encode())
    data = zip_of({placeholder: b"x"}).replace(placeholder.encode(), name.encode())
    assert refused(data) == "zip-damaged"


def test_a_name_twice_is_refused() -> None:
    data = zip_of({"one": b"1", "two": b"2"}).replace(b"two", b"one")
    assert refused(data) == "zip-damaged"


def test_a_locked_file_is_refused() -> None:
    data = bytearray(zip_of({"one": b"1"}))
    place = data.index(b"PK\x01\x02") + 8
    data[place] |= 1
    assert refused(bytes(data)) == "zip-damaged"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(compression: int) -> None:
    assert refused(zip_of({"one": b"1" * 100}, compression)) == "zip-damaged"


def test_a_bomb_goes_off_in_nobodys_hands() -> None:
    data = zip_of({"bomb": b"\0" * 50_000_000})
    assert len(data) < 100_000
    archive = opened(data)
    taken = 0
    with pytest.raises(MalformedInput, match="file-grows"):
        for chunk in archive.chunks("bomb", 1_000_000):
            taken += len(chunk)
    assert taken <= 1_000_000


def test_a_file_that_lies_about_its_size_is_read_no_further_than_allowed() -> None:
    data = zip_of({"liar": b"\0" * 50_000_000})
    for size in (10, 2**32 - 1):
        place = data.index(b"PK\x01\x02") + 24
        lying = data[:place] + struct.pack("<I", size) + data[place + 4 :]
        with pytest.raises(MalformedInput):
            taken = sum(map(len, opened(lying).chunks("liar", 1000)))
            assert taken <= 10


def test_a_line_without_end_is_given_up() -> None:
    archive = opened(zip_of({"lines": b"x" * 3_000_000}))
    with pytest.raises(MalformedInput, match="line-too-long"):
        list(archive.lines("lines", 3_000_000, 1_000_000))


def test_too_many_files_are_refused_before_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zip_of({f"file {number}": b"" for number in range(50)})
    assert len(opened(data).names) == 50
    monkeypatch.setattr(module, "MAX_FILES", 49)
    made: list[Any] = []
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_a: made.append(1))
    assert refused(data) == "zip-damaged"
    assert made == []


def test_a_directory_that_hides_files_from_the_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in the end record says 1; zipfile goes by the directory's length, and so does the count."""
    data = bytearray(zip_of({f"file {number}": b"" for number in range(50)}))
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<HH", 1, 1)
    monkeypatch.setattr(module, "MAX_FILES", 49)
    assert refused(bytes(data)) == "zip-damaged"


def test_folders_count_for_nothing() -> None:
    archive = opened(zip_of({"proof/": b"", "proof/one": b"1"}))
    assert archive.names == ["proof/one"]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_zip_or_refused(data: bytes) -> None:
    for attempt in (data, b"PK\x03\x04" + data, data + b"PK\x05\x06" + data + bytes(18)):
        try:
            archive = opened(attempt)
            for name in archive.names:
                archive.read(name, 1000)
        except MalformedInput:
            pass


@given(st.data())
def test_a_zip_with_a_changed_byte_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(zip_of({"one": b"some text " * 20, "two": bytes(range(256))}))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    try:
        archive = opened(bytes(whole))
        for name in archive.names:
            archive.read(name, 10_000)
    except MalformedInput:
        pass
