"""The pages about silence and accounts: what they say, and what can be done on them by a signed-in person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.features.conftest import PASSWORD


@pytest.fixture
def source(ana: Any) -> Any:
    """Payroll Cloud of Northwind, connected ten days ago, heard since."""
    from indelible.features.sources.live.health import health_of
    from indelible.features.sources.models import Kind, Source
    from indelible.features.sources.services import By, begin_source
    from indelible.features.sources.silence.heard import note
    from indelible.web.acts import logbook_in_use

    made = begin_source(logbook_in_use(), "Payroll Cloud", "web", By())
    now = timezone.now()
    Source.objects.filter(pk=made.pk).update(kind=Kind.WEB, created_at=now - timedelta(days=10))
    health_of(made)
    for day in range(9, 2, -1):
        note(made.pk, now - timedelta(days=day), records=100 - day)
    return Source.objects.get(pk=made.pk)


@pytest.fixture
def silent(source: Any) -> Any:
    """Its open gap: it was expected each day."""
    from indelible.events.office import WorkCalendar
    from indelible.features.sources.models import Gap, Source
    from indelible.features.sources.silence.rhythm import Rhythm
    from indelible.features.sources.silence.watch import settle

    rhythm = Rhythm("days", 1, grace=timedelta(hours=1)).as_json()
    Source.objects.filter(pk=source.pk).update(rhythm={"declared": rhythm})
    settle(source.pk, timezone.now(), WorkCalendar())
    return Gap.objects.get(source=source)


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_a_silent_source_is_said_on_home_its_page_and_the_calendar(
    signed_in: Client, source: Any, silent: Any
) -> None:
    home = text(signed_in, "/")
    assert "Payroll Cloud is silent" in home and "Is anything missing?" in home
    assert "1 thing is missing." in home
    page = text(signed_in, f"/sources/{source.pk}/")
    assert "every day, with 60 minutes of grace" in page and "Missed spells" in page
    assert "Declared by a person." in page
    calendar = text(signed_in, "/sources/gaps/")
    assert f"/sources/gaps/{silent.pk}/" in calendar and "heard" in calendar
    assert "Complete" not in calendar
    assert text(signed_in, f"/sources/gaps/?source={source.pk}&month=2026-01")
    assert text(signed_in, "/sources/gaps/?month=nonsense&page=9")
    assert signed_in.get("/sources/gaps/?source=999").status_code == 404
    assert "Silent" in text(signed_in, "/sources/")


def test_a_gap_is_explained_on_its_page(signed_in: Client, source: Any, silent: Any, sentences: Any) -> None:
    url = f"/sources/gaps/{silent.pk}/"
    assert "has been silent for" in text(signed_in, url)
    refused = signed_in.post(url, {"words": ""})
    assert refused.status_code == 422 and "Write what you know" in refused.content.decode()
    signed_in.post(url, {"words": "Their certificate ran out"})
    page = text(signed_in, url)
    assert "Their certificate ran out" in page and "Put this on the record" not in page
    assert signed_in.post(url, {"words": "Again"}).status_code == 422
    assert sentences()[-1].endswith("on: “Their certificate ran out”")
    home = text(signed_in, "/")
    assert "Payroll Cloud is silent" not in home and "Explained" in home, "it waits for nobody, and stays"


def test_what_is_expected_is_set_on_a_page(signed_in: Client, source: Any, sentences: Any) -> None:
    from indelible.features.sources.models import Source

    url = f"/sources/{source.pk}/expected/"
    assert "What is expected of Payroll Cloud" in text(signed_in, url)
    given = {"how": "weekdays", "weekdays": ["0"], "by": "18:00", "working": "on", "grace": "4", "late": "48"}
    assert signed_in.post(url, given).status_code == 302
    kept = Source.objects.get(pk=source.pk)
    assert kept.rhythm["declared"]["weekdays"] == [0] and kept.settings["late_after_hours"] == 48
    assert "each Monday by 18:00, on working days, with 4 hours of grace" in sentences()[-1]
    assert signed_in.post(url, {"how": "weekdays", "grace": "1", "late": "24"}).status_code == 422
    count = len(sentences())
    assert signed_in.post(url, given).status_code == 302
    assert len(sentences()) == count, "nothing was different"
    assert signed_in.post(url, {"how": "learn", "grace": "1", "late": "48"}).status_code == 302
    assert "declared" not in Source.objects.get(pk=source.pk).rhythm


def test_quiet_is_signed_with_the_password_and_withdrawn(
    signed_in: Client, source: Any, sentences: Any
) -> None:
    from indelible.features.sources.models import QuietPeriod

    url = f"/sources/{source.pk}/quiet/"
    day = (timezone.now() + timedelta(days=2)).date().isoformat()
    given = {"from_day": day, "to_day": day, "why": "Summer holidays", "password": "not mine at all"}
    refused = signed_in.post(url, given)
    assert refused.status_code == 422 and "The password does not fit." in refused.content.decode()
    assert "not mine" not in refused.content.decode() and not QuietPeriod.objects.exists()
    assert signed_in.post(url, {**given, "password": PASSWORD}).status_code == 302
    row = QuietPeriod.objects.get()
    assert row.to_at - row.from_at == timedelta(days=1) and row.by_name == "Ana Ruiz"
    assert "“Summer holidays”" in sentences()[-1]
    assert "Summer holidays" in text(signed_in, f"/sources/{source.pk}/")
    assert signed_in.get(f"/sources/quiet/{row.pk}/withdraw/").status_code == 405
    signed_in.post(f"/sources/quiet/{row.pk}/withdraw/")
    assert "withdrew the announced quiet" in sentences()[-1]


def test_a_password_is_tried_three_times_then_there_is_a_pause(signed_in: Client, source: Any) -> None:
    from indelible.features.sources.models import QuietPeriod

    url, day = f"/sources/{source.pk}/quiet/", (timezone.now() + timedelta(days=2)).date().isoformat()
    given = {"from_day": day, "to_day": day, "why": "x", "password": "not mine at all"}
    for _ in range(3):
        signed_in.post(url, given)
    answer = signed_in.post(url, {**given, "password": PASSWORD})
    assert answer.status_code == 422 and "Too many passwords did not fit." in answer.content.decode()
    assert not QuietPeriod.objects.exists()


def test_totals_are_given_by_form_and_by_table(signed_in: Client, source: Any, sentences: Any) -> None:
    from indelible.features.sources.models import ControlTotal

    url = f"/sources/{source.pk}/totals/"
    assert "Give a total" in text(signed_in, url)
    may = {"from_day": "2026-05-01", "to_day": "2026-05-31"}
    assert signed_in.post(url, may).status_code == 422
    assert signed_in.post(url, {**may, "amount": "1,5", "currency": "EUR"}).status_code == 422
    assert signed_in.post(url, {**may, "count": "4", "said_by": "Month-end report"}).status_code == 302
    assert "4 records, by the word of Month-end report" in sentences()[-1]
    total = ControlTotal.objects.get()
    assert (total.state, total.found_count) == ("differs", 0)
    assert total.period_from == datetime(2026, 4, 30, 22, tzinfo=UTC), "days of the organisation's zone"
    page = text(signed_in, url)
    assert "4 records were told, 0 are on the record: 4 fewer" in page
    table = SimpleUploadedFile(
        "t.csv",
        b"from;to;records;amount;currency\r\n2026-06-01;2026-06-30;0;;\r\n2026-07-01;2026-07-31;;9.50;EUR\r\n",
    )
    assert signed_in.post(url, {"table": "1", "t-file": table}).status_code == 302
    assert ControlTotal.objects.count() == 3
    bad = SimpleUploadedFile("t.csv", b"from,to,records\r\n2026-06-01,2026-05-30,1\r\n")
    refused = signed_in.post(url, {"table": "1", "t-file": bad})
    assert (
        refused.status_code == 422 and "Line 2: The period ends before it begins." in refused.content.decode()
    )
    assert ControlTotal.objects.count() == 3
    explained = f"/sources/totals/{total.pk}/"
    assert "differs from its total" in text(signed_in, explained)
    signed_in.post(explained, {"words": "The report counts tests"})
    assert "Differs, explained" in text(signed_in, url)


def test_the_account_of_a_day_has_its_own_words_and_gives_back_what_was_left_out(
    signed_in: Client, source: Any
) -> None:
    from indelible.features.sources.accounts.closing import close_days
    from indelible.features.sources.live.desk import take
    from indelible.features.sources.models import Import
    from indelible.intake.reading import Record, Rejected

    event: Any = {"action": {"verb": "sign_in", "said": "login"}, "occurred_at": "2026-01-01T00:00:00Z"}
    left_out = [Rejected(2, "not_a_record", '{\n "who": "ana"}'), Rejected(3, "not_a_record", "two\nlines")]
    take(source, [Record(1, 1, event, "a", b"f" * 16, b"x"), *left_out], size=90)
    row = Import.objects.get()
    page = text(signed_in, f"/imports/{row.pk}/")
    assert "Messages of" in page and "The day goes on." in page and "Stop this import" not in page
    assert "Arrived late" in page and "Download them as they came" in page
    lines = b"".join(signed_in.get(f"/imports/{row.pk}/rejects/?form=lines"))  # type: ignore[arg-type]
    assert lines.decode() == '{"who":"ana"}\ntwo lines\n'
    close_days(timezone.now() + timedelta(days=2))
    assert "The day is over, and its account is closed" in text(signed_in, f"/imports/{row.pk}/")
    assert "Download" in text(signed_in, f"/imports/{row.pk}/")


def test_a_stranger_reaches_none_of_it(stranger: Client, source: Any, silent: Any) -> None:
    for url in (
        "gaps/",
        f"gaps/{silent.pk}/",
        f"{source.pk}/expected/",
        f"{source.pk}/quiet/",
        f"{source.pk}/totals/",
    ):
        assert stranger.get(f"/sources/{url}").status_code == 302
    assert stranger.post(f"/sources/gaps/{silent.pk}/", {"words": "x"}).status_code in (302, 403)
    silent.refresh_from_db()
    assert not silent.explanation
