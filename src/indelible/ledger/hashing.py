"""The three hashes that a log is made of: empty tree, leaf, node.

SHA-256 with a prefix byte that tells leaves from inner nodes, so that no leaf can pass for a node
(a second-preimage attack on trees without it). Source: RFC 6962 section 2.1, RFC 9162 section 2.1.1.
"""

from __future__ import annotations

from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT: bytes = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of one leaf's data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node over its two children's hashes."""
    return sha256(b"\x01" + left + right).digest()
