"""The witness starts as its page shows, and its unit names a command that exists."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.docs.pages import BLOCK, ROOT
from tests.services.postgres import free_port

PAGE = (ROOT / "docs/operate/witness.md").read_text(encoding="utf-8")
BLOCKS = [line.strip() for _, block in BLOCK.findall(PAGE) for line in block.splitlines()]
SERVED = re.compile(r"(?:ExecStart=\S*/)?indelible (witness --home \S+ --listen 127\.0\.0\.1:8047)")


def test_the_witness_starts_as_the_page_shows_and_stops_on_a_signal(tmp_path: Path) -> None:
    shown = [found[1] for line in BLOCKS if (found := SERVED.fullmatch(line))]
    assert len(shown) == 2  # by hand and as a service
    program = Path(sys.executable).with_name("indelible")
    for place, text in enumerate(shown):
        port = free_port()
        command = text.replace("8047", str(port)).replace("/var/lib/witness", str(tmp_path / f"w{place}"))
        said = (tmp_path / f"said-{place}").open("w+")
        process = subprocess.Popen(
            [program, *command.split()], cwd=tmp_path, stdout=said, stderr=subprocess.STDOUT, text=True
        )
        try:
            ends = time.monotonic() + 60
            while "Ctrl-C" not in (told := Path(said.name).read_text()):
                assert process.poll() is None, told
                assert time.monotonic() < ends, told
                time.sleep(0.05)
            assert f"http://127.0.0.1:{port}/" in told
            process.terminate()
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            process.wait()
            said.close()
