"""Where the passphrase of locked sealing keys comes from: the environment, or a file that it names.

`INDELIBLE_KEY_PASSPHRASE` holds it, `INDELIBLE_KEY_PASSPHRASE_FILE` names a file that does. The file is better:
an environment is inherited by every program that is started, and shown by some. Where `serve` asks at the terminal,
it keeps the answer in memory that has no name in any folder, and its children read it there.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "INDELIBLE_KEY_PASSPHRASE"
FILE_VARIABLE = "INDELIBLE_KEY_PASSPHRASE_FILE"
MOST_BYTES = 4_096


class PassphraseFileError(Exception):
    """The file that should hold a passphrase or PIN cannot be read."""


def given_passphrase() -> str | None:
    """Return the passphrase that this process was given; None for none. Raises PassphraseFileError."""
    return secret_of(
        os.environ.get("INDELIBLE_KEY_PASSPHRASE"), os.environ.get("INDELIBLE_KEY_PASSPHRASE_FILE")
    )


def secret_of(value: str | None, path: str | None) -> str | None:
    """Return a secret that a setting holds, else what the file named by another holds, without its line end.

    Raises PassphraseFileError where a file is named that cannot be read as text.
    """
    if value:
        return value
    return read_secret_file(Path(path)) if path else None


def read_secret_file(path: Path) -> str:
    """Return the text of a file without the line end at its end. Raises PassphraseFileError."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as trouble:
        raise PassphraseFileError(f"{path}: {type(trouble).__name__}") from None


def keep_in_memory(passphrase: str) -> None:
    """Hand a passphrase to this process and to every process that it starts, without writing it anywhere.

    On Linux it goes to a file in memory without a name, which only processes of the same account can open, and
    only as long as this one lives. Elsewhere it goes to the environment.
    """
    if not hasattr(os, "memfd_create"):
        os.environ[VARIABLE] = passphrase
        return
    handle = os.memfd_create("indelible-passphrase", os.MFD_CLOEXEC)
    os.write(handle, passphrase.encode("utf-8"))
    os.environ[FILE_VARIABLE] = f"/proc/{os.getpid()}/fd/{handle}"
