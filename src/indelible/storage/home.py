"""The data folder: everything an installation keeps on its own disk, and where in it.

One folder holds the embedded database, the search index, the sealing keys, the secrets, the checkpoint
files and the attachments, so that a person can copy or move an installation as one thing. The folder is
readable by its owner alone, and so is each key in it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Home:
    """An installation's data folder. Paths are computed; nothing is made until `create` is called."""

    path: Path

    @property
    def database(self) -> Path:
        """The embedded database (SQLite)."""
        return self.path / "indelible.sqlite3"

    @property
    def search(self) -> Path:
        """The embedded search index: derived from the entries, may be deleted and is then rebuilt."""
        return self.path / "search.sqlite3"

    @property
    def keys(self) -> Path:
        """The folder of sealing keys, one file a logbook."""
        return self.path / "keys"

    @property
    def secrets(self) -> Path:
        """The folder of the installation's other secrets."""
        return self.path / "secrets"

    @property
    def attachments(self) -> Path:
        """The folder of attached files, each under a random name."""
        return self.path / "attachments"

    @property
    def uploads(self) -> Path:
        """The folder of files that were sent in and are not yet recorded."""
        return self.path / "uploads"

    def checkpoint_file(self, logbook: str) -> Path:
        """Return the append-only file of one logbook's checkpoints (design section 5)."""
        return self.path / "checkpoints" / f"{logbook}.jsonl"

    def signing_key(self, logbook: str) -> Path:
        """Return the file of one logbook's sealing key."""
        return self.keys / f"{logbook}.key"

    @property
    def exists(self) -> bool:
        """Whether an installation was begun here."""
        return self.secrets.is_dir()

    def create(self) -> None:
        """Make the folder and its parts, readable by their owner alone. Harmless where they exist."""
        for folder in (
            self.path,
            self.keys,
            self.secrets,
            self.attachments,
            self.uploads,
            self.path / "checkpoints",
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(self, name: str) -> bytes:
        """Return the installation's secret of that name (32 bytes), made at its first use with mode 0600.

        Two processes that ask at once get the same secret: the first to link its file in wins.
        """
        path = self.secrets / f"{name}.key"
        if not path.exists():
            draft = path.with_suffix(f".{secrets.token_hex(8)}")
            write_private(draft, secrets.token_bytes(SECRET_BYTES))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_bytes()


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, durably. Raises FileExistsError where it exists."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
