"""Real shapes of files, bent: whatever happens to the bytes, each line is accounted for and nothing breaks."""

from __future__ import annotations

import errno
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.intake import opening
from indelible.intake.errors import IntakeError
from tests.intake.files import Seen, read_bytes
from tests.intake.test_sheets import simple, workbook

ROWS = [
    f'2026-03-04T10:{n:02d}:00Z,user{n}@example.com,"said ""{n}"", then\nleft",doc-{n},192.0.2.{n}'
    for n in range(12)
]
CSV = "time,user,action,object,ip\r\n" + "\r\n".join(ROWS) + "\r\nTotal,12,,,\r\n"
GERMAN = "Zeit;Wer;Was;Grund\r\n" + "04.03.2026 10:15;Jürgen Groß;geändert;12 €\r\n" * 8
EVENTS = [
    {"time": 1772619322 + n, "who": {"name": f"Zoë {n}"}, "tags": ["a", "}{"], "n": n / 4} for n in range(12)
]
LINES = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in EVENTS)
DOCUMENT = json.dumps({"kind": "log", "Records": EVENTS, "more": True}, indent=1)
SYSLOG = "".join(f"<34>1 2026-03-04T10:15:{n:02d}Z host app {n} ID47 - message, {n}\n" for n in range(12))


def zipped(packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr("a/log.csv", CSV)
        archive.writestr("a/log.json", LINES)
    return buffer.getvalue()


PLAIN = {
    "csv": CSV.encode(),
    "csv-utf16": CSV.encode("utf-16"),
    "csv-bom": CSV.encode("utf-8-sig"),
    "csv-cp1252": GERMAN.encode("cp1252"),
    "ndjson": LINES.encode(),
    "ndjson-utf16": LINES.encode("utf-16"),
    "json": DOCUMENT.encode(),
    "syslog": SYSLOG.encode(),
}
FILES = PLAIN | {
    "csv-gz": gzip.compress(CSV.encode(), mtime=0),
    "zip": zipped(),
    "xlsx": workbook(simple),
}
ODD_BYTES = [b'"', b"\x00", b"\r", b"\n\n", b"\xed\xa0\x80", b"[" * 300, b'{"a":', b"\\", b",,,,", b"\x1a"]
bent = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, data: bytes) -> Seen | IntakeError:
    try:
        return read_bytes(folder, data)
    except IntakeError as refused:
        assert refused.code
        return refused


def check_accounted(seen: Seen | IntakeError, data: bytes) -> None:
    """Check that originals come in order out of the bytes, and that all other lines were counted as skipped."""
    if isinstance(seen, IntakeError) or seen.shapes[0].kind == "xlsx":
        return
    at = 0
    for piece in seen.pieces:
        found = data.find(piece.original, at)
        assert found >= 0, piece
        at = found + len(piece.original)
    if seen.shapes[0].kind in ("csv", "ndjson", "log", "lines"):
        counted = sum(seen.skipped.values()) + len(seen.pieces)
        inside = sum(_breaks(piece.original, seen.shapes[0].encoding) for piece in seen.pieces)
        # Titles and totals may span several lines too, so there may only be more lines than counted.
        assert counted + inside <= _lines(data, seen) <= counted + inside + 4 * sum(seen.skipped.values())


def _breaks(data: bytes, codec: str) -> int:
    text = data.decode(codec, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _lines(data: bytes, seen: Seen) -> int:
    shape = seen.shapes[0]
    text = data[shape.bom :].decode(shape.encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") + (not text.endswith("\n"))


@pytest.mark.parametrize("kind", FILES)
@bent
@given(data=st.data())
def test_a_file_cut_anywhere_is_read_or_refused(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    whole = FILES[kind]
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    seen = read(tmp_path, cut)
    if kind in PLAIN and len(cut) % 2 == 0:
        check_accounted(seen, cut)


@pytest.mark.parametrize("kind", FILES)
@bent
@given(data=st.data())
def test_flipped_bytes_never_break_the_reader(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    changed = bytearray(FILES[kind])
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255)), min_size=1, max_size=6)
    ):
        changed[place] = value
    seen = read(tmp_path, bytes(changed))
    if kind in PLAIN and "utf16" not in kind:
        check_accounted(seen, bytes(changed))


PACKED = {
    "zip": FILES["zip"],
    "xlsx": FILES["xlsx"],
    "lzma": zipped(zipfile.ZIP_LZMA),
    "bzip2": zipped(zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("kind", PACKED)
@bent
@given(data=st.data())
def test_a_bent_table_of_contents_never_breaks_the_reader(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    changed = bytearray(PACKED[kind])
    for back, value in data.draw(
        st.lists(st.tuples(st.integers(1, 250), st.integers(0, 255)), min_size=1, max_size=4)
    ):
        changed[-back] = value
    read(tmp_path, bytes(changed))


def with_directory(data: bytes, at: int, value: bytes) -> bytes:
    """Return a zip with other bytes at a place of its first directory record."""
    start = data.index(b"PK\x01\x02") + at
    return data[:start] + value + data[start + len(value) :]


@pytest.mark.parametrize("kind", ["zip", "xlsx", "lzma", "bzip2"])
@pytest.mark.parametrize(
    ("at", "value"),
    [
        (42, b"\xff\xff\xff\x7f"),  # where the member lies: far outside
        (8, b"\x20\x00"),  # patched data, which nobody reads
        (8, b"\x40\x00"),  # strong encryption
        (10, b"\x5d\x00"),  # a packing with no such number
        (28, b"\x00\x00"),  # a name of no length
        (30, b"\xff\xff"),  # notes longer than the file
    ],
)
def test_a_directory_that_lies_is_no_fault_of_ours(tmp_path: Path, kind: str, at: int, value: bytes) -> None:
    seen = read(tmp_path, with_directory(PACKED[kind], at, value))
    if isinstance(seen, IntakeError):
        assert seen.code in ("damaged_archive", "empty_archive", "damaged_workbook", "unsupported_type")


def test_a_place_before_the_file_is_damage_and_a_full_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = FILES["zip"]
    end = whole.index(b"PK\x05\x06")
    # A directory said to begin later than it does moves every member to before the start of the file.
    begins = int.from_bytes(whole[end + 16 : end + 20], "little") + 60
    moved = whole[: end + 16] + begins.to_bytes(4, "little") + whole[end + 20 :]
    seen = read(tmp_path, moved)
    assert isinstance(seen, IntakeError)
    assert seen.code in ("damaged_archive", "empty_archive")

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(opening._Meter, "write", full)
    with pytest.raises(OSError, match="No space"):
        read(tmp_path, whole)


@pytest.mark.parametrize("kind", PLAIN)
@bent
@given(data=st.data())
def test_bytes_put_in_anywhere_never_break_the_reader(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    whole = FILES[kind]
    place = data.draw(st.integers(0, len(whole)))
    extra = data.draw(
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(
                [
                    b'"',
                    b"\x00",
                    b"\r",
                    b"\n\n",
                    b"\xed\xa0\x80",
                    b"[" * 300,
                    b'{"a":',
                    b"\\",
                    b",,,,",
                    b"\x1a",
                ]
            ),
        )
    )
    changed = whole[:place] + extra + whole[place:]
    seen = read(tmp_path, changed)
    if "utf16" not in kind:
        check_accounted(seen, changed)


@bent
@given(
    order=st.permutations(ROWS),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_shuffled_and_recoded_rows_are_the_same_rows(tmp_path: Path, order: list[str], codec: str) -> None:
    text = "time,user,action,object,ip\r\n" + "\r\n".join(order) + "\r\n"
    seen = read_bytes(tmp_path, text.encode(codec))
    plain = codec if codec not in ("utf-16", "utf-8-sig") else seen.shapes[0].encoding
    assert [record.original.decode(plain) for record in seen.records] == order


@pytest.mark.parametrize("kind", ["csv", "ndjson", "csv-cp1252", "syslog"])
def test_a_doubled_file_gives_twice_as_much(tmp_path: Path, kind: str) -> None:
    once = read_bytes(tmp_path, FILES[kind])
    twice = read_bytes(tmp_path, FILES[kind] * 2)
    assert not once.rejects and not twice.rejects
    assert len(twice.records) >= 2 * len(once.records)


@bent
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    check_accounted(read(tmp_path, data), data) if data.isascii() else read(tmp_path, data)


@bent
@given(text=st.text(alphabet='{}[]",:\\ \n\r0a', max_size=120))
def test_any_jumble_of_marks_is_read_or_refused(tmp_path: Path, text: str) -> None:
    seen = read(tmp_path, text.encode())
    if not isinstance(seen, IntakeError) and seen.shapes[0].kind != "json":
        check_accounted(seen, text.encode())
