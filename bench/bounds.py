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

FIELDS = 8
DISCLOSURE_BYTES = 110
LEAF_BYTES = 560
ROUNDS = 5


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


def hash_bound(entries: int = 40_000) -> float:
    """Return entries a second for nothing but hashing: 8 disclosures, 1 leaf and 1 interior node each."""
    disclosure, leaf, node = b"d" * DISCLOSURE_BYTES, b"l" * LEAF_BYTES, b"n" * 65
    sha256 = hashlib.sha256
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(entries):
            for _ in range(FIELDS):
                sha256(disclosure).digest()
            sha256(leaf).digest()
            sha256(node).digest()
        best = min(best, time.perf_counter() - begun)
    return entries / best


def leaf_bound(leaves: int = 200_000) -> float:
    """Return leaves a second for one hash of 65 bytes a leaf: the least that rebuilding a tree can cost."""
    node, sha256 = b"n" * 65, hashlib.sha256
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(leaves):
            sha256(node).digest()
        best = min(best, time.perf_counter() - begun)
    return leaves / best
