"""Topics: the tree, tiles, and proof files."""

from __future__ import annotations

from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import prove_consistency, prove_inclusion
from indelible.ledger.tiles import encode_bundle, entries_path, tile_path, tiles_of_size
from vectors.making import Answers, topic
from vectors.making.example import ENTRIES, EXAMPLE, Leaves, b64, cosigned

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
INCLUSION = [(0, 1), (0, 8), (5, 8), (2, 3), (1, 5), (6, 7)]
CONSISTENCY = [(1, 1), (1, 8), (6, 8), (2, 5), (4, 8), (3, 7), (6, 7)]

TILES = [(0, 0, 256), (0, 0, 8), (0, 255, 256), (0, 999, 256), (0, 1000, 256), (0, 1234067, 256)]
TILES += [(0, 1234067, 8), (1, 0, 17), (63, 1, 1)]
BUNDLES = [(0, 5), (273, 112)]
SIZES = [1, 255, 256, 257, 511, 512, 65535, 65536, 65537, 70000]


@topic("tree")
def tree() -> Answers:
    log = Leaves([bytes.fromhex(leaf) for leaf in LEAVES])
    return {
        "origin": "The eight leaves of the Certificate Transparency reference tests. Roots and proofs computed by"
        " the definitions of RFC 6962 and confirmed with Go's golang.org/x/mod/sumdb/tlog.",
        "leaves_hex": LEAVES,
        "leaf_hashes_hex": [leaf.hex() for leaf in log.leaf_hashes],
        "roots_hex": [log.root(size).hex() for size in range(9)],
        "inclusion": [
            {
                "index": index,
                "size": size,
                "path_hex": [step.hex() for step in prove_inclusion(index, size, log)],
            }
            for index, size in INCLUSION
        ],
        "consistency": [
            {
                "old_size": old,
                "new_size": new,
                "path_hex": [step.hex() for step in prove_consistency(old, new, log)],
            }
            for old, new in CONSISTENCY
        ],
    }


@topic("tiles")
def tiles() -> Answers:
    paths = [
        {"level": level, "index": index, "width": width, "path": tile_path(level, index, width)}
        for level, index, width in TILES
    ]
    paths += [
        {"level": "entries", "index": index, "width": width, "path": entries_path(index, width)}
        for index, width in BUNDLES
    ]
    return {
        "origin": "Paths and widths worked out from C2SP tlog-tiles; tile and bundles are those of the log of"
        " checkpoints.json.",
        "paths": paths,
        "last_tiles_of_size": {str(size): _last_tiles(size) for size in SIZES},
        "tile_0_of_size_8_hex": EXAMPLE.tile.hex(),
        "bundle_of_5_hex": encode_bundle(ENTRIES[:5]).hex(),
        "bundle_of_8_hex": encode_bundle(ENTRIES).hex(),
    }


def _last_tiles(size: int) -> list[dict[str, int]]:
    """All tiles of a small tree; of a larger one those that are not full."""
    known = list(tiles_of_size(size))
    shown = known if len(known) <= 3 else [tile for tile in known if tile[2] < 256]
    return [{"level": level, "index": index, "width": width} for level, index, width in shown]


@topic("proof_files")
def proof_files() -> Answers:
    index = 3
    path = tuple(prove_inclusion(index, 8, EXAMPLE))
    return {
        "origin": "Entry 3 of the log of checkpoints.json, by the rules of C2SP tlog-proof; accepted by"
        " tests/conformance/tlogcheck.go.",
        "index": index,
        "leaf_data": ENTRIES[index].decode(),
        "plain": ProofFile(index, path, cosigned(8)).text,
        "with_extra": ProofFile(index, path, cosigned(8), ENTRIES[index]).text,
        "consistency_5_to_8_base64": [b64(step) for step in prove_consistency(5, 8, EXAMPLE)],
    }
