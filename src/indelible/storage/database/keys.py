"""The sealing keys of a logbook: making the first, and finding those that sign now or ever did.

Which keys there are is told by the tables (key_table.py), where they lie by the data folder (key_files.py); how one
follows another is the matter of rotating.py. A key is made once, never overwritten and never printed.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connections

from indelible.ledger.checkpoints import LogKeys
from indelible.ledger.keys import Signer, SigningKey, VerifierKey
from indelible.storage.home import Home, write_private
from indelible.storage.passphrase import PassphraseFileError, given_passphrase

from .errors import AppendRefused, NotFound
from .key_files import files_of, find_key_file, new_file_path, token_file_text, write_key_file
from .key_table import Fetch, KeyTable, read_history, read_table
from .models import Logbook

SEED_BYTES = 32
MODULE_VARIABLE = "INDELIBLE_PKCS11"


def make_key(home: Home, logbook: str, origin: str) -> Signer:
    """Make the key of a new logbook and write it durably with mode 0600.

    Under a passphrase where one is given, in the token where one is set up. A file that already lies there belongs
    to a logbook that never came to be; it is put aside, not lost.
    """
    path = home.signing_key(logbook)
    if path.exists():
        path.rename(path.with_suffix(f".{secrets.token_hex(4)}.unused"))
    return make_next_key(home, logbook, origin)


def make_next_key(home: Home, logbook: str, origin: str, *, in_token: bool | None = None) -> Signer:
    """Make a further key of a logbook, beside those that it has. `in_token`: where; None as the settings say.

    Raises AppendRefused (`key-passphrase-file`, `key-token-...`; `key-locked` where another of its keys is under a
    passphrase and none was given, since the new one would lie open beside it).
    """
    if is_token_set_up() if in_token is None else in_token:
        from indelible.storage.token_key import make_token_key

        made, known_as = make_token_key(origin)
        text = token_file_text(made.verifier.text, known_as)
        write_private(new_file_path(home, logbook, made.verifier.text), text.encode())
        return made
    key = SigningKey.from_seed(origin, secrets.token_bytes(SEED_BYTES))
    try:
        passphrase = given_passphrase()
    except PassphraseFileError as unreadable:
        raise AppendRefused("key-passphrase-file", str(unreadable)) from None
    if passphrase is None and any(file.form == "locked" for file in files_of(home, logbook)):
        raise AppendRefused("key-locked", f"the keys of {logbook} are under a passphrase")
    write_key_file(new_file_path(home, logbook, key.verifier.text), key, passphrase)
    return key


def is_token_set_up() -> bool:
    """Whether new keys are to be made in a token (PKCS #11)."""
    return bool(os.environ.get(MODULE_VARIABLE))


def load_key(home: Home, logbook: str, public_key: str) -> Signer:
    """Return the sealing key of a logbook whose verifier key is `public_key`.

    Raises AppendRefused: `key-missing`, `key-unreadable`, `key-differs` where another lies in its place, `key-locked`
    and `key-passphrase-differs` where it is under a passphrase, `key-token-...` where its token is not at hand.
    """
    return find_key_file(home, logbook, public_key).open()


def key_table(logbook: Logbook) -> KeyTable:
    """Return which keys the logbook is and was sealed with. Raises NotFound."""
    table = read_table(_fetch_over(logbook), logbook.pk)
    if table is None:
        raise NotFound("no-such-logbook", logbook.name)
    return table


def signers(logbook: Logbook) -> list[Signer]:
    """Return the keys that sign now, the one in use first; a second one while a new key is joining.

    Raises AppendRefused as `load_key` does.
    """
    home: Home = settings.INDELIBLE_HOME
    return [load_key(home, logbook.name, key) for key in key_table(logbook).signing]


def trusted_keys(logbook: Logbook) -> list[tuple[VerifierKey, int | None]]:
    """Return every key whose seals count, oldest first, each with the last size that counts (None: no end)."""
    return key_table(logbook).trusted


def log_keys(logbook: Logbook) -> LogKeys:
    """Return the keys that this log's own seals were signed with: for `open_checkpoint`, `check_proof_file`."""
    return key_table(logbook).log_keys


def key_card(logbook: Logbook) -> str:
    """Return the key card: what somebody outside keeps to recognise this log. Raises StorageError as below."""
    return read_history(_fetch_over(logbook), logbook.pk, key_table(logbook)).card


def key_history(logbook: Logbook) -> dict[str, object]:
    """Return the keys and how each was announced, as `proof/keys.json` of a pack has it (pack.md section 6).

    It lacks `authorities` and `witnesses`, which are no matter of the log's. Raises StorageError `key-chain-broken`.
    """
    return read_history(_fetch_over(logbook), logbook.pk, key_table(logbook)).as_json()


def _fetch_over(logbook: Logbook) -> Fetch:
    def fetch(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with connections[logbook._state.db or "default"].cursor() as cursor:
            cursor.execute(sql, list(values))
            return list(cursor.fetchall())

    return fetch
