"""A process that sets up sources over a data folder and says what came of them, as the pages would.

Run as `python -m tests.features.sources.lines.office`; it reads a JSON list `[command, arguments]` a line and answers
with a JSON value a line. So tests of the receiver share its database without ever opening it themselves.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def begin() -> int:
    """Make the tables and a logbook."""
    from indelible.server.prepare import bring_tables_up_to_date
    from indelible.storage.database.logbooks import create_logbook

    bring_tables_up_to_date()
    first: Any = {"action": {"verb": "create", "said": "Logbook begun"}, "outcome": "success"}
    return create_logbook(first_event=first).pk


def connect(**answers: Any) -> Any:
    """Fill the form of a new source; its id, or what the form says is wrong."""
    from indelible.features.sources.kinds.lines import KIND
    from indelible.features.sources.live.connecting import connect
    from indelible.features.sources.services import By
    from indelible.storage.database.models import Logbook

    form = KIND.form({"largest_kb": 64, "address": "127.0.0.1", **answers})
    if not form.is_valid():
        return form.errors.get_json_data()
    made = connect(
        Logbook.objects.get(),
        KIND,
        answers["name"],
        By(),
        settings=form.settings(),
        secrets=form.secrets(),
        told=form.told(),
    )
    return made.pk


def change(key: int, **answers: Any) -> Any:
    """Fill the form of a source's settings anew."""
    from indelible.features.sources.kinds.lines import KIND
    from indelible.features.sources.live.connecting import change_settings

    source = _source(key)
    form = KIND.form({**source.settings, **answers}, source=source)
    if not form.is_valid():
        return form.errors.get_json_data()
    settings = {**source.settings, **form.settings()}
    return change_settings(
        source, _by(), settings=settings, secrets=form.secrets(), told=form.told(), told_before={}
    )


def act(key: int, what: str) -> None:
    """Pause a source, let it go on, end it; announce its next certificate, or switch to it."""
    from indelible.features.sources.kinds.lines import rotating
    from indelible.features.sources.live import connecting

    source = _source(key)
    acts: dict[str, Any] = {
        "pause": lambda: connecting.pause(source, "A test", _by()),
        "go on": lambda: connecting.go_on(source, _by()),
        "end": lambda: connecting.end(source, "A test", _by()),
        "announce": lambda: rotating.announce(source, _by()),
        "switch": lambda: rotating.switch(source, _by()),
    }
    acts[what]()


def settings_of(key: int) -> Any:
    """The settings of a source."""
    return _source(key).settings


def to_copy(key: int, folder: str) -> dict[str, str]:
    """What the page says to copy, with the files of the sender in `folder`; and the certificate itself."""
    from indelible.features.sources.kinds.lines import senders
    from indelible.features.sources.kinds.lines.listening import Listening
    from indelible.features.sources.kinds.lines.page import certificate_of

    listening = Listening.of(_source(key))
    certificate = certificate_of(listening)
    return {
        "certificate": certificate,
        "rsyslog": senders.rsyslog(listening, certificate, folder=folder),
        "syslog_ng": senders.syslog_ng(listening, folder=folder),
        "first_line": senders.first_line(listening),
    }


def entries(key: int) -> list[Any]:
    """The events that a source brought, in the order of the record."""
    name = _source(key).name
    return [event for event in everything() if event.get("source", {}).get("name") == name]


def everything() -> list[Any]:
    """All events of the record."""
    from indelible.storage.database.logbooks import get_logbook
    from indelible.storage.database.models import Logbook
    from indelible.storage.database.reads import get_entries

    book = get_logbook(Logbook.objects.get().name)
    found: list[Any] = []
    while len(found) < book.size:
        last = min(len(found) + 400, book.size) - 1
        found += [entry.event for entry in get_entries(book, len(found), last)]
    return found


def account(key: int) -> dict[str, Any]:
    """What became of what a source brought, all days together."""
    rows = list(_source(key).imports.all())
    told = {
        what: sum(getattr(row, what) for row in rows)
        for what in ("recorded", "duplicates", "rejected", "conflicts", "deliveries")
    }
    rejects = [(each.reason, each.text) for row in rows for each in row.rejects.all()[:50]]
    return {**told, "rejects": rejects}


def health(key: int) -> dict[str, Any]:
    """How a source does."""
    from indelible.features.sources.live.health import health_of

    row = health_of(_source(key))
    return {"problem": row.problem, "clock_ms": row.clock_ms, **row.cursor}


def _source(key: int) -> Any:
    from indelible.features.sources.models import Source

    return Source.objects.select_related("logbook").get(pk=key)


def _by() -> Any:
    from indelible.features.sources.services import By

    return By({"name": "Ana Ruiz", "kind": "person"})


def main() -> None:
    """Answer until nothing more is asked."""
    import django

    django.setup()
    commands = {
        each.__name__: each
        for each in (begin, connect, change, act, settings_of, to_copy, entries, everything, account, health)
    }
    for line in sys.stdin:
        command, arguments = json.loads(line)
        try:
            answer = [True, commands[command](**arguments)]
        except Exception as fault:
            answer = [False, repr(fault)]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
