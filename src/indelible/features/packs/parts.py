"""The files of a pack while it is made: in a folder of the data folder that is gone when the making ends.

Each file is written once and its size and SHA-256 are known when it is closed, as the manifest wants them. Many
small files lie one behind the other in one. At the end all become a ZIP, in the order that the format gives them.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from indelible.features.packs.orders import PackError
from indelible.features.packs.reading import PackStopped, Stop
from indelible.ledger.packs.manifest import FileItem

MOST_FILES = 200_000
_CHUNK = 1 << 20
_STORED = (".pdf", ".xlsx", ".zip", ".png", ".jpg", ".jpeg", ".gz")
_STAMP = (1980, 1, 1, 0, 0, 0)  # the ZIP tells no time of its own: the claims say when it was made
_QUICK_BYTES = 1 << 20  # what is larger is mostly hashes, which no effort makes smaller


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the pack, and how to read it anew."""

    name: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]

    @property
    def item(self) -> FileItem:
        """The file as the manifest lists it."""
        return FileItem(self.name, self.size, self.sha256)


class Writer:
    """Writes one file and keeps count of its bytes and their hash."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Write some bytes."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def digest(self) -> str:
        """SHA-256 in hex of what was written so far."""
        return self._hash.hexdigest()


class Workshop:
    """The files made so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spool = (folder / "small").open("w+b")
        self.parts: dict[str, Part] = {}

    @contextmanager
    def writing(self, name: str) -> Iterator[Writer]:
        """Write the file `name` of the pack."""
        path = self._folder / f"{len(self.parts)}"
        with path.open("wb") as file:
            writer = Writer(file)
            yield writer
        self._keep(Part(name, writer.size, writer.digest, lambda: path.open("rb")))

    def add(self, name: str, data: bytes) -> None:
        """Take in a small file as a whole."""
        self._spool.seek(0, os.SEEK_END)
        at, size = self._spool.tell(), len(data)
        self._spool.write(data)
        self._keep(Part(name, size, sha256(data).hexdigest(), lambda: io.BytesIO(self._spooled(at, size))))

    def take_file(self, name: str, path: Path) -> None:
        """Take in a file that was written into `scratch`."""
        hasher = sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                hasher.update(chunk)
        self._keep(Part(name, path.stat().st_size, hasher.hexdigest(), lambda: path.open("rb")))

    def take_part(self, part: Part) -> None:
        """Take in a file that lies elsewhere."""
        self._keep(part)

    def scratch(self, name: str) -> Path:
        """Return where something may be written on the way."""
        return self._folder / f"scratch-{name}"

    def _keep(self, part: Part) -> None:
        self.parts[part.name] = part
        if len(self.parts) > MOST_FILES:
            raise PackError("pack-too-large", most=f"{MOST_FILES:,}")

    def _spooled(self, at: int, size: int) -> bytes:
        self._spool.seek(at)
        return self._spool.read(size)

    def close(self) -> None:
        """Let go of the folder's files."""
        self._spool.close()


@contextmanager
def workshop(uploads: Path) -> Iterator[Workshop]:
    """Open a workshop in a folder of its own below `uploads`; whatever happens, the folder is gone after."""
    folder = uploads / f"pack-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700, parents=True)
    shop = Workshop(folder)
    try:
        yield shop
    finally:
        shop.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """Write a new file that appears under its name only once it is whole, and never over another.

    Raises FileExistsError.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def write_zip(
    file: BinaryIO,
    parts: Iterable[Part],
    progress: Callable[[int], None] = lambda done: None,
    should_stop: Stop = lambda: False,
) -> None:
    """Write the ZIP with these files in this order; `progress` is told how many bytes are done."""
    done = 0
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for part in parts:
            info = zipfile.ZipInfo(part.name, _STAMP)
            stored = part.name.endswith(_STORED)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info._compresslevel = 1 if part.size > _QUICK_BYTES else 6  # type: ignore[attr-defined]
            info.external_attr = 0o644 << 16
            info.file_size = part.size  # so that a large one gets the 64-bit form
            with part.open() as source, archive.open(info, "w") as target:
                while chunk := source.read(_CHUNK):
                    if should_stop():
                        raise PackStopped
                    target.write(chunk)
                    done += len(chunk)
                    progress(done)
