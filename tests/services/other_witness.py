"""A witness that shares no code with ours (package aics-witness), in an environment of its own.

It needs Python 3.12 or newer, which need not be the one that runs the tests. The environment is made once
and kept in the user's cache; where no such Python runs, or the package cannot be installed, tests are skipped
with the reason.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from indelible.ledger.keys import VerifierKey
from tests.services.postgres import free_port

PACKAGE = "aics-witness==0.1.0"
INSTALLED_WITHIN_SECONDS = 180
STARTS_WITHIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class OtherWitness:
    """A running witness of the other kind."""

    url: str
    key: str  # its verifier key


def program() -> Path:
    """Return the other witness's command, or skip the test where it cannot be had."""
    interpreter, environment, version = _interpreter()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "indelible-tests"
    folder = cache / f"{PACKAGE}-python-{version}"
    command = folder / "bin" / "aics-witness"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "-q",
            "--only-binary",
            ":all:",
            PACKAGE,
        ]
        for step in ([interpreter, "-m", "venv", str(folder)], pip):
            _step(step, environment)
        (folder / "complete").touch()
    return command


def _step(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=INSTALLED_WITHIN_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"the other witness could not be installed: {error}")
    if done.returncode:
        pytest.skip(f"the other witness could not be installed: {done.stderr.strip()[-300:]}")


def _interpreter() -> tuple[str, dict[str, str], str]:
    """Return a Python of 3.12 or newer that really runs, with the environment it needs, or skip."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # A shim of pyenv is on the path also where the version in use does not have the command.
    others = [{**plain, "PYENV_VERSION": version} for version in _pyenv_versions()]
    for name in (sys.executable, "python3.13", "python3.12"):
        for environment in (plain, *others):
            if version := _version(name, environment):
                return name, environment, version
    pytest.skip("no Python of 3.12 or newer runs here, which the other witness needs")


def _version(name: str, environment: dict[str, str]) -> str | None:
    """Return the version of an interpreter that runs and is new enough, else None."""
    ask = "import sys; print('.'.join(map(str, sys.version_info[:3]))); sys.exit(sys.version_info < (3, 12))"
    try:
        done = subprocess.run([name, "-c", ask], env=environment, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _pyenv_versions() -> list[str]:
    try:
        done = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip().startswith(("3.12", "3.13"))]


@contextlib.contextmanager
def running_other_witness(
    folder: Path, name: str = "other.example/w9", logs: Sequence[VerifierKey] = ()
) -> Iterator[OtherWitness]:
    """Run a witness of the other kind in `folder` for these logs."""
    command = program()
    folder.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{free_port()}"

    def told(*arguments: str) -> str:
        done = subprocess.run(
            [command, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout.strip()

    key = told("init", "--name", name, "--listen", url.removeprefix("http://"))
    for log in logs:
        told("add-log", "--origin", log.name, "--vkey", log.text)
    with (folder / "said").open("w") as said:
        process = subprocess.Popen([command, "serve"], cwd=folder, stdout=said, stderr=subprocess.STDOUT)
    try:
        ends = time.monotonic() + STARTS_WITHIN_SECONDS
        while not _answers(url):
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < ends, (folder / "said").read_text()
            time.sleep(0.05)
        yield OtherWitness(url, key)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True
