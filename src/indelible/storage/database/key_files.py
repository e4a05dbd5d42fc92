"""The files that sealing keys lie in: finding one, reading it, making one, putting it under a passphrase.

    keys/<logbook>.key              the first key of a logbook
    keys/<logbook>.<ID>.key         a later one; ID is the eight hex digits of its verifier key
    keys/<logbook>.<ID>.retired     one that signs no more (or .revoked), kept until a person deletes it

Three forms (docs/formats/key-file.md): Go's private form of the key in the clear, the key under a passphrase, and the
name of a key that lies in a token (PKCS #11) and is in no file. The last two say in the clear whose key it is.

A key is never overwritten. A file is written whole, under another name, before it takes its place.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from indelible.ledger.errors import MalformedInput
from indelible.ledger.keys import Signer, SigningKey, VerifierKey
from indelible.ledger.strict import read_base64, write_base64
from indelible.storage.home import Home, write_private
from indelible.storage.locked_key import COST, SALT_BYTES, KeyLockError, lock, unlock
from indelible.storage.passphrase import PassphraseFileError, given_passphrase

from .errors import AppendRefused

LOCKED = "indelible-key/v1"
TOKEN = "indelible-token-key/v1"  # noqa: S105 - the first line of a file, no secret
MOST_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file, read but not opened."""

    path: Path
    form: str  # "plain", "locked" or "token"
    public_key: str  # verifier key, as the file says
    payload: str  # Go's private form, the locked key in base64, or how a token knows it

    def open(self) -> Signer:
        """Return the key. Raises AppendRefused: `key-locked`, `key-passphrase-...`, `key-token-...`."""
        if self.form == "token":
            from indelible.storage.token_key import open_token_key

            return open_token_key(VerifierKey.parse(self.public_key), self.payload)
        return SigningKey.from_seed(VerifierKey.parse(self.public_key).name, self.seed(_needed(self.path)))

    def seed(self, passphrase: str | None) -> bytes:
        """Return the secret itself. Raises AppendRefused (`key-locked`, `key-passphrase-differs`, ...)."""
        if self.form == "plain":
            return SigningKey.parse(self.payload).seed
        if self.form == "token":
            raise AppendRefused("key-in-token", f"{self.path.name} names a key that never leaves its token")
        if passphrase is None:
            raise AppendRefused("key-locked", f"{self.path.name} is under a passphrase")
        seed = _unlocked(self.payload, passphrase, self.public_key, self.path.name)
        name = VerifierKey.parse(self.public_key).name
        if SigningKey.from_seed(name, seed).verifier.text != self.public_key:
            raise AppendRefused("key-unreadable", f"{self.path.name} holds another key than it says")
        return seed


def _needed(path: Path) -> str | None:
    try:
        return given_passphrase()
    except PassphraseFileError as unreadable:
        raise AppendRefused("key-passphrase-file", f"{path.name}: {unreadable}") from None


# Unlocking takes long by design. What was unlocked, or refused, is remembered as long as file and passphrase stay the
# same, so that a wrong passphrase does not cost every request as much. The key itself is in memory anyway.
_known: dict[bytes, bytes | None] = {}


def _unlocked(payload: str, passphrase: str, public_key: str, name: str) -> bytes:
    memory = hashlib.sha256(f"{payload}\n{public_key}\n{passphrase}".encode()).digest()
    if memory not in _known:
        if len(_known) > 64:
            _known.clear()
        try:
            _known[memory] = unlock(read_base64(payload, "a locked key"), passphrase, about_key(public_key))
        except MalformedInput:
            raise AppendRefused("key-unreadable", f"{name} holds no locked key") from None
        except KeyLockError as refusal:
            if refusal.code != "lock-differs":
                raise AppendRefused("key-unreadable", f"{name} holds no locked key") from None
            _known[memory] = None
    seed = _known[memory]
    if seed is None:
        raise AppendRefused("key-passphrase-differs", f"the passphrase given does not open {name}")
    return seed


def about_key(public_key: str) -> bytes:
    """Return what is authenticated with a locked key file."""
    return f"{LOCKED}\n{public_key}\n".encode()


def read_key_file(path: Path) -> KeyFile:
    """Read a key file. Raises FileNotFoundError, AppendRefused `key-unreadable` whose detail never shows the key."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8").strip()
        lines = text.split("\n")
        if lines[0] in (LOCKED, TOKEN) and len(lines) == 3:
            form = "locked" if lines[0] == LOCKED else "token"
            return KeyFile(path, form, VerifierKey.parse(lines[1]).text, lines[2])
        return KeyFile(path, "plain", SigningKey.parse(text).verifier.text, text)
    except (MalformedInput, UnicodeDecodeError, PermissionError):
        # Said anew without a cause, since its detail could show the key.
        raise AppendRefused("key-unreadable", f"{path.name} holds no sealing key") from None


def places_of(home: Home, logbook: str, public_key: str) -> list[Path]:
    """Return where the file of a key may lie, the likeliest first."""
    key_id = VerifierKey.parse(public_key).key_id.hex()
    named = home.keys / f"{logbook}.{key_id}.key"
    return [named, home.signing_key(logbook), named.with_suffix(".retired"), named.with_suffix(".revoked")]


def find_key_file(home: Home, logbook: str, public_key: str) -> KeyFile:
    """Return the file of the logbook's key `public_key`.

    Raises AppendRefused: `key-missing`, `key-unreadable`, `key-differs` where another key lies in its place.
    """
    other: str | None = None
    unreadable: AppendRefused | None = None
    for path in places_of(home, logbook, public_key):
        try:
            found = read_key_file(path)
        except FileNotFoundError:
            continue
        except AppendRefused as refusal:
            unreadable = unreadable or refusal
            continue
        if found.public_key == public_key:
            return found
        other = other or f"{path.name} is {found.public_key}, the logbook's is {public_key}"
    if unreadable:
        raise unreadable
    if other:
        raise AppendRefused("key-differs", other)
    raise AppendRefused("key-missing", f"no file of {public_key} in {home.keys.name}")


def new_file_path(home: Home, logbook: str, public_key: str) -> Path:
    """Return where a new key is to lie: the first under the logbook's name alone, later ones with their ID."""
    first = home.signing_key(logbook)
    return first if not first.exists() else places_of(home, logbook, public_key)[0]


def write_key_file(path: Path, key: SigningKey, passphrase: str | None, *, cost: int = COST) -> None:
    """Write a new key file durably, with mode 0600. Raises FileExistsError."""
    write_private(path, key_file_text(key, passphrase, cost=cost).encode())


def key_file_text(key: SigningKey, passphrase: str | None, *, cost: int = COST) -> str:
    """Return what a key file holds: the key in the clear, or under a passphrase."""
    if passphrase is None:
        return f"{key.text}\n"
    public_key = key.verifier.text
    locked = lock(key.seed, passphrase, secrets.token_bytes(SALT_BYTES), about_key(public_key), cost=cost)
    return f"{LOCKED}\n{public_key}\n{write_base64(locked)}\n"


def token_file_text(public_key: str, known_as: str) -> str:
    """Return what a key file holds whose key lies in a token."""
    return f"{TOKEN}\n{public_key}\n{known_as}\n"


def replace_files(texts: dict[Path, str]) -> None:
    """Put new text into files that exist, each whole: first all are written beside, then all take their places."""
    drafts = {path: path.with_name(f".{path.name}.{secrets.token_hex(4)}") for path in texts}
    try:
        for path, draft in drafts.items():
            write_private(draft, texts[path].encode())
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
    for folder in {path.parent for path in texts}:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def files_of(home: Home, logbook: str) -> list[KeyFile]:
    """Return every key file of a logbook that can be read, retired ones among them."""
    found = []
    for path in sorted(home.keys.glob(f"{logbook}.*")):
        if path.suffix in (".key", ".retired", ".revoked"):
            try:
                found.append(read_key_file(path))
            except AppendRefused:
                continue
    return found


def put_aside(home: Home, logbook: str, public_key: str, suffix: str) -> None:
    """Give the file of a key that signs no more another name, so that nothing takes it for one in use."""
    try:
        found = find_key_file(home, logbook, public_key)
    except AppendRefused:
        return
    if found.path.suffix == ".key":
        key_id = VerifierKey.parse(public_key).key_id.hex()
        found.path.rename(home.keys / f"{logbook}.{key_id}{suffix}")
