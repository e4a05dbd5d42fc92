"""What nobody should import, imported all the same: an exit code, words with a next step, and true counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bad_files import TABLE, bad_files
from tests.cli.test_commands import Shell


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for bad in bad_files():
        (folder / bad.name).write_bytes(bad.data)
    return folder


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("cli") / "home")
    shell.json("init")
    return shell


def test_each_is_refused_with_words_or_counted_to_the_last_record(shell: Shell, folder: Path) -> None:
    paths = [str(folder / bad.name) for bad in bad_files()]
    result = shell.json("import", *paths, code=2)
    for bad, told in zip(bad_files(), result["files"], strict=True):
        assert (told["recorded"], told["read"]) == (bad.recorded, bad.read), bad.name
        assert len(told["rejects"]) == told["rejected"] == bad.read - bad.recorded
        assert ("error" in told) is bool(bad.code)
        if bad.code:
            error = told["error"]
            assert error["code"] == bad.code
            assert all(error[part] for part in ("title", "meaning", "next_step"))
            assert "{" not in "".join(error.values())
    again = shell.json("import", *paths, code=2)
    assert (again["recorded"], again["duplicates"]) == (0, sum(bad.recorded for bad in bad_files()))
    assert shell.json("verify")["intact"] is True


@pytest.mark.parametrize("name", ["pdf.csv", "deep.json"])
def test_a_person_reads_what_happened_and_what_to_do(shell: Shell, folder: Path, name: str) -> None:
    done = shell.run("import", str(folder / name))
    assert done.returncode == 2
    assert "Nothing was recorded" in done.stdout + done.stderr


def test_a_half_good_file_is_carried_out_with_its_counts(shell: Shell, folder: Path) -> None:
    done = shell.run("import", str(folder / "cut.csv.gz"))
    assert done.returncode == 0
    assert "1 rejected" in done.stdout
    assert "breaks off" in done.stdout
    whole = folder / "whole.csv"
    whole.write_text(TABLE)
    assert shell.json("import", str(whole))["rejected"] == 0
