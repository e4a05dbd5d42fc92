"""Two workers at once, one of them killed: every run is opened once, every letter is written once and goes out.

A worker that dies between the mail server's answer and writing it down has the mail sent again, once its claim has run
out: to the byte the same, so that a mailbox knows it. That is the only mail that comes twice.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.features.runbooks.reminding.working import BOOKS, FIRST
from tests.services.mailbox import Mailbox, running_mailbox

MODULE = "tests.features.runbooks.reminding.working"
DAYS = 8
SELECT_RUNS = "SELECT cause_key, runbook_id FROM runbooks_run"
SELECT_MAILS = "SELECT once, kind, sent_at, given_up_at, facts FROM runbooks_mailing"


class Worker:
    """A process that does what is due at the moments it is told."""

    def __init__(self, env: dict[str, str], *first: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", MODULE, *first],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, now: datetime) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{now.isoformat()}\n")
        self.process.stdin.flush()

    def wait(self) -> bool:
        """Wait until it is done; False where it died."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip() == "done"

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """What a process needs to work in an installation of its own."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("INDELIBLE", "DJANGO"))}
    told = {
        **clean,
        "INDELIBLE_HOME": str(tmp_path / "home"),
        "INDELIBLE_MAIL_FROM": "Indelible <audit@northwind.example>",
        "DJANGO_SETTINGS_MODULE": "indelible.server.settings",
    }
    if request.param == "postgres":
        told["INDELIBLE_DATABASE"] = request.getfixturevalue("postgres_installation")("reminding")
    return told


def rows(env: dict[str, str], query: str) -> list[Any]:
    if url := env.get("INDELIBLE_DATABASE"):
        import psycopg

        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[call-overload]
    with closing(
        sqlite3.connect(Path(env["INDELIBLE_HOME"]) / "indelible.sqlite3", timeout=30)
    ) as connection:
        return connection.execute(query).fetchall()


def idents(mailbox: Mailbox) -> list[str]:
    return [message_from_bytes(raw, policy=policy.default)["Message-ID"] for raw in mailbox.mails]


def test_two_workers_one_of_them_killed_open_and_tell_everything_once(env: dict[str, str]) -> None:
    with running_mailbox() as mailbox:
        env["INDELIBLE_MAIL"] = mailbox.setting
        first = Worker(env, "begin")
        assert first.wait()
        second, morning = Worker(env), FIRST + timedelta(hours=1)
        _killed_while_sending(mailbox, first, second, morning)
        first.end()
        first = Worker(env)
        for day in range(1, DAYS):
            now = morning + day * timedelta(days=1)
            first.tell(now)
            if day <= 5:
                second.tell(now)
            if day < 5:
                assert second.wait()
            if day == 5:  # and once in the middle of whatever it is doing
                second.end()
            assert first.wait()
        first.tell(morning + DAYS * timedelta(days=1))
        assert first.wait()
        first.end()
        _compare(env, mailbox)


def _killed_while_sending(mailbox: Mailbox, first: Worker, second: Worker, now: datetime) -> None:
    """Kill a worker when the server has its third mail and before it can write so down."""
    take = mailbox.handle_DATA

    async def take_and_kill(server: Any, session: Any, envelope: Any) -> str:
        answer = await take(server, session, envelope)
        if len(mailbox.mails) == 3 and first.process.poll() is None:
            first.process.kill()
            first.process.wait()
        return answer

    mailbox.handle_DATA = take_and_kill  # type: ignore[method-assign]
    first.tell(now)
    assert not first.wait()  # it died
    assert len(mailbox.mails) == 3
    taken = idents(mailbox)
    second.tell(now)
    assert second.wait()  # goes on with the rest, and leaves alone what the dead one had in hand
    assert Counter(idents(mailbox))[taken[2]] == 1 and len(mailbox.mails) > 3
    second.tell(now + timedelta(minutes=3))
    assert second.wait()
    assert Counter(idents(mailbox)) == Counter({**dict.fromkeys(idents(mailbox), 1), taken[2]: 2})
    again = [raw for raw, ident in zip(mailbox.mails, idents(mailbox), strict=True) if ident == taken[2]]
    assert again[0] == again[1]  # a mailbox sees that it has it already


def _compare(env: dict[str, str], mailbox: Mailbox) -> None:
    runs = rows(env, SELECT_RUNS)
    assert len(runs) == len(set(runs))
    assert Counter(book for _key, book in runs) == dict.fromkeys(range(1, BOOKS + 1), 5)
    mails = rows(env, SELECT_MAILS)
    letters = {once: facts for once, kind, _sent, _given, facts in mails if kind == "letter"}
    assert all(sent or given for _once, _kind, sent, given, _facts in mails)
    overtaken = sum(given is not None for _once, kind, _sent, given, _facts in mails if kind == "letter")
    people = Counter(once.rpartition(" ")[0] for once in letters)
    assert len(people) > 4 and max(people.values()) <= DAYS + 1
    told = Counter(idents(mailbox))
    assert len(told) == len(letters) - overtaken
    assert sum(told.values()) - len(told) <= 2  # no more came twice than workers were killed
    bodies = {}
    for raw, ident in zip(mailbox.mails, idents(mailbox), strict=True):
        assert bodies.setdefault(ident, raw) == raw
    for facts in letters.values():
        lines = (json.loads(facts) if isinstance(facts, str) else facts)["items"]
        keys = [(one["run"], one["step"]) for one in lines]
        assert len(keys) == len(set(keys))
