"""Processes that work on the same log as a test, ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from indelible.storage.database.models import Logbook

ROOT = Path(__file__).resolve().parents[2]


class Processes:
    """Starts modules of these tests as processes on one log."""

    def __init__(self, logbook: Logbook, database_url: str) -> None:
        self._logbook = logbook
        self._environment = {**os.environ, "INDELIBLE_HOME": str(settings.INDELIBLE_HOME.path)}
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        self._environment["INDELIBLE_DATABASE"] = database_url
        self.running: list[subprocess.Popen[bytes]] = []

    def begin(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `tests.storage.<module>` with the logbook's name and these arguments."""
        command = [sys.executable, "-m", f"tests.storage.{module}", self._logbook.name, *arguments]
        self.running.append(
            subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE)
        )
        return self.running[-1]


@contextmanager
def processes(logbook: Logbook, database_url: str) -> Iterator[Processes]:
    """Give a starter of processes, and kill whatever is left of them."""
    started = Processes(logbook, database_url)
    try:
        yield started
    finally:
        for process in started.running:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
