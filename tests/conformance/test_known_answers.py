"""The ledger gives the answers of the files in `vectors`, to the byte."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from indelible.ledger import canonical
from indelible.ledger.checkpoints import Checkpoint, bare, open_checkpoint, sign_checkpoint
from indelible.ledger.entries import (
    check_disclosure,
    disclosures,
    erase_secret,
    leaf_data_of,
    leaf_hashes_of,
    parse_leaf,
    prepare,
    seal,
)
from indelible.ledger.errors import MalformedInput
from indelible.ledger.fields import digests_of
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import (
    CosigningKey,
    SigningKey,
    VerifierKey,
    cosigned_message,
    cosigned_subtree,
)
from indelible.ledger.notes import open_note
from indelible.ledger.opening import encode_disclosure
from indelible.ledger.proof_file import ProofFile, check_proof_file
from indelible.ledger.proofs import check_consistency, check_inclusion, prove_consistency, prove_inclusion
from indelible.ledger.tiles import (
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_tile_path,
    tile_path,
    tiles_of_size,
)
from indelible.ledger.tree import root_of_leaves
from tests.conformance.vectors import hexes, load
from tests.ledger.logs import MemoryLog

TREE = load("tree")
KEYS = load("keys")
CHECKPOINTS = load("checkpoints")
PROOFS = load("proof_files")
TILES = load("tiles")
CANONICAL = load("canonical")
ENTRIES = load("entries")

LOG_KEY = VerifierKey.parse(KEYS["log"]["verifier_key"])
WITNESS_KEY = VerifierKey.parse(KEYS["witness"]["verifier_key"])
ORIGIN = KEYS["log"]["name"]


@pytest.fixture(scope="module")
def reference_log() -> MemoryLog:
    return MemoryLog(hexes(TREE["leaves_hex"]))


def test_leaves_hash_as_in_the_reference_log(reference_log: MemoryLog) -> None:
    assert reference_log.leaf_hashes == hexes(TREE["leaf_hashes_hex"])


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_each_size_is_that_of_the_reference_log(reference_log: MemoryLog, size: int) -> None:
    assert root_of_leaves(reference_log.leaf_hashes[:size]).hex() == TREE["roots_hex"][size]


@pytest.mark.parametrize("case", TREE["inclusion"], ids=lambda case: f"{case['index']}-in-{case['size']}")
def test_inclusion_paths_are_those_of_the_reference_log(
    reference_log: MemoryLog, case: dict[str, Any]
) -> None:
    index, size, path = case["index"], case["size"], hexes(case["path_hex"])
    assert prove_inclusion(index, size, reference_log) == path
    root = bytes.fromhex(TREE["roots_hex"][size])
    check_inclusion(reference_log.leaf_hashes[index], index, size, path, root)


@pytest.mark.parametrize(
    "case", TREE["consistency"], ids=lambda case: f"{case['old_size']}-to-{case['new_size']}"
)
def test_consistency_paths_are_those_of_the_reference_log(
    reference_log: MemoryLog, case: dict[str, Any]
) -> None:
    old, new, path = case["old_size"], case["new_size"], hexes(case["path_hex"])
    assert prove_consistency(old, new, reference_log) == path
    roots = hexes(TREE["roots_hex"])
    check_consistency(old, roots[old], new, roots[new], path)


@pytest.mark.parametrize("case", TILES["paths"], ids=lambda case: case["path"])
def test_tiles_lie_where_the_standard_says(case: dict[str, Any]) -> None:
    index, width = case["index"], case["width"]
    if case["level"] == "entries":
        assert entries_path(index, width) == case["path"]
        assert parse_tile_path(case["path"]) == (-1, index, width)
    else:
        assert tile_path(case["level"], index, width) == case["path"]
        assert parse_tile_path(case["path"]) == (case["level"], index, width)


@pytest.mark.parametrize("size", TILES["last_tiles_of_size"])
def test_a_tree_of_each_size_has_the_tiles_that_the_standard_says(size: str) -> None:
    tiles = list(tiles_of_size(int(size)))
    for tile in TILES["last_tiles_of_size"][size]:
        assert (tile["level"], tile["index"], tile["width"]) in tiles
    assert max(level for level, _, _ in tiles) == TILES["last_tiles_of_size"][size][-1]["level"]


def test_the_example_log_has_the_known_tile_and_bundles() -> None:
    entries = [entry.encode() for entry in CHECKPOINTS["log_entries"]]
    assert MemoryLog(entries).hashes(0, 0).hex() == TILES["tile_0_of_size_8_hex"]
    for count in (5, 8):
        bundle = encode_bundle(entries[:count])
        assert bundle.hex() == TILES[f"bundle_of_{count}_hex"]
        assert decode_bundle(bundle) == entries[:count]


def test_keys_have_the_known_ids_and_texts() -> None:
    log = SigningKey.from_seed(ORIGIN, bytes.fromhex(KEYS["log"]["seed_hex"]))
    witness = CosigningKey(KEYS["witness"]["name"], bytes.fromhex(KEYS["witness"]["seed_hex"]))
    for key, known in ((log.verifier, KEYS["log"]), (witness.verifier, KEYS["witness"])):
        assert key.public_key.hex() == known["public_key_hex"]
        assert key.key_id.hex() == known["id_hex"]
        assert key.text == known["verifier_key"]
        assert VerifierKey.parse(key.text) == key
    assert log.text == KEYS["log"]["private_form"]
    assert SigningKey.parse(log.text).seed == log.seed


@pytest.mark.parametrize("case", CHECKPOINTS["checkpoints"], ids=lambda case: f"size-{case['size']}")
def test_checkpoints_are_signed_to_the_known_byte(case: dict[str, Any]) -> None:
    key = SigningKey.parse(KEYS["log"]["private_form"])
    checkpoint = Checkpoint(ORIGIN, case["size"], base64.b64decode(case["root_base64"]))
    assert checkpoint.text == case["text"]
    assert sign_checkpoint(checkpoint, key) == case["signed"]
    assert open_checkpoint(case["signed"], ORIGIN, [LOG_KEY]) == checkpoint
    if "cosigned" in case:
        assert open_checkpoint(case["cosigned"], ORIGIN, [LOG_KEY, WITNESS_KEY]) == checkpoint
        assert bare(case["cosigned"], ORIGIN) == case["signed"]


def test_the_witness_cosigns_to_the_known_byte() -> None:
    known = CHECKPOINTS["cosignature"]
    witness = CosigningKey(KEYS["witness"]["name"], bytes.fromhex(KEYS["witness"]["seed_hex"]))
    text = CHECKPOINTS["checkpoints"][2]["text"]
    assert cosigned_message(text, known["time"]).decode() == known["message"]
    assert witness.cosign(text, known["time"]) == known["line"]
    opened = open_note(CHECKPOINTS["checkpoints"][2]["cosigned"], [WITNESS_KEY])
    signature = opened.by(WITNESS_KEY)
    assert signature is not None
    assert signature.time == known["time"]


def test_a_post_quantum_cosignature_covers_the_known_message_and_is_checked() -> None:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

    known = KEYS["post_quantum_witness"]
    private = MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(known["seed_hex"]))
    key = VerifierKey(known["name"], 0x06, private.public_key().public_bytes_raw())
    assert hashlib.sha256(key.public_key).hexdigest() == known["public_key_sha256"]
    assert key.key_id.hex() == known["id_hex"]
    case, time = CHECKPOINTS["checkpoints"][2], CHECKPOINTS["cosignature"]["time"]
    message = cosigned_subtree(known["name"], case["text"], time)
    assert message.hex() == CHECKPOINTS["post_quantum_message_hex"]
    field = key.key_id + time.to_bytes(8, "big") + private.sign(message)
    line = f"\u2014 {known['name']} {base64.b64encode(field).decode()}\n"
    opened = open_note(case["cosigned"] + line, [LOG_KEY, WITNESS_KEY, VerifierKey.parse(key.text)])
    assert len(opened.good) == 3


def test_the_example_note_of_the_specification_verifies() -> None:
    foreign = CHECKPOINTS["foreign"]
    key = VerifierKey.parse(foreign["verifier_key"])
    assert open_note(foreign["note"], [key]).text == "This is an example message.\n"


@pytest.mark.parametrize("form", ["plain", "with_extra"])
def test_the_known_proof_file_is_read_written_and_holds(form: str) -> None:
    data = PROOFS["leaf_data"].encode()
    log = MemoryLog([entry.encode() for entry in CHECKPOINTS["log_entries"]])
    proof = ProofFile.parse(PROOFS[form])
    assert proof.text == PROOFS[form]
    assert list(proof.path) == prove_inclusion(PROOFS["index"], 8, log)
    assert check_proof_file(proof, ORIGIN, [LOG_KEY, WITNESS_KEY], data).size == 8
    assert proof.extra == (data if form == "with_extra" else None)


def test_the_example_log_grows_from_five_to_eight_as_known() -> None:
    log = MemoryLog([entry.encode() for entry in CHECKPOINTS["log_entries"]])
    known = [base64.b64decode(line) for line in PROOFS["consistency_5_to_8_base64"]]
    assert prove_consistency(5, 8, log) == known


def test_text_is_escaped_as_rfc_8785_says() -> None:
    known = CANONICAL["escapes"]
    assert canonical.encode(known["value"]).hex() == known["canonical_hex"]
    assert canonical.decode(bytes.fromhex(known["canonical_hex"])) == known["value"]


def test_keys_that_python_and_rfc_8785_sort_alike_are_sorted_as_known() -> None:
    value = CANONICAL["key_order"]["value"]
    with pytest.raises(MalformedInput):  # U+1F600 sorts before U+FB33 by UTF-16 unit only
        canonical.encode(value)
    alike = {key: item for key, item in value.items() if key != "\ufb33"}
    expected = bytes.fromhex(CANONICAL["key_order"]["canonical_hex"]).decode()
    assert canonical.encode(alike).decode() == expected.replace(',"\ufb33":3', "")


@pytest.mark.parametrize("number", CANONICAL["refused_numbers"])
def test_a_number_that_takes_a_double_is_refused(number: str) -> None:
    with pytest.raises(MalformedInput):
        canonical.decode(number)


@pytest.fixture(params=ENTRIES["entries"], ids=lambda entry: entry["what"])
def entry(request: pytest.FixtureRequest) -> dict[str, Any]:
    known: dict[str, Any] = request.param
    return known


def test_an_entry_is_sealed_to_the_known_byte(entry: dict[str, Any]) -> None:
    content = json.loads(entry["content"])
    backwards = dict(reversed(content.items()))
    [sealed] = seal(prepare([backwards], [bytes.fromhex(entry["secret_hex"])]), [], entry["at"])
    assert sealed.data.decode() == entry["leaf"]
    assert sealed.leaf_hash.hex() == entry["leaf_hash_hex"]
    assert sealed.content == entry["content"]


@pytest.mark.parametrize("waiting", [1, 2, 5])
def test_an_entry_whose_values_come_late_is_sealed_to_the_same_byte(
    entry: dict[str, Any], waiting: int
) -> None:
    content = json.loads(entry["content"])
    for names in (list(content)[:waiting], list(content)[-waiting:], list(content)[1 : 1 + waiting]):
        known = {name: value for name, value in content.items() if name not in names}
        prepared = prepare([known], [bytes.fromhex(entry["secret_hex"])], [names])
        [sealed] = seal(prepared, [{name: content[name] for name in names}], entry["at"])
        assert sealed.data.decode() == entry["leaf"]
        assert sealed.content == entry["content"]


def test_a_stored_entry_gives_its_leaf_back(entry: dict[str, Any]) -> None:
    stored = [entry["content"]], [bytes.fromhex(entry["secret_hex"])], [entry["at"]]
    assert leaf_data_of(*stored) == [entry["leaf"].encode()]
    assert leaf_hashes_of(*stored) == [bytes.fromhex(entry["leaf_hash_hex"])]
    assert leaf_hash(entry["leaf"].encode()).hex() == entry["leaf_hash_hex"]


def test_each_field_opens_with_its_known_text(entry: dict[str, Any]) -> None:
    texts = disclosures(entry["content"], bytes.fromhex(entry["secret_hex"]))
    leaf = parse_leaf(entry["leaf"].encode())
    assert list(texts) == list(leaf.names) == [field["name"] for field in entry["fields"]]
    for field in entry["fields"]:
        assert texts[field["name"]] == field["text"]
        assert leaf.digest_of(field["name"]) == field["digest"]
        assert check_disclosure(leaf, field["text"]) == (field["name"], json.loads(field["text"])[2])
        if "disclosure" in field:
            assert encode_disclosure(field["text"]) == field["disclosure"]


def test_an_erasure_leaves_the_known_salts_and_the_same_leaf() -> None:
    entry = ENTRIES["entries"][1]
    erasure = entry["erasure"]
    secret = bytes.fromhex(entry["secret_hex"])
    content, left = erase_secret(entry["content"], secret, [erasure["field"]], erasure["by"])
    assert left.decode() == erasure["secret"]
    assert erasure["field"] not in json.loads(content)
    assert leaf_data_of([content], [left], [entry["at"]]) == [entry["leaf"].encode()]


def test_erasing_the_actor_of_the_first_entry_keeps_the_other_salts() -> None:
    entry = ENTRIES["entries"][0]
    _, left = erase_secret(entry["content"], bytes.fromhex(entry["secret_hex"]), ["actor"], 1)
    assert json.loads(left)["salts"] == entry["salts_without_actor"]


@pytest.mark.parametrize("known", ENTRIES["rfc9901"], ids=lambda known: known["digest"])
def test_digests_are_those_of_rfc_9901(known: dict[str, str]) -> None:
    padded = known["disclosure"] + "=" * (-len(known["disclosure"]) % 4)
    assert digests_of([base64.urlsafe_b64decode(padded)]) == [known["digest"]]
