"""`indelible publish --follow`: a folder that keeps up with the log, and stops when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WITHIN_SECONDS = 30
ROW = "id,time,user,action,object,result\n{n},2026-03-01T09:00:00Z,ana@example.com,update,invoice 7,ok\n"
COSIGN = """
import django; django.setup()
from indelible.ledger.keys import CosigningKey
from indelible.storage.database import outside, reads
from indelible.storage.database.logbooks import get_logbook
book = get_logbook()
note = reads.get_checkpoint(book).note
line = CosigningKey("witness.example/w1", bytes(32)).cosign(note.partition("\\n\\n")[0] + "\\n", 1780000000)
outside.hold(book, note, "witness", "Holm", line.encode())
"""


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    return {
        **kept,
        "INDELIBLE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "indelible.server.settings",
        "PYTHONUNBUFFERED": "1",
    }


def indelible(home: Path, *arguments: str) -> None:
    program = str(Path(sys.executable).with_name("indelible"))
    subprocess.run([program, *arguments], env=environment(home), check=True, capture_output=True, timeout=60)


@contextmanager
def following(home: Path, folder: Path, *flags: str) -> Iterator[subprocess.Popen[str]]:
    program = str(Path(sys.executable).with_name("indelible"))
    process = subprocess.Popen(
        [program, "publish", "--follow", *flags, str(folder)],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def size_of(folder: Path) -> int:
    try:
        return int((folder / "checkpoint").read_text().split("\n")[1])
    except FileNotFoundError:
        return 0


def wait_for(folder: Path, what: str, size: int = 0) -> str:
    end = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < end:
        if size_of(folder) >= size and what in (
            (text := (folder / "checkpoint").read_text()) if size_of(folder) else ""
        ):
            return text
        time.sleep(0.1)
    raise AssertionError(f"{folder} never held {what!r} at {size}")


def test_the_folder_keeps_up_with_entries_and_cosignatures_until_it_is_told_to_stop(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "site"
    indelible(home, "init")
    with following(home, folder) as process:
        wait_for(folder, "", 1)
        (tmp_path / "row.csv").write_text(ROW.format(n="x-1"))
        indelible(home, "import", str(tmp_path / "row.csv"))
        grown = wait_for(folder, "", 2)
        assert "witness.example" not in grown
        subprocess.run([sys.executable, "-c", COSIGN], env=environment(home), check=True, timeout=60)
        wait_for(folder, "\n\u2014 witness.example/w1 ", 2)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert output.startswith("1 entry published to ")
    assert output.count("published to") >= 3


def test_with_json_one_document_tells_the_last_state(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "site"
    indelible(home, "init")
    with following(home, folder, "--json") as process:
        wait_for(folder, "", 1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert json.loads(output)["checkpoint"] == (folder / "checkpoint").read_text()


def test_following_stops_with_a_word_where_the_folder_is_of_another_log(tmp_path: Path) -> None:
    indelible(tmp_path / "one", "init")
    indelible(tmp_path / "two", "init")
    indelible(tmp_path / "one", "publish", str(tmp_path / "site"))
    with following(tmp_path / "two", tmp_path / "site", "--json") as process:
        output, _errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert json.loads(output)["error"]["code"] == "folder-holds-other-log"
