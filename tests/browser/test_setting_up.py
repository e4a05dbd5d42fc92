"""Setting up the audit log: Home leads through it, on a desktop and a phone, to a signature that explains the rest."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, heading, sign_in
from tests.browser.looks import Watch, check_accessible, check_page
from tests.browser.serving import Served

PHONE = {"width": 390, "height": 844}


def test_home_leads_a_new_organisation_through_setting_up(page: Page, served: Served) -> None:
    watch = Watch(page, served.address)
    sign_in(page, served)
    panel = page.get_by_role("region", name="Setting up the audit log")
    expect(panel.get_by_role("listitem")).to_have_count(8)
    panel.get_by_role("link", name="Begin, step by step").click()
    expect(heading(page)).to_have_text("Setting up the audit log")
    people = page.get_by_role("region", name="3. Say who may see and manage it")
    expect(people.get_by_text("Only one person owns this record")).to_be_visible()
    check_page(page, "setting-up")
    page.get_by_role("button", name="Start this runbook").click()
    expect(page.get_by_text("0 of 8 done")).to_be_visible()
    run = page.url
    page.set_viewport_size(PHONE)
    for key in ("what", "seals", "people", "alarms", "keep", "review", "test"):
        page.goto(f"{run}steps/{key}/")
        if key == "keep":
            page.get_by_label("Where the copies are kept").fill("Every night to the office in Porto, by Ben")
        if key == "review":
            page.get_by_label("Who reviews the record").fill("Dora Silva")
        if key == "people":
            expect(page.get_by_text("Only one person owns this record")).to_be_visible()
            check_accessible(page, "setting-up-step")
        page.get_by_role("button", name="It is done").click()
        expect(heading(page)).to_have_text("Setting up the audit log")
    expect(page.get_by_text("7 of 8 done")).to_be_visible()
    page.goto(f"{run}steps/train/")
    page.get_by_label("Who was shown what, and when").fill("Dora and Ben, on Monday, all of it")
    page.get_by_label("When this is gone through again").fill("2027-11-30")
    page.get_by_role("button", name="Done, go on to sign").click()
    page.get_by_label("Your password").fill(OWNER["password"])
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("link", name="Say why, in one sentence").first).to_be_visible()
    for box in page.locator("textarea[id^=id_why_], input[id^=id_why_]").all():
        box.fill("We are just beginning; this follows this month")
    page.get_by_label("Your password").fill(OWNER["password"])
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("8 of 8 done")).to_be_visible()
    page.goto(served.url("/"))
    expect(page.get_by_role("region", name="Setting up the audit log")).to_have_count(0)
    watch.assert_quiet()
