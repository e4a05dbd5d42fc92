"""What a drill has done in a process of its own, on a copy's data folder: making its tables, checking it.

    python -m indelible.storage.database.drilling.child make
    python -m indelible.storage.database.drilling.child check    holders as JSON on standard input

The folder comes in by the environment, as on any installation. The report goes to standard output as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

MAKE, CHECK = "make", "check"
LONGEST_SECONDS = 1_800


def run(role: str, home: Path, settings_module: str, holders: bytes = b"{}") -> dict[str, Any]:
    """Run a child on a copy and return what it printed. Raises OSError where it did not end well."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INDELIBLE_")}
    environment |= {"INDELIBLE_HOME": str(home), "DJANGO_SETTINGS_MODULE": settings_module}
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", __name__, role],
        input=holders,
        capture_output=True,
        env=environment,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise OSError(f"the copy could not be worked on: {last[:500]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main(role: str) -> None:
    """Do what the parent asked for."""
    import django

    django.setup()
    from django.core.management import call_command

    if role == MAKE:
        call_command("migrate", interactive=False, verbosity=0)
        sys.stdout.write("{}")
        return
    from indelible.storage.database.checking import check
    from indelible.storage.database.checking.copies import Holders
    from indelible.storage.database.logbooks import get_logbook

    holders = msgspec.json.decode(sys.stdin.buffer.read(), type=Holders)
    report = check(get_logbook(), workers=1, holders=holders)
    sys.stdout.write(json.dumps(report.as_json()))


if __name__ == "__main__":
    main(sys.argv[1])
