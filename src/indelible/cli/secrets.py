"""Asking for a passphrase: from a file, or at the terminal without showing it. It is never an argument of a command."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from indelible.cli.faults import Fault

if TYPE_CHECKING:
    from indelible.storage.database.models import Logbook

TRIES = 3


def given_secret(path: Path | None, question: str, *, new: bool = False) -> str:
    """Return a passphrase from the file, else from the person at the terminal; a `new` one is asked for twice.

    Raises Fault (`passphrase-file`, `passphrase-not-asked` where nobody can be asked, `passphrases-differ`).
    """
    if path is not None:
        from indelible.storage.passphrase import PassphraseFileError, read_secret_file

        try:
            return read_secret_file(path)
        except PassphraseFileError as unreadable:
            raise Fault("passphrase-file", detail=str(unreadable)) from unreadable
    if not sys.stderr.isatty():
        raise Fault("passphrase-not-asked")
    typed = getpass.getpass(f"{question}: ")
    if new and getpass.getpass("The same once more: ") != typed:
        raise Fault("passphrases-differ")
    return typed


def is_locked(book: Logbook) -> bool:
    """Whether a key that seals now is under a passphrase."""
    from django.conf import settings

    from indelible.storage.database.key_files import find_key_file
    from indelible.storage.database.keys import key_table

    home = settings.INDELIBLE_HOME
    return any(find_key_file(home, book.name, key).form == "locked" for key in key_table(book).signing)


def ask_what_unlocks() -> None:
    """Ask at the terminal for the passphrase of a locked key, before servers start, and hand it down to them.

    Where nobody sits at a terminal, or it was given already, nothing is asked: reading and checking need no key, and
    what is to be recorded waits. Raises Fault (`key-passphrase-differs`) after three wrong ones.
    """
    from indelible.storage.database.errors import AppendRefused
    from indelible.storage.database.keys import signers
    from indelible.storage.passphrase import given_passphrase, keep_in_memory

    book = _first_locked()
    if book is None or given_passphrase() is not None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    for _try in range(TRIES):
        keep_in_memory(getpass.getpass(f"Passphrase of the sealing key of {book.name}: "))
        try:
            signers(book)
            return
        except AppendRefused as refusal:
            if refusal.code != "key-passphrase-differs":
                raise
    raise Fault("key-passphrase-differs")


def _first_locked() -> Logbook | None:
    from indelible.storage.database.errors import AppendRefused
    from indelible.storage.database.models import Logbook

    for book in Logbook.objects.order_by("pk"):
        try:
            if is_locked(book):
                return book
        except AppendRefused:  # a key that is missing is told by doctor and by the pages
            continue
    return None
