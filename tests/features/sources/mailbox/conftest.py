"""A real mail server, a source that looks at it, and mails as people send them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from tests.services.dovecot import PASSWORD, USER, Dovecot, running_dovecot

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A mail server, shared by the tests of one module."""
    with running_dovecot() as running:
        yield running


@pytest.fixture
def inbox(server: Dovecot) -> Dovecot:
    """The same server with an empty mailbox."""
    server.empty()
    server.set_password(PASSWORD)
    return server


def mail(
    files: Files | None = None,
    *,
    sender: str = "Maria Lopez <maria@northwind.example>",
    subject: str = "Payments of May",
    number: int = 1,
    head: dict[str, str] | None = None,
) -> bytes:
    """Return a mail as a mail program makes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, USER, subject
    message["Date"] = "Tue, 03 Mar 2026 09:15:00 +0100"
    message["Message-ID"] = f"<{number}@northwind.example>"
    for name, text in (head or {}).items():
        message[name] = text
    message.set_content("See the file.\n")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def rows(count: int, first: int = 1) -> bytes:
    """Return a table of events that asks nothing."""
    lines = ["id,time,user,action,object"]
    lines += [
        f"e{number},2026-03-03T08:00:{number % 60:02}Z,user{number},deleted,invoice {number}"
        for number in range(first, first + count)
    ]
    return "\n".join(lines).encode()


def settings_for(server: Dovecot, **other: Any) -> dict[str, Any]:
    """Return what a person fills in to set that mailbox up."""
    return {
        "name": "Mails of Northwind",
        "host": "localhost",
        "tls": "tls",
        "port": server.port,
        "certificate": server.certificate,
        "user": USER,
        "password": PASSWORD,
        "folder": "INBOX",
        "senders": "maria@northwind.example\n@harrow.example",
        "patterns": "*.csv\n*.json\n*.gz\n*.zip",
        "afterwards": "leave",
        **other,
    }


@pytest.fixture
def connect(book: Any, inbox: Dovecot) -> Callable[..., Any]:
    """A function that sets up a mailbox as the form does; settings by name."""
    from indelible.features.sources.kinds import load
    from indelible.features.sources.live.connecting import connect as begin
    from indelible.features.sources.services import By

    def run(**other: Any) -> Any:
        kind = load()["mailbox"]
        form = kind.form(settings_for(inbox, **other))
        assert form.is_valid(), form.errors
        kept = {"settings": form.settings(), "secrets": form.secrets(), "told": form.told()}
        return begin(book, kind, form.cleaned_data["name"], By(), **kept)

    return run


def look(source: Any) -> Any:
    """Look once, now; return how the source does."""
    from indelible.features.sources.kinds.mailbox import look_at_mailboxes
    from indelible.features.sources.live.health import health_of, try_again_now

    try_again_now(source)
    look_at_mailboxes()
    return health_of(source)


def record_all() -> None:
    """Do what the worker does with the files that were taken."""
    from indelible.features.sources.jobs import record_import
    from indelible.features.sources.models import Import, Stage

    for row in Import.objects.filter(stage=Stage.RECEIVED, live_day=None).order_by("pk"):
        record_import.func(row.pk)


def taken(source: Any) -> list[tuple[str, int, int]]:
    """Record what was taken; return its files, each with how many records are new and held already."""
    from indelible.features.sources.models import Import

    record_all()
    imports = Import.objects.filter(source=source, live_day=None).order_by("pk")
    return [(row.file_name, row.recorded, row.duplicates) for row in imports]
