"""`indelible export` as other programs and people meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from indelible.ledger.keys import VerifierKey
from indelible.ledger.packs.checking import Trust, check_pack
from tests.cli.test_commands import Shell

ROWS = [
    {
        "id": f"e-{number}",
        "time": f"2025-08-0{number % 9 + 1}T09:00:00Z",
        "user": "Maria Lopez",
        "action": "changed",
        "object": f"INV-{number}",
    }
    for number in range(12)
]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, VerifierKey]:
    folder = tmp_path_factory.mktemp("export")
    shell = Shell(folder / "home")
    key = shell.json("init")["public_key"]
    file = folder / "events.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert shell.json("import", str(file), "--source", "AccountsPro")["recorded"] == len(ROWS)
    return shell, VerifierKey.parse(key)


def test_a_whole_pack_is_made_and_its_checker_finds_it_good(
    begun: tuple[Shell, VerifierKey], tmp_path: Path
) -> None:
    shell, key = begun
    path = tmp_path / "pack.zip"
    result = shell.json("export", "source:AccountsPro", "--whole", "--output", str(path))
    assert result == {
        "pack": str(path),
        "kind": "whole",
        "entries": len(ROWS),
        "sha256": sha256(path.read_bytes()).hexdigest(),
    }
    with path.open("rb") as file:
        report = check_pack(file, Trust(key=key)).as_json()
    assert (report["verdict"], report["entries"], report["key"]) == ("matches", len(ROWS), "given")
    assert list(tmp_path.iterdir()) == [path]


def test_a_withheld_detail_is_in_no_file_of_the_pack(
    begun: tuple[Shell, VerifierKey], tmp_path: Path
) -> None:
    shell, _key = begun
    path = tmp_path / "pack.zip"
    done = shell.run(
        "export",
        'who:"Maria Lopez"',
        "--withhold",
        "actor",
        "--reason",
        "personal data",
        "--output",
        str(path),
    )
    assert done.returncode == 0, done.stderr
    assert "12 entries. A selection." in done.stdout
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"Maria Lopez" not in archive.read(name), name
        claims = json.loads(archive.read("manifest.json"))["claims"]
    assert claims["withhold"] == [{"field": "actor", "reason": "personal data"}]
    assert "Maria" not in json.dumps(claims)


def test_a_file_that_is_there_is_never_overwritten(begun: tuple[Shell, VerifierKey], tmp_path: Path) -> None:
    shell, _key = begun
    path = tmp_path / "pack.zip"
    path.write_text("something else")
    error = shell.json("export", "source:AccountsPro", "--output", str(path), code=2)["error"]
    assert error["code"] == "pack-output-exists"
    assert path.read_text() == "something else"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["who:nobody-of-this-name"], "pack-nothing-found"),
        (["who:maria", "--whole"], "pack-whole-needs-source"),
        (["who:maria", "--withhold", "salary"], "pack-field-unknown"),
    ],
)
def test_what_cannot_be_made_is_said_in_words_and_leaves_no_file(
    begun: tuple[Shell, VerifierKey], tmp_path: Path, arguments: list[str], code: str
) -> None:
    shell, _key = begun
    error = shell.json("export", *arguments, "--output", str(tmp_path / "pack.zip"), code=2)["error"]
    assert error["code"] == code
    assert error["title"] and error["meaning"] and error["next_step"]
    assert list(tmp_path.iterdir()) == []
    assert list((shell.home / "uploads").iterdir()) == []


@pytest.mark.postgres
def test_a_pack_is_made_of_a_record_in_postgresql(
    tmp_path: Path, postgres_installation: Callable[[str], str]
) -> None:
    address = postgres_installation("export")

    def run(*arguments: str) -> Any:
        program = [sys.executable, "-c", "from indelible.cli import main; main()", *arguments, "--json"]
        environment = {**os.environ, "INDELIBLE_DATABASE": address, "INDELIBLE_HOME": str(tmp_path / "home")}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(program, capture_output=True, text=True, env=environment, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    key = run("init")["public_key"]
    file, path = tmp_path / "events.jsonl", tmp_path / "pack.zip"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    run("import", str(file), "--source", "AccountsPro")
    made = run("export", "source:AccountsPro", "--whole", "--withhold", "actor", "--output", str(path))
    assert made["entries"] == len(ROWS)
    with path.open("rb") as pack:
        report = check_pack(pack, Trust(key=VerifierKey.parse(key))).as_json()
    assert (report["verdict"], report["kind"]) == ("matches", "whole"), report
