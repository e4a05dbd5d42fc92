"""Keeping a sealing key safe: under a passphrase in the data folder, and on paper against its loss.

A passphrase keeps the key from whoever gets at the data folder or a copy of it, not from whoever can look into
a running server. Processes that run have the key in memory and go on; one that starts needs the passphrase.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import transaction

from indelible.events import own_keys
from indelible.events.event import Context, Party
from indelible.ledger.keys import SigningKey, VerifierKey
from indelible.storage.home import Home
from indelible.storage.locked_key import SALT_BYTES, SHORTEST_PASSPHRASE
from indelible.storage.passphrase import PassphraseFileError, given_passphrase
from indelible.storage.recovery_sheet import SheetError, open_sheet, read_sheet, write_sheet

from .append import Draft, append
from .errors import AppendRefused, StorageError
from .key_files import (
    KeyFile,
    files_of,
    find_key_file,
    key_file_text,
    new_file_path,
    replace_files,
    write_key_file,
)
from .keys import key_table
from .logbooks import alias_of
from .models import Logbook
from .rotating import note_sheet

Act = Literal["set", "changed", "removed"]


def change_passphrase(
    logbook: Logbook,
    new: str | None,
    *,
    actor: Party | None,
    old: str | None = None,
    context: Context | None = None,
) -> Act:
    """Put every key file of a logbook under the passphrase `new`, or under none; say which it was.

    `old` opens the files as they are, else the passphrase that this process was given. Files that `new` opens already
    are left as they are, so that a change which was cut off can be made again.

    Raises StorageError `passphrase-short`; AppendRefused `key-in-token`, `key-locked`, `key-passphrase-differs`, and
    what `append` raises. Nothing is changed then.
    """
    check_passphrase(new)
    home: Home = settings.INDELIBLE_HOME
    in_use = find_key_file(home, logbook.name, key_table(logbook).in_use.public_key)
    if in_use.form == "token":
        raise AppendRefused("key-in-token", f"{in_use.path.name} names a key in a token")
    act: Act = "removed" if new is None else "changed" if in_use.form == "locked" else "set"
    texts: dict[Path, str] = {}
    for file in files_of(home, logbook.name):
        if file.form != "token" and (text := _under(file, new, old)) is not None:
            texts[file.path] = text
    with transaction.atomic(using=alias_of(logbook)):
        append(logbook, [Draft(own_keys.passphrase_act(actor, act, in_use.public_key, context=context))])
        replace_files(texts)
    return act


def check_passphrase(passphrase: str | None) -> None:
    """Refuse a passphrase that is guessed too soon. Raises StorageError `passphrase-short`."""
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        raise StorageError("passphrase-short", f"{len(passphrase)} characters")


def _under(file: KeyFile, new: str | None, old: str | None) -> str | None:
    """Return what a key file holds under another passphrase; None where it does already."""
    if file.form == "plain" and new is None:
        return None
    try:
        seed = file.seed(old if old is not None else given_passphrase())
    except PassphraseFileError as unreadable:
        raise AppendRefused("key-passphrase-file", str(unreadable)) from None
    except AppendRefused as refusal:
        if refusal.code == "key-passphrase-differs" and new is not None and _opens(file, new):
            return None
        raise
    return key_file_text(SigningKey.from_seed(VerifierKey.parse(file.public_key).name, seed), new)


def _opens(file: KeyFile, passphrase: str) -> bool:
    try:
        file.seed(passphrase)
    except AppendRefused:
        return False
    return True


def make_sheet(
    logbook: Logbook,
    passphrase: str,
    *,
    actor: Party | None,
    context: Context | None = None,
    once: str | None = None,
) -> str:
    """Return the text of a recovery sheet of the key in use, and put on the record that one was made.

    What stands on it is kept nowhere: another call makes another sheet, and both give the key back.

    Raises StorageError `passphrase-short`; AppendRefused `key-in-token`, `key-locked`, ... and what `append` raises.
    """
    check_passphrase(passphrase)
    public_key = key_table(logbook).in_use.public_key
    file = find_key_file(settings.INDELIBLE_HOME, logbook.name, public_key)
    try:
        seed = file.seed(given_passphrase())
    except PassphraseFileError as unreadable:
        raise AppendRefused("key-passphrase-file", str(unreadable)) from None
    key = SigningKey.from_seed(VerifierKey.parse(public_key).name, seed)
    sheet = write_sheet(key, passphrase, secrets.token_bytes(SALT_BYTES))
    note_sheet(logbook, actor=actor, context=context, once=once)
    return sheet


@dataclass(frozen=True, slots=True)
class Restored:
    """The key that a sheet gave back, and where it lies."""

    public_key: str
    path: Path
    was_there: bool  # it lay there already, as it should


def restore_key(
    home: Home, name: str, text: str, passphrase: str, *, origin: str | None, keys: list[str]
) -> Restored:
    """Put a key back into the data folder from the text of its recovery sheet.

    `origin` is the log's, where the data folder knows it; else the sheet must say it. `keys` are the verifier keys
    that may sign this log now; where they are known, the sheet must hold one of them. No file is ever overwritten.

    Raises SheetError: `sheet-line-missing`, `sheet-line-differs`, `sheet-passphrase`, `sheet-other-log`,
    `sheet-damaged`, `sheet-without-log`, `sheet-other-key`.
    """
    sheet = read_sheet(text)
    asked = origin or sheet.origin
    if asked is None:
        raise SheetError("sheet-without-log", "neither the sheet nor the data folder says which log it is")
    key = open_sheet(sheet, passphrase, asked)
    public_key = key.verifier.text
    if keys and public_key not in keys:
        raise SheetError("sheet-other-key", f"the sheet is of {public_key}, the log is sealed with {keys[0]}")
    try:
        return Restored(public_key, find_key_file(home, name, public_key).path, was_there=True)
    except AppendRefused:
        path = new_file_path(home, name, public_key)
    home.create()
    write_key_file(path, key, given_passphrase())
    return Restored(public_key, path, was_there=False)
