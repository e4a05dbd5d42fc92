"""Coverage over PostgreSQL: several workers count and look at once, and nothing is counted or told twice."""

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
from indelible.features.coverage import keeping, pace, queries, watch
from indelible.features.coverage.models import RuleDay, RuleTrouble, SourceSeries
from indelible.features.sources.services import By, begin_source
from indelible.storage.database.append import Draft, append
from indelible.storage.database.logbooks import create_logbook
from tests.features.coverage.conftest import begin_rule, changed_invoice

book = create_logbook(first_event={"action": {"verb": "create", "said": "begun"}, "outcome": "success"})
rule = begin_rule(book, verbs=["change"], things=["invoice"], needs=("reason",), duties={"silent_after": "P2D"})
source = begin_source(book, "Ledger", "ledger", By())
events = [changed_invoice(f"INV-{n}", extra={"sequence": str(n)}, reason="why") for n in range(1, 1_101)]
append(book, [Draft(each, source=source.pk) for each in events])


def at_once(act):
    def run():
        try:
            found.append(act())
        except Exception as wrong:
            found.append(repr(wrong))
        finally:
            connections.close_all()

    found = []
    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


assert all(type(left) is int for left in at_once(lambda: keeping.catch_up(book)))
assert keeping.catch_up(book) == 0
(day,) = RuleDay.objects.all()
assert (day.matched, day.lacking) == (1_100, 0), day.matched
(series,) = SourceSeries.objects.all()
assert (series.lowest, series.highest, series.count) == (1, 1_100, 1_100)
now = timezone.now()
assert pace.learn_paces(book, now, WorkCalendar()) == 0
standing = queries.standing_of(book, now)[rule.pk]
assert standing.ever == 1_100 and standing.state == "partial", standing.judgement
later = now + timedelta(days=12)
assert sorted(at_once(lambda: watch.look(book, later, WorkCalendar()))) == [0, 0, 0, 1]
assert RuleTrouble.objects.get().kind == "silent"
assert queries.uncovered(book, later) == []
keeping.prune(later)
print("told")
"""


@pytest.mark.postgres
def test_the_story_of_a_rule_over_postgresql(
    postgres_installation: Callable[[str], str], tmp_path: Path
) -> None:
    told = postgres.tell(STORY, postgres_installation("coverage"), tmp_path / "home")
    assert told.endswith("told"), told
