"""Settings and names in a real browser: hours are saved, a test mail arrives, a login is joined and seen."""

from __future__ import annotations

import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, heading
from tests.browser.looks import check_page
from tests.browser.serving import Served
from tests.services.mailbox import HOST, running_mailbox

EVENTS = """\
time,user,action,invoice
2025-02-10T09:00:00Z,mlopez,updated,INV-1
2025-06-10T09:00:00Z,mlopez,updated,INV-2
"""


def test_office_hours_and_holidays_are_set_in_words(owner: Page, served: Served) -> None:
    owner.goto(served.url("/settings/"))
    check_page(owner, "settings-index")
    owner.get_by_role("link", name="Office hours and holidays").click()
    owner.get_by_label("Friday").fill("8 to lunch")
    owner.get_by_role("button", name="Save the office hours").click()
    expect(owner.get_by_role("alert")).to_contain_text("Write hours such as")
    expect(owner.get_by_label("Friday")).to_have_value("8 to lunch")
    owner.get_by_label("Friday").fill("8-13")
    owner.get_by_role("button", name="Save the office hours").click()
    expect(owner.get_by_role("status")).to_contain_text("Saved, and recorded.")
    owner.get_by_label("Country").select_option("ES")
    owner.get_by_role("button", name="Save the public holidays").click()
    owner.get_by_label("Region").select_option("MD")
    owner.get_by_role("button", name="Save the public holidays").click()
    owner.get_by_role("link", name="See all, and add your own").click()
    owner.get_by_label("Days, one a line").fill("2027-11-09 Almudena")
    owner.get_by_role("button", name="Add these days").click()
    expect(owner.get_by_text("Tuesday 9 November 2027")).to_be_visible()
    check_page(owner, "settings-holidays")


def test_a_test_message_is_sent_and_arrives(owner: Page, served: Served) -> None:
    with running_mailbox() as box:
        port = box.setting.rpartition(":")[2].partition("/")[0]
        owner.goto(served.url("/"))
        owner.get_by_role("link", name="Set up e-mail").click()
        owner.get_by_label("Mail server", exact=True).fill(HOST)
        owner.get_by_label("Not encrypted").check()
        owner.get_by_role("textbox", name="Port").fill(port)
        owner.get_by_label("Mail comes from").fill("Indelible <audit@northwind.example>")
        owner.get_by_role("button", name="Save the mail server").click()
        owner.get_by_role("button", name="Send a test message").click()
        expect(owner.get_by_text("The mail server took a test message")).to_be_visible()
        check_page(owner, "settings-mail")
        assert message_from_bytes(box.mails[0], policy=policy.default)["To"] == OWNER["email"]
    owner.get_by_role("button", name="Send a test message").click()
    expect(owner.get_by_text("The mail server did not answer.")).to_be_visible()


def test_a_login_is_joined_and_seen_on_its_entry(owner: Page, served: Served, tmp_path: Path) -> None:
    table = tmp_path / "invoices.csv"
    table.write_text(EVENTS, encoding="utf-8")
    command = [
        str(Path(sys.executable).parent / "indelible"),
        "import",
        str(table),
        "--home",
        str(served.home),
    ]
    subprocess.run([*command, "--source", "Ledger"], check=True, capture_output=True, timeout=60)
    owner.goto(served.url("/people/join/?login=mlopez"))
    owner.get_by_label("Who it is").fill("Maria Lopez")
    owner.get_by_label("Until which day").fill("2025-02-28")
    owner.get_by_role("button", name="Join them").click()
    expect(heading(owner)).to_have_text("Maria Lopez")
    theirs = owner.get_by_role("region", name="What they did").get_by_role("listitem")
    expect(theirs).to_have_count(1)
    check_page(owner, "names-person")
    theirs.get_by_role("link").click()
    expect(owner.get_by_text("mlopez: Maria Lopez")).to_be_visible()
    owner.goto(served.url("/people/join/?login=mlopez"))
    owner.get_by_label("Who it is").fill("Marco Lopez")
    owner.get_by_role("button", name="Join them").click()
    expect(owner.get_by_role("alert")).to_contain_text("mlopez is Maria Lopez until 28 February 2025.")
    owner.goto(served.url("/record/?q=mlopez"))
    expect(owner.get_by_text("mlopez is Maria Lopez", exact=True)).to_have_count(1)
    owner.goto(served.url("/people/names/"))
    check_page(owner, "names")
