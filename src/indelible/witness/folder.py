"""The folder of a witness: its key, and the file that holds its state.

    witness.key       Go's private form with type 0x04, readable by its owner only; never printed
    witness.sqlite3   what was cosigned and refused

The two belong together. A key without its state could be made to cosign an older seal than before, so a
witness whose state is gone does not start: it is to begin anew, under another name. The first start
therefore writes the state first and the key last.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from indelible.ledger.errors import LedgerError, MalformedInput
from indelible.ledger.keys import ED25519_COSIGNATURE, CosigningKey, check_key_name
from indelible.ledger.strict import read_base64, write_base64

from .errors import WitnessError
from .state import State

KEY_FILE = "witness.key"
STATE_FILE = "witness.sqlite3"

_PRIVATE = "PRIVATE+KEY+"


def open_folder(folder: Path, name: str | None) -> tuple[CosigningKey, State]:
    """Return the key and the state that lie in `folder`; begin both where neither is there.

    `name` is what a new witness is called; an existing one must be called that already.

    Raises WitnessError (`witness-name`, `witness-name-differs`, `witness-state-missing`,
    `witness-key-missing`, `witness-key-unreadable`, `witness-key-differs`).
    """
    key_path, state_path = folder / KEY_FILE, folder / STATE_FILE
    if key_path.exists():
        key = _read_key(key_path)
        if name not in (None, key.verifier.name):
            raise WitnessError(
                "witness-name-differs", f"it is called {key.verifier.name}", name=key.verifier.name
            )
        if not state_path.exists():
            raise WitnessError(
                "witness-state-missing", f"{state_path} is gone", path=state_path, folder=folder
            )
        return key, State(state_path, key.verifier.text)
    return _begin(folder, name or f"witness-{secrets.token_hex(4)}.indelible/w1")


def is_begun(folder: Path) -> bool:
    """Whether a witness lies in `folder`."""
    return (folder / KEY_FILE).exists()


def _begin(folder: Path, name: str) -> tuple[CosigningKey, State]:
    """Make the state, then the key: stopped in between, the next start does the same again."""
    try:
        check_key_name(name)
    except MalformedInput as refused:
        raise WitnessError("witness-name", refused.detail, name=name) from refused
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = secrets.token_bytes(32)
    key = CosigningKey(name, seed)
    state = State(folder / STATE_FILE, key.verifier.text, begin=True)
    _write_key(folder / KEY_FILE, _private_text(key, seed))
    return key, state


def _private_text(key: CosigningKey, seed: bytes) -> str:
    encoded = write_base64(bytes([ED25519_COSIGNATURE]) + seed)
    return f"{_PRIVATE}{key.verifier.name}+{key.verifier.key_id.hex()}+{encoded}"


def _read_key(path: Path) -> CosigningKey:
    """Return the key of a file. What it holds never gets into the words or the causes of a refusal."""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        if not text.startswith(_PRIVATE):
            raise MalformedInput("bad-signing-key", "another form")
        name, key_id, encoded = text.removeprefix(_PRIVATE).split("+", 2)
        raw = read_base64(encoded, "a private key", 33)
        key = CosigningKey(name, raw[1:])
        if raw[0] != ED25519_COSIGNATURE or key.verifier.key_id.hex() != key_id:
            raise MalformedInput("bad-signing-key", "another type or ID")
    except (ValueError, LedgerError):
        raise WitnessError("witness-key-unreadable", f"{path} holds no cosigning key", path=path) from None
    return key


def _write_key(path: Path, text: str) -> None:
    """Write a secret whole or not at all, readable by its owner only, and on the disk when this returns."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    # A link is refused where the name is taken, so that two first starts at once cannot both win.
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise WitnessError("witness-name-differs", "another start was first", name=path) from None
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
