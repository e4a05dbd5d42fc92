"""`indelible verify --pack`: whoever was handed a pack checks it, with no server, folder or database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indelible.ledger.proof_file import ProofFile, check_proof_file
from tests.ledger.packs import book as log
from tests.ledger.packs.flaws import FLAWS
from tests.ledger.packs.making import Made, make_pack

# Whatever would load Django, or what it brings, fails.
BLOCKING = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "sqlite3", "psycopg"):
            raise ImportError(f"{name} is not wanted here")

sys.meta_path.insert(0, Blocked())
from indelible.cli import main
main()
"""


def run(folder: Path, *arguments: str, code: int) -> str:
    """Run `indelible verify` in an empty folder, with no setting of ours, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", BLOCKING, "verify", *arguments],
        capture_output=True,
        text=True,
        env=kept,
        cwd=folder,
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    assert list(folder.iterdir()) == []
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_pack(tmp_path_factory.mktemp("pack") / "pack.zip", entries=8, kind="whole", real_page=False)


def test_a_good_pack_is_told_as_the_format_says(made: Made, tmp_path: Path) -> None:
    printed = run(
        tmp_path / "empty",
        "--json",
        "--pack",
        str(made.path),
        "--key",
        made.vkey,
        "--witness",
        made.witnesses[0],
        "--words",
        " ".join(made.words),
        code=0,
    )
    document = json.loads(printed)
    assert (document["verdict"], document["intact"], document["key"]) == ("matches", True, "given")
    assert (document["kind"], document["entries"], document["trusted_words"]) == ("whole", 8, True)
    assert document["words"] == made.words
    assert document["findings"] == []


def test_people_get_a_verdict_the_checks_and_what_is_still_open(made: Made, tmp_path: Path) -> None:
    printed = run(tmp_path / "empty", "--pack", str(made.path), code=0)
    assert printed.startswith("Nothing in this pack was altered. Every entry of what was asked for")
    assert "None left out: The running numbers have no hole and no double" in printed
    assert "Whose it is was not compared" in printed
    assert " ".join(made.words) in printed


def test_people_are_told_how_much_is_not_open(tmp_path: Path) -> None:
    made = make_pack(
        tmp_path / "pack.zip", entries=6, withhold=("actor",), erased=True, proofs=False, real_page=False
    )
    printed = run(tmp_path / "empty", "--pack", str(made.path), code=0)
    hidden = made.counts["closed"]["withheld"] + made.counts["closed"]["repeats"]
    assert f"\n{hidden} details are hidden.\n3 details were erased by law.\n" in printed


def test_a_tampered_pack_is_named_entry_by_entry(tmp_path: Path) -> None:
    made = FLAWS["one-bit-in-a-detail"].make(tmp_path / "pack.zip", None)
    printed = run(tmp_path / "empty", "--pack", str(made.path), code=1)
    assert printed.startswith("This pack was altered or damaged.")
    assert "A detail was altered. The detail “Thing 1” of entry 5 is not what was recorded." in printed
    document = json.loads(run(tmp_path / "empty", "--json", "--pack", str(made.path), code=1))
    assert {"code": "detail-differs", "entry": 4, "field": "targets/0", "file": None} in document["findings"]


def test_a_key_card_may_be_given_as_a_file(made: Made, tmp_path: Path) -> None:
    card = tmp_path / "key card.txt"
    card.write_text(f"Key card of the record\n\nKey: {made.vkey}\nKeep it.\n")
    printed = run(tmp_path / "empty", "--json", "--pack", str(made.path), "--key", str(card), code=0)
    assert json.loads(printed)["key"] == "given"


def test_a_key_card_of_another_log_does_not_fit(made: Made, tmp_path: Path) -> None:
    other = log.STRANGER.verifier.text
    printed = run(tmp_path / "empty", "--pack", str(made.path), "--key", other, code=1)
    assert "The key card does not fit." in printed


def test_what_is_no_pack_fails_the_check(tmp_path: Path) -> None:
    letter = tmp_path / "letter.zip"
    letter.write_text("Dear auditor")
    document = json.loads(run(tmp_path / "empty", "--json", "--pack", str(letter), code=1))
    assert [one["code"] for one in document["findings"]] == ["zip-damaged"]


def test_a_newer_pack_could_not_be_checked(tmp_path: Path) -> None:
    made = FLAWS["a-newer-format"].make(tmp_path / "pack.zip", None)
    printed = run(tmp_path / "empty", "--pack", str(made.path), code=2)
    assert "newer" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--pack", "gone.zip"), "There is no such pack."),
        (("--pack", "PACK", "--key", "a key"), "This is no key."),
        (("--pack", "PACK", "--witness", "a+b+c"), "This is no key."),
        (("--pack", "PACK", "--root", "PACK"), "This is no certificate."),
        (("--pack", "PACK", "--proof", "99"), "This pack gives no receipt for entry 100."),
        (("--words", "one two"), "belong to --pack"),
    ],
)
def test_what_cannot_be_carried_out_is_told(
    made: Made, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    given = [str(made.path) if each == "PACK" else each for each in arguments]
    assert words in run(tmp_path / "empty", *given, code=2)


def test_the_receipt_of_any_entry_comes_out_of_a_pack(made: Made, tmp_path: Path) -> None:
    index = made.asked[3]
    printed = run(tmp_path / "empty", "--pack", str(made.path), "--proof", str(index), code=0)
    proof = ProofFile.parse(printed)
    assert proof.index == index
    assert check_proof_file(proof, log.ORIGIN, [log.KEY.verifier]).size == len(made.book.entries)
    assert printed.encode() == made.parts[f"proof/entries/{index}.tlog-proof"]
