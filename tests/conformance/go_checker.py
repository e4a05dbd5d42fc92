"""Builds and runs tlogcheck.go, the check of a log that shares no code with Indelible.

It needs a Go toolchain and the library golang.org/x/mod. Where Debian's package of that library is
installed, it is built from there without any network; else Go fetches the version that go.mod names and
go.sum pins. The program is kept in the build folder under the hash of its sources, so it is built once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
BUILD = FOLDER.parents[1] / "build" / "tlogcheck"
DEBIAN_LIBRARY = Path("/usr/share/gocode")
SOURCES = ("tlogcheck.go", "go.mod", "go.sum")


def find_checker() -> Path:
    """Return the built checker, or skip the test with the reason why there is none."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go toolchain here, so the independent check could not be built")
    digest = hashlib.sha256(b"".join((FOLDER / name).read_bytes() for name in SOURCES)).hexdigest()[:16]
    program = BUILD / f"tlogcheck-{digest}"
    if not program.exists():
        _build(go, program)
    return program


def check_log(folder: Path, verifier_key: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the checker over a log published as static files; exit code 0 where all holds."""
    command = [find_checker(), *flags, verifier_key, folder / "checkpoint", folder]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def _build(go: str, program: Path) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as work:
        for name in SOURCES:
            shutil.copy(FOLDER / name, work)
        built = Path(work) / "tlogcheck"
        reasons = []
        for environment in _environments(Path(work)):
            result = subprocess.run(
                [go, "build", "-o", built, "tlogcheck.go"],
                cwd=work,
                env={**os.environ, **environment},
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            if result.returncode == 0:
                # Renaming is atomic, so a test process beside this one never runs half a program.
                built.replace(program)
                return
            reasons.append(result.stderr.strip()[-300:])
    pytest.skip(f"the independent check could not be built here: {' / '.join(reasons)}")


def _environments(work: Path) -> list[dict[str, str]]:
    """Return the settings to try: Debian's library where it is installed, then the pinned module."""
    common = {"GOTOOLCHAIN": "local", "GOCACHE": str(BUILD / "cache")}
    tries = []
    if (DEBIAN_LIBRARY / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        tries.append({"GO111MODULE": "off", "GOPATH": str(DEBIAN_LIBRARY), "GOPROXY": "off", "GOFLAGS": ""})
    tries.append({"GO111MODULE": "on", "GOFLAGS": "-mod=readonly"})
    return [{**common, **one} for one in tries]
