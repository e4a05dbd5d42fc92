"""A receipt is believed only where it leads from its entry to a root that the log's own key signed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indelible.client import ReceiptError, check_receipt
from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.entries import leaf_data_of
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import SigningKey
from indelible.ledger.opening import disclosures
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import inclusion_path
from indelible.ledger.tree import root_of_leaves

KEY = SigningKey.from_seed("log.example/main", bytes(range(32)))
OTHER = SigningKey.from_seed("log.example/main", bytes(32))
CONTENTS = [json.dumps({"action": {"said": f"deed {n}"}}, separators=(",", ":")) for n in range(5)]
SECRETS = [bytes([n]) * 32 for n in range(5)]
TIMES = [f"2026-01-01T00:00:0{n}.000000Z" for n in range(5)]
LEAVES = [bytes(data) for data in leaf_data_of(CONTENTS, SECRETS, TIMES)]  # type: ignore[arg-type]


def receipt(index: int = 3, key: Any = KEY, leaf: bytes | None = None) -> str:
    hashes = [leaf_hash(data) for data in LEAVES]
    note = sign_checkpoint(Checkpoint("log.example/main", 5, root_of_leaves(hashes)), key)
    path = inclusion_path(index, 5, lambda start, end: root_of_leaves(hashes[start:end]))
    return ProofFile(index, tuple(path), note, LEAVES[index] if leaf is None else leaf).text


def test_a_good_receipt_says_which_entry_and_when() -> None:
    checked = check_receipt(receipt(), KEY.verifier.text)
    assert (checked.entry, checked.log, checked.size) == (3, "log.example/main", 5)
    assert checked.recorded_at == "2026-01-01T00:00:03.000000Z"


def test_what_the_entry_says_is_compared_with_its_digests() -> None:
    checked = check_receipt(receipt(), KEY.verifier.text)
    texts = disclosures(CONTENTS[3], SECRETS[3])
    assert checked.says(texts.values()) == {"action": {"said": "deed 3"}}
    with pytest.raises(ReceiptError):
        checked.says([texts["action"].replace("deed 3", "deed 4")])
    with pytest.raises(ReceiptError):
        checked.says(disclosures(CONTENTS[2], SECRETS[2]).values())


@pytest.mark.parametrize(
    "forged",
    [
        receipt(key=OTHER),
        receipt(leaf=LEAVES[2]),
        receipt().replace("index 3", "index 2"),
        receipt().replace("\n5\n", "\n6\n"),
        receipt().replace("extra ", "extra AAAA"),
        receipt()[:-30],
        "",
        "c2sp.org/tlog-proof@v1\n",
    ],
)
def test_a_forged_receipt_is_refused(forged: str) -> None:
    with pytest.raises(ReceiptError):
        check_receipt(forged, KEY.verifier.text)


@pytest.mark.parametrize("place", range(0, len(receipt()), 7))
def test_no_changed_character_passes(place: int) -> None:
    text = receipt()
    changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    with pytest.raises(ReceiptError):
        check_receipt(changed, KEY.verifier.text)


def test_no_bytes_make_it_fall_over() -> None:
    for data in (b"\xff\xfe", b"\0" * 100, receipt().encode("utf-16")):
        with pytest.raises(ReceiptError):
            check_receipt(data, KEY.verifier.text)
    with pytest.raises(ReceiptError):
        check_receipt(receipt(), "not a key")
