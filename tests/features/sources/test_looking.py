"""Sources that we look at ourselves: one worker at a time, in their turn, and nothing left behind."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connections
from django.utils import timezone


@pytest.fixture
def source(book: Any) -> Any:
    """A source of a kind that is looked at."""
    from indelible.features.sources.models import Kind, Source

    return Source.objects.create(logbook=book, name="Mails", system="mailbox", kind=Kind.MAILBOX)


def test_of_many_workers_one_looks_and_then_it_rests(source: Any) -> None:
    from indelible.features.sources.live.looking import Look, look_at_each
    from indelible.features.sources.models import Kind

    looks: list[int] = []

    def look(which: Any) -> Look:
        looks.append(which.pk)
        time.sleep(0.2)
        return Look()

    def work() -> None:
        close_old_connections()
        try:
            look_at_each(Kind.MAILBOX, look, lasting=timedelta(minutes=1))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert looks == [source.pk]


def test_what_is_asked_for_during_a_look_is_not_forgotten(source: Any) -> None:
    from indelible.features.sources.live.health import health_of, try_again_now
    from indelible.features.sources.live.looking import Look, look_at_each
    from indelible.features.sources.models import Kind

    def look(which: Any) -> Look:
        try_again_now(which)
        return Look()

    look_at_each(Kind.MAILBOX, look, lasting=timedelta(minutes=1))
    assert health_of(source).next_try_at is None


def test_a_fault_with_one_source_keeps_no_other_from_being_looked_at(source: Any, book: Any) -> None:
    from indelible.features.sources.live.health import health_of
    from indelible.features.sources.live.looking import Look, look_at_each
    from indelible.features.sources.models import Kind, Source

    other = Source.objects.create(logbook=book, name="More mails", system="mailbox", kind=Kind.MAILBOX)

    def look(which: Any) -> Look:
        if which == source:
            raise ValueError("a fault of ours")
        return Look(behind=3)

    look_at_each(Kind.MAILBOX, look, lasting=timedelta(minutes=1))
    assert health_of(source).problem == {"code": "source-look-failed", "detail": "ValueError"}
    assert health_of(other).behind == 3 and health_of(other).looked_at is not None


def test_a_claim_is_renewed_while_a_look_goes_on_and_freed_after_it(source: Any) -> None:
    from indelible.features.sources.live.claims import claimed, renew
    from indelible.features.sources.live.health import health_of

    with claimed(source, timedelta(minutes=1)) as ours:
        first = health_of(source).claimed_until
        renew(source, timedelta(minutes=1))
        assert ours and health_of(source).claimed_until == first  # it was made just now
        renew(source, timedelta(minutes=5))
        assert health_of(source).claimed_until > timezone.now() + timedelta(minutes=4)
        with claimed(source, timedelta(minutes=1)) as second:
            assert not second
    assert health_of(source).claimed_until is None


def test_what_a_killed_process_left_is_swept_once_it_is_old(source: Any) -> None:
    from indelible.features.sources.importing import receive
    from indelible.features.sources.live.files import kept_path
    from indelible.features.sources.live.leftovers import sweep_leftovers
    from indelible.features.sources.origins import By

    left, fresh, kept = kept_path(), kept_path(), kept_path()
    for path in (left, fresh, kept):
        path.write_bytes(b"id\n1\n")
    receive(kept, "kept.csv", logbook=source.logbook, by=By(), source=source)
    for path in (left, kept):
        os.utime(path, (1, 1))
    sweep_leftovers.func()
    assert [path.exists() for path in (left, fresh, kept)] == [False, True, True]
    fresh.unlink()
    kept.unlink()
