"""A real witness for the time of a test: a process of its own, as somebody outside would run it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.postgres import free_port

ENDS_WITHIN_SECONDS = 30


@dataclass
class RunningWitness:
    """A witness process. It keeps its folder, key and address over `stop`, `kill` and `start`."""

    folder: Path
    name: str
    logs: list[str]
    port: int = field(default_factory=free_port)
    key: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address below which it answers, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """What it wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    @property
    def _errors(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.err"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "indelible.witness", "--json"]
        command += ["--home", str(self.folder), "--listen", f"127.0.0.1:{self.port}", "--name", self.name]
        for log in self.logs:
            command += ["--log", log]
        with self._errors.open("a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "PYTHONUTF8": "1"},
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()  # one line of JSON, written once the port is open
        assert line, f"the witness did not start: {self.said}"
        told = json.loads(line)
        assert told["url"] == self.url
        self.key = told["key"]

    def stop(self) -> int:
        """Ask it to end, and return its exit code; 0 where it is not running."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a warning."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            return process.wait(timeout=ENDS_WITHIN_SECONDS)
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@contextlib.contextmanager
def running_witness(
    folder: Path, name: str = "witness.example/w1", logs: Sequence[str] = ()
) -> Iterator[RunningWitness]:
    """Run a witness in `folder` (made where missing) that watches the logs of these verifier keys."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    witness = RunningWitness(folder, name, list(logs))
    witness.start()
    try:
        yield witness
    finally:
        witness.stop()
