"""The files in `vectors` say what the shared file of known answers says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.vectors import load
from tests.shared import shared_path


@pytest.fixture(scope="module")
def shared() -> Any:
    return json.loads(shared_path("interop/vectors.json").read_text(encoding="utf-8"))


def test_the_tree_agrees(shared: Any) -> None:
    ours, theirs = load("tree"), shared["rfc6962"]
    assert ours["leaves_hex"] == theirs["leaves"]
    assert ours["leaf_hashes_hex"] == theirs["leaf_hashes"]
    assert ours["roots_hex"] == [theirs["empty_root"], *theirs["roots"].values()]
    assert [list(case.values()) for case in ours["inclusion"]] == [
        list(case.values()) for case in theirs["inclusion"]
    ]
    assert [list(case.values()) for case in ours["consistency"]] == [
        list(case.values()) for case in theirs["consistency"]
    ]


def test_keys_and_checkpoints_agree(shared: Any) -> None:
    keys, ours, theirs = load("keys"), load("checkpoints"), shared["demo_log"]
    assert keys["log"]["verifier_key"] == theirs["log_vkey"]
    assert keys["log"]["private_form"] == theirs["log_skey_go"]
    assert keys["witness"]["verifier_key"] == theirs["witness_vkey"]
    assert keys["post_quantum_witness"]["id_hex"] == theirs["mldsa_key_id"]
    assert ours["log_entries"] == theirs["entries"]
    assert ours["roots_base64"] == list(theirs["roots"].values())
    for case in ours["checkpoints"]:
        size = str(case["size"])
        assert case["signed"] == theirs["log_signed"][size]
        assert case.get("cosigned") == theirs["cosigned"].get(size)
    assert ours["cosignature"]["message"] == theirs["cosignature_message_size8"]
    assert ours["post_quantum_message_hex"] == theirs["mldsa_signed_message_size8"]


def test_tiles_and_proof_files_agree(shared: Any) -> None:
    tiles, proofs, theirs = load("tiles"), load("proof_files"), shared["demo_log"]
    assert [list(path.values()) for path in tiles["paths"]] == shared["tile_paths"]
    assert {
        size: [list(tile.values()) for tile in last] for size, last in tiles["last_tiles_of_size"].items()
    } == shared["tiles_of_size"]
    assert tiles["bundle_of_8_hex"] == theirs["bundle_000_p8"]
    assert proofs["plain"] == theirs["tlog_proof_index3"]
    assert proofs["with_extra"] == theirs["tlog_proof_index3_extra"]


def test_entries_agree(shared: Any) -> None:
    first, second = load("entries")["entries"]
    theirs = shared["disclosures"]
    assert first["leaf"] == theirs["leaf"]
    assert first["leaf_hash_hex"] == theirs["leaf_hash_hex"]
    assert [field["text"] for field in first["fields"]] == [field["text"] for field in theirs["fields"]]
    assert second["content"] == theirs["second"]["content"]
    assert second["leaf"] == theirs["second"]["leaf"]
    assert second["erasure"]["secret"] == theirs["second"]["secret_after_erasing_actor"]
    assert load("entries")["rfc9901"] == theirs["rfc9901"]


def test_canonical_json_agrees(shared: Any) -> None:
    ours = load("canonical")
    assert ours["escapes"]["value"] == shared["jcs"]["escapes"]["input"]
    assert ours["escapes"]["canonical_hex"] == shared["jcs"]["escapes"]["output_hex"]
    assert ours["refused_numbers"] == [number for number, _ in shared["jcs"]["numbers"]]
