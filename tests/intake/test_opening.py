"""What comes out of an upload, and what never does."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from indelible.intake.errors import IntakeError
from indelible.intake.limits import MIB, Limits
from indelible.intake.opening import open_members
from tests.intake.files import read_bytes, read_file, truncated_gzip

CSV = b"time,user,action\r\n2026-03-04T10:00:00Z,ana,login\r\n2026-03-04T11:00:00Z,ben,view\r\n"


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refusal(folder: Path, data: bytes, name: str = "export.csv", limits: Limits | None = None) -> IntakeError:
    with pytest.raises(IntakeError) as refused:
        read_bytes(folder, data, name, limits)
    return refused.value


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"GIF89a\x01\x00", "picture"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        (b"SQLite format 3\x00\x10\x00", "database"),
        (b"ElfFile\x00\x00\x00", "windows_event_log"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "other_archive"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512 + "Workbook".encode("utf-16-le"),
            "old_workbook",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le"),
            "password_workbook",
        ),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web_page"),
        (bytes(range(256)) * 8, "binary"),
    ],
)
def test_what_is_no_log_is_named_whatever_its_file_is_called(tmp_path: Path, data: bytes, what: str) -> None:
    error = refusal(tmp_path, data)
    assert (error.code, error.facts["kind"]) == ("unsupported_type", what)
    assert error.facts["what"] != "not text" or what == "binary"


def test_an_office_document_is_refused_by_its_parts_and_not_its_name(tmp_path: Path) -> None:
    word = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    assert refusal(tmp_path, word, "audit.zip").facts["kind"] == "office_document"


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n\r\n", b" \t\xc2\xa0\r\n", b"\x00" * 3000, b"\xef\xbb\xbf\r\n", gzip.compress(b"", mtime=0)],
)
def test_a_file_of_nothing_is_called_empty(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path, data).code == "empty_file"


def test_a_gz_is_told_by_its_bytes_and_unpacked_twice_over(tmp_path: Path) -> None:
    assert len(read_bytes(tmp_path, gzip.compress(CSV), "export.csv").records) == 2
    assert len(read_bytes(tmp_path, gzip.compress(gzip.compress(CSV)), "export.json").records) == 2


def test_two_gz_streams_one_behind_the_other_are_one_file(tmp_path: Path) -> None:
    half = CSV.index(b"\r\n") + 2
    both = gzip.compress(CSV[:half]) + gzip.compress(CSV[half:]) + b"\x00" * 512
    assert len(read_bytes(tmp_path, both).records) == 2


def test_a_truncated_gz_gives_what_can_be_read_and_says_so(tmp_path: Path) -> None:
    random.seed(7)
    lines = b"".join(b'{"id": %d, "note": "%x"}\n' % (n, random.getrandbits(200)) for n in range(400))
    seen = read_bytes(tmp_path, truncated_gzip(lines, 0.6), "log.json.gz")
    assert 50 < len(seen.records) < 400
    assert [reject.reason for reject in seen.rejects] == ["broken_last_line"]
    assert {"truncated_gzip", "broken_last_line"} <= seen.codes
    assert "incomplete" in seen.messages["truncated_gzip"]
    originals = [record.original for record in seen.records] + [seen.rejects[0].original]
    assert lines.startswith(b"\n".join(originals))


def test_a_damaged_gz_is_not_called_whole(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(CSV * 50, mtime=0))
    packed[-6] ^= 0xFF  # the checksum
    assert "damaged_gzip" in read_bytes(tmp_path, bytes(packed)).codes


def test_a_zip_gives_its_logs_and_names_what_it_leaves_out(tmp_path: Path) -> None:
    seen = read_bytes(
        tmp_path,
        zipped(
            {
                "a/log.csv": CSV,
                "a/more.json.gz": gzip.compress(b'{"a": 1}\n{"a": 2}\n'),
                "a/README.md": b"about",
                "__MACOSX/a/._log.csv": b"\x00\x05\x16\x07",
                "a/.DS_Store": b"\x00\x00\x00\x01Bud1",
                "a/none.csv": b"",
                "a/chart.png": b"\x89PNG\r\n\x1a\n",
                "a/copy.csv": CSV,
            }
        ),
        "export.zip",
    )
    assert len(seen.records) == 6
    assert "README.md" in seen.messages["member_ignored"]
    assert "copy.csv" in seen.messages["member_repeated"]


@pytest.mark.parametrize(
    "name",
    ["../outside.csv", "/etc/outside.csv", "C:\\outside.csv", "a/../../outside.csv", "..\\outside.csv"],
)
def test_a_member_that_leads_outside_is_named_and_never_written(tmp_path: Path, name: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    path = tmp_path / "bundle.zip"
    path.write_bytes(zipped({"log.csv": CSV, name: CSV}))
    with open_members(path, "bundle.zip", folder=work) as opened:
        assert [member.name for member in opened] == ["log.csv"]
        assert any(
            notice.code == "member_path_refused" and "outside" in notice.message for notice in opened.notices
        )
        written = {file.name for file in tmp_path.rglob("*") if file.is_file()}
    assert written == {"bundle.zip", "1.part"}
    assert list(work.iterdir()) == []


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("passwd.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("log.csv", CSV)
    assert "passwd.csv" in read_bytes(tmp_path, buffer.getvalue()).messages["member_path_refused"]


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"log.csv": data})])
def test_a_bomb_is_stopped_before_it_fills_the_disk(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    bomb = pack(b"\x00" * (64 * MIB))
    assert len(bomb) < MIB
    work = tmp_path / "work"
    work.mkdir()
    path = tmp_path / "bomb"
    path.write_bytes(bomb)
    with pytest.raises(IntakeError) as refused:
        open_members(path, "export.zip", Limits(free_expansion_bytes=4 * MIB), folder=work)
    assert refused.value.code == "expansion_too_large"
    assert list(work.iterdir()) == []


def promising(size: int) -> bytes:
    """A zip whose directory promises `size` bytes for a small member."""
    data = bytearray(zipped({"log.csv": CSV}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", min(size, 0xFFFFFFFE))
    return bytes(data)


def test_a_promise_of_ten_gigabytes_is_refused_by_its_header(tmp_path: Path) -> None:
    error = refusal(tmp_path, promising(4_000_000_000), "export.zip")
    assert error.code == "expansion_too_large"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("log.csv", CSV)
        archive.filelist[0].file_size = 10 * 1024**3  # written as zip64
    assert refusal(tmp_path, buffer.getvalue(), "export.zip").code == "expansion_too_large"


def test_bounds_on_size_and_number_are_kept(tmp_path: Path) -> None:
    many = zipped({f"{n}.csv": CSV for n in range(30)})
    assert refusal(tmp_path, many, limits=Limits(max_members=20)).code == "too_many_members"
    assert refusal(tmp_path, CSV, limits=Limits(max_bytes=10)).code == "file_too_large"
    assert refusal(tmp_path, many, limits=Limits(max_unpacked_bytes=500)).code == "expansion_too_large"


def test_a_zip_with_a_password_is_named_as_such(tmp_path: Path) -> None:
    data = bytearray(zipped({"log.csv": CSV}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(tmp_path, bytes(data), "export.zip").code == "password_protected"


def test_a_zip_of_nothing_useful_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path, zipped({"readme.txt": b"hello"}), "e.zip").code == "empty_archive"
    assert refusal(tmp_path, zipped({"inner.zip": zipped({"log.csv": CSV})}), "e.zip").code == "empty_archive"


@pytest.mark.parametrize("cut", [10, 40, 120, -30, -10])
def test_a_cut_zip_is_called_damaged(tmp_path: Path, cut: int) -> None:
    assert refusal(tmp_path, zipped({"log.csv": CSV * 20})[:cut], "e.zip").code == "damaged_archive"


def test_the_digest_is_that_of_the_file_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(CSV, mtime=0))
    import hashlib

    with open_members(path, "x.csv.gz") as opened:
        assert opened.sha256 == hashlib.sha256(path.read_bytes()).digest()
        member = opened.members[0]
        assert (member.name, member.sha256, member.size) == ("x.csv", hashlib.sha256(CSV).digest(), len(CSV))
    assert read_file(path).records
