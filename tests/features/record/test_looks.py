"""Reading is recorded too: gathered by person for a minute, surviving a crash, stopping nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from indelible.features.record import looks
from indelible.features.record.models import PendingLook
from indelible.storage.database import reads

from .conftest import Put, text_of, told

NOON = datetime(2025, 6, 12, 12, 0, tzinfo=UTC)


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def test_looks_of_one_minute_become_one_entry_with_its_questions(
    ana: Any, book: Any, put: Put, sentences: Any
) -> None:
    put(told(), told(), told())
    size = reads.head(book).size
    looks.look(book, ana, [1, 2], NOON, "Entries by “Maria”")
    looks.look(book, ana, [2, 3], NOON + seconds(30))
    looks.look(book, ana, [3], NOON + seconds(59), "Entries by “Maria”")
    assert looks.tell_due(book, NOON + seconds(59)) == 0
    assert reads.head(book).size == size
    assert looks.tell_due(book, NOON + seconds(60)) == 1
    assert reads.head(book).size == size + 1
    event = reads.get_entry(book, size).event
    assert event["occurred_at"] == "2025-06-12T12:00:00Z"
    assert event["extra"]["scope_entries"] == [1, 2, 3]
    assert event["extra"]["query"] == "Entries by “Maria”"
    assert sentences()[-1].startswith("Ana Ruiz looked at 3 entries")
    assert not PendingLook.objects.exists()


def test_the_next_look_after_the_minute_tells_the_ones_before(ana: Any, book: Any) -> None:
    size = reads.head(book).size
    looks.look(book, ana, [0], NOON)
    looks.look(book, ana, [1], NOON + seconds(61))
    assert reads.head(book).size == size + 1
    assert PendingLook.objects.get().entries == [1]


def test_people_s_looks_are_told_apart(ana: Any, ben: Client, book: Any) -> None:
    other = looks.User.objects.get(name="Ben Osei")
    looks.look(book, ana, [0], NOON)
    looks.look(book, other, [0], NOON)
    size = reads.head(book).size
    assert looks.tell_due(book, NOON + seconds(60)) == 2
    names = [reads.get_entry(book, index).event["actor"]["name"] for index in (size, size + 1)]
    assert sorted(names) == ["Ana Ruiz", "Ben Osei"]


def test_a_look_survives_a_crash_because_it_is_a_row_first(signed_in: Client, book: Any) -> None:
    signed_in.get("/record/1/")
    kept = PendingLook.objects.get()
    assert kept.entries == [0]
    # Whatever process comes next tells it.
    assert looks.tell_due(book, kept.began_at + seconds(60)) == 1


def test_many_looks_do_not_wait_for_the_minute(ana: Any, book: Any) -> None:
    size = reads.head(book).size
    looks.look(book, ana, range(looks.MOST_ENTRIES), NOON)
    looks.look(book, ana, [1], NOON + seconds(1))
    assert reads.head(book).size == size + 1


def test_people_can_read_while_nothing_can_be_sealed(
    signed_in: Client, ana: Any, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.storage.database.errors import AppendRefused

    def refuse(*_: object, **__: object) -> None:
        raise AppendRefused("log-behind-checkpoint-file", "an older state was put back")

    looks.look(book, ana, [0], NOON)
    monkeypatch.setattr(looks, "append", refuse)
    assert signed_in.get("/record/1/").status_code == 200
    assert signed_in.get("/record/").status_code == 200
    assert looks.tell_due(book, datetime.now(UTC)) == 0
    kept = PendingLook.objects.get()
    assert kept.began_at == NOON
    monkeypatch.undo()
    assert looks.tell_due(book, datetime.now(UTC)) == 1


def test_every_way_of_reading_counts(signed_in: Client, put: Put) -> None:
    (index,) = put(told(original={"text": "as it came"}))
    for path in (
        f"/record/{index + 1}/receipt/",
        f"/record/{index + 1}/details/",
        f"/record/{index + 1}/original/",
    ):
        PendingLook.objects.all().delete()
        assert signed_in.get(path).status_code == 200
        assert PendingLook.objects.get().entries == [index]
    PendingLook.objects.all().delete()
    assert "AccountsPro" in text_of(signed_in.get("/record/?q=who:maria"))
    kept = PendingLook.objects.get()
    assert (kept.entries, kept.queries) == ([index], ['Entries where "maria" does anything to anything'])
