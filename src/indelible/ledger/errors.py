"""Every way in which the ledger says no.

    LedgerError
    |-- MalformedInput   the bytes do not follow their format, so nothing was checked
    |-- ProofError       well-formed, but the proof does not lead to the root
    `-- SignatureError   well-formed, but not vouched for by a key that the caller trusts
        `-- StampError   a time-stamp that does not hold for these bytes under the caller's roots

The three stay apart because they mean different things to whoever holds the evidence: a file that
cannot be read is not yet a file that was tampered with. `code` is stable and keys the words for people;
`detail` is exact and meant for engineers. Misuse by our own callers is a `ValueError`, never one of these.
"""

from __future__ import annotations


class LedgerError(Exception):
    """A refusal with a stable `code` (kebab-case) and an exact `detail`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class MalformedInput(LedgerError):
    """Untrusted bytes or text that do not follow their format."""


class ProofError(LedgerError):
    """A proof that does not lead from what it starts with to the root it should reach."""


class SignatureError(LedgerError):
    """A note without a good signature of a key that was asked for, or with a bad one."""


class StampError(SignatureError):
    """A time-stamp that was refused, cannot be read, or does not hold for what the caller brought."""
