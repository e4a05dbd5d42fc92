"""An alarm is set in one's own words, goes off, and is answered with the keyboard alone."""

from __future__ import annotations

import os
import subprocess
import sys

from playwright.sync_api import Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_page
from tests.browser.serving import Served

# What a source sent: a bill ten times as large, at night, and what was known of the same bill before.
A_BILL = """
import django
django.setup()
from indelible.storage.database.append import Draft, append
from indelible.web.acts import logbook_in_use

def told(verb, at, **more):
    return Draft({
        "occurred_at": at, "actor": {"id": "mlopez", "name": "Maria Lopez", "kind": "person"},
        "action": {"verb": verb, "category": "money", "said": verb}, "outcome": "success",
        "targets": [{"kind": "invoice.purchase", "id": "INV-1043"}],
        "source": {"name": "AccountsPro", "system": "accountspro"}, **more,
    }, source=7)

amount = {"field": "amount", "before": "1200.00", "after": "12000.00"}
append(logbook_in_use(), [
    told("create", "2026-03-02T09:00:00Z", extra={"amount": "1200.00", "currency": "EUR"}),
    told("approve", "2026-03-02T10:00:00Z"),
    told("change", "2026-03-03T21:30:00Z", changes=[amount]),
])
"""


def let_happen(served: Served, script: str) -> None:
    """Run a script over the data folder of a running server."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("INDELIBLE_")}
    environment |= {"INDELIBLE_HOME": str(served.home), "DJANGO_SETTINGS_MODULE": "indelible.server.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def press_to(page: Page, what: str) -> None:
    """Go by the Tab key to the control of that name, as people do who use no mouse."""
    for _press in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; return (e.labels && e.labels[0] || e).textContent.trim() }"
        )
        if name.startswith(what):
            return
    raise AssertionError(f"the keyboard does not reach {what!r}")


def test_an_alarm_is_set_goes_off_and_is_answered_with_the_keyboard(owner: Page, served: Served) -> None:
    owner.goto(served.url("/alarms/"))
    expect(heading(owner)).to_have_text("Alarms")
    expect(owner.get_by_text("No alarm is set")).to_be_visible()
    check_page(owner, "alarms-empty")

    owner.get_by_role("link", name="See what can be watched").click()
    owner.get_by_role("link", name="Set an alarm").click()
    press_to(owner, "What do you want to be told about?")
    owner.keyboard.type("Tell me when someone changes an invoice")
    press_to(owner, "Continue")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="We understood")).to_be_visible()
    check_page(owner, "alarm-add")
    owner.get_by_label("When it tells").select_option(label="Many times larger")
    press_to(owner, "Set this alarm")
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Set, and recorded.")).to_be_visible()
    check_page(owner, "alarm")

    let_happen(served, A_BILL)
    owner.goto(served.url("/alarms/"))
    row = owner.get_by_role("link", name="10 times larger")
    for _wait in range(40):
        if row.count():
            break
        owner.wait_for_timeout(250)
        owner.reload()
    expect(owner.get_by_text("Maria Lopez changed the amount of purchase invoice INV-1043")).to_be_visible()
    check_page(owner, "alarms")

    row.press("Enter")
    expect(heading(owner)).to_have_text("10 times larger")
    expect(owner.get_by_text("Outside office hours")).to_be_visible()  # a flag on the row
    expect(owner.get_by_role("heading", name="What else is known about")).to_be_visible()
    check_page(owner, "notice")
    press_to(owner, "As expected")
    owner.keyboard.press("ArrowDown")
    owner.keyboard.press("ArrowUp")
    owner.keyboard.press("Space")
    press_to(owner, "Note")
    owner.keyboard.type("The supplier sent a new bill")
    press_to(owner, "Put this answer on the record")
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Answered as expected, and recorded.")).to_be_visible()
    expect(owner.get_by_role("heading", name="What was answered")).to_be_visible()
    check_page(owner, "notice-answered")
    owner.get_by_role("link", name="Maria Lopez changed the amount").first.click()
    expect(owner.get_by_text("as expected: “The supplier sent a new bill”")).to_be_visible()


def test_ways_to_tell_somebody_are_added_and_removed(owner: Page, served: Served) -> None:
    owner.goto(served.url("/alarms/ways/"))
    expect(heading(owner)).to_have_text("Who can be told")
    owner.get_by_label("By a message to a web address of yours").check()
    owner.get_by_label("What it is called here").fill("Our desk")
    owner.get_by_label("Its address").fill("no address")
    owner.get_by_role("button", name="Add it").click()
    expect(owner.get_by_role("alert")).to_contain_text("This is no web address")
    check_page(owner, "ways-error")
    owner.get_by_label("Its address").fill("https://127.0.0.1:9/hook")
    owner.get_by_role("button", name="Add it").click()
    expect(owner.get_by_text("whsec_")).to_be_visible()
    check_page(owner, "way-secret")
    owner.get_by_role("link", name="I have copied it").click()
    owner.get_by_role("button", name="Send a test message").click()
    expect(owner.get_by_text("This address lies inside your own network.").first).to_be_visible()
    check_page(owner, "ways")
    owner.get_by_role("link", name="Remove").click()
    owner.get_by_role("button", name="Remove it").click()
    expect(owner.get_by_text("Its address is forgotten.")).to_be_visible()
