"""The files of `vectors` are what their program makes, and hold by the word of others than that program."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from indelible.ledger.errors import LedgerError
from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from indelible.ledger.policy import Policy
from indelible.ledger.proofs import check_consistency
from indelible.ledger.witnessing import AddCheckpoint, origin_hash, read_cosignatures
from indelible.ledger.words import ROUNDS, SALT, WORDS, check_words, compare_words, seal_words
from tests.conformance.vectors import FOLDER, load
from tests.services.authority import openssl
from tests.shared import shared_path
from vectors.generate import text_of, write_all
from vectors.making import TOPICS

WORDS_KNOWN = load("seal_words")
COSIGNATURES = load("cosignatures")
REQUESTS = load("witness_requests")
POLICIES = load("policies")
STAMPS = load("time_stamps")
HASHES = load("hashes")
CURVE = load("ed25519")

LIST_SHA256 = "63a10bcc795e322d6f29537c7f5b1d9ace759b2b4a9f9cfe3c8bc14312bbb7ea"


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_a_file_is_made_again_to_the_byte(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_bytes() == text_of(name).encode()


def test_every_file_has_a_program_that_makes_it() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(TOPICS)


def test_the_program_writes_a_folder_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(TOPICS) - {"keys", "tree"}:
        monkeypatch.delitem(TOPICS, name)
    write_all(tmp_path / "new")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"keys.json", "tree.json"}
    assert (tmp_path / "new/keys.json").read_bytes() == (FOLDER / "keys.json").read_bytes()


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_every_file_says_where_its_answers_come_from(name: str) -> None:
    assert len(load(name)["origin"]) > 40


def test_the_word_list_is_the_one_that_is_fixed_for_ever() -> None:
    assert hashlib.sha256("".join(f"{word}\n" for word in WORDS).encode()).hexdigest() == LIST_SHA256
    assert WORDS_KNOWN["list_sha256"] == LIST_SHA256
    assert LIST_SHA256 in (FOLDER.parent / "docs/formats/seal-words.md").read_text(encoding="utf-8")
    assert WORDS_KNOWN["list_count"] == len(WORDS)
    assert all(WORDS[int(index)] == word for index, word in WORDS_KNOWN["list_some"].items())


@pytest.mark.parametrize(
    "case", WORDS_KNOWN["seals"], ids=lambda case: case["checkpoint_text"].split("\n")[1]
)
def test_a_seal_has_its_known_words(case: dict[str, Any]) -> None:
    assert seal_words(case["checkpoint_text"]) == case["words"] == [WORDS[index] for index in case["indexes"]]
    # Worked out a second way: as one long number, written in base 2048.
    number = int.from_bytes(bytes.fromhex(case["bytes_hex"])) >> 7
    assert [number >> 11 * (10 - place) & 2047 for place in range(11)] == case["indexes"][:-1]
    assert (
        int(hashlib.sha256(bytes.fromhex(case["bytes_hex"])).hexdigest()[:3], 16) >> 1 == case["indexes"][-1]
    )


def test_the_pages_of_the_formats_show_what_the_ledger_makes() -> None:
    words = (FOLDER.parent / "docs/formats/seal-words.md").read_text(encoding="utf-8")
    case = WORDS_KNOWN["seals"][8]
    assert case["checkpoint_text"] == load("checkpoints")["checkpoints"][2]["text"]
    assert f"\n{' '.join(case['words'])}\n" in words
    assert case["bytes_hex"] in words
    stamps = (FOLDER.parent / "docs/formats/time-stamp.md").read_text(encoding="utf-8")
    assert f"\n{STAMPS['request_without_nonce_hex']}\n" in stamps
    witness = (FOLDER.parent / "docs/formats/witness.md").read_text(encoding="utf-8")
    assert f"\n{load('checkpoints')['cosignature']['line']}" in witness
    page = (FOLDER.parent / "docs/formats/policy.md").read_text(encoding="utf-8")
    policy = Policy.parse(page.split("```text\n")[1].split("```")[0])
    assert policy.check(load("checkpoints")["checkpoints"][2]["cosigned"]).size == 8


def test_openssl_derives_the_same_bytes_for_a_seal() -> None:
    case = WORDS_KNOWN["seals"][0]
    command = [openssl(), "kdf", "-keylen", "16", "-binary"]
    for option in (
        "digest:SHA256",
        f"hexpass:{case['checkpoint_text'].encode().hex()}",
        f"salt:{SALT.decode()}",
    ):
        command += ["-kdfopt", option]
    command += ["-kdfopt", f"iter:{ROUNDS}", "PBKDF2"]
    derived = subprocess.run(command, capture_output=True, check=True).stdout
    assert (derived[:15] + bytes([derived[15] & 0x80])).hex() == case["bytes_hex"]
    assert WORDS_KNOWN["rounds"] == ROUNDS == 600_000


def test_the_shared_example_of_seal_words_agrees() -> None:
    theirs = json.loads(shared_path("interop/vectors.json").read_text(encoding="utf-8"))["seal_words"]
    case = next(case for case in WORDS_KNOWN["seals"] if case["checkpoint_text"] == theirs["checkpoint_text"])
    assert case["bytes_hex"] == theirs["cleared_hex"]
    assert case["indexes"] == theirs["indices"]


def test_words_fit_and_compare_as_the_file_says() -> None:
    seal = WORDS_KNOWN["seals"][8]["words"]
    assert [check_words(case["words"]) for case in WORDS_KNOWN["fits"]] == [
        case["fits"] for case in WORDS_KNOWN["fits"]
    ]
    for case in WORDS_KNOWN["comparisons"]:
        compared = compare_words(seal, case["typed"])
        assert (compared.same, compared.first_different) == (case["same"], case["first_different"])
        assert (compared.typed_word, compared.expected_word) == (case["typed_word"], case["expected_word"])
        assert list(compared.unknown) == case["unknown"]


@pytest.mark.parametrize("case", COSIGNATURES["lines"], ids=lambda case: case["time"])
def test_a_cosignature_is_an_ed25519_signature_over_its_message(case: dict[str, str]) -> None:
    key = VerifierKey.parse(case["verifier_key"])
    field = base64.b64decode(case["line"].split(" ")[2])
    assert field[4:12] == int(case["time"]).to_bytes(8)
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(field[12:], case["message"].encode())
    good = open_note(COSIGNATURES["checkpoint_text"] + "\n" + case["line"], [key]).good
    assert [signature.time for signature in good] == [int(case["time"])]


@pytest.mark.parametrize("case", COSIGNATURES["answers"], ids=lambda case: case["what"])
def test_an_answer_of_a_witness_gives_what_the_file_says(case: dict[str, Any]) -> None:
    keys = [VerifierKey.parse(key) for key in COSIGNATURES["witness_keys"]]

    def read() -> list[str]:
        good = read_cosignatures(case["answer"], COSIGNATURES["checkpoint_text"], keys)
        return [signature.key.name for signature in good]

    assert_gives(case, read)


def assert_gives(case: dict[str, Any], read: Any) -> None:
    """Reading gives what stands in the file, or is refused for the reason that stands there."""
    assert ("gives" in case) != ("refused" in case)
    try:
        assert read() == case["gives"]
    except LedgerError as error:
        assert error.code == case["refused"]


def test_the_request_of_the_standard_is_made() -> None:
    theirs = json.loads(shared_path("interop/vectors.json").read_text(encoding="utf-8"))["demo_log"]
    from_5_to_8 = next(case for case in REQUESTS["requests"] if (case["old"], case["size"]) == (5, 8))
    assert from_5_to_8["body"] == theirs["add_checkpoint_5_to_8"]
    assert COSIGNATURES["lines"][1]["line"] == theirs["add_checkpoint_response"]


@pytest.mark.parametrize("case", REQUESTS["requests"], ids=lambda case: f"{case['old']}-to-{case['size']}")
def test_a_request_carries_the_proof_that_its_log_grew(case: dict[str, Any]) -> None:
    request = AddCheckpoint.parse(case["body"].encode())
    assert (request.old, request.note) == (case["old"], case["note"])
    roots = [base64.b64decode(root) for root in load("checkpoints")["roots_base64"]]
    check_consistency(request.old, roots[request.old], case["size"], roots[case["size"]], request.proof)


@pytest.mark.parametrize("case", REQUESTS["bodies"], ids=lambda case: case["what"])
def test_a_body_is_read_as_the_file_says(case: dict[str, Any]) -> None:
    assert_gives(case, lambda: AddCheckpoint.parse(case["body"].encode()).old)


def test_the_example_log_is_shown_under_its_known_name() -> None:
    assert origin_hash(REQUESTS["origin_line"]) == REQUESTS["origin_hash_hex"]
    assert REQUESTS["origin_hash_hex"].startswith("5323a6cd99ec682eaf17")


@pytest.mark.parametrize("case", POLICIES["policies"], ids=lambda case: case["what"])
def test_a_policy_asks_for_what_the_file_says(case: dict[str, Any]) -> None:
    keys = {f"w{n}": VerifierKey.parse(COSIGNATURES["lines"][3 * n - 1]["verifier_key"]) for n in (1, 2, 3)}

    def read() -> list[dict[str, Any]]:
        policy = Policy.parse(case["text"])
        return [
            {"cosigned_by": names, "enough": policy.satisfied_by([keys[name] for name in names])}
            for names in ([], ["w1"], ["w2"], ["w1", "w2"], ["w2", "w3"], ["w1", "w2", "w3"])
        ]

    assert_gives(case, read)


def test_openssl_agrees_on_every_token(tmp_path: Path) -> None:
    (tmp_path / "m").write_text(STAMPS["message"])
    for name, root, holds in (
        ("good", STAMPS["root_pem"], True),
        ("chain_unsorted", STAMPS["root_pem"], True),
        ("rogue", STAMPS["root_pem"], False),
        ("rogue", STAMPS["rogue"]["root_pem"], True),
        ("good", STAMPS["rogue"]["root_pem"], False),
    ):
        (tmp_path / "r").write_bytes(base64.b64decode(STAMPS[name]["response_base64"]))
        (tmp_path / "root").write_text(root)
        command = [
            openssl(),
            "ts",
            "-verify",
            "-data",
            "m",
            "-in",
            "r",
            "-CAfile",
            "root",
            "-attime",
            "1795574050",
        ]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert (run.returncode == 0) == holds, (name, run.stderr)


@pytest.mark.parametrize("case", [*CURVE["known"], *CURVE["long"]], ids=lambda case: case["seed_hex"][:8])
def test_a_known_seed_signs_as_known(case: dict[str, str]) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["seed_hex"]))
    assert private.public_key().public_bytes_raw().hex() == case["public_key_hex"]
    assert private.sign(bytes.fromhex(case["message_hex"])).hex() == case["signature_hex"]


@pytest.mark.parametrize("case", CURVE["cases"], ids=lambda case: case["what"])
def test_a_disputed_signature_holds_as_the_file_says(case: dict[str, Any]) -> None:
    key, message, signature = (
        bytes.fromhex(case[name]) for name in ("public_key_hex", "message_hex", "signature_hex")
    )
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        assert not case["holds"]
    else:
        assert case["holds"]


def test_go_s_own_library_agrees_on_every_disputed_signature(tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go toolchain here, so its library could not be asked")
    names = ("public_key_hex", "message_hex", "signature_hex")
    lines = "".join(" ".join(case[name] or "-" for name in names) + "\n" for case in CURVE["cases"])
    alone = {"GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOPATH": str(tmp_path), "GOFLAGS": ""}
    command = [go, "run", str(Path(__file__).with_name("ed25519check.go"))]
    run = subprocess.run(
        command, input=lines, capture_output=True, text=True, env={**os.environ, **alone}, check=True
    )
    assert run.stdout.split() == [str(case["holds"]).lower() for case in CURVE["cases"]]


def test_disputed_signatures_come_down_on_both_sides() -> None:
    for kind in ("order 2", "order 4", "the key off", "the key and R off"):
        answers = {case["holds"] for case in CURVE["cases"] if kind in case["what"]}
        assert answers == {True, False}, kind


def test_hashes_are_those_of_openssl_and_hashlib() -> None:
    for case in HASHES["counting"]:
        message = bytes(index % 251 for index in range(case["length"]))
        for name in ("sha256", "sha512"):
            command = [openssl(), "dgst", f"-{name}", "-r"] if case["length"] in (0, 111, 1000) else []
            if command:
                shown = subprocess.run(command, input=message, capture_output=True, check=True).stdout
                assert shown.split()[0].decode() == case[f"{name}_hex"]
            assert hashlib.new(name, message).hexdigest() == case[f"{name}_hex"]
    for case in HASHES["hmac_sha256"]:
        known = hmac.digest(bytes.fromhex(case["key_hex"]), case["message"].encode(), "sha256")
        assert known.hex() == case["mac_hex"]
    for case in HASHES["pbkdf2_sha256"]:
        password, salt = case["password"].encode(), case["salt"].encode()
        derived = hashlib.pbkdf2_hmac("sha256", password, salt, case["rounds"], case["length"])
        assert derived.hex() == case["derived_hex"]
