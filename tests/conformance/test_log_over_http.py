"""The log over HTTP, fetched from a real running server, in the eyes of the independent checker."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.notes import parse_note
from indelible.ledger.tiles import entries_path, tile_path, tiles_of_size
from tests.browser.serving import Served, serving
from tests.conformance.go_checker import check_log

OPEN_THE_DOOR = """
import django; django.setup()
from indelible.features.seals.models import Door
from indelible.storage.database.logbooks import get_logbook
Door.objects.create(logbook=get_logbook(), open=True)
"""


def run(served: Served, *command: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    settings = {"INDELIBLE_HOME": str(served.home), "DJANGO_SETTINGS_MODULE": "indelible.server.settings"}
    subprocess.run(command, env={**kept, **settings}, check=True, capture_output=True, timeout=60)


def record(served: Served, rows: range, folder: Path) -> None:
    lines = ["id,time,user,action,object,result"]
    lines += [f"x-{row},2026-03-01T09:00:00Z,ana@example.com,update,invoice {row},ok" for row in rows]
    file = folder / f"rows-{rows.start}.csv"
    file.write_text("\n".join(lines) + "\n")
    run(served, str(Path(sys.executable).with_name("indelible")), "import", str(file))


def get(served: Served, path: str) -> bytes:
    with urllib.request.urlopen(served.url(f"/log/main/{path}"), timeout=20) as answer:
        assert answer.headers.get("Set-Cookie") is None
        return bytes(answer.read())


def fetch(served: Served, folder: Path) -> Checkpoint:
    """Fetch the whole log over HTTP into a folder, as a mirror would."""
    note = get(served, "checkpoint")
    checkpoint = Checkpoint.parse(parse_note(note).text)
    files = {"checkpoint": note}
    for level, index, width in tiles_of_size(checkpoint.size):
        files[tile_path(level, index, width)] = get(served, tile_path(level, index, width))
        if level == 0:
            files[entries_path(index, width)] = get(served, entries_path(index, width))
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return checkpoint


def test_the_go_library_accepts_the_log_of_a_running_server_as_it_grows(tmp_path: Path) -> None:
    served = Served(tmp_path / "home")
    run(served, str(Path(sys.executable).with_name("indelible")), "init")
    run(served, sys.executable, "-c", OPEN_THE_DOOR)
    with serving(tmp_path / "home") as running:
        earlier: list[str] = []
        sizes = []
        for rows in (range(3), range(10, 264), range(300, 600)):
            record(running, rows, tmp_path)
            folder = tmp_path / f"mirror-{rows.start}"
            sizes.append(fetch(running, folder).size)
            result = check_log(folder, public_key(running), *earlier)
            assert result.returncode == 0, result.stdout + result.stderr
            assert result.stdout.rstrip().endswith("OK")
            earlier += ["-old", str(folder / "checkpoint")]
        assert sizes == sorted(set(sizes))
        assert sizes[-1] > 512
        with pytest.raises(urllib.error.HTTPError) as refusal:
            get(running, "tile/0/00")
        assert refusal.value.code == 404
        refusal.value.close()


def public_key(served: Served) -> str:
    from indelible.ledger.keys import SigningKey

    text = (served.home / "keys" / "main.key").read_text().strip()
    return SigningKey.parse(text).verifier.text
