"""Topics: keys, and checkpoints with their signatures."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from indelible.ledger.keys import (
    MLDSA44_COSIGNATURE,
    VerifierKey,
    cosigned_message,
    cosigned_subtree,
)
from indelible.ledger.notes import open_note
from vectors.making import Answers, topic
from vectors.making.example import (
    ENTRIES,
    EXAMPLE,
    LOG,
    POST_QUANTUM_SEED,
    TIME,
    WITNESS,
    WITNESS_NAME,
    WITNESS_SEED,
    b64,
    checkpoint,
    cosigned,
    signed,
)

FOREIGN_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOREIGN_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E"
    "RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


@topic("keys")
def keys() -> Answers:
    post_quantum = MLDSA44PrivateKey.from_seed_bytes(POST_QUANTUM_SEED).public_key().public_bytes_raw()
    return {
        "origin": "Test keys, never to be used elsewhere: seeds 00..1f, 20..3f and 40..5f. IDs and texts computed by"
        " the rules of C2SP signed-note, confirmed with Go's note package.",
        "log": {**_key(LOG.verifier, LOG.seed), "private_form": LOG.text},
        "witness": _key(WITNESS.verifier, WITNESS_SEED),
        "post_quantum_witness": {
            "name": WITNESS_NAME,
            "seed_hex": POST_QUANTUM_SEED.hex(),
            "public_key_sha256": hashlib.sha256(post_quantum).hexdigest(),
            "id_hex": VerifierKey(WITNESS_NAME, MLDSA44_COSIGNATURE, post_quantum).key_id.hex(),
        },
    }


def _key(key: VerifierKey, seed: bytes) -> Answers:
    return {
        "name": key.name,
        "seed_hex": seed.hex(),
        "public_key_hex": key.public_key.hex(),
        "id_hex": key.key_id.hex(),
        "verifier_key": key.text,
    }


@topic("checkpoints")
def checkpoints() -> Answers:
    text = checkpoint(8).text
    open_note(FOREIGN_NOTE, [VerifierKey.parse(FOREIGN_KEY)])
    return {
        "origin": 'A log of the entries {"n":0} to {"n":7}, signed with the keys of keys.json. Signatures confirmed'
        " with Go's note package; the foreign note is the example of the C2SP signed-note specification.",
        "log_entries": [entry.decode() for entry in ENTRIES],
        "leaf_hashes_base64": [b64(leaf) for leaf in EXAMPLE.leaf_hashes],
        "roots_base64": [b64(EXAMPLE.root(size)) for size in range(9)],
        "checkpoints": [_checkpoint(size) for size in (0, 5, 8)],
        "cosignature": {
            "size": 8,
            "time": TIME,
            "message": cosigned_message(text, TIME).decode(),
            "line": WITNESS.cosign(text, TIME),
        },
        "post_quantum_message_hex": cosigned_subtree(WITNESS_NAME, text, TIME).hex(),
        "foreign": {"verifier_key": FOREIGN_KEY, "note": FOREIGN_NOTE},
    }


def _checkpoint(size: int) -> Answers:
    known = {
        "size": size,
        "root_base64": b64(EXAMPLE.root(size)),
        "text": checkpoint(size).text,
        "signed": signed(size),
    }
    return {**known, "cosigned": cosigned(size)} if size else known
