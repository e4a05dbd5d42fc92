"""The checker's own hashes, signatures, trees and readers give what the vectors say, as Python's do."""

from __future__ import annotations

import json
import random
import subprocess
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from indelible.ledger.packs.tree import part_of_tree
from indelible.ledger.stamps import build_request, check_stamp
from indelible.ledger.strict import write_base64
from tests.ledger.logs import MemoryLog, leaf_data
from tests.services.authority import Authority, openssl

FOLDER = Path(__file__).resolve().parents[2] / "vectors"


def vectors(name: str) -> Any:
    """Return one file of vectors."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def run(bench: Page, what: str, given: Any = None) -> Any:
    """Return what one function of trying.js gives."""
    return bench.evaluate("([what, given]) => trying[what](given)", [what, given])


def test_sha256_and_sha512_are_those_of_the_vectors(bench: Page) -> None:
    given = vectors("hashes")
    found = run(bench, "hashes", [each["length"] for each in given["counting"]])
    assert found == [
        [each["sha256_hex"], each["sha256_hex"], each["sha512_hex"]] for each in given["counting"]
    ]
    letters = run(bench, "textHashes", ["abc", "a" * 1_000_000])
    assert letters == [given["abc"]["sha256_hex"], given["million_a"]["sha256_hex"]]


def test_pbkdf2_is_that_of_the_vectors_by_the_browser_and_by_own_code(bench: Page) -> None:
    given = vectors("hashes")["pbkdf2_sha256"]
    for each, (by_browser, here) in zip(given, run(bench, "pbkdf2", given), strict=True):
        expected = each["derived_hex"][:64]
        assert by_browser[: len(expected)] == here[: len(expected)] == expected


@pytest.mark.parametrize("own", [False, True], ids=["by-the-browser", "by-own-code"])
def test_a_signature_holds_or_does_not_as_the_vectors_say(bench: Page, own: bool) -> None:
    given = vectors("ed25519")
    cases = [{"what": "known", "holds": True, **each} for each in given["known"] + given["long"]]
    cases += given["cases"]
    plain = [[each["public_key_hex"], each["message_hex"], each["signature_hex"]] for each in cases]
    found = run(bench, "signatures", {"cases": plain, "own": own})
    wrong = [each["what"] for each, holds in zip(cases, found, strict=True) if holds != each["holds"]]
    assert wrong == []


def test_trees_and_their_proofs_are_those_of_the_vectors(bench: Page) -> None:
    given = vectors("tree")
    found = run(bench, "trees", {**given, "sizes": len(given["roots_hex"])})
    assert found["leaves"] == given["leaf_hashes_hex"]
    assert found["roots"] == given["roots_hex"]
    assert set(found["proofs"]) == {"gives"}
    assert set(found["spoiled"]) == {"refused"}


def test_every_consistency_proof_of_small_trees_holds_and_no_other(bench: Page) -> None:
    assert run(bench, "allConsistency", 33) == []


def test_leaves_and_details_are_read_as_the_vectors_say(bench: Page) -> None:
    given = vectors("entries")
    for each, read in zip(given["entries"], run(bench, "entries", given["entries"]), strict=True):
        names = [one["name"] for one in each["fields"]]
        assert read["hash"] == each["leaf_hash_hex"]
        assert (read["at"], read["names"], read["details"]) == (each["at"], names, names)
        assert read["digests"] == [one["digest"] for one in each["fields"]]
        assert set(read["spoiled"]) == {"disclosure-differs"}
    foreign = given["rfc9901"]
    hashed = run(bench, "foreignDigests", [each["disclosure"] for each in foreign])
    assert hashed == [each["digest"] for each in foreign]


LEAF = '{"_sd":["%s"],"_sd_alg":"sha-256","at":"2026-01-01T00:00:01.000000Z","names":["actor"],"v":1}'
DIGEST = "8sWFBnQsQfrMyHpIhgFYo0XNvOfNmDOC-B8_5COhSQU"
TWO = f'["{DIGEST}","{DIGEST[:-2]}TU"]'
BAD_LEAVES = {
    "white space": LEAF.replace(",", ", ") % DIGEST,
    "another key": LEAF.replace('"v":1', '"v":1,"w":1') % DIGEST,
    "another version": LEAF.replace('"v":1', '"v":2') % DIGEST,
    "another algorithm": LEAF.replace("sha-256", "sha-512") % DIGEST,
    "a version that is a text": LEAF.replace('"v":1', '"v":"1"') % DIGEST,
    "a version with a point": LEAF.replace('"v":1', '"v":1.0') % DIGEST,
    "a key twice": LEAF.replace('"v":1', '"v":1,"v":1') % DIGEST,
    "spare bits in a digest": LEAF % (DIGEST[:-1] + "V"),
    "a short digest": LEAF % DIGEST[:-1],
    "a name that is none": LEAF.replace("actor", "Actor") % DIGEST,
    "a name with an escape": LEAF.replace("actor", "\\u0061ctor") % DIGEST,
    "a number with a leading zero": LEAF.replace("actor", "targets/00") % DIGEST,
    "names doubled": LEAF.replace('["actor"]', '["actor","actor"]').replace('["%s"]', TWO),
    "names unsorted": LEAF.replace('["actor"]', '["outcome","actor"]').replace('["%s"]', TWO),
    "a digest twice": LEAF.replace('["actor"]', '["actor","outcome"]') % f'{DIGEST}","{DIGEST}',
    "more names than digests": LEAF.replace('["actor"]', '["actor","outcome"]') % DIGEST,
    "no microseconds": LEAF.replace(".000000", "") % DIGEST,
    "the 30th of February": LEAF.replace("2026-01-01", "2026-02-30") % DIGEST,
    "hour 24": LEAF.replace("T00", "T24") % DIGEST,
    "a byte order mark": "\ufeff" + LEAF % DIGEST,
    "no object": "[]",
    "nothing": "",
}


def test_a_leaf_of_any_other_spelling_is_refused(bench: Page) -> None:
    good = [LEAF % DIGEST, LEAF.replace('["actor"]', '["actor","outcome"]').replace('["%s"]', TWO)]
    assert set(run(bench, "leaves", good)) == {"gives"}
    found = dict(zip(BAD_LEAVES, run(bench, "leaves", list(BAD_LEAVES.values())), strict=True))
    assert found == dict.fromkeys(BAD_LEAVES, "refused")


NOT_CANONICAL = [
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '{"b":1,"a":1}',
    '{"a": 1}',
    '["\\u0061"]',
    '["\\/"]',
    '["\\ud800"]',
    '["\\ud83d\\ude00"]',
    "[1.0]",
    "[-0]",
    "[1e2]",
    "[0.5]",
    "[9007199254740992]",
    "[-9007199254740992]",
    '{"\uffee":1,"\U00010000":2}',
    '{"\U00010000":2,"\uffee":1}',
    "[" * 65 + "]" * 65,
    "[1] ",
    "",
    "nul",
]
CANONICAL = [
    "{}",
    "[]",
    '{"1":1,"10":1,"2":1}',
    '{"__proto__":1,"constructor":2}',
    '{"":{"a":[true,false,null,-1,"é\U0001f600\u2028"]}}',
    "[9007199254740991,-9007199254740991]",
    '["\\u0000\\u001f\\b\\f\\n\\r\\t\\"\\\\/\x7f"]',
    '["\\\\ud800"]',
    "[" * 64 + "]" * 64,
]


def test_json_is_accepted_in_its_one_canonical_spelling_only(bench: Page) -> None:
    assert run(bench, "canonical", CANONICAL) == ["gives"] * len(CANONICAL)
    found = dict(zip(NOT_CANONICAL, run(bench, "canonical", NOT_CANONICAL), strict=True))
    assert found == dict.fromkeys(NOT_CANONICAL, "refused")
    given = vectors("canonical")
    assert run(bench, "written", [given["escapes"]["value"]]) == [given["escapes"]["canonical_hex"]]
    refused = run(bench, "canonical", [f"[{number}]" for number in given["refused_numbers"]])
    assert set(refused) == {"refused"}


BAD_BASE64 = ["AB==", "AAB=", "A", "AA", "AAA", "AA=", "A===", "AAAA====", "====", "A A=", "AA==\n", "-_-_"]
BAD_NUMBERS = ["", "01", "+1", "-1", " 1", "1\n", "1_0", "1e1", "٣", "9007199254740992", "9" * 20]
BAD_UTF8 = [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xE2, 0x82]]


def test_base64_numbers_and_utf8_are_read_in_one_spelling_only(bench: Page) -> None:
    assert set(run(bench, "base64", ["", "AA==", "AAA=", "AAAA", "+/+/"])) == {"gives"}
    assert run(bench, "base64", BAD_BASE64) == ["refused"] * len(BAD_BASE64)
    assert set(run(bench, "decimals", ["0", "7", "9007199254740991"])) == {"gives"}
    assert run(bench, "decimals", BAD_NUMBERS) == ["refused"] * len(BAD_NUMBERS)
    assert run(bench, "utf8", BAD_UTF8) == ["refused"] * len(BAD_UTF8)
    assert run(bench, "utf8", [[0xEF, 0xBB, 0xBF, 0x41], []]) == ["gives"] * 2


def test_keys_and_checkpoints_are_read_and_their_signatures_checked(bench: Page) -> None:
    keys, given = vectors("keys"), vectors("checkpoints")
    found = run(bench, "checkpoints", {**given, "keys": keys})
    assert found["ids"] == [keys["log"]["id_hex"], keys["witness"]["id_hex"]]
    assert [size for size, _ in found["signed"]] == [each["size"] for each in given["checkpoints"]]
    assert all(keys["log"]["name"] in signers for _, signers in found["signed"])
    assert set(found["bad"]) == {"bad-signature"}
    assert (found["foreign"], found["unknown"]) == (1, "no-trusted-signature")
    text = keys["log"]["verifier_key"]
    bad_keys = [text.replace("6407748a", "6407748b"), text + "A", text.replace("+AQ", "+Ag"), "x", "", "+++"]
    assert run(bench, "keys", [text, *bad_keys]) == ["gives", *["refused"] * len(bad_keys)]


def test_a_note_of_another_form_is_refused(bench: Page) -> None:
    good = vectors("checkpoints")["checkpoints"][-1]["signed"]
    bad = [good[:-1], good.replace("\n\n", "\n"), good.replace("\u2014 ", "- "), good + "\n", good + "x\n"]
    bad += ["", "\n\n", good.replace("\n", "\r\n"), good + good.rpartition("\n\n")[2] * 100]
    assert run(bench, "notes", [good, *bad]) == ["gives", *["refused"] * len(bad)]


def test_cosignatures_of_witnesses_hold_as_the_vectors_say(bench: Page) -> None:
    given = vectors("cosignatures")
    found = run(bench, "cosignatures", given)
    assert found == [["gives", each["time"], "bad-signature"] for each in given["lines"]]


def test_seal_words_are_those_of_the_vectors(bench: Page) -> None:
    given = vectors("seal_words")
    seals = given["seals"]
    texts = [each["checkpoint_text"] for each in seals[:3]]
    assert run(bench, "sealWords", texts) == [each["words"] for each in seals[:3]]
    of_bytes = run(bench, "wordsOfBytes", [each["bytes_hex"] for each in seals])
    assert of_bytes == [each["words"] for each in seals]
    found = run(bench, "wordList", [int(place) for place in given["list_some"]])
    assert (found["count"], found["hash"]) == (given["list_count"], given["list_sha256"])
    assert found["some"] == list(given["list_some"].values())


def test_typed_words_are_compared_as_the_vectors_say(bench: Page) -> None:
    given = vectors("seal_words")
    expected = next(each["words"] for each in given["seals"] if each["words"][0] == "enlarge")
    cases = given["comparisons"]
    found = run(bench, "compared", {"expected": expected, "typed": [each["typed"] for each in cases]})
    for each, compared in zip(cases, found, strict=True):
        assert (compared["same"], compared["first"]) == (each["same"], each["first_different"])
        assert (compared["typed"], compared["expected"]) == (each["typed_word"], each["expected_word"])


def test_time_stamps_hold_or_are_refused_as_the_vectors_say(bench: Page) -> None:
    given = vectors("time_stamps")
    good = {**given["good"], "what": "good", "code": None}
    cases = [
        good,
        {**given["chain_unsorted"], "what": "unsorted", "code": None},
        {**given["rogue"], "what": "rogue"},
        {**good, "what": "another message", "message": given["message"] + "x", "code": "stamp-differs"},
        {**good, "what": "another nonce", "nonce": "1", "code": "stamp-differs"},
        {**good, "what": "another policy", "policy": "1.2.3", "code": "stamp-policy"},
        {**good, "what": "another root", "root": given["rogue"]["root_pem"], "code": "stamp-untrusted"},
        {**good, "what": "no root", "root": "", "code": "stamp-untrusted"},
    ]
    assert {each["what"] for each in given["refused"]} <= {each["what"] for each in cases}
    found = run(bench, "stamps", {**given, "cases": cases})
    codes = [value if came == "refused" else None for came, value in found]
    assert codes == [each["code"] for each in cases]
    for each, (_, stamp) in zip(cases[:2], found, strict=False):
        assert (stamp["time"], stamp["policy"]) == (each["stamp"]["gen_time"], each["stamp"]["policy"])
        assert stamp["serial"] == str(each["stamp"]["serial"])


def test_no_time_stamp_with_a_flipped_bit_says_anything_else(bench: Page) -> None:
    assert run(bench, "spoiledStamps", vectors("time_stamps")) == []


def test_own_unpacking_gives_what_zlib_packed_and_refuses_the_rest(bench: Page) -> None:
    texts = [b"", b"a", b"abc" * 5000, bytes(range(256)) * 40, (FOLDER / "entries.json").read_bytes()]
    ways = ((0, 0), (1, 0), (9, 0), (9, zlib.Z_FIXED), (9, zlib.Z_HUFFMAN_ONLY))
    cases = []
    for text in texts:
        for level, strategy in ways:
            packing = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            packed = packing.compress(text) + packing.flush()
            cases.append((list(packed), sha256(text).hexdigest(), len(text)))
    assert run(bench, "unpacked", cases) == []


def test_the_part_of_a_tree_in_a_pack_leads_to_the_root_that_python_finds(bench: Page) -> None:
    log = MemoryLog([leaf_data(index) for index in range(80)])
    pick = random.Random(7)
    cases, expected = [], []
    for size in range(1, 80):
        indexes = sorted(pick.sample(range(size), pick.randint(0, min(size, 9))))
        hashes = [write_base64(one) for one in part_of_tree(indexes, size, log)]
        leaves = [write_base64(log.leaf_hashes[index]) for index in indexes]
        good = {"size": size, "indexes": indexes, "leaves": leaves, "hashes": hashes}
        beyond = {
            **good,
            "indexes": [*indexes, size],
            "leaves": [*leaves, leaves[0] if leaves else hashes[0]],
        }
        cases += [good, {**good, "hashes": [*hashes, write_base64(bytes(32))]}, beyond]
        expected += [write_base64(log.root(size)), "tree-length", "tree-length"]
        if hashes:
            cases.append({**good, "hashes": hashes[1:]})
            expected.append("tree-length")
    assert run(bench, "parts", cases) == expected


def test_pieces_of_packs_are_those_of_the_vectors(bench: Page) -> None:
    given = vectors("packs")
    found = run(bench, "packs", given)
    claims, manifest = given["claims"], given["manifest"]
    assert found["roots"] == [each["root"] for each in given["trees"]]
    assert (found["canonical"], found["digest"]) == (claims["canonical"], claims["digest"])
    assert (found["noteText"], found["innerText"]) == (manifest["note_text"], manifest["inner_note_text"])
    assert (found["signed"], found["files"]) == (1, len(json.loads(manifest["manifest"])["files"]))
    assert found["names"] == [each["path"] for each in given["attachment_names"]]
    told = dict(zip([each["case"] for each in given["lines"]], found["read"], strict=True))
    assert told == {each["case"]: each["findings"] for each in given["lines"]}
    assert found["table"] == given["table"]["table"]


@pytest.mark.parametrize("depth", [65, 100_000])
def test_deep_nesting_is_refused_and_not_walked(bench: Page, depth: int) -> None:
    assert [came for came, _ in run(bench, "deep", depth)] == ["refused"] * 3


@pytest.mark.parametrize(
    "how", ["rsa-by-way-of-another", "sha1-named", "secp384r1", "secp521r1", "rsa-pss-root"]
)
def test_stamps_of_other_kinds_of_authorities_are_read_as_python_reads_them(
    bench: Page, tmp_path: Path, how: str
) -> None:
    essential = "sha1" if how == "sha1-named" else "sha256"
    authority = Authority(tmp_path, between_inside=how.startswith("rsa"), essential=essential)
    if how.startswith("secp"):
        give_another_key(tmp_path, how)
    if how == "rsa-pss-root":
        give_pss_root(tmp_path)
    message = b"what is stamped"
    response = authority.answer(build_request(message, 7))
    stamp = check_stamp(response, message, [authority.root_pem.encode()], nonce=7)
    good = {"response_base64": write_base64(response), "message": message.decode(), "nonce": "7"}
    cases = [good, {**good, "message": "another"}, {**good, "nonce": "8"}]
    found = run(bench, "stamps", {"message": "", "root_pem": authority.root_pem, "cases": cases})
    assert found[0][0] == "gives", found
    assert (found[0][1]["time"], found[0][1]["serial"]) == (stamp.gen_time, str(stamp.serial))
    assert [value for _, value in found[1:]] == ["stamp-differs", "stamp-differs"]
    spoiled = {"message": message.decode(), "root_pem": authority.root_pem, "good": good}
    assert run(bench, "spoiledStamps", spoiled) == []


def act(folder: Path, *arguments: str) -> None:
    """Run openssl in an authority's folder."""
    subprocess.run([openssl(), *arguments], cwd=folder, capture_output=True, check=True)


def certify(folder: Path, *how: str) -> None:
    """Have the root certify the signer's key."""
    act(
        folder,
        "req",
        "-new",
        "-config",
        "tsa.cnf",
        "-key",
        "signer.key",
        "-subj",
        "/CN=Signer",
        "-out",
        "signer.csr",
    )
    issuer = ("-CA", "root.crt", "-CAkey", "root.key", "-set_serial", "77", *how)
    form = ("-days", "30", "-extfile", "tsa.cnf", "-extensions", "signer")
    act(folder, "x509", "-req", "-in", "signer.csr", *issuer, *form, "-out", "signer.crt")


def give_another_key(folder: Path, curve: str) -> None:
    """Give an authority's signer a key on another curve, under the same root."""
    act(folder, "ecparam", "-name", curve, "-genkey", "-noout", "-out", "signer.key")
    certify(folder, "-sha384")


def give_pss_root(folder: Path) -> None:
    """Give an authority a root that signs by RSA-PSS."""
    pss = ("-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
    act(folder, "genrsa", "-out", "root.key", "2048")
    root = (
        "-config",
        "tsa.cnf",
        "-extensions",
        "root",
        "-key",
        "root.key",
        "-subj",
        "/CN=Root",
        "-days",
        "30",
    )
    act(folder, "req", "-x509", "-new", *root, *pss, "-out", "root.crt")
    certify(folder, *pss)
