"""The watch: a gap opens and closes once, with its entries, whoever looks; it stays visible as explained."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connections

from tests.features.sources.silence.conftest import START


def test_silence_is_told_when_it_begins_and_when_it_ends_and_each_once(
    hourly: Any, comes: Any, watch: Callable[[float], int], said: Callable[[], list[str]]
) -> None:
    from indelible.features.sources.models import Gap, Source

    comes(hourly, 0)
    assert watch(69) == 0
    assert [watch(71), watch(72), watch(200)] == [1, 0, 0]
    gap = Gap.objects.get()
    assert (gap.kind, gap.began_at, gap.expected_by) == ("silent", START, START + timedelta(hours=1))
    assert Source.objects.get(pk=hourly.pk).rhythm["silent"]["gap"] == gap.pk
    comes(hourly, 240)
    comes(hourly, 250)
    assert [watch(251), watch(252)] == [1, 0]
    gap.refresh_from_db()
    assert gap.ended_at == START + timedelta(minutes=240)
    assert said() == [
        "Payroll Cloud was expected by 2026-06-08 09:00 UTC and is silent; it was last heard at 2026-06-08 08:00 UTC",
        "Payroll Cloud was silent from 2026-06-08 08:00 UTC to 2026-06-08 12:00 UTC",
    ]
    assert "silent" not in Source.objects.get(pk=hourly.pk).rhythm
    assert watch(251 + 71) == 1, "and the next silence is a gap of its own"


def test_without_a_rhythm_nothing_is_silent(payroll: Any, comes: Any, watch: Callable[[float], int]) -> None:
    comes(payroll, 0)
    assert watch(100_000) == 0


def test_a_heartbeat_is_being_there(hourly: Any, comes: Any, watch: Callable[[float], int]) -> None:
    from indelible.features.sources.live.health import beat

    comes(hourly, 0)
    beat(hourly, START + timedelta(minutes=60))
    assert watch(100) == 0
    assert watch(60 + 71) == 1


def test_a_pause_is_a_gap_of_its_kind_and_what_is_ended_has_none(
    hourly: Any, comes: Any, watch: Callable[[float], int], said: Callable[[], list[str]]
) -> None:
    from indelible.features.sources.models import Gap, Source

    comes(hourly, 0)
    watch(71)
    rows = Source.objects.filter(pk=hourly.pk)
    rows.update(state="paused", state_since=START + timedelta(minutes=80), state_reason="moving")
    assert watch(81) == 2
    assert [gap.kind for gap in Gap.objects.order_by("id")] == ["silent", "paused"]
    rows.update(state="on", state_since=START + timedelta(minutes=200))
    assert watch(201) == 1
    assert Gap.objects.get(kind="paused").ended_at == START + timedelta(minutes=200)
    assert watch(265) == 0, "expected anew since it went on"
    assert watch(271) == 1
    assert Gap.objects.get(ended_at=None).began_at == START + timedelta(minutes=200)
    rows.update(state="ended", state_since=START + timedelta(minutes=300))
    assert watch(301) == 1
    assert not Gap.objects.filter(ended_at=None).exists()
    assert sum("paused" in each for each in said()) == 0, "a pause is told by whoever pauses"


def test_trouble_that_lasts_is_a_gap_and_a_question_is_none(
    payroll: Any, watch: Callable[[float], int], said: Callable[[], list[str]]
) -> None:
    from indelible.features.sources.live.health import troubled, well
    from indelible.features.sources.models import Gap

    troubled(payroll, "source-ended", START)
    assert watch(14) == 0
    assert watch(16) == 1
    well(payroll, START + timedelta(minutes=30))
    assert watch(31) == 1
    assert [gap.kind for gap in Gap.objects.all()] == ["refused"]
    assert said()[0].startswith("Nothing can be taken from Payroll Cloud since 2026-06-08 08:00 UTC: ")
    troubled(payroll, "source-asks", START)
    assert watch(100) == 0


def test_announced_quiet_is_no_gap_and_can_be_withdrawn(
    hourly: Any, comes: Any, watch: Callable[[float], int], said: Callable[[], list[str]]
) -> None:
    from indelible.features.sources.models import Source
    from indelible.features.sources.services import By
    from indelible.features.sources.silence.pace import current_quiet
    from indelible.features.sources.silence.quiet import announce, withdraw

    by, now = By({"name": "Ana Ruiz", "kind": "person"}), START + timedelta(minutes=5)
    comes(hourly, 0)
    row = announce(hourly, now, START + timedelta(hours=8), "Server moves", by, now)
    assert watch(300) == 0
    kept = Source.objects.get(pk=hourly.pk)
    assert (current_quiet(kept, START + timedelta(hours=2)) or {})["why"] == "Server moves"
    withdraw(row, by, START + timedelta(hours=5))
    assert current_quiet(Source.objects.get(pk=hourly.pk), START + timedelta(hours=6)) is None
    assert watch(300 + 69) == 0
    assert watch(300 + 71) == 1, "from the withdrawal on it is expected as usual"
    assert said()[0] == (
        "Ana Ruiz announced that nothing is to be expected from Payroll Cloud from 2026-06-08 08:05 UTC"
        " to 2026-06-08 16:00 UTC: “Server moves”"
    )


@pytest.mark.parametrize(
    ("start", "end", "why", "code"),
    [
        (-60, 60, "x", "quiet-in-the-past"),
        (60, 60, "x", "quiet-backwards"),
        (60, 120, " ", "quiet-needs-reason"),
        (60, 600_000, "x", "quiet-too-long"),
    ],
)
def test_quiet_that_cannot_be_announced(hourly: Any, start: int, end: int, why: str, code: str) -> None:
    from indelible.features.sources.services import By, SourceError
    from indelible.features.sources.silence.quiet import announce

    span = [START + timedelta(minutes=each) for each in (start, end)]
    with pytest.raises(SourceError) as refusal:
        announce(hourly, span[0], span[1], why, By(), START)
    assert refusal.value.code == code


def test_a_gap_is_explained_once_and_stays(hourly: Any, comes: Any, watch: Any, said: Any) -> None:
    from indelible.features.sources.models import Gap
    from indelible.features.sources.services import By, SourceError
    from indelible.features.sources.silence.explaining import explain_gap

    comes(hourly, 0)
    watch(71)
    by = By({"name": "Ana Ruiz", "kind": "person"})
    gap = explain_gap(Gap.objects.get(), "Their server moved", by)
    with pytest.raises(SourceError) as refusal:
        explain_gap(gap, "It was me", by)
    assert refusal.value.code == "explained-before"
    comes(hourly, 100)
    watch(101)
    gap.refresh_from_db()
    assert gap.explanation == "Their server moved" and gap.ended_at is not None
    assert said()[1] == (
        "Ana Ruiz explained why nothing came from Payroll Cloud from 2026-06-08 08:00 UTC on: “Their server moved”"
    )


def test_many_workers_that_look_at_once_tell_it_once(
    hourly: Any, comes: Any, said: Callable[[], list[str]]
) -> None:
    from indelible.events.office import WorkCalendar
    from indelible.features.sources.models import Gap
    from indelible.features.sources.silence.watch import settle

    comes(hourly, 0)
    counts: list[int] = []

    def look() -> None:
        try:
            counts.append(settle(hourly.pk, START + timedelta(minutes=71), WorkCalendar()))
        finally:
            close_old_connections()
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    assert Gap.objects.count() == 1 and len(said()) == 1


def test_silence_that_was_over_before_anybody_looked_is_told_at_the_next_start(
    hourly: Any, comes: Any, watch: Callable[[float], int], said: Callable[[], list[str]]
) -> None:
    from indelible.events.office import WorkCalendar
    from indelible.features.sources.models import Gap
    from indelible.features.sources.silence.catching_up import catch_up

    for minutes in (0, 55, 110, 300, 350, 400):
        comes(hourly, minutes)
    comes(hourly, 450, beats=1)
    comes(hourly, 520)
    now = START + timedelta(minutes=530)
    assert [catch_up(now, WorkCalendar()), catch_up(now, WorkCalendar())] == [1, 0]
    gap = Gap.objects.get()
    assert (gap.began_at, gap.ended_at) == (START + timedelta(minutes=110), START + timedelta(minutes=300))
    assert said()[1] == "Payroll Cloud was silent from 2026-06-08 09:50 UTC to 2026-06-08 13:00 UTC"
    assert watch(531) == 0 and watch(600) == 1


def test_an_entry_that_cannot_be_sealed_leaves_no_gap_behind(
    hourly: Any, comes: Any, watch: Callable[[float], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.models import Gap, Source
    from indelible.features.sources.silence import watch as watching
    from indelible.storage.database.errors import AppendFailed

    def fails(*_args: object, **_more: object) -> None:
        raise AppendFailed("disk-full", "no room")

    comes(hourly, 0)
    with monkeypatch.context() as patch:
        patch.setattr(watching, "record_own", fails)
        assert watch(71) == 0
    assert not Gap.objects.exists() and "silent" not in Source.objects.get(pk=hourly.pk).rhythm
    assert watch(72) == 1, "the next look tells it"


def test_a_pace_is_learned_and_kept_while_it_is_silent(payroll: Any, watch: Any) -> None:
    from indelible.events.office import WorkCalendar
    from indelible.features.sources.models import Heard, Source
    from indelible.features.sources.silence.pace import in_words, learn_pace, rhythm_of

    at = [START + timedelta(days=n) for n in range(28)]
    Heard.objects.bulk_create(
        Heard(source=payroll, hour=each, first_at=each, last_at=each, deliveries=1) for each in at
    )
    learn_pace(payroll, at[-1], WorkCalendar())
    known = Source.objects.get(pk=payroll.pk)
    rhythm = rhythm_of(known)
    assert rhythm is not None and rhythm.is_learned
    assert in_words(rhythm) == "about every 24 hours; the longest usual pause is 24 hours"
    assert watch(28 * 1440) == 0
    assert watch(30 * 1440) == 1
    silent = Source.objects.get(pk=payroll.pk)
    assert learn_pace(silent, at[-1] + timedelta(days=90), WorkCalendar()) is None
    assert rhythm_of(silent) == rhythm


def test_fifty_sources_are_looked_at_with_as_many_queries_as_one(
    book: Any, django_assert_max_num_queries: Any, watch: Callable[[float], int]
) -> None:
    from indelible.features.sources.models import Source

    Source.objects.bulk_create(Source(logbook=book, name=f"source {n}", system="web") for n in range(50))
    with django_assert_max_num_queries(8):
        watch(10)
