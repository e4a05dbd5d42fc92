"""An installation in a folder of its own, each act in a process of its own: for what one process cannot play."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ACT = """
import json, sys, django
django.setup()
from indelible.features.seals.models import Authority, Witness
from indelible.features.seals.outside import courier
from indelible.storage.database import after_commit, outside, reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import AppendRefused
from indelible.storage.database.logbooks import get_logbook

book = get_logbook()
answers = []
for act, *rest in json.loads(sys.argv[1]):
  answer = None
  if act == "append":
      try:
          for text in rest:
              append(book, [Draft({"action": {"verb": "note", "said": text}, "outcome": "success"})])
      except AppendRefused as refusal:
          answer = refusal.code
  elif act == "witness":
      Witness.objects.create(logbook=book, name=rest[0], key=rest[1], url=rest[2])
  elif act == "send":
      Witness.objects.update(next_try_at=None)
      sent = courier.send_newest(book, deadline_seconds=3)
      answer = {"took": sent.took, "missing": sent.missing}
  elif act == "look":
      answer = courier.look_round(3)
  elif act == "conflicts":
      answer = [[row.kind, row.holder, row.size, bool(row.their_note), bool(row.our_note), row.found_by_them]
                for row in outside.conflicts(book)]
  elif act == "size":
      answer = reads.head(book).size
  elif act == "held":
      newest = outside.newest_held(book)
      answer = newest.size if newest else 0
  elif act == "revoke":
      from indelible.storage.database.rotating import revoke
      answer = revoke(book, actor=None, reason="stolen").public_key
  elif act == "check":
      from indelible.features.seals.copies import holders_of
      from indelible.storage.database.checking import check
      after_commit.flush()
      report = check(book, workers=1, holders=holders_of(book))
      answer = [report.intact, sorted({one.kind for one in report.findings if one.accuses})]
  elif act == "origin":
      answer = [book.origin, book.public_key]
  answers.append(answer)
after_commit.flush()
print(json.dumps(answers))
"""


@dataclass
class Server:
    """A data folder, and what can be done with it."""

    home: Path
    database: str = ""  # the address of a PostgreSQL database; else the file in the folder

    @property
    def environment(self) -> dict[str, str]:
        clean = {
            name: text for name, text in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))
        }
        return {
            **clean,
            "INDELIBLE_HOME": str(self.home),
            "INDELIBLE_DATABASE": self.database,
            "DJANGO_SETTINGS_MODULE": "indelible.server.settings",
        }

    def begin(self) -> Server:
        """Begin a record here."""
        command = [sys.executable, "-c", "from indelible.cli import main; main()", "init"]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)
        return self

    def do(self, act: str, *rest: str) -> Any:
        """Do one thing in a process of its own; return what it answers."""
        (answer,) = self.do_all([act, *rest])
        return answer

    def do_all(self, *acts: list[str]) -> list[Any]:
        """Do several things, one after the other in one process; return what each answers."""
        done = subprocess.run(
            [sys.executable, "-c", _ACT, json.dumps(acts)],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        answers: list[Any] = json.loads(done.stdout)
        return answers

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the database beside whoever runs."""
        with contextlib.closing(sqlite3.connect(self.home / "indelible.sqlite3", timeout=20)) as database:
            return database.execute(sql).fetchall()

    def copy_to(self, home: Path) -> Server:
        """Copy the whole folder, as a backup does while nothing runs."""
        shutil.copytree(self.home, home)
        return Server(home)

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker process."""
        command = [sys.executable, "-m", "indelible.server.child", str(os.getpid()), "worker"]
        return subprocess.Popen(command, env=self.environment)
