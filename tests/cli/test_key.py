"""`indelible key` as a person and a program meet it: documents, exit codes, and a passphrase asked at a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-c", "from indelible.cli import main; main()"]
WORDS = "correct horse battery"


class Keys:
    """Runs `indelible` on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.words = folder / "words"
        self.words.write_text(f"{WORDS}\n")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
        }

    def run(self, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*PROGRAM, *arguments, "--home", str(self.home)],
            capture_output=True,
            text=True,
            input=typed,
            env={**self.environment, **settings},
            timeout=120,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def json(self, *arguments: str, code: int = 0, typed: str = "", **settings: str) -> Any:
        done = self.run(*arguments, "--json", typed=typed, **settings)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    made = Keys(tmp_path)
    made.json("init", "--origin", "log.example.org/keys")
    return made


def test_a_key_is_changed_and_the_first_card_still_leads_to_it(keys: Keys) -> None:
    first = keys.json("key", "card")
    assert first["card"] == f"{first['public_key']}\n" and first["keys"] == [first["public_key"]]
    announced = keys.json("key", "rotate", "--reason", "Once a year")
    assert announced["entry"] == 1 and announced["checkpoint"].startswith("log.example.org/keys\n2\n")
    assert keys.json("key", "card")["joining"] == announced["public_key"]
    finished = keys.json("key", "finish")
    assert (finished["public_key"], finished["accepted_by"]) == (announced["public_key"], [])
    card = keys.json("key", "card")
    assert card["keys"] == [first["public_key"], announced["public_key"]]
    assert keys.json("verify", "--key", first["public_key"])["key"] == "given"
    pack = keys.home / "pack.zip"
    keys.json("export", "announced", "--output", str(pack))
    packed = keys.json("verify", "--pack", str(pack), "--key", first["public_key"])
    assert (packed["intact"], packed["key"]) == (True, "given")
    stolen = keys.json("key", "revoke", "--reason", "The laptop was stolen")
    assert stolen["to_tell"] == []
    refused = keys.json("verify", "--key", first["public_key"], code=1)
    assert [finding["kind"] for finding in refused["findings"]] != []
    assert keys.json("key", "finish", code=2)["error"]["code"] == "no-rotation"


def test_a_locked_key_needs_its_passphrase(keys: Keys) -> None:
    assert keys.json("key", "passphrase", code=2)["error"]["code"] == "passphrase-not-asked"
    told = keys.json("key", "passphrase", "--new-file", str(keys.words))
    assert told == {"logbook": "main", "passphrase": "set"}
    assert keys.json("key", "rotate", "--reason", "x", code=2)["error"]["code"] == "key-locked"
    looked = {found["check"]: found["state"] for found in keys.json("doctor")["checks"]}
    assert looked["key/main"] == "look"
    right = {"INDELIBLE_KEY_PASSPHRASE_FILE": str(keys.words)}
    assert keys.json("key", "rotate", "--reason", "x", **right)["entry"] == 2
    assert keys.json("key", "passphrase", "--remove", **right)["passphrase"] == "removed"
    assert keys.json("verify")["entries"] == 4  # checking needs no key


def test_a_lost_key_is_typed_in_from_its_sheet(keys: Keys) -> None:
    sheet = keys.run("key", "sheet", "--passphrase-file", str(keys.words)).stdout
    path = keys.home / "keys" / "main.key"
    before = path.read_text()
    path.unlink()
    numbered = [line for line in sheet.splitlines() if line.startswith(" ")]
    typed = "\n".join(line.lower() for line in numbered)
    slip = typed.replace(
        numbered[2].lower(), f"{numbered[2].lower()[:-1]}{'a' if numbered[2][-1] != 'A' else 'b'}"
    )
    restore = ("key", "restore", "--sheet", "-", "--passphrase-file", str(keys.words))
    refused = keys.run(*restore, typed=slip)
    assert refused.returncode == 2 and refused.stderr.startswith("There is a slip in line 3.")
    assert not path.exists()
    assert keys.json(*restore, typed=typed)["restored"] is True
    assert path.read_text() == before


def test_serve_asks_for_the_passphrase_and_its_worker_seals(keys: Keys) -> None:
    keys.json("key", "passphrase", "--new-file", str(keys.words))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--home", str(keys.home), "--port", str(port)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=keys.environment,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    try:
        said = read_until(master, "Passphrase of the sealing key of main: ")
        os.write(master, b"a wrong one\n")
        said += read_until(master, "Passphrase of the sealing key of main: ")
        os.write(master, f"{WORDS}\n".encode())
        said += read_until(master, "Stop it with Ctrl-C.")
        assert WORDS not in said
        assert WORDS.encode() not in Path(f"/proc/{process.pid}/environ").read_bytes()
        deadline = time.monotonic() + 60
        # The worker's first check of the day puts its own entry on the record, for which it needs the key.
        while keys.json("verify")["entries"] < 3:
            assert time.monotonic() < deadline
            time.sleep(0.5)
    finally:
        process.terminate()
        process.wait(30)
        os.close(master)


def read_until(terminal: int, words: str) -> str:
    """Return what was shown until `words` came."""
    shown, deadline = "", time.monotonic() + 60
    while words not in shown:
        assert time.monotonic() < deadline, shown
        ready, _, _ = select.select([terminal], [], [], 1)
        if ready:
            shown += os.read(terminal, 4096).decode()
    return shown
