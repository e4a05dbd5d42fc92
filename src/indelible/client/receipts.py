"""Receipts: what shows, without asking the server again, that an entry stands in the log as it was sealed.

A receipt is a proof file (C2SP tlog-proof) with the entry's leaf data in it: the way from that leaf to the root of a
signed checkpoint. `check_receipt` needs nothing but the log's key card, and works offline for ever. Where the entry's
own disclosures are at hand too (what each sealed digest opens to), `says` compares them with what a program meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.leaf import Leaf, parse_leaf
from indelible.ledger.opening import check_disclosure
from indelible.ledger.proof_file import ProofFile, check_proof_file

from .errors import ReceiptError


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it stands in its file, nothing checked."""

    text: str

    @classmethod
    def read(cls, data: bytes | str) -> Receipt:
        """Take a receipt from a file or an answer. Raises ReceiptError where it is no text."""
        try:
            return cls(data.decode("utf-8") if isinstance(data, bytes) else data)
        except UnicodeDecodeError as broken:
            raise ReceiptError("bad-utf8", "the receipt is no text") from broken


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """A receipt that holds: which entry of which log, when it was recorded, and the size of the log it is proved in."""

    entry: int  # index, from 0
    log: str  # the origin
    size: int
    recorded_at: str  # UTC, microseconds
    leaf: Leaf

    def says(self, disclosures: Iterable[str]) -> dict[str, Any]:
        """Return the values that disclosures open, by field, each compared with its sealed digest.

        Raises ReceiptError for one that the entry does not hold, or holds with another value.
        """
        try:
            return dict(check_disclosure(self.leaf, text) for text in disclosures)
        except LedgerError as fault:
            raise ReceiptError(fault.code, fault.detail) from fault


def check_receipt(receipt: Receipt | str | bytes, key: str) -> CheckedReceipt:
    """Check a receipt against a log's key card and return what it shows.

    Raises ReceiptError: malformed, another log's, not signed by this key, or a way that leads elsewhere.
    """
    found = receipt if isinstance(receipt, Receipt) else Receipt.read(receipt)
    try:
        verifier = VerifierKey.parse(key)
        proof = ProofFile.parse(found.text)
        sealed = check_proof_file(proof, verifier.name, [verifier])
        leaf = parse_leaf(proof.extra or b"")
    except LedgerError as fault:
        raise ReceiptError(fault.code, fault.detail) from fault
    return CheckedReceipt(proof.index, sealed.origin, sealed.size, leaf.at, leaf)
