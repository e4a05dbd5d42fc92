"""The calendar that silence and deadlines are reckoned with is the one that people set."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


def test_until_somebody_says_otherwise_it_is_monday_to_friday_from_eight_to_six(ana: Any) -> None:
    from indelible.features.settings.services import calendar

    usual = calendar()
    assert usual.zone == "Europe/Madrid"
    assert usual.holidays == frozenset()
    assert usual.is_working(datetime(2025, 6, 12, 8, tzinfo=ZoneInfo("Europe/Madrid")))
    assert not usual.is_working(datetime(2025, 6, 12, 7, 59, tzinfo=ZoneInfo("Europe/Madrid")))


@pytest.mark.django_db
def test_before_there_is_an_organisation_there_is_a_calendar_too() -> None:
    from indelible.features.settings.services import calendar

    assert calendar().zone == "UTC"


def test_hours_public_holidays_and_own_days_hold_together(ana: Any) -> None:
    from indelible.features.settings.hours import as_json
    from indelible.features.settings.models import OfficeHours, OwnHoliday
    from indelible.features.settings.services import calendar

    week = {0: ((time(9), time(13)), (time(14), time(0)))}
    OfficeHours.objects.create(pk=1, hours=as_json(week), country="ES", region="MD")
    OwnHoliday.objects.create(day=date(2026, 11, 9), name="Almudena")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ours = calendar()
    assert len(asked) == 3
    assert ours.hours[0] == week[0]
    assert date(2026, 5, 2) in ours.holidays  # Madrid's own day
    assert date(2026, 11, 9) in ours.holidays
    assert not ours.is_working_day(date(2026, 11, 9))  # a Monday
    assert ours.is_working_day(date(2026, 11, 16))
    assert calendar() is ours
