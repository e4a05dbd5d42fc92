"""Runs by entries and by alarms: each cause opens one, none from before, and a flood only so many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.features.runbooks.starting.books import PUBLISHED, Trigger, document, in_force
from tests.features.runbooks.starting.conftest import paid

Put = Callable[..., list[int]]
NOON = datetime(2025, 6, 12, 11, tzinfo=UTC)


def runs(**which: Any) -> list[Any]:
    from indelible.features.runbooks.models import Run

    return list(Run.objects.filter(**which).order_by("pk"))


def waits_for_payments(title: str = "", **more: Any) -> Any:
    return document("RB-P", "Payment check", on=[Trigger(event="pays an invoice", title=title)], **more)


def test_each_entry_that_is_waited_for_opens_one_run_with_its_words(book: Any, ana: Any, put: Put) -> None:
    from indelible.features.runbooks.starting import by_entry
    from indelible.storage.database.reads import head

    (before,) = put([paid("INV-0", NOON)])
    in_force(book, waits_for_payments("{target} of {actor}"), owner=ana, entry=before)
    assert by_entry.open_due(book, NOON) == 0 and runs() == []  # what was recorded before starts nothing
    first, second = put([paid("INV-1", NOON), paid("INV-2", NOON)])
    put([paid("INV-3", NOON, action={"verb": "view", "said": "looked"})])
    for _again in range(3):
        while by_entry.open_due(book, NOON):
            pass
    one, two = runs()
    assert (one.title, one.about, one.cause) == ("Invoice INV-1 of Maria Lopez", "Invoice INV-1", "event")
    assert (one.cause_entry, two.cause_entry) == (first, second)
    assert (one.cause_key, one.entry > second) == (f"entry {first}", True)
    assert head(book).size > one.entry


def test_a_new_version_goes_on_waiting_and_what_it_waits_for_anew_counts_from_it(
    book: Any, ana: Any, put: Put
) -> None:
    from indelible.features.runbooks.document.writing import digest_of, to_data
    from indelible.features.runbooks.models import Version
    from indelible.features.runbooks.starting import by_entry

    row = in_force(book, waits_for_payments(), owner=ana)
    put([paid("INV-1", NOON), paid("INV-2", NOON, action={"verb": "approve", "said": "approved"})])
    (at,) = put([paid("INV-3", NOON, action={"verb": "view", "said": "looked"})])
    text = document(
        "RB-P",
        "Payment check",
        on=[Trigger(event="pays an invoice"), Trigger(event="approves an invoice")],
    )
    Version.objects.create(
        runbook=row, number=2, document=to_data(text), digest=digest_of(text), published_at=NOON, entry=at
    )
    put([paid("INV-4", NOON, action={"verb": "approve", "said": "approved"})])
    while by_entry.open_due(book, NOON):
        pass
    assert [one.title for one in runs()] == ["Payment check: Invoice INV-1", "Payment check: Invoice INV-4"]


def test_a_flood_opens_a_dozen_an_hour_and_the_rest_is_counted_and_told(
    book: Any, ana: Any, put: Put, told: Callable[[str], list[str]]
) -> None:
    from indelible.features.runbooks.models import Flood
    from indelible.features.runbooks.starting import by_entry, opening

    in_force(book, waits_for_payments(), owner=ana)
    put([paid(f"INV-{n}", NOON) for n in range(300)])
    while by_entry.open_due(book, NOON):
        pass
    assert len(runs()) == opening.MOST_AN_HOUR
    flood = Flood.objects.get()
    assert (flood.count, flood.run, len(flood.entries)) == (288, runs()[-1], opening.MOST_LISTED)
    assert opening.tell_floods(NOON + timedelta(minutes=30)) == 0  # the hour is not over
    after = NOON + timedelta(hours=1)
    assert opening.tell_floods(after) == 1 and opening.tell_floods(after) == 0
    assert told("288 more within an hour")
    put([paid("INV-300", after)])
    by_entry.open_due(book, after)
    assert len(runs()) == opening.MOST_AN_HOUR + 1


def test_what_indelible_records_of_runs_starts_none(book: Any, ana: Any) -> None:
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run
    from indelible.features.runbooks.starting import by_entry

    text = document("RB-E", "Everything started", on=[Trigger(event="starts anything")])
    row = in_force(book, text, owner=ana)
    open_run(row, Doer.of_user(ana), NOON, cause_key="by hand")
    for _round in range(3):
        while by_entry.open_due(book, NOON):
            pass
    assert len(runs()) == 1


def test_a_sentence_that_says_nothing_waits_for_nothing(book: Any, ana: Any, put: Put) -> None:
    from indelible.features.rules.world import world_of
    from indelible.features.runbooks.starting import by_entry
    from indelible.features.runbooks.starting.sentences import NotASentence, pattern_of

    for sentence in ("", "frobnicates the grimble", "record everything"):
        with pytest.raises(NotASentence):
            pattern_of(sentence, world_of(book), NOON)
    in_force(book, document("RB-N", on=[Trigger(event="frobnicates the grimble")]), owner=ana)
    put([paid("INV-1", NOON)])
    assert by_entry.open_due(book, NOON) == 0 and runs() == []


def test_a_notice_of_a_sign_opens_one_run(book: Any, ana: Any, put: Put) -> None:
    from indelible.features.alarms import engine
    from indelible.features.alarms.services import make
    from indelible.features.runbooks.starting import by_alarm
    from indelible.features.sources.origins import By
    from indelible.language.pattern import Pattern
    from indelible.web.acts import party_of

    by = By(party_of(ana), None, ana)
    make(book, by, "refused", {}, pattern=Pattern.of(systems=["xero"]), sentence="Entries of Xero")
    in_force(
        book, document("RB-R", "Refusals", on=[Trigger(alarm="refused")]), owner=ana, published=PUBLISHED
    )
    in_force(book, document("RB-S", "Silences", on=[Trigger(alarm="silence")]), owner=ana)
    in_force(
        book, document("RB-F", "Later", on=[Trigger(alarm="refused")]), published=NOON.replace(year=2099)
    )
    entry, _second = put([paid("INV-1", NOON, outcome="denied"), paid("INV-2", NOON, outcome="denied")])
    while engine.run(book):
        pass
    now = datetime.now(UTC)
    assert by_alarm.open_due(book, now) == 2 and by_alarm.open_due(book, now) == 0
    one, two = runs()
    assert (one.cause, one.cause_entry, one.about) == ("alarm", entry, "Invoice INV-1")
    assert one.title.startswith("Refusals: ") and one.runbook.key == two.runbook.key == "RB-R"


def test_a_flood_of_notices_is_counted_once_each(book: Any, ana: Any, monkeypatch: Any) -> None:
    from indelible.features.alarms.models import Alarm, Notice
    from indelible.features.runbooks.models import Flood
    from indelible.features.runbooks.starting import by_alarm, opening

    monkeypatch.setattr(opening, "MOST_AN_HOUR", 2)
    alarm = Alarm.objects.create(logbook=book, sign="refused", made_at=NOON, begun_entry=0)
    for n in range(5):
        Notice.objects.create(
            logbook=book, alarm=alarm, fold=str(n), first_at=NOON, last_at=NOON, made_at=NOON,
            hour=int(NOON.timestamp()) // 3600, since=NOON,
        )  # fmt: skip
    in_force(book, document("RB-R", "Refusals", on=[Trigger(alarm="refused")]), owner=ana)
    for minute in range(3):
        by_alarm.open_due(book, NOON + timedelta(minutes=minute))
    assert len(runs()) == 2 and Flood.objects.get().count == 3
    by_alarm.open_due(book, NOON + timedelta(hours=1))
    assert len(runs()) == 2  # counted is counted, also in the next hour
