"""The organisation's runbooks, as people make them: a ready one picked, adapted, walked through by somebody else,
published, its people named, its calendar switched on, given out, and printed as a handbook."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from indelible.features.runbooks.document.reading import from_text
from tests.browser.conftest import OWNER, heading
from tests.browser.looks import Watch, check_accessible, check_page, leave
from tests.browser.serving import Served

DANIEL = {"name": "Daniel Osei", "email": "daniel@northwind.example", "password": "copper lantern orbit 4"}


def glance(page: Page, name: str) -> None:
    """Check a page that is made of the same parts as others: once, not in every look. With pictures: in every one."""
    if os.environ.get("INDELIBLE_SHOTS"):
        check_page(page, name)
    else:
        check_accessible(page, name)


def invited(page: Page, served: Served, browser: Browser, arguments: dict[str, object]) -> BrowserContext:
    """Give Daniel access, and return his browser."""
    page.goto(served.url("/people/invite/"))
    page.get_by_label("E-mail address").fill(DANIEL["email"])
    page.get_by_label("Reviewer").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#link").inner_text()
    context = browser.new_context(**arguments)  # type: ignore[arg-type]
    other = context.new_page()
    other.goto(link)
    other.get_by_label("Your name").fill(DANIEL["name"])
    other.get_by_label("Password", exact=True).fill(DANIEL["password"])
    other.get_by_role("button", name="Join").click()
    other.wait_for_load_state()
    leave(other)
    return context


def test_a_ready_runbook_becomes_the_organisations_own(
    owner: Page,
    served: Served,
    browser: Browser,
    browser_context_args: dict[str, object],
    tmp_path: Path,
) -> None:
    page = owner
    page.goto(served.url("/"))
    page.get_by_role("link", name="Runbooks", exact=True).click()
    expect(page.get_by_text("There is no runbook yet")).to_be_visible()
    glance(page, "runbooks-none")
    page.get_by_role("link", name="Look at the ready runbooks").click()
    glance(page, "runbooks-ready")
    page.get_by_label("Find a ready runbook").fill("bank")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_role("link", name="Supplier bank-detail change")).to_be_visible()
    page.get_by_role("link", name="By what starts it").click()
    page.get_by_label("Find a ready runbook").fill("log review")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name="Monthly log review").click()
    glance(page, "runbooks-ready-one")
    page.get_by_role("button", name="Copy this runbook").click()

    # The draft is adapted: a step with the keyboard, another one added by its title.
    expect(heading(page)).to_have_text("Monthly log review")
    glance(page, "runbooks-edit")
    page.get_by_role("link", name="Open the review").press("Enter")
    check_page(page, "runbooks-edit-step")
    page.get_by_label("What to do", exact=True).fill(
        "Open this month's review, and call the shop if a source is missing."
    )
    page.get_by_label("What to do", exact=True).press("Tab")
    page.get_by_label("Entries that say").press_sequentially("payments over 5,000")
    expect(page.locator("#view-understood")).to_contain_text("We understood:")
    page.get_by_label("Entries that say").fill("")
    page.get_by_role("button", name="Add a question").press("Enter")
    page.get_by_label("What is asked").last.fill("Whom did you call?")
    page.get_by_role("button", name="Save, and go to the next step").click()
    expect(page.get_by_role("heading", name="Read the list of gaps")).to_be_visible()
    page.get_by_role("link", name="Draft", exact=True).click()
    page.get_by_role("link", name="Change the head").click()
    check_page(page, "runbooks-edit-head")
    page.get_by_label("When the text itself is looked at again").fill("6 months")
    page.get_by_role("button", name="Save the head").click()
    page.get_by_label("Title of the new step").fill("Tell the team")
    page.get_by_role("button", name="Add this step").click()
    page.get_by_role("link", name="Draft", exact=True).click()
    flaws = page.locator(".notice", has_text="are to be put right")
    expect(flaws).to_be_visible()
    check_accessible(page, "runbooks-edit-flaws")
    flaws.get_by_role("link").first.click()
    expect(page.get_by_label("What to do", exact=True)).to_be_in_viewport()
    page.get_by_label("What to do", exact=True).fill("Tell the team what was found.")
    page.get_by_label("Why it is asked").fill("Who is told looks more closely next time.")
    page.get_by_label("What done looks like").fill("The team has read the summary.")
    page.get_by_label("What to do if it fails").fill("Put it on the list of the next meeting.")
    page.get_by_role("button", name="Save this step").click()
    page.get_by_role("button", name="Up step 9").press("Enter")
    expect(page.get_by_role("link", name="Publish")).to_be_visible()
    page.get_by_role("link", name="Read it as text").click()
    expect(page.get_by_label("The runbook as text")).to_have_value(re.compile("Whom did you call"))
    glance(page, "runbooks-edit-text")
    book = served.url("/runbooks/RB-01/")

    # Somebody who did not write it walks through it and signs.
    theirs = invited(page, served, browser, browser_context_args)
    other = theirs.new_page()
    watch = Watch(other, served.address)
    other.goto(book)
    other.get_by_role("link", name="Walk through the draft").click()
    glance(other, "runbooks-walk")
    for box in other.get_by_label(re.compile("I could do step")).all():
        box.check()
    other.get_by_label(re.compile("What is unclear about step 9")).fill("Which team?")
    other.get_by_label("Your password, to sign").fill("not that")
    other.get_by_role("button", name="Sign this walk-through").click()
    expect(other.get_by_role("alert")).to_contain_text("The password does not fit.")
    other.get_by_label("Your password, to sign").fill(DANIEL["password"])
    other.get_by_role("button", name="Sign this walk-through").click()
    expect(other.get_by_text("Your walk-through is signed and on the record.")).to_be_visible()
    check_accessible(other, "runbooks-book-reader")
    leave(other)
    watch.assert_quiet()
    theirs.close()

    # It is published, its people are named, and the calendar is switched on.
    page.goto(f"{book}publish/")
    expect(page.get_by_text("Daniel Osei walked through this text.")).to_be_visible()
    page.get_by_label("What is new, and why?").fill("Our first one")
    glance(page, "runbooks-publish")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1 is in force from now on.")).to_be_visible()
    page.get_by_role("link", name="Say who").click()
    page.get_by_label("Reviewer", exact=True).select_option(OWNER["name"])
    page.get_by_label("Compliance lead", exact=True).select_option(OWNER["name"])
    page.get_by_role("button", name="Keep who does what").click()
    expect(page.get_by_role("alert")).to_contain_text("Ana Ruiz cannot be both")
    page.get_by_label("Reviewer", exact=True).select_option(DANIEL["name"])
    glance(page, "runbooks-people")
    page.get_by_role("button", name="Keep who does what").click()
    page.get_by_role("link", name="Switch the calendar on").click()
    glance(page, "runbooks-calendar")
    page.get_by_role("button", name="Switch the calendar on").click()
    expect(page.get_by_text("The calendar is switched on.")).to_be_visible()
    expect(page.get_by_role("region", name="When next")).to_contain_text("Next:")
    check_page(page, "runbooks-book")

    # The next version: what it changes stands beside what is in force.
    page.get_by_role("link", name="Change the text").click()
    page.get_by_role("button", name="Take out step 8").click()
    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_role("row", name=re.compile("Step taken out"))).to_contain_text("Tell the team")
    page.get_by_label("What is new, and why?").fill("The team reads it anyway")
    page.get_by_role("button", name="Publish version 2").click()
    page.get_by_role("link", name="Version 2", exact=True).click()
    glance(page, "runbooks-version")

    # It is given out, and the handbook holds it.
    page.goto(book)
    with page.expect_download() as given:
        page.get_by_role("button", name="Export it").click()
    given.value.save_as(tmp_path / "one.toml")
    assert from_text((tmp_path / "one.toml").read_text()).look_again == "P6M"
    page.goto(served.url("/runbooks/"))
    expect(page.get_by_role("row", name=re.compile("Monthly log review"))).to_contain_text("In force")
    check_page(page, "runbooks-list")
    page.get_by_role("link", name="Handbook").click()
    glance(page, "runbooks-handbook")
    with page.expect_download() as made:
        page.get_by_role("link", name="Download it as PDF").click()
    made.value.save_as(tmp_path / "handbook.pdf")
    assert (tmp_path / "handbook.pdf").read_bytes().startswith(b"%PDF-")
    page.goto(served.url("/record/"))
    expect(page.get_by_text("published version 2 of the runbook").first).to_be_visible()
