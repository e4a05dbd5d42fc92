"""The desk: what was acknowledged is on the record and counted, by whatever road, however many come at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import close_old_connections, connections

from indelible.intake.reading import Record, Rejected, Repeat


@pytest.fixture
def source(book: Any) -> Any:
    """A source that sends by itself."""
    from indelible.features.sources.models import Kind
    from indelible.features.sources.services import By, begin_source

    made = begin_source(book, "Payroll Cloud", "web", By())
    made.kind = Kind.WEB
    made.save()
    return made


def told(number: int, id: str | None = None, said: str = "login") -> Record:
    event: Any = {"action": {"verb": "sign_in", "said": said}, "actor": {"name": f"user{number}"}}
    return Record(number, number, event, id, b"f" * 16, f"{said} {number}".encode())


def account(source: Any) -> Any:
    from indelible.features.sources.models import Import

    return Import.objects.get(source=source)


def test_what_is_taken_is_sealed_and_counted(source: Any) -> None:
    from indelible.features.sources.live.desk import take
    from indelible.storage.database.reads import get_entry

    taken = take(
        source, [told(1, "a"), Rejected(2, "not_a_record", "x"), told(3, "c"), Repeat(4, 1)], size=40
    )
    assert [fate.what for fate in taken.fates] == ["recorded", "rejected", "recorded", "duplicate"]
    row = account(source)
    assert (row.recorded, row.rejected, row.duplicates, row.deliveries, row.size) == (2, 1, 1, 1, 40)
    assert row.read == 4 == row.taken
    entry = get_entry(source.logbook, taken.fates[2].entry or 0)
    assert entry.event["source"] == {"name": "Payroll Cloud", "import": row.pk, "row": 3}
    assert taken.checkpoint.startswith(source.logbook.origin)


def test_an_id_held_already_is_a_repeat_or_a_conflict(source: Any) -> None:
    from indelible.features.sources.live.desk import take

    first = take(source, [told(1, "a")]).fates[0].entry
    again = take(source, [told(1, "a"), told(1, "a", said="logout")]).fates
    assert [(fate.what, fate.entry == first) for fate in again] == [("duplicate", True), ("conflict", False)]
    assert account(source).held_before == 1


def test_without_an_id_two_equal_messages_are_two_events(source: Any) -> None:
    from indelible.features.sources.live.desk import take

    take(source, [told(1), told(1)])
    assert account(source).recorded == 2


def test_a_key_used_for_something_else_is_refused_whole(source: Any) -> None:
    from indelible.features.sources.live.desk import KeyUsedBefore, take

    first = take(source, [told(1)], key="key").fates[0].entry
    assert take(source, [told(1)], key="key").fates[0].what == "duplicate"
    with pytest.raises(KeyUsedBefore) as refused:
        take(source, [replace(told(2), row=1), told(3)], key="key")
    assert refused.value.entry == first
    assert account(source).recorded == 1


def test_an_id_of_its_own_counts_more_than_the_key(source: Any) -> None:
    """Two accounts of one event are a conflict, also where the delivery has a key for what has no id."""
    from indelible.features.sources.live.desk import take

    take(source, [told(1, "a")])
    fates = take(source, [told(1, "a", said="logout"), told(2)], key="key").fates
    assert [fate.what for fate in fates] == ["conflict", "recorded"]


def test_nothing_is_acknowledged_for_a_thread_that_is_stopped(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.live import desk
    from indelible.storage.database.errors import AppendFailed

    first = desk._Delivery(source, desk.account_of(source, desk.timezone.now()).pk, [told(1)], 1, "")
    first.make_ready()

    def stop(*_arguments: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(desk, "keep_rejected", stop)
    with pytest.raises(SystemExit):
        desk._commit([first])
    assert isinstance(first.error, AppendFailed)
    assert account(source).recorded == 0


def test_a_paused_source_takes_nothing(source: Any) -> None:
    from indelible.features.sources.live.connecting import go_on, pause
    from indelible.features.sources.live.desk import ComeBackLater, take
    from indelible.features.sources.services import By

    paused = pause(source, "The vendor moves house", By())
    with pytest.raises(ComeBackLater):
        take(paused, [told(1)])
    assert take(go_on(paused, By()), [told(1)]).count("recorded") == 1


def test_many_at_once_share_commits_and_none_is_lost_or_doubled(source: Any) -> None:
    from indelible.features.sources.live.desk import take
    from indelible.storage.database.models import Number

    faults: list[Exception] = []

    def send(thread: int) -> None:
        close_old_connections()
        try:
            for number in range(1, 11):
                take(source, [told(number, f"{thread} {number}"), told(number, f"all {number}")])
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(each,)) for each in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not faults
    row = account(source)
    assert (row.recorded, row.duplicates, row.deliveries) == (70, 50, 60)
    assert Number.objects.get(logbook=source.logbook, name=f"sources/{source.pk}").last == 70


def test_one_bad_delivery_does_not_take_others_with_it(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.features.sources.live import desk

    first = desk._Delivery(source, desk.account_of(source, desk.timezone.now()).pk, [told(1, "a")], 1, "")
    second = desk._Delivery(source, first.account, [told(2, "b")], 1, "")
    for each in (first, second):
        each.make_ready()
    real = desk.keep_rejected

    def fail(row: Any, rejected: Any) -> None:
        if row.size:  # the second of a group
            raise ValueError("a fault of this delivery alone")
        real(row, rejected)

    monkeypatch.setattr(desk, "keep_rejected", fail)
    desk._commit([first, second])
    assert first.error is None and first.fates[0].what == "recorded"
    assert isinstance(second.error, ValueError)
    assert account(source).recorded == 1
