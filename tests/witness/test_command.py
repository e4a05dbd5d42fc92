"""`indelible witness` as its owner types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services.postgres import free_port
from tests.services.witness import running_witness
from tests.witness.asking import Asker, call, post
from tests.witness.test_judging import OTHER_KEY, STRANGER

PROGRAM = Path(sys.executable).with_name("indelible")
LOG = Asker()
KEY = LOG.key.verifier.text


def indelible(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "witness", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def started(*arguments: str | Path) -> Iterator[dict[str, Any]]:
    """Run the command with --json, give what it prints, and end it as a service manager would."""
    port = free_port()
    process = subprocess.Popen(
        [PROGRAM, "witness", "--listen", f"127.0.0.1:{port}", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    lines = [process.stdout.readline()]
    while lines[-1] not in ("}\n", ""):
        lines.append(process.stdout.readline())
    try:
        assert lines[-1], process.stderr.read()
        told = json.loads("".join(lines))
        assert told["url"] == f"http://127.0.0.1:{port}"
        yield told
    finally:
        process.send_signal(signal.SIGTERM)
        rest, told_on_error = process.communicate(timeout=30)
    assert (process.returncode, rest, told_on_error) == (0, "", "")


def test_the_command_runs_a_witness_and_ends_cleanly(tmp_path: Path) -> None:
    with started("--home", tmp_path, "--name", "witness.example/w1", "--log", KEY) as told:
        assert told["name"] == "witness.example/w1"
        assert told["key"].startswith("witness.example/w1+")
        assert told["logs"] == [LOG.origin]
        assert post(told["url"], LOG.request(0, 5)).status == 200
    with started("--home", tmp_path) as again:
        assert again["key"] == told["key"]
        assert post(again["url"], LOG.request(0, 8)).body == "5\n"


def test_a_running_witness_hears_of_a_log_and_of_a_dropped_key(tmp_path: Path) -> None:
    with started("--home", tmp_path) as told:
        assert told["logs"] == []
        assert post(told["url"], LOG.request(0, 5)).status == 404
        assert indelible("add-log", KEY, "--home", tmp_path).returncode == 0
        assert post(told["url"], LOG.request(0, 5)).status == 200
        assert LOG.origin in call(told["url"], "GET", "/").body
        added = indelible("--home", tmp_path, "add-log", "--json", OTHER_KEY.verifier.text)
        assert json.loads(added.stdout) == {
            "log": LOG.origin,
            "key": OTHER_KEY.verifier.text,
            "counts": True,
        }
        assert post(told["url"], Asker(OTHER_KEY).request(5, 6)).status == 200
        assert indelible("drop-key", KEY, "--home", tmp_path).returncode == 0
        assert post(told["url"], LOG.request(6, 7)).status == 403
        assert post(told["url"], Asker(OTHER_KEY).request(6, 7)).status == 200


def test_a_dropped_key_that_the_start_still_names_stays_dropped_and_is_told(tmp_path: Path) -> None:
    with running_witness(tmp_path / "w", logs=[KEY]) as witness:
        assert indelible("drop-key", KEY, "--home", witness.folder).returncode == 0
        witness.stop()
        witness.start()
        assert post(witness.url, LOG.request(0, 5)).status == 404
        assert KEY in witness.said
        assert "No longer watched" in call(witness.url, "GET", "/").body


def test_a_list_of_logs_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text(f"# two\n{KEY}\nlog {STRANGER.verifier.text}\n")
    with started("--home", tmp_path / "w", "--logs", tmp_path / "logs") as told:
        assert told["logs"] == sorted([LOG.origin, STRANGER.verifier.name])


def test_what_cannot_be_done_is_explained(tmp_path: Path) -> None:
    for code, arguments in {
        "witness-name": ["--name", "a b"],
        "witness-address": ["--listen", "nowhere"],
        "witness-log-key": ["--log", "x"],
        "witness-not-begun": ["add-log", KEY],
        "file-trouble": ["--logs", str(tmp_path / "missing")],
    }.items():
        done = indelible("--home", tmp_path / "w", "--json", *arguments)
        assert done.returncode == 2, code
        document = json.loads(done.stdout)["error"]
        assert document["code"] == code
        assert all(document[part] for part in ("title", "meaning", "next_step"))
        assert done.stderr == ""
    assert not (tmp_path / "w").exists()


def test_two_witnesses_cannot_have_one_address(tmp_path: Path) -> None:
    with started("--home", tmp_path / "one") as told:
        done = indelible("--home", tmp_path / "two", "--listen", told["url"].removeprefix("http://"))
    assert done.returncode == 2
    assert "cannot listen there" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_owner_begins_a_witness_and_sees_what_it_holds(tmp_path: Path) -> None:
    begun = indelible("begin", "--home", tmp_path, "--name", "witness.example/w1", "--json")
    key = json.loads(begun.stdout)["key"]
    assert key in indelible("begin", "--home", tmp_path).stdout
    assert "no record yet" in indelible("status", "--home", tmp_path).stdout
    with started("--home", tmp_path, "--log", KEY) as told:
        assert told["key"] == key
        assert "no seal yet" in indelible("status", "--home", tmp_path).stdout
        assert post(told["url"], LOG.request(0, 8)).status == 200
        fine = indelible("status", "--home", tmp_path)
        assert (fine.returncode, fine.stdout[:28]) == (0, f"{LOG.origin}: seal 8,"[:28])


def test_the_status_of_a_forked_record_is_an_alarm_for_programs_too(tmp_path: Path) -> None:
    assert indelible("begin", "--home", tmp_path / "w").returncode == 0
    with running_witness(tmp_path / "w", name=_name(tmp_path / "w"), logs=[KEY]) as witness:
        assert post(witness.url, LOG.request(0, 8)).status == 200
        assert post(witness.url, LOG.request(8, 8, forked_at=2)).status == 422
        alarm = indelible("status", "--home", tmp_path / "w", "--json")
        assert alarm.returncode == 1
        (log,) = json.loads(alarm.stdout)["logs"]
        assert log["two_versions"]
        assert (log["size"], log["refused"][0]["reason"]) == (8, "fork")
        assert "TWO VERSIONS EXIST" in indelible("status", "--home", tmp_path / "w").stdout


def _name(folder: Path) -> str:
    return str(json.loads(indelible("begin", "--home", folder, "--json").stdout)["name"])
