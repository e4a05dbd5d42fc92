"""What a drill has done in a process of its own, on a copy's data folder: making its tables, checking it.

    python -m indelible.storage.database.drilling.child make
    python -m indelible.storage.database.drilling.child check    holders on standard input, a line a check
    check

The folder comes in by the environment, as on any installation. The process that checks loads everything once and
then divides for each check, so that no check knows anything of the one before; what stands in the folder may change
in between. Reports go to standard output, a line of JSON each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

MAKE, CHECK = "make", "check"
LONGEST_SECONDS = 1_800


def make(home: Path, settings_module: str) -> None:
    """Make the tables of a copy. Raises OSError where that did not end well."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        _command(MAKE),
        capture_output=True,
        env=_environment(home, settings_module),
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise OSError(f"the copy could not be made: {_last_line(done.stderr)}")


class Examiner:
    """A process that checks the copy in one folder, as often as it is asked."""

    def __init__(self, home: Path, settings_module: str) -> None:
        """Start it. The folder need not be there before the first check."""
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _command(CHECK),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(home, settings_module),
        )

    def __enter__(self) -> Examiner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def check(self, holders: bytes) -> dict[str, Any]:
        """Check what stands in the folder now; return the report. Raises OSError where that did not end well."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        limit = threading.Timer(LONGEST_SECONDS, self._process.kill)
        limit.start()
        try:
            with suppress(BrokenPipeError):
                stdin.write(holders + b"\n")
                stdin.flush()
            line = stdout.readline()
        finally:
            limit.cancel()
        if not line:
            _, said = self._process.communicate()
            raise OSError(f"the copy could not be worked on: {_last_line(said)}")
        told: dict[str, Any] = json.loads(line)
        return told


def _command(role: str) -> list[str]:
    return [sys.executable, "-m", __name__, role]


def _environment(home: Path, settings_module: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INDELIBLE_")}
    return environment | {"INDELIBLE_HOME": str(home), "DJANGO_SETTINGS_MODULE": settings_module}


def _last_line(said: bytes) -> str:
    return said.decode("utf-8", "replace").strip().split("\n")[-1][:500]


def main(role: str) -> None:
    """Do what the parent asks for."""
    import django

    django.setup()
    if role == MAKE:
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        return
    _load()
    for line in sys.stdin.buffer:
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            if status:
                raise SystemExit(1)
            continue
        try:
            _check(line)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)


def _load() -> None:
    """Load what checks need before the process divides, so that each of them need not."""
    from indelible.storage.database import checking  # noqa: F401


def _check(holders: bytes) -> None:
    from indelible.storage.database.checking import check
    from indelible.storage.database.checking.copies import Holders
    from indelible.storage.database.logbooks import get_logbook

    report = check(get_logbook(), workers=1, holders=msgspec.json.decode(holders, type=Holders))
    sys.stdout.write(json.dumps(report.as_json()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
