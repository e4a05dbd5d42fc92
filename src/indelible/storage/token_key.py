"""Sealing keys that lie in a token (PKCS #11: a smart card, a hardware security module) and never leave it.

The token makes the key and signs with it; this program only hands it the text of each checkpoint. What the key file
holds is how the token knows the key, which is no secret.

    INDELIBLE_PKCS11            the token's module, such as /usr/lib/softhsm/libsofthsm2.so
    INDELIBLE_PKCS11_TOKEN      the label of the token
    INDELIBLE_PKCS11_KEY        the label that new keys get (else "indelible")
    INDELIBLE_PKCS11_PIN        the PIN, or INDELIBLE_PKCS11_PIN_FILE, a file that holds it

The library is loaded only where a token is used (the extra `hsm`). Keys are Ed25519, signing raw over the note's text.
Source: OASIS PKCS #11 version 3.0, sections 2.3 (Edwards curve keys) and 2.3.14 (EdDSA).
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from indelible.ledger.keys import ED25519, VerifierKey, signature_line
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.passphrase import PassphraseFileError, secret_of

MODULE, TOKEN = "INDELIBLE_PKCS11", "INDELIBLE_PKCS11_TOKEN"
KEY_LABEL, PIN, PIN_FILE = (
    "INDELIBLE_PKCS11_KEY",
    "INDELIBLE_PKCS11_PIN",
    "INDELIBLE_PKCS11_PIN_FILE",
)
DEFAULT_LABEL = "indelible"
ID_BYTES = 8
_QUESTION = "indelible: is this the key?\n"  # signed once a process; no checkpoint begins so
_ED25519_OID = bytes.fromhex("06032b6570")  # 1.3.101.112


# One call into a token's module at a time: some modules are not made for threads.
_lock = threading.RLock()
_libraries: dict[tuple[str, int], Any] = {}  # module and process: a forked child must open it anew
_sessions: dict[tuple[str, int, str], Any] = {}  # module, process, token


class TokenKey:
    """A key in a token. Signs like `ledger.keys.SigningKey`, but cannot be read."""

    def __init__(self, verifier: VerifierKey, key_id: bytes, token: str) -> None:
        self.verifier = verifier
        self._key_id = key_id
        self._token = token
        self._private: Any = None  # of the process's session with the token

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text, with its line end.

        Raises AppendFailed (`key-token-away`) where the token does not sign: nothing was appended, and the same call
        may be made again.
        """
        try:
            return signature_line(self.verifier, self.sign_raw(text.encode("utf-8")))
        except AppendRefused as away:
            raise AppendFailed("key-token-away", away.detail) from away

    def sign_raw(self, data: bytes) -> bytes:
        """Return the 64 bytes of a signature, finding the key anew where the token was taken out meanwhile.

        Raises AppendRefused (`key-token-...`).
        """
        from pkcs11 import Mechanism

        with _lock:
            if self._private is not None:
                try:
                    return bytes(self._private.sign(data, mechanism=Mechanism.EDDSA))
                except _trouble():
                    self._private = None
                    _end_session(self._token)
            with _told():
                self._private = self._find()
                return bytes(self._private.sign(data, mechanism=Mechanism.EDDSA))

    def _find(self) -> Any:
        from pkcs11 import Attribute, ObjectClass

        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: self._key_id}
        found = list(_session(self._token).get_objects(wanted))
        if len(found) != 1:
            raise AppendRefused("key-token-missing", f"token {self._token} holds no key {self._key_id.hex()}")
        return found[0]


def make_token_key(origin: str) -> tuple[TokenKey, str]:
    """Make an Ed25519 key in the token that the settings name; return it, and how the token knows it.

    It can be neither read nor taken out of the token. Raises AppendRefused (`key-token-...`).
    """
    token = _setting(TOKEN)
    _module()
    from pkcs11 import Attribute, KeyType, Mechanism

    with _lock, _told():
        key_id = secrets.token_bytes(ID_BYTES)
        curve = _session(token).create_domain_parameters(
            KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _ED25519_OID}, local=True
        )
        public, _private = curve.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            store=True,
            label=os.environ.get(KEY_LABEL) or DEFAULT_LABEL,
            id=key_id,
        )
        verifier = VerifierKey(origin, ED25519, bytes(public[Attribute.EC_POINT])[-32:])
    return TokenKey(verifier, key_id, token), f"{key_id.hex()} {token}"


def open_token_key(verifier: VerifierKey, known_as: str) -> TokenKey:
    """Return the key that a token knows so, once it has signed. Raises AppendRefused (`key-token-...`)."""
    key_id, _space, token = known_as.partition(" ")
    try:
        key = TokenKey(verifier, bytes.fromhex(key_id), token)
    except ValueError:
        raise AppendRefused("key-unreadable", "the file does not say how the token knows the key") from None
    _module()
    if not _holds(verifier, key.sign_raw(_QUESTION.encode())):
        raise AppendRefused("key-differs", f"the token's key {key_id} is not {verifier.text}")
    return key


def _holds(verifier: VerifierKey, signature: bytes) -> bool:
    from indelible.ledger.errors import SignatureError

    try:
        verifier.check(_QUESTION, signature)
    except SignatureError:
        return False
    return True


def _session(token: str) -> Any:
    """Return the process's session with a token: one for all, since who signs in or out does so for all of them."""
    key = (_setting(MODULE), os.getpid(), token)
    if key not in _sessions:
        pin = _pin()
        try:
            _sessions[key] = _module().get_token(token_label=token).open(rw=True, user_pin=pin)
        except _named(
            "NoSuchToken", "TokenNotPresent", "TokenNotRecognised", "MultipleTokensReturned"
        ) as missing:
            raise AppendRefused("key-token-missing", f"no token {token}: {missing}") from missing
        except _named("PinIncorrect", "PinLocked", "PinLenRange", "PinInvalid", "PinExpired") as refused:
            raise AppendRefused("key-token-pin", type(refused).__name__) from None
    return _sessions[key]


def _end_session(token: str) -> None:
    session = _sessions.pop((_setting(MODULE), os.getpid(), token), None)
    if session is not None:
        try:
            session.close()
        except _trouble():
            return  # it was gone already, which is why it is ended


def _module() -> Any:
    """Return the token's module, loaded once a process. Raises AppendRefused (`key-token-module`)."""
    path = _setting(MODULE)
    try:
        import pkcs11
    except ImportError:
        raise AppendRefused("key-token-module", "the extra `hsm` (python-pkcs11) is not installed") from None
    with _lock:
        known = (path, os.getpid())
        if known not in _libraries:
            try:
                library = pkcs11.lib(path)
                if any(module == path for module, _process in _libraries):
                    library.reinitialize()
            except (RuntimeError, pkcs11.PKCS11Error) as trouble:
                raise AppendRefused("key-token-module", f"{path}: {trouble}") from trouble
            _libraries[known] = library
        return _libraries[known]


def _setting(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise AppendRefused("key-token-module", f"{name} is not set")
    return value


def _pin() -> str | None:
    try:
        return secret_of(os.environ.get(PIN), os.environ.get(PIN_FILE))
    except PassphraseFileError as unreadable:
        raise AppendRefused("key-token-pin", str(unreadable)) from None


def _trouble() -> type[Exception]:
    import pkcs11

    kind: type[Exception] = pkcs11.PKCS11Error
    return kind


def _named(*names: str) -> tuple[type[Exception], ...]:
    """Return those of the library's errors: which of them exist differs from version to version."""
    from pkcs11 import exceptions

    return tuple(kind for name in names if (kind := getattr(exceptions, name, None)) is not None)


@contextmanager
def _told() -> Iterator[None]:
    """Turn the library's own errors into ours."""
    try:
        yield
    except AppendRefused:
        raise
    except _trouble() as trouble:
        raise AppendRefused("key-token-away", f"{type(trouble).__name__}: {trouble}") from trouble
