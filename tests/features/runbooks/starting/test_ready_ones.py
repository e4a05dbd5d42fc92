"""Whatever the ready runbooks wait for can come about: sentences that are understood, signs and rules that exist."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from indelible.features.runbooks.library import all_ready
from indelible.features.runbooks.timetable import due_dates, words
from indelible.features.runbooks.timetable.schedules import is_named
from tests.features.runbooks.starting.conftest import MADRID

NOW = datetime(2025, 6, 12, 11, tzinfo=UTC)


@pytest.mark.parametrize("key", sorted(all_ready()))
def test_a_ready_runbook_begins_by_what_it_says(key: str) -> None:
    from indelible.features.alarms.signs import all_signs
    from indelible.features.rules.catalogue import RULES
    from indelible.features.runbooks.starting.sentences import pattern_of
    from indelible.language.world import NOWHERE

    starts = all_ready()[key].starts
    for schedule in starts.schedule:
        assert is_named(schedule.on) and words(schedule)
        found = due_dates(schedule, MADRID, date(2025, 1, 1), 3)
        assert len(found) == 3 and all(one.opens_at < one.due_at for one in found)
    for trigger in starts.on:
        if trigger.event:
            assert not pattern_of(trigger.event, NOWHERE, NOW).is_everything
        else:
            assert trigger.alarm in all_signs() or trigger.alarm in RULES, trigger.alarm
