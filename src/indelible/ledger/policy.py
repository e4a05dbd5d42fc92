"""Policies: which logs a verifier asks for, and how many of which witnesses must have cosigned.

    log <verifier key> [url]
    witness <name> <verifier key> [url]
    group <name> <k | any | all> <name> <name> ...
    quorum <name | none>

One text file, a line a statement, blank lines and lines that begin with # passed over; exactly one quorum.
A group holds when `k` of its members hold, and its members may be witnesses or groups defined above it, each
in one group only, so that no witness counts in two ways. The names belong to the file: nobody signs them.
Source: C2SP tlog-policy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .checkpoints import Checkpoint, open_checkpoint
from .errors import MalformedInput, SignatureError
from .keys import ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey
from .notes import open_note, parse_note
from .strict import read_decimal, read_utf8, write_utf8

NO_QUORUM = "none"
MAX_POLICY_BYTES = 1_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COSIGNERS = (ED25519_COSIGNATURE, MLDSA44_COSIGNATURE)


@dataclass(frozen=True, slots=True)
class Log:
    """A log that may be trusted: its key, and where it is published if that is said."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness that counts: its key, and where it takes requests if that is said."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Members of which `needed` must hold; names of witnesses or of groups before this one."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy taken apart. `members` are witnesses and groups by name, in the order of the file."""

    logs: tuple[Log, ...]
    members: Mapping[str, Witness | Group]
    quorum: str  # a name among `members`, or "none"

    @classmethod
    def parse(cls, data: str | bytes) -> Policy:
        """Return the policy that a file states.

        Raises MalformedInput (`bad-policy`, `bad-utf8`, and those of verifier keys and numbers): a statement
        of another form, a name used before it is defined or defined twice, one public key in two lines, a
        member of two groups, a group that can never hold, not exactly one quorum, control characters.
        """
        text = read_utf8(data if isinstance(data, bytes) else write_utf8(data, "policy"), "policy")
        if len(text) > MAX_POLICY_BYTES or _CONTROL.search(text):
            raise MalformedInput("bad-policy", "too long, or a control character")
        reading = _Reading()
        for number, line in enumerate(text.split("\n"), 1):
            # Space and tab divide; a bare split() would also divide at other scripts' spaces.
            words = [word for word in re.split(r"[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                reading.take(number, words)
        return reading.policy()

    @property
    def text(self) -> str:
        """The policy as `parse` reads it: logs, then members in their order, then the quorum."""
        lines = [_joined("log", log.key.text, log.url) for log in self.logs]
        for name, member in self.members.items():
            if isinstance(member, Witness):
                lines.append(_joined("witness", name, member.key.text, member.url))
            else:
                lines.append(_joined("group", name, str(member.needed), *member.members))
        return "\n".join([*lines, f"quorum {self.quorum}"]) + "\n"

    @property
    def witness_keys(self) -> list[VerifierKey]:
        """The keys of all witnesses that the policy names."""
        return [member.key for member in self.members.values() if isinstance(member, Witness)]

    def satisfied_by(self, keys: Collection[VerifierKey]) -> bool:
        """Say whether cosignatures by `keys`, already checked, are as many as the policy asks for.

        A quorum of none asks for nobody.
        """
        holds: dict[str, bool] = {NO_QUORUM: True}
        for name, member in self.members.items():  # members of a group stand before it
            if isinstance(member, Witness):
                holds[name] = member.key in keys
            else:
                holds[name] = sum(holds[inner] for inner in member.members) >= member.needed
        return holds[self.quorum]

    def check(self, note: bytes | str) -> Checkpoint:
        """Return the checkpoint of a note that one of the policy's logs signed and enough witnesses cosigned.

        Raises MalformedInput, and SignatureError as `open_checkpoint` does; `quorum-missed` where the
        cosignatures are too few.
        """
        parsed = parse_note(note)
        origin = parsed.text.split("\n", 1)[0]
        trusted = [*(log.key for log in self.logs if log.key.name == origin), *self.witness_keys]
        checkpoint = open_checkpoint(parsed, origin, trusted)
        cosigned = [good.key for good in open_note(parsed, trusted).good]
        if not self.satisfied_by(cosigned):
            raise SignatureError(
                "quorum-missed", f"{[key.name for key in cosigned]} for {self.quorum[:60]!a}"
            )
        return checkpoint


class _Reading:
    """A file being read: what was defined so far."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.members: dict[str, Witness | Group] = {}
        self.quorum: str | None = None
        self.public_keys: set[bytes] = set()
        self.grouped: set[str] = set()

    def take(self, number: int, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(Log(self._key(number, vkey, (ED25519,)), *words[2:]))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._define(number, name, Witness(self._key(number, vkey, _COSIGNERS), *words[3:]))
            case ["group", name, needed, *members] if members:
                self._define(number, name, self._group(number, needed, members))
            case ["quorum", name] if self.quorum is None and (name == NO_QUORUM or name in self.members):
                self.quorum = name
            case _:
                raise MalformedInput("bad-policy", f"line {number}: {' '.join(words)[:120]!a}")

    def policy(self) -> Policy:
        if self.quorum is None:
            raise MalformedInput("bad-policy", "no quorum")
        return Policy(tuple(self.logs), self.members, self.quorum)

    def _define(self, number: int, name: str, member: Witness | Group) -> None:
        if name == NO_QUORUM or name in self.members:
            raise MalformedInput("bad-policy", f"line {number}: the name {name[:60]!a}")
        self.members[name] = member

    def _key(self, number: int, vkey: str, algorithms: tuple[int, ...]) -> VerifierKey:
        key = VerifierKey.parse(vkey)
        # One key under two names would let one witness count as two.
        if key.public_key in self.public_keys or key.algorithm not in algorithms:
            raise MalformedInput("bad-policy", f"line {number}: {key.name}, type {key.algorithm}")
        self.public_keys.add(key.public_key)
        return key

    def _group(self, number: int, needed: str, members: list[str]) -> Group:
        count = {"any": 1, "all": len(members)}.get(needed)
        if count is None:
            count = read_decimal(needed, "the members needed")
        for member in members:
            if member not in self.members or member in self.grouped:
                raise MalformedInput("bad-policy", f"line {number}: the member {member[:60]!a}")
            self.grouped.add(member)
        if not 1 <= count <= len(members):
            raise MalformedInput("bad-policy", f"line {number}: {count} of {len(members)} members")
        return Group(count, tuple(members))


def _joined(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None)
