"""A witness runs with the standard library, `cryptography` and the ledger, and with nothing else of Indelible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        ours = name.startswith(("indelible.ledger", "indelible.witness")) or name == "indelible"
        if top not in sys.stdlib_module_names and top not in ("cryptography", "_cffi_backend", "cffi") and not ours:
            raise ImportError(f"{name} is out of bounds here")

sys.meta_path.insert(0, Blocked())
"""

RUN = (
    BLOCKED
    + """
import os, signal, threading
from indelible.witness.__main__ import main

threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGTERM)).start()
code = main(["--home", sys.argv[1], "--listen", "127.0.0.1:0", "--name", "witness.example/w1"])
loaded = {name.split(".")[0] for name in sys.modules} & {"django", "click"}
sys.exit(code or len(loaded))
"""
)


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_it_starts_and_stops_where_nothing_else_can_be_imported(tmp_path: Path) -> None:
    done = run(RUN, str(tmp_path / "w"), "0.5")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Witness: witness.example/w1\nKey:     witness.example/w1+")
    assert "PRIVATE" not in done.stdout + done.stderr


IMPORT_ALL = (
    BLOCKED
    + """
import importlib, pkgutil
import indelible.witness as package
names = [f"{package.__name__}.{each.name}" for each in pkgutil.iter_modules(package.__path__)]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
)


def test_every_module_of_it_can_be_imported_there() -> None:
    done = run(IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


def test_the_block_does_block() -> None:
    for name in ("django", "click", "indelible.storage.home"):
        assert "out of bounds" in run(BLOCKED + f"import {name}").stderr


def test_what_it_cannot_do_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "indelible.witness", "--home", str(tmp_path / "w")]
    for arguments in (
        ["--log", "x"],
        ["--listen", "x"],
        ["--listen", "192.0.2.1:1"],
        ["--logs", str(tmp_path)],
    ):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
