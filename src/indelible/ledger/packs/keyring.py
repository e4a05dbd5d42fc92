"""The keys in a pack: the log's own over time, and those that the sender names for others.

Nothing here is trusted because the pack says so. The log's keys must follow from one another, and a reader's
key card must lead to the newest; names of witnesses and roots only say whose lines there are to look at.
Source: docs/formats/pack.md section 6. How keys follow one another: rotation.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import canonical
from ..errors import LedgerError, MalformedInput
from ..keys import ED25519, VerifierKey
from ..rotation import KeyHistory
from .report import Check, Trust

_KEYS = {"announcements", "authorities", "keys", "origin", "revoked", "witnesses"}
_CODES = frozenset({"key-differs", "key-chain-broken", "key-revoked"})


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority as the sender names it. `roots` is PEM; no policy: any."""

    policy: str | None
    roots: str


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a pack, read, nothing believed."""

    history: KeyHistory
    witnesses: tuple[VerifierKey, ...]
    authorities: dict[str, Authority]

    @property
    def in_use(self) -> VerifierKey:
        """The log's key that signs the manifest and the checkpoint."""
        return self.history.keys[-1]

    def at(self, size: int) -> list[VerifierKey]:
        """Return the log's keys whose lines count under a checkpoint of that size."""
        ended = dict(self.history.revoked)
        return [key for key in self.history.keys if size <= ended.get(key, size)]

    @classmethod
    def parse(cls, data: bytes) -> Keyring:
        """Read `proof/keys.json`. Raises MalformedInput."""
        value = canonical.decode(data)
        if not isinstance(value, dict) or value.keys() != _KEYS or canonical.encode(value) != data:
            raise MalformedInput("keys-damaged", "not the canonical object of keys.json")
        history = KeyHistory.parse(value)
        if not history.keys:
            raise MalformedInput("keys-damaged", "no key")
        witnesses = tuple(
            VerifierKey.parse(item["key"]) for item in _items(value["witnesses"], {"key", "name"})
        )
        if any(key.algorithm == ED25519 for key in witnesses):
            # A log that signs as its own witness would look like an outsider.
            raise MalformedInput("keys-damaged", "a witness with the key of a log")
        authorities = {
            item["name"]: Authority(item["policy"] or None, item["roots"])
            for item in _items(value["authorities"], {"name", "policy", "roots"})
        }
        return cls(history, witnesses, authorities)


def check_keys(data: bytes | None, origin: str, trust: Trust) -> tuple[Keyring | None, Check]:
    """Read the keys and check that they follow one another, from the reader's key where there is one.

    Gives no keyring where they cannot be read at all; else the rest of the pack is checked by them, whatever
    was found.
    """
    check = Check("keys")
    if data is None:
        check.blocked = True
        return None, check
    try:
        keyring = Keyring.parse(data)
    except LedgerError:
        check.find("keys-damaged")
        return None, check
    check.count = len(keyring.history.keys)
    if keyring.history.origin != origin:
        check.find("keys-damaged")
    # Both questions are asked: a card that differs must not hide a broken chain, nor the other way round.
    for given in {None, trust.key}:
        try:
            keyring.history.lead(given)
        except LedgerError as fault:
            code = fault.code if fault.code in _CODES else "keys-damaged"
            if all(one.code != code for one in check.findings):
                check.find(code)
    return keyring, check


def _items(value: Any, keys: set[str]) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise MalformedInput("keys-damaged", "no list")
    for item in value:
        if not isinstance(item, dict) or item.keys() != keys:
            raise MalformedInput("keys-damaged", f"no object of {sorted(keys)}")
        if not all(isinstance(text, str) for text in item.values()):
            raise MalformedInput("keys-damaged", "no text")
    return value
