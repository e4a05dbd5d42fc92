"""The command line as other programs and people meet it: documents, exit codes, and words for every failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shared import shared_path


class Shell:
    """Runs `indelible` on a data folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
        }
        program = [sys.executable, "-c", "from indelible.cli import main; main()"]
        done = subprocess.run(
            [*program, command, "--home", str(self.home), *arguments],
            capture_output=True,
            text=True,
            env=kept,
            timeout=120,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def json(self, command: str, *arguments: str, code: int = 0) -> Any:
        done = self.run(command, "--json", *arguments)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("cli") / "home")
    begun = shell.json("init", "--origin", "log.example.org/cli")
    assert set(begun) == {"home", "logbook", "origin", "public_key"}
    assert begun["public_key"].startswith("log.example.org/cli+")
    return shell


def test_a_logbook_begins_only_once(shell: Shell) -> None:
    assert shell.json("init", code=2)["error"]["code"] == "logbook-exists"
    assert shell.json("init", "--logbook", "Not a name", code=2)["error"]["code"] == "logbook-name"


def test_an_import_accounts_for_its_records_and_show_proves_them(shell: Shell) -> None:
    result = shell.json("import", str(shared_path("samples/overlap-week1.csv")))
    assert (result["read"], result["recorded"]) == (20, 20)
    assert result["checkpoint"].startswith("log.example.org/cli\n")
    shown = shell.json("show", str(result["first_entry"]))
    assert shown["proof"].startswith("c2sp.org/tlog-proof@v1\n")
    assert shown["event"]["source"]["row"] == 1
    both = shell.json("show", f"{result['first_entry']}..{result['first_entry'] + 1}")
    assert [each["index"] for each in both] == [result["first_entry"], result["first_entry"] + 1]
    again = shell.run("import", str(shared_path("samples/overlap-week1.csv")))
    assert again.returncode == 0
    assert "already held" in again.stdout


def test_search_finds_what_was_imported_and_says_what_it_did_not_understand(shell: Shell) -> None:
    shell.json("import", str(shared_path("samples/overlap-week1.csv")))
    found = shell.json("search", "who:user3", "--limit", "2")
    assert len(found["entries"]) == 2
    assert found["more"] is True
    assert found["pattern"] == {"who": [{"name": "user3"}]}
    assert shell.json("search", "when:whenever", code=1)["not_understood"] == ["when:whenever"]


def test_several_files_give_each_account_and_the_sums_also_where_one_is_refused(shell: Shell) -> None:
    paths = [str(shared_path(f"samples/{name}")) for name in ("okta-system-log.json", "not-a-log.pdf")]
    result = shell.json("import", *paths, code=2)
    assert [each["recorded"] for each in result["files"]] == [10, 0]
    assert result["recorded"] == 10
    assert result["files"][1]["error"]["code"] == "unsupported_type"
    assert result["files"][1]["error"]["title"]


def test_a_doubt_about_a_column_is_a_question_that_names_its_answer(shell: Shell) -> None:
    path = str(shared_path("samples/zoom-admin-activity-ambiguous.csv"))
    asked = shell.json("import", path, code=2)
    assert {each["given"] for each in asked["questions"]} == {"date_order", "timezone"}
    assert "--given date_order=" in shell.run("import", path).stdout
    answered = shell.json("import", path, "--given", "date_order=MDY", "--given", "timezone=America/New_York")
    assert answered["recorded"] == 6


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "999999"), "entry-missing"),
        (("show", "x"), "index-malformed"),
        (("show", "5..2"), "index-malformed"),
        (("import", "no-such-file.csv"), "file-trouble"),
        (("import", "."), "file-is-folder"),
        (("import", "pyproject.toml", "--given", "timezone=Nowhere/Land"), "given-timezone"),
        (("import", "pyproject.toml", "--given", "colour=red"), "given-unknown"),
        (("import", "pyproject.toml", "--mapping", "pyproject.toml"), "mapping-unreadable"),
        (("show", "0", "--logbook", "other"), "logbook-unknown"),
        (("show",), "usage"),
    ],
)
def test_what_cannot_be_carried_out_is_told_with_a_next_step(
    shell: Shell, arguments: tuple[str, ...], code: str
) -> None:
    error = shell.json(*arguments, code=2)["error"]
    assert error["code"] == code
    assert all(error[part] for part in ("title", "meaning", "next_step"))


def test_a_folder_without_a_record_is_told(tmp_path: Path) -> None:
    nowhere = Shell(tmp_path / "nowhere")
    assert nowhere.json("show", "0", code=2)["error"]["code"] == "home-missing"
    assert not nowhere.home.exists()


def test_publishing_writes_the_log_and_refuses_a_folder_of_another(shell: Shell, tmp_path: Path) -> None:
    done = shell.json("publish", str(tmp_path / "site"))
    assert (tmp_path / "site" / "checkpoint").read_text() == done["checkpoint"]
    other = Shell(tmp_path / "other")
    other.json("init")
    assert other.json("publish", str(tmp_path / "site"), code=2)["error"]["code"] == "folder-holds-other-log"


def test_the_doctor_finds_open_keys_and_a_foreign_key(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.json("init")
    assert shell.json("doctor")["healthy"] is True
    key = shell.home / "keys" / "main.key"
    key.chmod(0o644)
    found = shell.json("doctor", code=1)
    assert [each["check"] for each in found["checks"] if each["state"] == "wrong"] == ["permissions"]
    key.chmod(0o600)
    other = Shell(tmp_path / "other")
    other.json("init")
    key.write_text((other.home / "keys" / "main.key").read_text())
    found = shell.json("doctor", code=1)
    assert [each["check"] for each in found["checks"] if each["state"] == "wrong"] == ["key/main"]


def test_a_fault_nobody_foresaw_goes_to_the_log_under_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from indelible.cli import run as running

    def fail(**_options: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setenv("INDELIBLE_HOME", str(tmp_path))
    monkeypatch.setattr(running.app, "main", fail)
    assert running.run(["show", "0", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "unexpected"
    log = (tmp_path / "logs" / "faults.log").read_text()
    assert "secret detail" in log
    assert log.split()[1] in error["next_step"]
    assert "secret detail" not in json.dumps(error)


@pytest.mark.parametrize("option", ["--key", "--witness"])
def test_what_is_no_key_is_said_to_be_none_before_anything_is_checked(shell: Shell, option: str) -> None:
    refused = shell.json("verify", option, "nonsense", code=2)["error"]
    assert refused["code"] == "check-key-unreadable"
    assert "“nonsense” is neither a key" in refused["meaning"]


def test_a_key_card_may_be_given_as_its_file(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    card = tmp_path / "card.txt"
    card.write_text(f"Key card\n{shell.json('init')['public_key']}\n")
    assert shell.json("verify", "--key", str(card))["key"] == "given"
