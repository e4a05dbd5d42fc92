"""`indelible drill`: the document, the exit code, and an entry that tells of it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_commands import Shell


def test_a_drill_finds_every_alteration_and_is_an_entry(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.json("init")
    told = shell.json("drill")
    assert told["alterations"] == told["found"] >= 15
    assert told["certificate"]["entries"] == 1
    entry = shell.json("show", str(told["entry"]))
    assert entry["event"]["action"]["said"] == "drill_held"
    assert f"{told['found']} of {told['alterations']} alterations of a copy were found" in entry["sentence"]
    assert shell.json("verify")["intact"] is True
