"""Silence and accounts over PostgreSQL: the same rows, locks that several workers share, and nothing told twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services import postgres

STORY = """
import threading
import django
django.setup()
from datetime import UTC, datetime, timedelta
from django.db import connections
from django.utils import timezone
from indelible.server.prepare import bring_tables_up_to_date
bring_tables_up_to_date()
from indelible.events.office import WorkCalendar
from indelible.features.sources.accounts import closing, telling, totals
from indelible.features.sources.live.desk import take
from indelible.features.sources.live.health import health_of
from indelible.features.sources.models import ControlTotal, Gap, Import, Kind, SequenceGap, Source
from indelible.features.sources.services import By, begin_source
from indelible.features.sources.silence import explaining, quiet, watch
from indelible.features.sources.silence.rhythm import Rhythm
from indelible.intake.reading import Record
from indelible.storage.database.checking import check
from indelible.storage.database.logbooks import create_logbook

book = create_logbook(first_event={"action": {"verb": "create", "said": "begun"}, "outcome": "success"})
source = begin_source(book, "Payroll Cloud", "web", By())
rhythm = Rhythm("hours", 1).as_json()
Source.objects.filter(pk=source.pk).update(kind=Kind.WEB, rhythm={"declared": rhythm})
source = Source.objects.get(pk=source.pk)
health_of(source)


def at_once(act):
    def run():
        try:
            found.append(act())
        finally:
            connections.close_all()

    found = []
    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def send(*numbers):
    records = []
    for number in numbers:
        event = {"action": {"verb": "pay", "said": "paid"}, "occurred_at": "2026-01-05T10:00:00Z"}
        event["extra"] = {"sequence": number, "amount": "1.10", "currency": "EUR"}
        records.append(Record(number, number, event, str(number), b"f" * 16, str(number).encode()))
    return lambda: take(source, records)


send(1, 2, 3)()
batches = iter([send(5, 9), send(11, 6), send(10, 12), send(15, 7)])
lock = threading.Lock()


def next_batch():
    with lock:
        batch = next(batches)
    return batch()


at_once(next_batch)
holes = SequenceGap.objects.order_by("first").values_list("first", "last")
assert list(holes) == [(4, 4), (8, 8), (13, 14)], list(holes)
later = timezone.now() + timedelta(hours=2)
assert sum(at_once(lambda: telling.tell(later))) == 3
assert sorted(at_once(lambda: watch.look(later, WorkCalendar()))) == [0, 0, 0, 1]
assert Gap.objects.count() == 1
explaining.explain_gap(Gap.objects.get(), "they moved", By())
explaining.explain_numbers(SequenceGap.objects.first(), "a test", By())
quiet.announce(source, later, later + timedelta(days=1), "move", By(), later)
assert watch.look(later + timedelta(minutes=1), WorkCalendar()) == 0
total = totals.declare(
    source, datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC), count=11, amount="12.10", currency="EUR"
)
assert total.state == "matches", (total.state, total.found_count, total.found_amount)
assert sorted(at_once(lambda: closing.close_days(later + timedelta(days=2)))) == [0, 0, 0, 1]
assert Import.objects.get().receipt is not None
report = check(book)
assert report.verdict == "matches" and report.missing.verdict == "does not match", report.as_json()
print("told")
"""


@pytest.mark.postgres
def test_the_story_of_a_source_over_postgresql(
    postgres_installation: Callable[[str], str], tmp_path: Path
) -> None:
    told = postgres.tell(STORY, postgres_installation("silence"), tmp_path / "home")
    assert told.endswith("told"), told
