"""Sources of an installation that runs in other processes: made by its own services, in a process of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.services.installed import Installed

_CONNECT = """
import json, sys
import django
django.setup()
from indelible.features.sources.kinds import load
from indelible.features.sources.live.connecting import connect
from indelible.features.sources.live.passwords import new_password
from indelible.features.sources.services import By
from indelible.web.acts import logbook_in_use
asked = json.loads(sys.argv[1])
kind = load()[asked["kind"]]
source = connect(logbook_in_use(), kind, asked["name"], By(), settings=asked["settings"], secrets=asked["secrets"])
password = new_password(source, By()) if kind.has_passwords else ""
print(json.dumps({"id": source.pk, "password": password, "address": source.address or ""}))
"""

_COUNT = """
import json, sys
import django
django.setup()
from indelible.storage.database.models import Number
from indelible.web.acts import logbook_in_use
from indelible.storage.database.reads import get_entries
book = logbook_in_use()
entries = get_entries(book, 0, book.size - 1)
wanted = int(sys.argv[1])
print(json.dumps([e.event for e in entries if str(wanted) in e.event.get("numbers", {}).get("sources", {})]))
"""


def connect_source(
    home: Path,
    kind: str,
    name: str,
    settings: dict[str, Any] | None = None,
    secrets: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Connect a source; return its id, its connection password (empty for kinds without one), and its address."""
    asked = {"kind": kind, "name": name, "settings": settings or {}, "secrets": secrets or {}}
    made: dict[str, Any] = json.loads(run_in(home, _CONNECT, json.dumps(asked)))
    return made


def events_of_source(home: Path, source: int) -> list[dict[str, Any]]:
    """Return every event on the record that counts under a source, in order. For small records."""
    found: list[dict[str, Any]] = json.loads(run_in(home, _COUNT, str(source)))
    return found


def run_in(home: Path, program: str, *arguments: str) -> str:
    """Run a program with the settings of an installation; return the last line that it printed."""
    return Installed(home).run(program, *arguments).splitlines()[-1]
