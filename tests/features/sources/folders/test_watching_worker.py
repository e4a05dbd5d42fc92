"""A real worker watches real folders and is killed in the middle of it: nothing is lost, nothing is doubled."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indelible.events.event import from_content
from tests.features.sources.folders.conftest import CSV, rows
from tests.features.sources.folders.test_overseeing_files import lies_there, replay

CONNECT = """
import sys, django
django.setup()
from indelible.features.sources.kinds import load
from indelible.features.sources.live.connecting import connect
from indelible.features.sources.services import By
from indelible.storage.database.models import Logbook
book = Logbook.objects.get()
for kind in ("folder", "oversight"):
    settings = {"folder": f"{sys.argv[1]}/{kind}", "patterns": "", "deep": True, "after": "stay"}
    connect(book, load()[kind], kind, By(), settings=settings)
"""
SHELL = [sys.executable, "-c", "from indelible.cli import main; main()"]


def wait_for(what: Callable[[], Any], seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.25)
    raise AssertionError("it did not come about")


@dataclass
class Installation:
    """An installation with a watched and an overseen folder, and its worker."""

    home: Path
    env: dict[str, str]
    files: Path
    documents: Path
    worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "indelible.server.child", str(os.getpid()), "worker"]
        self.worker = subprocess.Popen(command, env=self.env)

    def kill(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def stop(self) -> None:
        assert self.worker is not None
        self.worker.terminate()
        assert self.worker.wait(30) == 0

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.home / "indelible.sqlite3", timeout=20)
        try:
            return database.execute(question).fetchall()
        finally:
            database.close()

    def count(self, question: str) -> int:
        return int(self.ask(question)[0][0])

    def events(self, source: str) -> list[Any]:
        contents = [json.loads(text) for (text,) in self.ask('SELECT content FROM entry ORDER BY "index"')]
        events: list[Any] = [from_content(content) for content in contents]
        return [each for each in events if each.get("source", {}).get("name") == source]


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installation]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    home = tmp_path / "home"
    env = {**clean, "INDELIBLE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "indelible.server.settings"}
    made = Installation(home, env, tmp_path / "folder", tmp_path / "oversight")
    made.files.mkdir()
    made.documents.mkdir()
    subprocess.run([*SHELL, "init"], env=env, check=True, capture_output=True)
    subprocess.run([sys.executable, "-c", CONNECT, str(tmp_path)], env=env, check=True)
    yield made
    if made.worker is not None and made.worker.poll() is None:
        made.kill()


def test_a_killed_worker_loses_and_doubles_no_file_and_no_change(
    installed: Installation, tmp_path: Path
) -> None:
    documents, files = installed.documents, installed.files
    for number in range(40):
        (documents / f"{number}.txt").write_text(f"document {number}")
    installed.start()
    wait_for(lambda: installed.count("SELECT count(*) FROM sources_sourceitem WHERE version != ''") == 40)
    wait_for(
        lambda: "begun" in str(installed.ask("SELECT cursor FROM sources_health ORDER BY source_id DESC"))
    )

    # A burst of files: new, moved in from elsewhere, packed, in a subfolder, and one that is written in two steps.
    (files / "sub").mkdir()
    for number in range(24):
        text = CSV + rows(number * 10, number * 10 + 10)
        if number % 3 == 0:
            (tmp_path / "elsewhere.csv").write_text(text)
            (tmp_path / "elsewhere.csv").rename(files / f"{number}.csv")
        elif number % 3 == 1:
            (files / "sub" / f"{number}.csv.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (files / f"{number}.csv").write_text(text)
    halves = (files / "halves.csv").open("w")
    halves.write(CSV + rows(240, 245) + "k-245,2026-03-01T0")
    halves.flush()
    # And one of changes.
    for number in range(10):
        (documents / f"{number}.txt").write_text(f"document {number}, amended")
        (documents / f"new {number}.txt").write_text(f"new document {number}")
    (documents / "10.txt").rename(documents / "ten.txt")
    (documents / "11.txt").unlink()
    (documents / "12.txt").chmod(0o600)
    (documents / "draft.tmp").write_text("document 13, saved over")
    (documents / "draft.tmp").replace(documents / "13.txt")

    wait_for(lambda: installed.count("SELECT count(*) FROM sources_import WHERE stage = 'done'") >= 3)
    installed.kill()
    (documents / "14.txt").unlink()  # while nobody looks
    (documents / "15.txt").write_text("document 15, amended")
    installed.start()
    wait_for(lambda: installed.count("SELECT count(*) FROM sources_import WHERE stage = 'done'") >= 10)
    installed.kill()
    halves.write("9:00:00Z,user3,update,doc 245\n")
    halves.close()
    installed.start()
    wait_for(lambda: installed.count("SELECT count(*) FROM sources_import WHERE stage = 'done'") == 25)
    wait_for(lambda: installed.count("SELECT sum(behind) FROM sources_health") == 0)
    expected = lies_there(documents)
    wait_for(lambda: replay(installed.events("oversight")) == expected)

    # One more of each, noticed at once and not by the minute.
    with (files / "2.csv").open("a") as file:
        file.write(rows(246, 248))
    (documents / "ten.txt").rename(documents / "10.txt")
    wait_for(
        lambda: installed.count("SELECT sum(recorded) FROM sources_import WHERE live_day IS NULL") == 248, 30
    )
    wait_for(lambda: replay(installed.events("oversight")) == lies_there(documents), 30)
    installed.stop()

    ids = Counter(event["source"]["id"] for event in installed.events("folder"))
    assert len(ids) == 248 and set(ids.values()) == {1}
    assert installed.count("SELECT count(*) FROM sources_importreject") == 0
    told = installed.events("oversight")
    steps = Counter((each["action"]["verb"], each["targets"][0]["name"]) for each in told[1:])
    assert steps["move", "ten.txt"] == steps["move", "10.txt"] == steps["delete", "11.txt"] == 1
    assert steps["change", "13.txt"] == steps["change", "12.txt"] == steps["delete", "14.txt"] == 1
    assert steps.total() == 10 + 10 + 7 and not any("refers_to" in each for each in told)
    # Each kill may leave a copy that was not handed on yet, and is swept away later.
    assert len(list((installed.home / "uploads").iterdir())) <= 2
    checked = subprocess.run([*SHELL, "verify", "--json"], env=installed.env, capture_output=True, text=True)
    assert json.loads(checked.stdout)["intact"] is True
