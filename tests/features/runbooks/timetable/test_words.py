"""Schedules in words."""

from __future__ import annotations

import pytest

from indelible.features.runbooks.document.runbook import Schedule
from indelible.features.runbooks.timetable import words


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Schedule(every="day"), "every day"),
        (Schedule(every="working_day"), "every working day"),
        (Schedule(every="week"), "every week on the first day"),
        (Schedule(every="week", on="mon"), "every week on Monday"),
        (Schedule(every="month", on="working 5"), "every month on the fifth working day"),
        (Schedule(every="month", on="working 12"), "every month on working day 12"),
        (Schedule(every="month", on="last working"), "every month on the last working day"),
        (Schedule(every="month", on="15"), "every month on day 15"),
        (Schedule(every="month", on="sun"), "every month on the first Sunday"),
        (Schedule(every="quarter", on="last"), "every quarter on the last day"),
        (Schedule(every="half_year"), "every half year on the first day"),
        (
            Schedule(every="year", months=(9, 3, 6)),
            "every year on the first day, in March, June and September",
        ),
        (
            Schedule(every="month", opens="P5D", working=True),
            "every month on the first day; it opens 5 working days before",
        ),
        (
            Schedule(every="month", opens="P1M1DT2H"),
            "every month on the first day; it opens 1 month, 1 day and 2 hours before",
        ),
    ],
)
def test_a_schedule_is_told_in_words(schedule: Schedule, said: str) -> None:
    assert words(schedule) == said
