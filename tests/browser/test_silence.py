"""A silent source: found by the watch, seen on home, explained in words, and visible as explained ever after."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, heading
from tests.browser.looks import check_accessible, check_page
from tests.browser.serving import Served

# What time did, done by a process of its own: a source that was heard each day, and has not been for three days.
THREE_DAYS_OF_SILENCE = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from indelible.features.sources.live.health import health_of, heard
from indelible.features.sources.models import Kind, Source
from indelible.features.sources.services import By, begin_source
from indelible.features.sources.silence.heard import note
from indelible.features.sources.silence.rhythm import Rhythm
from indelible.features.sources.silence.watch import settle
from indelible.features.settings.services import calendar
from indelible.web.acts import logbook_in_use

now = timezone.now()
source = begin_source(logbook_in_use(), "Payroll Cloud", "web", By())
rhythm = Rhythm("days", 1, grace=timedelta(hours=2)).as_json()
Source.objects.filter(pk=source.pk).update(
    kind=Kind.WEB, created_at=now - timedelta(days=24), rhythm={"declared": rhythm}
)
for back in range(24, 2, -1):
    note(source.pk, now - timedelta(days=back), records=40 + back * 7 % 30)
    heard(source, now - timedelta(days=back))
settle(source.pk, now, calendar())
"""


def after_three_days(served: Served) -> None:
    """Let three days of silence pass."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("INDELIBLE_")}
    environment |= {"INDELIBLE_HOME": str(served.home), "DJANGO_SETTINGS_MODULE": "indelible.server.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", THREE_DAYS_OF_SILENCE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_a_silent_source_is_explained(owner: Page, served: Served) -> None:
    after_three_days(served)
    owner.goto(served.url("/"))
    missing = owner.get_by_role("region", name="Is anything missing?")
    expect(missing.get_by_text("1 thing is missing.")).to_be_visible()
    expect(missing.get_by_text("Silent", exact=True)).to_be_visible()
    owner.get_by_role("link", name="Payroll Cloud is silent").click()

    expect(heading(owner)).to_have_text("Payroll Cloud has been silent for 3 days")
    check_page(owner, "gap-open")
    owner.get_by_role("button", name="Put this on the record").click()
    expect(owner.get_by_text("Write what you know.").first).to_be_visible()
    owner.get_by_label("What happened, and what may be missing?").fill(
        "Their certificate ran out on Friday. About 90 log-ins are missing; they have them on file."
    )
    owner.get_by_role("button", name="Put this on the record").click()
    expect(owner.get_by_text("Explained, and recorded.")).to_be_visible()
    expect(owner.get_by_text("Their certificate ran out on Friday.")).to_be_visible()
    owner.get_by_role("link", name="its entry").last.click()
    expect(heading(owner)).to_contain_text("Ana Ruiz explained why nothing came from Payroll Cloud")

    owner.goto(served.url("/sources/gaps/"))
    expect(heading(owner)).to_contain_text("When sources were heard:")
    expect(owner.get_by_role("cell", name="explained gap").last).to_be_visible()
    check_page(owner, "gaps")
    owner.get_by_role("link", name="Payroll Cloud").first.click()
    expect(owner.get_by_role("heading", name="Is it heard as it should be?")).to_be_visible()
    expect(owner.get_by_text("Declared by a person.")).to_be_visible()
    owner.get_by_text("The same as a table").first.click()
    check_page(owner, "source-pace")

    owner.get_by_role("link", name="Announce quiet").click()
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    owner.get_by_label("From", exact=True).fill(day)
    owner.get_by_label("Up to and with").fill(day)
    owner.get_by_label("Why").fill("Their office moves")
    owner.get_by_label("Your password").fill("not this one")
    owner.get_by_role("button", name="Sign and announce").click()
    expect(owner.get_by_text("The password does not fit.").first).to_be_visible()
    check_accessible(owner, "quiet-refused")
    owner.get_by_label("Your password").fill(OWNER["password"])
    owner.get_by_role("button", name="Sign and announce").click()
    expect(owner.get_by_text("Announced, signed and recorded.")).to_be_visible()
    expect(owner.get_by_text("Their office moves")).to_be_visible()
    owner.get_by_role("link", name="Say what is expected").click()
    check_accessible(owner, "expected")
    owner.get_by_role("link", name="Payroll Cloud").click()
    owner.get_by_role("link", name="Totals").click()
    owner.get_by_label("From the day").fill("2026-01-01")
    owner.get_by_label("Up to and with the day").fill("2026-01-31")
    owner.get_by_label("Number of records").fill("12")
    owner.get_by_role("button", name="Give this total").click()
    expect(owner.get_by_text("12 records were told, 0 are on the record: 12 fewer")).to_be_visible()
    check_page(owner, "totals")

    owner.goto(served.url("/"))
    expect(owner.get_by_role("link", name="Payroll Cloud is silent")).to_have_count(0)
    expect(missing.get_by_text("Explained", exact=True)).to_be_visible()
    expect(missing.get_by_text(re.compile("12 records were told, 0 are on the record"))).to_be_visible()
    check_accessible(owner, "home-missing")
