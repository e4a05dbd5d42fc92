"""Processes that are killed while they take mails and objects: nothing is lost, and nothing comes twice.

Each ends itself by SIGKILL at a chosen point: within a transaction, and right after one. The next goes on.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.features.sources.bucket.conftest import rows
from tests.features.sources.bucket.conftest import settings_for as bucket_settings
from tests.features.sources.mailbox.conftest import mail
from tests.features.sources.mailbox.conftest import settings_for as mailbox_settings
from tests.services.dovecot import running_dovecot
from tests.services.installed import Installed
from tests.services.s3 import S3

EACH = 4  # mails of two files, and objects

BEGIN = """
import json, sys, django
django.setup()
from indelible.server.prepare import bring_tables_up_to_date
bring_tables_up_to_date()
from indelible.features.sources.kinds import load
from indelible.features.sources.live.connecting import connect
from indelible.features.sources.origins import By
from indelible.storage.database.logbooks import create_logbook
book = create_logbook(first_event={"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"})
for name, typed in json.loads(sys.argv[1]).items():
    kind = load()[name]
    form = kind.form(typed)
    assert form.is_valid(), form.errors
    connect(book, kind, name, By(), settings=form.settings(), secrets=form.secrets(), told=form.told())
"""
# A process that was killed leaves its claim behind; nobody waits here until that has run out. Of each function of
# sys.argv[1], the call of that number is the last thing that its process does.
LOOK = """
import importlib, json, os, signal, sys, django
django.setup()
from indelible.features.sources.models import Health
Health.objects.update(claimed_until=None, next_try_at=None)

def last(module, name, number):
    module, left = importlib.import_module(module), [number]
    real = getattr(module, name)
    def call(*given, **named):
        done = real(*given, **named)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    setattr(module, name, call)

from indelible.features.sources.kinds import bucket, mailbox
if len(sys.argv) > 1:
    last(*json.loads(sys.argv[1]))
mailbox.look_at_mailboxes()
bucket.look_at_buckets()
"""
RECORD = (
    LOOK
    + """
from indelible.features.sources.jobs import record_import
from indelible.features.sources.models import Import, SourceItem
for each in Import.objects.filter(stage="received"):
    record_import.func(each.pk)
for name in ("mailbox", "bucket"):
    rows = Import.objects.filter(source__kind=name, stage="done")
    items = SourceItem.objects.filter(source__kind=name).count()
    print(items, len(rows), sum(each.recorded for each in rows), sum(each.duplicates for each in rows))
"""
)
KINDS = "indelible.features.sources.kinds."


def test_whoever_is_killed_when_each_file_is_taken_once(server: S3, bucket: str, tmp_path: Path) -> None:
    installed = Installed(tmp_path / "home")
    with running_dovecot() as inbox:
        for number in range(EACH):
            names = {f"{number}-{part}.csv": rows(number * 10 + part * 5, 5) for part in (0, 1)}
            inbox.deliver(mail(names, number=number))
            server.put(bucket, f"{number}.csv", rows(number * 10, 10))
        typed = {
            "mailbox": mailbox_settings(inbox),
            "bucket": bucket_settings(server, bucket, layout="files"),
        }
        installed.run(BEGIN, json.dumps(typed))
        killed(installed, KINDS + "mailbox.fetching", "take_file", 2)  # one of a mail's two files is taken
        killed(
            installed, KINDS + "mailbox.fetching", "_note", 3
        )  # all of a mail, but it is not yet committed
        killed(installed, KINDS + "bucket.fetching", "take_file", 2)  # right after the commit
        killed(installed, KINDS + "bucket.fetching", "_note", 1)  # right before it
        told = [[int(each) for each in line.split()] for line in installed.run(RECORD).splitlines()]
    assert told == [[EACH, 2 * EACH, EACH * 10, 0], [EACH, EACH, EACH * 10, 0]]


def killed(installed: Installed, module: str, function: str, number: int) -> None:
    arguments = json.dumps([module, function, number])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOK, arguments],
        env=installed.environment(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
