"""What this machine can do at best, measured beside the product in the same run.

A *flush* is the time to append 4 KiB to a growing file and make it durable. The *hash bound* is how many
entries a second one core could commit to if it did nothing but the SHA-256 calls that the format demands.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 5
NODE_BYTES = 65


def flush_seconds(folder: Path, times: int = 400) -> float:
    """Return the median seconds of a 4 KiB append followed by fdatasync, in that folder."""
    block = b"\x5a" * 4096
    taken = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        handle = file.fileno()
        for _ in range(times):
            begun = time.perf_counter()
            os.write(handle, block)
            os.fdatasync(handle)
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def hashes_of(logbook: Any) -> list[int]:
    """Return how many bytes each hash of a typical entry of a log takes in: its disclosures, leaf and node."""
    from indelible.ledger.entries import disclosures, leaf_data_of
    from indelible.storage.database.reads import get_entry, head

    entry = get_entry(logbook, head(logbook).size // 2)
    (leaf,) = leaf_data_of([entry.stored], [entry.secret], [entry.recorded_at])
    told = disclosures(entry.stored, entry.secret)
    assert isinstance(leaf, bytes)
    in_base64 = [-(-len(text.encode()) * 4 // 3) for text in told.values()]  # what a digest is taken of
    return [*in_base64, len(leaf) + 1, NODE_BYTES]


def hash_bound(lengths: list[int], entries: int = 40_000) -> float:
    """Return entries a second for nothing but the hashing of messages of these lengths for each entry."""
    messages = [b"m" * length for length in lengths]
    sha256 = hashlib.sha256
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(entries):
            for message in messages:
                sha256(message).digest()
        best = min(best, time.perf_counter() - begun)
    return entries / best


def leaf_bound(leaves: int = 200_000) -> float:
    """Return leaves a second for one hash of 65 bytes a leaf: the least that rebuilding a tree can cost."""
    node, sha256 = b"n" * NODE_BYTES, hashlib.sha256
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(leaves):
            sha256(node).digest()
        best = min(best, time.perf_counter() - begun)
    return leaves / best
