"""A log's keys over time: which of them may sign what, and how an old key card leads to the newest key.

A new key is *announced* by an entry that a checkpoint of the key before it covers. So whoever trusts the oldest
key needs nothing else: each step is an entry, its way into a checkpoint, and the old key's line under that.

    key 1 --signs--> checkpoint --holds--> entry: "key 2 follows key 1" --so--> key 2 --signs--> ...

A stolen key could announce one too. It is therefore not followed but *revoked*: its seals count up to a size, it
announces nothing, and the chain begins anew behind it. A card of a revoked key, or of one before it, leads nowhere.

An entry announces a key only if it is one of Indelible's own, which it shows by its running number of source 0: the
`extra` of any imported record could otherwise name a key of the sender's choice.

Who is told, and when the old key stops, is the matter of storage. The form is `proof/keys.json` of a pack
(docs/formats/pack.md section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from . import canonical
from .checkpoints import LogKeys, Window, open_checkpoint
from .errors import LedgerError, MalformedInput, ProofError, SignatureError
from .hashing import HASH_SIZE, leaf_hash
from .keys import ED25519, VerifierKey
from .leaf import parse_leaf
from .opening import check_disclosure
from .proof_file import MAX_STEPS
from .proofs import check_inclusion
from .strict import MAX_INTEGER, read_base64, write_base64

__all__ = [
    "ANNOUNCED",
    "OPENED",
    "OWN_NUMBER",
    "Announcement",
    "Chain",
    "KeyHistory",
    "LogKeys",
    "Window",
    "lead_to_newest",
]

ANNOUNCED = "sealing_key_announced"  # the `said` of the entry that announces a key
OWN_NUMBER = "numbers/sources/0"
MAX_KEYS = 1_000

OPENED = ("action", "extra", OWN_NUMBER)


@dataclass(frozen=True, slots=True)
class Announcement:
    """The entry that announces a key, and the proof that the key before it sealed that entry."""

    index: int
    leaf: str  # leaf data
    open: tuple[str, ...]  # disclosure texts
    path: tuple[bytes, ...]  # inclusion in the checkpoint, 32 bytes a step
    checkpoint_note: str

    @classmethod
    def parse(cls, value: object) -> Announcement:
        """Read one item of `announcements`. Raises MalformedInput (`keys-damaged`)."""
        item = _object(value, {"checkpoint", "index", "leaf", "open", "path"})
        if type(item["index"]) is not int or not 0 <= item["index"] <= MAX_INTEGER:
            raise MalformedInput("keys-damaged", "an announcement without an index")
        path = _texts(item["path"], MAX_STEPS)
        return cls(
            item["index"],
            _text(item["leaf"]),
            tuple(_texts(item["open"], 1_000)),
            tuple(_read(read_base64, step, "a step", HASH_SIZE) for step in path),
            _text(item["checkpoint"]),
        )

    def as_json(self) -> dict[str, object]:
        """Return it as `parse` reads it."""
        return {
            "checkpoint": self.checkpoint_note,
            "index": self.index,
            "leaf": self.leaf,
            "open": list(self.open),
            "path": [write_base64(step) for step in self.path],
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """A log's keys whose announcements were all checked."""

    keys: tuple[VerifierKey, ...]  # oldest first
    revoked: Mapping[VerifierKey, int]  # up to which size they count

    @property
    def newest(self) -> VerifierKey:
        """The key in use."""
        return self.keys[-1]

    @property
    def log_keys(self) -> LogKeys:
        """The same keys, to open checkpoints with. Of a retired key no end is known here."""
        return LogKeys(tuple(Window(key, 0, self.revoked.get(key)) for key in self.keys))


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """What a log tells about its own keys; nothing is believed before `lead` has checked it."""

    origin: str
    keys: tuple[VerifierKey, ...]
    announcements: tuple[Announcement, ...] = ()
    revoked: tuple[tuple[VerifierKey, int], ...] = ()

    @classmethod
    def parse(cls, value: object) -> KeyHistory:
        """Read `origin`, `keys`, `announcements` and `revoked` of a JSON object; its other keys are left alone.

        Raises MalformedInput (`keys-damaged`).
        """
        if not isinstance(value, dict):
            raise MalformedInput("keys-damaged", "not an object")
        part = _object(
            {name: value.get(name) for name in ("origin", "keys", "announcements", "revoked")}, None
        )
        keys = tuple(_read(VerifierKey.parse, text) for text in _texts(part["keys"], MAX_KEYS))
        announced = tuple(Announcement.parse(item) for item in _list(part["announcements"], MAX_KEYS))
        revoked = tuple(_revoked(item) for item in _list(part["revoked"], MAX_KEYS))
        return cls(_text(part["origin"]), keys, announced, revoked)

    def as_json(self) -> dict[str, object]:
        """Return it as `parse` reads it."""
        return {
            "announcements": [announced.as_json() for announced in self.announcements],
            "keys": [key.text for key in self.keys],
            "origin": self.origin,
            "revoked": [{"key": key.text, "until": until} for key, until in self.revoked],
        }

    @property
    def card(self) -> str:
        """The key card: each key in a line, the oldest first and the one in use last.

        Where there are several, an empty line follows and then the whole history in one line of canonical JSON, so
        that a reader who holds an older card can go over the chain with it.
        """
        keys = "".join(f"{key.text}\n" for key in self.keys)
        return keys if len(self.keys) == 1 else f"{keys}\n{canonical.encode(self.as_json()).decode()}\n"

    @classmethod
    def parse_card(cls, text: str) -> KeyHistory:
        """Read a key card. Raises MalformedInput (`keys-damaged`) where it is none, or its two parts differ."""
        lines, divided, history = text.replace("\r\n", "\n").strip().partition("\n\n")
        keys = tuple(_read(VerifierKey.parse, line) for line in lines.split("\n")[:MAX_KEYS])
        if not divided:
            if len(keys) != 1:
                raise MalformedInput(
                    "keys-damaged", f"{len(keys)} keys and nothing that leads from one to another"
                )
            return cls(keys[0].name, keys)
        told = cls.parse(_read(canonical.decode, history))
        if told.keys != keys:
            raise MalformedInput("keys-damaged", "the keys of the card are not those of its history")
        return told

    def lead(self, given: VerifierKey | None = None) -> Chain:
        """Check it all; raises as `lead_to_newest` does."""
        return lead_to_newest(self.origin, self.keys, self.announcements, self.revoked, given)


def lead_to_newest(
    origin: str,
    keys: Sequence[VerifierKey],
    announcements: Sequence[Announcement],
    revoked: Sequence[tuple[VerifierKey, int]],
    given: VerifierKey | None = None,
) -> Chain:
    """Check that each key was announced under the one before, and that `given` leads to the newest of them.

    `keys` oldest first, the last is in use. `announcements` in the same order, one for each key but the first and
    those right behind a revoked one. `revoked` says up to which size a key counts. `given` is what the reader
    trusts; with None the keys only agree among themselves.

    Raises SignatureError: `key-differs` where `given` is none of the keys, `key-revoked` where it or one between
    it and the newest was revoked; ProofError `key-chain-broken` where an announcement is missing or does not hold.
    """
    ended = dict(revoked)
    if given is not None and given not in keys:
        raise SignatureError("key-differs", f"{given.text} is none of the {len(keys)} keys of {origin}")
    _check_keys(origin, keys, ended)
    links = [(old, new) for old, new in pairwise(keys) if old not in ended]
    if len(links) != len(announcements):
        raise ProofError("key-chain-broken", f"{len(announcements)} announcements for {len(links)} keys")
    if any(left.index >= right.index for left, right in pairwise(announcements)):
        raise ProofError("key-chain-broken", "announcements are not in the order of the log")
    for (old, new), announced in zip(links, announcements, strict=True):
        _check_announced(origin, old, new, announced)
    if given is not None:
        cut = [key for key in keys[keys.index(given) :] if key in ended]
        if cut:
            raise SignatureError("key-revoked", f"{cut[-1].text} counts up to size {ended[cut[-1]]} only")
    return Chain(tuple(keys), ended)


def _check_keys(origin: str, keys: Sequence[VerifierKey], ended: Mapping[VerifierKey, int]) -> None:
    if not keys or len(set(keys)) != len(keys):
        raise ProofError("key-chain-broken", f"{len(keys)} keys, {len(set(keys))} different")
    if any(key.name != origin or key.algorithm != ED25519 for key in keys):
        raise ProofError("key-chain-broken", f"a key that is none of {origin[:120]!a}")
    if not ended.keys() <= set(keys[:-1]):
        raise ProofError("key-chain-broken", "the key in use, or a key of nobody, is revoked")


def _check_announced(origin: str, old: VerifierKey, new: VerifierKey, announced: Announcement) -> None:
    """Check one step: the old key sealed an entry of the log's own that says the new one follows it."""
    try:
        leaf_data = announced.leaf.encode("utf-8")
        leaf = parse_leaf(leaf_data)
        opened = dict(check_disclosure(leaf, text) for text in announced.open)
        checkpoint = open_checkpoint(announced.checkpoint_note, origin, [old])
        check_inclusion(
            leaf_hash(leaf_data), announced.index, checkpoint.size, announced.path, checkpoint.root
        )
    except (LedgerError, UnicodeEncodeError) as fault:
        raise ProofError("key-chain-broken", f"what announces {new.text} does not hold: {fault}") from fault
    if missing := [name for name in OPENED if name not in opened]:
        raise ProofError("key-chain-broken", f"what announces {new.text} does not open {missing}")
    action, extra = opened["action"], opened["extra"]
    says = action.get("said") if isinstance(action, dict) else None
    named = (extra.get("old_key"), extra.get("new_key")) if isinstance(extra, dict) else None
    if says != ANNOUNCED or named != (old.text, new.text):
        raise ProofError("key-chain-broken", f"entry {announced.index} does not announce {new.text}")


def _revoked(value: object) -> tuple[VerifierKey, int]:
    item = _object(value, {"key", "until"})
    if type(item["until"]) is not int or not 0 <= item["until"] <= MAX_INTEGER:
        raise MalformedInput("keys-damaged", "a revoked key without a size")
    return _read(VerifierKey.parse, _text(item["key"])), item["until"]


def _read(reader: Any, *arguments: object) -> Any:
    """Read a part; whatever is wrong with it, the keys are damaged."""
    try:
        return reader(*arguments)
    except LedgerError as fault:
        raise MalformedInput("keys-damaged", str(fault)) from fault


def _object(value: object, names: set[str] | None) -> dict[str, Any]:
    if not isinstance(value, dict) or (names is not None and value.keys() != names):
        raise MalformedInput("keys-damaged", f"not an object of {sorted(names or ())}")
    return value


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise MalformedInput("keys-damaged", f"no list of at most {most}")
    return value


def _texts(value: object, most: int) -> list[str]:
    return [_text(item) for item in _list(value, most)]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise MalformedInput("keys-damaged", "no text where one should be")
    return value
