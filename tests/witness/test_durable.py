"""The order of writing and answering, as the kernel sees it: first the disk, then the answer."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.services.postgres import free_port
from tests.witness.asking import Asker, call, post
from tests.witness.test_serving import BELOW

LOG = Asker()
CALLS = re.compile(r"\b(pwrite64|write|fdatasync|fsync|sendto)\(\d+<([^>]*)>(?:, \"(HTTP/1.1 \d+))?")


def test_each_confirmation_is_flushed_before_it_is_sent(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("strace is not installed here, or may not be used")
    port, trace = free_port(), tmp_path / "trace"
    url = f"http://127.0.0.1:{port}"
    kinds = "trace=write,pwrite64,fsync,fdatasync,sendto"
    witness = [sys.executable, "-m", "indelible.witness", "--home", str(tmp_path / "w")]
    options = ["--listen", f"127.0.0.1:{port}", "--log", LOG.key.verifier.text]
    process = subprocess.Popen(
        [strace, "-f", "-y", "-e", kinds, "-o", str(trace), *witness, *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("Address"):
            assert process.poll() is None
        for size in range(3):
            assert post(url, LOG.request(size, size + 1)).status == 200
        assert post(url, LOG.request(3, 3, forked_at=1)).status == 422
        assert call(url, "GET", f"{BELOW}/checkpoint").status == 200
        time.sleep(0.2)
    finally:
        subprocess.run(["kill", "-TERM", _traced(trace)], check=True)
        process.wait(timeout=30)
        process.stdout.close()
    steps = [found.groups() for line in trace.read_text().splitlines() if (found := CALLS.search(line))]
    flushed = False
    answered = []
    for name, file, answer in steps:
        if file.endswith(("sqlite3", "sqlite3-wal")):
            flushed = name in ("fsync", "fdatasync")  # a write after it would have to be flushed in turn
        elif answer:
            answered.append((answer, flushed))
            flushed = False
    assert answered == [
        *[("HTTP/1.1 200", True)] * 3,
        ("HTTP/1.1 422", True),
        ("HTTP/1.1 200", False),  # a look writes nothing
    ]


def _traced(trace: Path) -> str:
    """Return the number of the traced process: it made the first call that was noted."""
    return trace.read_text().split(" ", 1)[0]
