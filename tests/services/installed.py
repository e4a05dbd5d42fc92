"""An installation that a script has set up, and a real server over it; for tests that talk to it as programs do.

The database is only ever touched by processes of its own: by scripts, before or while the server runs.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.serving import Served, serving
from tests.features.sources.hooks import signing

OWNER = """
import json, sys, django
django.setup()
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from indelible.features.setup import services

link = services.create_setup_link()
owner = services.make_owner(
    link.partition("key=")[2], email="ana@northwind.example", name="Ana Ruiz", password="violet seal harbour 7"
)
services.name_organisation(
    owner, name="Northwind Trading Ltd", zone="Europe/Madrid", date_style="day", context={}
)
services.finish()
client = Client(SERVER_NAME="localhost")
client.force_login(owner)
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


# A web service whose messages are signed with a known secret. Prints the address that they are posted to.
CONNECT = f"""
import django
django.setup()
from indelible.features.sources.kinds import load
from indelible.features.sources.live.connecting import connect
from indelible.features.sources.services import By
from indelible.storage.database.models import Logbook
source = connect(
    Logbook.objects.get(), load()["hook"], "GitHub of Northwind", By({{"name": "Ana"}}),
    settings={{"sender": "github"}}, secrets={{"signing secret": "{signing.SECRET}"}}, told={{}},
)
print(source.address)
"""


@dataclass
class Answer:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body, read as JSON."""
        return json.loads(self.body)


@dataclass
class Installed:
    """A data folder with an owner, who is signed in with `session`."""

    home: Path
    session: str = ""
    served: Served | None = field(default=None, repr=False)

    def run(self, script: str, *arguments: str) -> str:
        """Run a script over this data folder in a process of its own; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that works on this data folder."""
        clean = {
            name: text for name, text in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
        }
        return {
            **clean,
            "INDELIBLE_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "indelible.server.settings",
        }

    @property
    def port(self) -> int:
        """The port it is served at."""
        assert self.served is not None
        return int(self.served.address.rstrip("/").rpartition(":")[2])

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] = b"",
        headers: dict[str, str] | None = None,
        *,
        signed_in: bool = False,
    ) -> Answer:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = {"Cookie": f"indelible_session={self.session}"} if signed_in else {}
        try:
            connection.request(method, path, body, {**cookies, **(headers or {})})
            answer = connection.getresponse()
            return Answer(
                answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()


@contextmanager
def installed(home: Path, *scripts: str) -> Iterator[tuple[Installed, list[str]]]:
    """Set an installation up, run scripts over it, and serve it. Gives what the scripts printed."""
    found = Installed(home)
    found.session = found.run(
        "import django\ndjango.setup()\n"
        "from indelible.server.prepare import bring_tables_up_to_date as bring\nbring()\n" + OWNER
    )
    printed = [found.run(script) for script in scripts]
    with serving(home) as served:
        found.served = served
        yield found, printed


def listener(port: int) -> str:
    """Return the process that accepts at a port: of several the one with the most memory, which does the work."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {
        f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port
    }
    found: list[tuple[int, str]] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended, or is somebody else's
            if sockets & set(_open_files(process)):
                found.append((int((process / "statm").read_text().split()[1]), process.name))
    return max(found)[1]


def _open_files(process: Path) -> Iterator[str]:
    for link in (process / "fd").iterdir():
        with suppress(OSError):  # it was closed while we looked
            yield str(link.readlink())
