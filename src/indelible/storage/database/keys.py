"""The sealing keys: one file a logbook, readable by its owner alone.

A key is made once, never overwritten and never printed. The file holds Go's private form of the key
(standards.md section 2), so that other tools of that ecosystem can use it.
"""

from __future__ import annotations

import secrets

from indelible.ledger.errors import MalformedInput
from indelible.ledger.keys import SigningKey
from indelible.storage.home import Home, write_private

from .errors import AppendRefused

SEED_BYTES = 32


def make_key(home: Home, logbook: str, origin: str) -> SigningKey:
    """Make the key of a new logbook and write it durably with mode 0600.

    A file that already lies there belongs to a logbook that never came to be; it is put aside, not lost.
    """
    path = home.signing_key(logbook)
    if path.exists():
        path.rename(path.with_suffix(f".{secrets.token_hex(4)}.unused"))
    key = SigningKey.from_seed(origin, secrets.token_bytes(SEED_BYTES))
    write_private(path, f"{key.text}\n".encode())
    return key


def load_key(home: Home, logbook: str, public_key: str) -> SigningKey:
    """Return the sealing key of a logbook whose verifier key is `public_key`.

    Raises AppendRefused: `key-missing`, `key-unreadable`, `key-differs` where it is another logbook's.
    """
    path = home.signing_key(logbook)
    try:
        key = SigningKey.parse(path.read_text().strip())
    except FileNotFoundError:
        raise AppendRefused("key-missing", f"no file {path.name}") from None
    except (MalformedInput, UnicodeDecodeError, PermissionError):
        # Said anew without a cause, since its detail could show the key.
        raise AppendRefused("key-unreadable", f"{path.name} holds no sealing key") from None
    if key.verifier.text != public_key:
        raise AppendRefused(
            "key-differs", f"{path.name} is {key.verifier.text}, the logbook's is {public_key}"
        )
    return key
