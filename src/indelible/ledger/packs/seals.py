"""The checkpoint that a pack rests on, the earlier ones that came along, and who else vouches for them.

A checkpoint counts by the log's line under it and nothing else; cosignatures and time-stamps say that somebody
outside had seen it by then. An earlier seal must be contained in the pack's: that is how a record that was
rewritten since would show.
Source: docs/formats/pack.md sections 5 and 7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import canonical
from ..checkpoints import Checkpoint, bare
from ..errors import LedgerError, MalformedInput
from ..keys import ED25519, VerifierKey
from ..notes import SignedNote, parse_note
from ..proof_file import MAX_STEPS
from ..proofs import check_consistency
from ..stamps import check_stamp, read_roots
from ..strict import read_base64, read_decimal
from .keyring import Keyring
from .manifest import CHECKPOINT_NAME, SEALS_NAME, stamp_name
from .report import Check, Trust

_STAMP_CODES = {
    "stamp-differs": "stamp-differs",
    "stamp-policy": "stamp-differs",
    "stamp-untrusted": "stamp-untrusted",
}
_MAX_STAMPS = 100


@dataclass(frozen=True, slots=True)
class Seal:
    """A checkpoint of the log with its note, the form of which was checked."""

    checkpoint: Checkpoint
    note: SignedNote


def read_seal(text: bytes | str) -> Seal:
    """Read a checkpoint's note. Raises MalformedInput."""
    note = parse_note(text)
    return Seal(Checkpoint.parse(note.text), note)


def is_signed(seal: Seal, origin: str, keys: Sequence[VerifierKey]) -> bool:
    """Say whether one of the log's `keys` signed, and none of them a line that does not hold."""
    good = 0
    for line in seal.note.signatures:
        for key in keys:
            if (line.name, line.key_id) != (key.name, key.key_id):
                continue
            try:
                key.check(seal.note.text, line.signature)
            except LedgerError:
                return False
            good += key.name == origin and key.algorithm == ED25519
    return good > 0


class Seals:
    """The checks `seal`, `witnesses` and `stamps`."""

    def __init__(
        self, origin: str, keyring: Keyring | None, trust: Trust, file_of: Callable[[str], bytes | None]
    ) -> None:
        self.seal, self.witnesses, self.stamps = Check("seal"), Check("witnesses"), Check("stamps")
        self.lines = self.stamped = 0
        self.newest: Seal | None = None
        self._origin = origin
        self._keyring = keyring
        self._trust = trust
        self._file_of = file_of
        self._cosigners = {*trust.witnesses, *(keyring.witnesses if keyring else ())}
        self._cosigned: dict[VerifierKey, int] = {}  # the largest size under a line that holds
        self._stamp_numbers: Counter[int] = Counter()
        self._size = -1

    def checkpoint(self, data: bytes | None) -> None:
        """Check the checkpoint that the pack rests on."""
        if data is None or self._keyring is None:
            self.seal.blocked = self.stamps.blocked = True
        if data is None:
            self.witnesses.blocked = True
            return
        try:
            seal = read_seal(data)
        except LedgerError:
            self.seal.find("checkpoint-damaged")
            return
        self.seal.count += 1
        self.newest = seal
        if seal.checkpoint.origin != self._origin:
            self.seal.find("origin-differs", None, None, CHECKPOINT_NAME)
        if self._keyring and not is_signed(seal, self._origin, [self._keyring.in_use]):
            self.seal.find("checkpoint-signature")
        self._look_at_lines(seal, CHECKPOINT_NAME, contained=True)

    def earlier(self, number: int, data: bytes) -> None:
        """Check a line of `seals.jsonl`; `number` counts from 1."""
        self.lines += 1
        place = str(number)
        try:
            value = _read_line(data)
            seal = read_seal(value["cosigned"])
            path = [read_base64(step, "a step", 32) for step in value["path"]]
        except LedgerError:
            self.seal.find("seal-damaged", None, place)
            return
        self.seal.count += 1
        size = seal.checkpoint.size
        if size <= self._size or (self.newest and size > self.newest.checkpoint.size):
            self.seal.find("seal-damaged", None, place)
            self.stamped += len(value["stamps"])
            return
        self._size = size
        if seal.checkpoint.origin != self._origin:
            self.seal.find("origin-differs", None, place, SEALS_NAME)
        if self._keyring and not is_signed(seal, self._origin, self._keyring.at(size)):
            self.seal.find("seal-signature", None, place)
        contained = self._is_contained(seal, path)
        if not contained:
            self.seal.find("seal-not-contained", None, place)
        self._look_at_lines(seal, SEALS_NAME, contained)
        for stamp in value["stamps"]:
            self._look_at_stamp(seal, stamp, place)

    def end(self, last_asked: int | None) -> None:
        """Ask for the witnesses whom the reader named, on a seal that contains every asked entry."""
        if self.newest is None:
            self.witnesses.blocked = True
            return
        for key in self._trust.witnesses:
            if self._cosigned.get(key, -1) <= (-1 if last_asked is None else last_asked):
                self.witnesses.find("witness-missing", None, key.name)

    def _is_contained(self, seal: Seal, path: Sequence[bytes]) -> bool:
        if self.newest is None:
            return True  # told elsewhere: there is nothing to be contained in
        old, new = seal.checkpoint, self.newest.checkpoint
        try:
            check_consistency(old.size, old.root, new.size, new.root, path)
        except LedgerError:
            return False
        return True

    def _look_at_lines(self, seal: Seal, file: str, contained: bool) -> None:
        """Check each line by a witness; those of keys that nobody names say nothing."""
        named = {(key.name, key.key_id): key for key in self._cosigners}
        seen: set[VerifierKey] = set()
        for line in seal.note.signatures:
            key = named.get((line.name, line.key_id))
            if key is None:
                continue
            try:
                key.check(seal.note.text, line.signature)
                holds = key not in seen
            except LedgerError:
                holds = False
            seen.add(key)
            self.witnesses.count += 1
            if not holds:
                self.witnesses.find("witness-line-differs", None, key.name, file)
            elif contained:
                self._cosigned[key] = max(self._cosigned.get(key, -1), seal.checkpoint.size)

    def _look_at_stamp(self, seal: Seal, stamp: dict[str, str], place: str) -> None:
        self.stamped += 1
        self.stamps.count += 1
        size = seal.checkpoint.size
        self._stamp_numbers[size] += 1
        file = stamp_name(size, self._stamp_numbers[size])
        try:
            response = read_base64(stamp["response"], "a response")
            nonce = read_decimal(stamp["nonce"], "a nonce", 2**64 - 1)
        except MalformedInput:
            self.stamps.find("stamp-damaged", None, place)
            return
        if self._file_of(file) != response:
            self.stamps.find("stamp-differs", None, place, file)
        authority = self._keyring.authorities.get(stamp["authority"]) if self._keyring else None
        try:
            roots = list(self._trust.roots) or (read_roots(authority.roots) if authority else [])
            message = bare(seal.note, self._origin).encode("utf-8")
            check_stamp(response, message, roots, policy=authority.policy if authority else None, nonce=nonce)
        except LedgerError as fault:
            self.stamps.find(_STAMP_CODES.get(fault.code, "stamp-damaged"), None, place)


def _read_line(data: bytes) -> dict[str, Any]:
    body = data.removesuffix(b"\n")
    value = canonical.decode(body)
    if not isinstance(value, dict) or value.keys() != {"cosigned", "path", "stamps"}:
        raise MalformedInput("bad-seal-line", "not the object of a seal")
    if canonical.encode(value) != body or not isinstance(value["cosigned"], str):
        raise MalformedInput("bad-seal-line", "not canonical JSON, or no note")
    path, stamps = value["path"], value["stamps"]
    if not isinstance(path, list) or len(path) > MAX_STEPS or not all(isinstance(one, str) for one in path):
        raise MalformedInput("bad-seal-line", "the path")
    if not isinstance(stamps, list) or len(stamps) > _MAX_STAMPS:
        raise MalformedInput("bad-seal-line", "the stamps")
    for stamp in stamps:
        if not isinstance(stamp, dict) or stamp.keys() != {"authority", "nonce", "response"}:
            raise MalformedInput("bad-seal-line", "a stamp")
        if not all(isinstance(text, str) for text in stamp.values()):
            raise MalformedInput("bad-seal-line", "a stamp")
    return value
