"""From an uploaded file to the plain files in it, within bounds.

A file may be packed: gz, zip, gz within zip. `open_members` unpacks into a temporary folder, under names
of its own making (a member's name is never used as a path), and stops at the bounds of `Limits` however
large or small the headers say the content is. What is no log at all (a picture, a PDF, a program) is
refused in plain words; in an archive it is only passed over and named.

What the unpacked file contains is told by detection.py.
"""

from __future__ import annotations

import errno
import hashlib
import lzma
import re
import shutil
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO

from indelible.intake.errors import IntakeError
from indelible.intake.limits import Limits
from indelible.intake.magic import kind_of
from indelible.intake.notices import Notice, NoticeBook, kind_in_words

_CHUNK = 1 << 16
_READ_ME = re.compile(
    r"^(readme|read_me|liesmich|licen[cs]e|manifest|changelog)\b.*$|\.(md|sha256|md5|sig|asc)$", re.I
)
# What zipfile raises for archives that are not what their directory says.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    RuntimeError,
    EOFError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OverflowError,
)
USUAL_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SYSTEM_FILE = re.compile(r"^(\._.*|\.ds_store|thumbs\.db|desktop\.ini)$", re.I)


class DamagedZipError(Exception):
    """A zip is not what its directory says."""


@contextmanager
def reading_zip() -> Iterator[None]:
    """Turn whatever zipfile stumbles over into DamagedZipError; trouble of the disk stays what it is.

    A place outside the file, named by the directory, is an OSError to the system (EINVAL); what bz2 cannot
    read is one without a number.
    """
    try:
        yield
    except _ZIP_FAULTS as error:
        raise DamagedZipError(str(error)) from error
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):
            raise
        raise DamagedZipError(str(error)) from error


@dataclass(slots=True)
class Member:
    """One plain file: its name as people know it, and where its unpacked bytes lie.

    `sha256` and `size` are those of the unpacked bytes. `truncated` says that its packing ended early.
    `copy_of` names an earlier member of the same archive with the same bytes.
    """

    name: str
    path: Path
    sha256: bytes
    size: int
    notices: list[Notice] = field(default_factory=list)
    truncated: bool = False
    copy_of: str = ""


class Opened:
    """The members of one upload; their unpacked files go when it is closed (or forgotten).

    `sha256` and `size` are those of the file as it arrived; `notices` are about it as a whole.
    """

    def __init__(self, path: Path, name: str, limits: Limits, folder: Path | None) -> None:
        self._unpacker = _Unpacker(limits, folder)
        self.members: list[Member] = []
        book = NoticeBook()
        try:
            self.sha256, self.size = _digest(path, limits)
            self.is_archive = self._unpacker.open(path, name, self.members, book)
        except BaseException:
            self._unpacker.close()
            raise
        self.notices = list(book)

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete what was unpacked."""
        self._unpacker.close()


def open_members(
    path: Path, name: str, limits: Limits | None = None, *, folder: Path | None = None
) -> Opened:
    """Unpack an uploaded file that people call `name`; `folder` is where temporary files may lie.

    Raises IntakeError: `empty_file`, `unsupported_type` (fact `what`), `file_too_large`,
    `expansion_too_large`, `too_many_members`, `password_protected`, `damaged_archive`, `empty_archive`.
    """
    return Opened(path, name, limits or Limits(), folder)


def _digest(path: Path, limits: Limits) -> tuple[bytes, int]:
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise IntakeError("file_too_large", f"{size} bytes", size=size, limit=limits.max_bytes)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest(), size


class _Unpacker:
    """Unpacks layer by layer, counting all bytes that come out."""

    def __init__(self, limits: Limits, folder: Path | None) -> None:
        self._limits = limits
        self._left = limits.max_unpacked_bytes
        self._folder = Path(tempfile.mkdtemp(prefix="indelible-", dir=folder))
        self._files = 0
        self.close = weakref.finalize(self, shutil.rmtree, str(self._folder), True)

    def open(self, path: Path, name: str, members: list[Member], book: NoticeBook) -> bool:
        """Fill `members` with the plain files of an upload; say whether it was an archive."""
        kind = _kind(path)
        if kind == "zip" and not (inner := zip_kind(path)):
            self._open_zip(path, members, book)
            return True
        members.append(self._plain(path, name, inner if kind == "zip" else kind))
        return False

    def _plain(self, path: Path, name: str, kind: str, depth: int = 1) -> Member:
        """Unwrap gz layers until a plain file is left."""
        notices: list[Notice] = []
        truncated = False
        while kind == "gz":
            if depth >= self._limits.max_containers:
                raise unsupported("packed_too_often", name)
            path, notice = self._gunzip(path)
            if notice:
                truncated = True
                notices.extend(_noted(notice))
            name, depth = re.sub(r"\.(gz|gzip)$", "", name, flags=re.I), depth + 1
            kind = _kind(path)
            if kind == "zip":
                kind = zip_kind(path) or "zip_in_archive"
        if kind == "empty":
            raise IntakeError("damaged_archive" if truncated else "empty_file", name, name=name)
        if kind not in ("text", "xlsx", "web_page"):  # a page may hold a table, which detection looks for
            raise unsupported(kind, name)
        sha256, size = _digest(path, Limits(max_bytes=self._limits.max_unpacked_bytes))
        return Member(name, path, sha256, size, notices, truncated)

    def _next_path(self) -> Path:
        self._files += 1
        return self._folder / f"{self._files}.part"

    def _gunzip(self, path: Path) -> tuple[Path, str]:
        """Unpack one gz layer; give what can be read and the notice for what cannot."""
        target = self._next_path()
        with path.open("rb") as source, target.open("wb") as sink:
            meter = _Meter(self, sink)
            notice = _inflate(source, meter)
        return target, notice

    def _open_zip(self, path: Path, members: list[Member], book: NoticeBook) -> None:
        digests: dict[bytes, str] = {}
        try:
            with reading_zip(), zipfile.ZipFile(path) as archive:
                check_directory(archive, self._limits)
                for info in archive.infolist():
                    member = self._zip_member(archive, info, book)
                    if member is None:
                        continue
                    if earlier := digests.setdefault(member.sha256, member.name):
                        member.copy_of = "" if earlier == member.name else earlier
                    if member.copy_of:
                        book.add("member_repeated", names=[member.name])
                    members.append(member)
        except DamagedZipError as error:
            raise IntakeError("damaged_archive", str(error)) from error
        if not members:
            raise IntakeError("empty_archive", "no member can be read")

    def _zip_member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, book: NoticeBook) -> Member | None:
        """Unpack one member, or note why it is passed over."""
        if not info.filename:
            book.add("damaged_member", names=["?"])
            return None
        if info.is_dir():
            return None
        if leads_outside(info):
            book.add("member_path_refused", names=[info.filename])
            return None
        name = PurePosixPath(info.filename.replace("\\", "/"))
        system = "__MACOSX" in name.parts or _SYSTEM_FILE.match(name.name)
        if not info.file_size or system or _READ_ME.search(name.name):
            book.add("member_ignored", names=[info.filename])
            return None
        if info.compress_type not in USUAL_PACKING:
            book.add("damaged_member", names=[info.filename])
            return None
        try:
            with reading_zip():
                path = self._extract(archive, info)
            kind = _kind(path)
            return self._plain(
                path, info.filename, zip_kind(path) or "zip_in_archive" if kind == "zip" else kind, 2
            )
        except IntakeError as error:
            if error.code not in ("empty_file", "unsupported_type"):
                raise
            book.add("member_ignored", names=[info.filename])
        except DamagedZipError:
            book.add("damaged_member", names=[info.filename])
        return None

    def _extract(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Path:
        target = self._next_path()
        with archive.open(info) as source, target.open("wb") as sink:
            meter = _Meter(self, sink)
            while chunk := source.read(_CHUNK):
                meter.write(chunk, max(info.compress_size, 1))
        return target

    def spend(self, size: int) -> None:
        """Take `size` bytes from what may still be unpacked."""
        self._left -= size
        if self._left < 0:
            limit = self._limits.max_unpacked_bytes
            raise IntakeError("expansion_too_large", "unpacks to too much", limit=limit)

    def check_ratio(self, unpacked: int, packed: int) -> None:
        """Refuse content that unpacks to an absurd multiple of its packed size."""
        limits = self._limits
        if unpacked > limits.free_expansion_bytes and unpacked > packed * limits.max_expansion:
            raise IntakeError(
                "expansion_too_large", f"{unpacked} bytes from {packed}", limit=limits.max_expansion
            )


class _Meter:
    """A file that is being unpacked, with the bounds checked at every write."""

    def __init__(self, unpacker: _Unpacker, sink: IO[bytes]) -> None:
        self._unpacker = unpacker
        self._sink = sink
        self.written = 0

    def write(self, data: bytes, packed: int) -> None:
        """Write unpacked bytes that came from the first `packed` bytes of the source."""
        self.written += len(data)
        self._unpacker.spend(len(data))
        self._unpacker.check_ratio(self.written, packed)
        self._sink.write(data)


def _inflate(source: IO[bytes], meter: _Meter) -> str:
    """Unpack gzip streams one after another; return "", "truncated_gzip" or "damaged_gzip".

    Works on the stream itself and not through `gzip`, because that gives up all of the last piece when the
    end is missing. Source: RFC 1952 section 2.2 (a file is a series of members).
    """
    stream = zlib.decompressobj(31)
    packed = 0
    data = b""
    while True:
        if not data:
            data = source.read(_CHUNK)
            packed += len(data)
        if not data:
            meter.write(stream.flush(), packed)
            return "" if stream.eof else "truncated_gzip"
        if stream.eof:
            data = data.lstrip(b"\x00")  # padding between or behind streams
            if not data:
                continue
            if not data.startswith(b"\x1f"):
                return "damaged_gzip"
            stream = zlib.decompressobj(31)
        before = stream.copy()
        try:
            meter.write(stream.decompress(data, _CHUNK), packed)
        except zlib.error:
            _salvage(before, data, meter, packed)
            return "damaged_gzip"
        data = stream.unused_data if stream.eof else stream.unconsumed_tail


def _salvage(stream: zlib._Decompress, data: bytes, meter: _Meter, packed: int) -> None:
    """Write what a damaged piece gives before its damage, which shows only byte by byte."""
    for at in range(len(data)):
        try:
            meter.write(stream.decompress(data[at : at + 1]), packed)
        except zlib.error:
            return


def check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse an archive by its table of contents, before anything is unpacked.

    Raises IntakeError: `too_many_members`, `expansion_too_large`, `password_protected`.
    """
    infos = archive.infolist()
    if len(infos) > limits.max_members:
        raise IntakeError("too_many_members", str(len(infos)), count=len(infos), limit=limits.max_members)
    promised = sum(info.file_size for info in infos)
    if promised > limits.max_unpacked_bytes:
        raise IntakeError("expansion_too_large", f"promises {promised}", limit=limits.max_unpacked_bytes)
    for info in infos:
        if info.flag_bits & 0x1:
            raise IntakeError("password_protected", info.filename, name=info.filename)
        if info.file_size > limits.free_expansion_bytes + info.compress_size * limits.max_expansion:
            raise IntakeError("expansion_too_large", f"promises {info.file_size}", limit=limits.max_expansion)


def leads_outside(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member's name would lead out of the folder, or is a link."""
    name = info.orig_filename.replace("\\", "/")
    is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/")


def zip_kind(path: Path) -> str:
    """Return what kind of office file a zip is, or "" for a plain archive."""
    try:
        with reading_zip(), zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:2000])
    except DamagedZipError:
        return ""
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" in names:
        return "office_document"
    if "mimetype" in names and {"content.xml", "META-INF/manifest.xml"} & names:
        return "open_document"
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return "program"
    return ""


def unsupported(kind: str, name: str) -> IntakeError:
    """Return the refusal of a file that is no log, with what it is in plain words (fact `what`)."""
    return IntakeError("unsupported_type", f"{name}: {kind}", what=kind_in_words(kind), kind=kind, name=name)


def _noted(code: str) -> list[Notice]:
    book = NoticeBook()
    book.add(code)
    return list(book)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return kind_of(file)
