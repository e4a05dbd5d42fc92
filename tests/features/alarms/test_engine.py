"""The engine: each notice once, whatever the batches and however often a process dies; and no storm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.features.alarms.conftest import NOON, Put, minutes, told

Look = Callable[..., list[Any]]


def summary(notices: list[Any]) -> list[Any]:
    return sorted((n.alarm.sign, n.count, tuple(n.entries), n.rest) for n in notices)


def start_anew(book: Any) -> None:
    """Forget what the engine did, so that it does it all again."""
    from indelible.features.alarms.models import Alarm, Memory, Message, Notice
    from indelible.storage.database.models import Follower

    for table in (Message, Notice, Memory):
        table.objects.all().delete()
    Alarm.objects.update(taught=False)
    Follower.objects.filter(logbook=book, name="alarms").delete()


def test_notices_come_out_the_same_however_the_log_is_cut_and_whoever_dies_on_the_way(
    alarm: Callable[..., Any], put: Put, look: Look, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.alarms import engine

    alarm("many", count=4, minutes=30)
    alarm("first_time", what="act")
    alarm("one_person")
    alarm("failures_then_success", count=2)
    who = ("Ann", "Bob", "Cem")
    verbs = ("create", "approve", "sign_in", "pay")
    put(
        [
            told(
                verbs[n % 4],
                who=who[n % 3],
                thing=("payment", f"P-{n // 5}"),
                at=NOON + minutes(n * 7 % 60),
                outcome="failure" if n % 4 < 2 else "success",
            )
            for n in range(60)
        ]
    )
    expected = summary(look())
    assert len(expected) > 10
    real = engine.notice
    for batch in (1, 7, 13):
        start_anew(book)
        deaths = iter(range(1_000_000))

        def dying(*given: Any, deaths: Any = deaths) -> None:
            real(*given)
            if next(deaths) % 3 == 1:  # after everything was written, right before the commit
                raise ConnectionError("killed")

        monkeypatch.setattr(engine, "notice", dying)
        while True:
            try:
                if not engine.run(book, batch=batch, most=batch * 2):
                    break
            except ConnectionError:
                continue
        monkeypatch.setattr(engine, "notice", real)
        assert summary(look()) == expected, batch


def test_a_storm_gives_a_bounded_number_of_notices_and_rows(
    alarm: Callable[..., Any], put: Put, look: Look, book: Any
) -> None:
    from indelible.features.alarms.models import Memory, Message, Notice
    from indelible.features.alarms.noticing import MOST_AN_HOUR

    channel = hook_channel(book)
    alarm("any_entry", [channel])
    alarm("many", [channel], count=10, minutes=1)
    for part in range(5):
        put(
            [
                told(who=f"Robot {n % 50}", thing=("file", f"F-{part}-{n}"), at=NOON + minutes(n / 2000))
                for n in range(600)
            ]
        )
    notices = look()
    hours = {notice.hour for notice in notices}
    assert len(notices) <= 2 * (MOST_AN_HOUR + 1) * len(hours)
    assert (
        sum(n.count for n in notices if n.alarm.sign == "any_entry") == 3_000
    )  # none is lost: they are counted
    assert Message.objects.count() == Notice.objects.count()
    assert Memory.objects.count() <= 50
    assert all(len(row.facts["at"]) <= 400 for row in Memory.objects.all())


def hook_channel(book: Any) -> Any:
    from indelible.features.alarms.models import Channel

    return Channel.objects.create(logbook=book, kind="hook", name="Ours", made_at=NOON)


def test_like_with_like_folds_and_what_comes_after_an_answer_begins_anew(
    alarm: Callable[..., Any], put: Put, look: Look
) -> None:
    alarm("refused")
    put([told(outcome="denied"), told(outcome="denied"), told(outcome="denied", who="Tom Reed")])
    first, second = look()
    assert (first.count, second.count) == (2, 1)
    first.state, first.waits = "expected", False
    first.save()
    put([told(outcome="denied")])
    *_known, third = look()
    assert (third.turn, third.count) == (2, 1) and third.fold == first.fold


def test_an_alarm_that_is_off_or_set_later_tells_nothing_of_before(
    alarm: Callable[..., Any], put: Put, look: Look, by: Any, book: Any
) -> None:
    from indelible.features.alarms import services

    put([told(outcome="denied")])
    one = alarm("refused")
    assert look() == []
    services.switch(one.pk, by, on=False, reason="Too many")
    put([told(outcome="denied")])
    assert look() == []
    put([told(outcome="denied")])
    services.switch(one.pk, by, on=True)
    assert look() == []
    put([told(outcome="denied")])
    assert len(look()) == 1


def test_an_alarm_on_a_rule_sees_what_the_rule_counts_and_nothing_else(
    book: Any, by: Any, put: Put, look: Look
) -> None:
    from django.utils import timezone

    from indelible.features.alarms import services
    from indelible.features.rules.models import Rule
    from indelible.storage.database.append import Draft, append

    rule = Rule.objects.create(logbook=book, state_since=timezone.now())
    services.make(book, by, "any_entry", {}, rule=rule)
    append(book, [Draft(told(), source=7, rules=(f"{rule.pk}.2",)), Draft(told(), source=7)])  # type: ignore[arg-type]
    append(book, [Draft(told(), source=7, rules=(f"{rule.pk}1.1",))])  # type: ignore[arg-type]
    (notice,) = look()
    assert notice.count == 1


def test_silence_gives_one_notice_and_one_message_when_it_is_back(book: Any, by: Any, look: Look) -> None:
    from indelible.events import own_silence
    from indelible.features.alarms import services
    from indelible.features.alarms.models import Message
    from indelible.features.sources.origins import record_own

    services.make(book, by, "silence", {}, channels=[hook_channel(book)])
    began = record_own(book, own_silence.silence_began(7, "Xero", "2026-03-03T11:00:00Z")).entries[0].index
    (notice,) = look()
    assert (notice.entries, notice.back_at) == ([began], None)
    record_own(
        book,
        own_silence.gap_ended(7, "Xero", "silent", "2026-03-03T11:00:00Z", "2026-03-03T12:00:00Z", began),
    )
    (notice,) = look()
    assert notice.back_at is not None
    assert [message.kind for message in Message.objects.order_by("id")] == ["notice", "back"]


def test_without_alarms_the_engine_passes_over_the_log(put: Put, look: Look, book: Any) -> None:
    from indelible.storage.database.following import upto_of

    put([told()])
    assert look() == []
    assert upto_of(book, "alarms") == 0  # nothing is kept of it before there is an alarm


def test_a_memory_that_is_full_takes_in_nothing_new(
    alarm: Callable[..., Any], put: Put, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.alarms import memory
    from indelible.features.alarms.models import Memory

    monkeypatch.setattr(memory, "MOST_OF_ALARM", 5)
    alarm("many", count=2, minutes=10)
    put([told(who=f"Person {n}") for n in range(20)])
    look()
    assert Memory.objects.count() == 5
    put([told(who="Person 0", at=NOON + timedelta(minutes=1))])
    assert len(look()) == 1
