"""A worker that is killed in the middle of an import: the next one goes on, with exact counts and nothing twice."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS = 12_000

ASK = """
import sys, django
django.setup()
from pathlib import Path
from indelible.features.sources import services, uploads
from indelible.intake.given import Given
from indelible.storage.database.models import Logbook
row = services.receive(
    Path(sys.argv[1]), "rows.csv", logbook=Logbook.objects.get(), by=services.By({"name": "Ana"})
)
uploads.start(row, Given(), None, "")
"""


def wait_for(what: Callable[[], Any], seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come about")


def test_an_import_whose_worker_is_killed_is_gone_on_with_to_exact_counts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    env = {**clean, "INDELIBLE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "indelible.server.settings"}
    shell = [sys.executable, "-c", "from indelible.cli import main; main()"]
    subprocess.run([*shell, "init"], env=env, check=True, capture_output=True)
    path = home / "uploads" / "rows.upload"
    path.write_text(
        "id,time,user,action,object\n"
        + "".join(f"k-{n},2026-03-01T09:00:00Z,user{n % 7},update,doc {n}\n" for n in range(ROWS))
    )
    subprocess.run([sys.executable, "-c", ASK, str(path)], env=env, check=True)
    worker = [sys.executable, "-m", "indelible.server.child", str(os.getpid()), "worker"]

    def stands() -> tuple[Any, ...]:
        with sqlite3.connect(home / "indelible.sqlite3", timeout=20) as database:
            row = database.execute(
                "SELECT taken, stage, recorded, duplicates, conflicts, rejected FROM sources_import"
            ).fetchone()
        database.close()
        return tuple(row)

    first = subprocess.Popen(worker, env=env)
    wait_for(lambda: stands()[0])
    first.kill()
    first.wait()
    assert 0 < stands()[0] < ROWS
    second = subprocess.Popen(worker, env=env)
    try:
        wait_for(lambda: stands()[1] == "done")
    finally:
        second.terminate()
        second.wait(30)
    assert stands() == (ROWS, "done", ROWS, 0, 0, 0)
    checked = subprocess.run([*shell, "verify", "--json"], env=env, capture_output=True, text=True)
    verdict = json.loads(checked.stdout)
    assert verdict["intact"] is True
    with sqlite3.connect(home / "indelible.sqlite3") as database:
        contents = [json.loads(text) for (text,) in database.execute("SELECT content FROM entry")]
    database.close()
    ids = [content["source"]["id"] for content in contents if "id" in content.get("source", {})]
    assert len(ids) == len(set(ids)) == ROWS
