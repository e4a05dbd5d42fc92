"""What must be recorded, as people say it: in the set-up, with a question answered, from a pack, by two people."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import HOUSE, OWNER, heading, sign_in
from tests.browser.looks import Watch, check_accessible, check_looks, check_page, leave
from tests.browser.serving import Served

BEGINS_ANEW = True

DANIEL = {"name": "Daniel Osei", "email": "daniel@northwind.example", "password": "copper lantern orbit 4"}


def test_the_first_rule_is_said_in_own_words_during_the_set_up(page: Page, served: Served) -> None:
    watch = Watch(page, served.address)
    page.goto(served.setup_link)
    page.get_by_role("link", name="Start").click()
    page.get_by_label("Your name").fill(OWNER["name"])
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill(OWNER["password"])
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the organisation").fill(HOUSE)
    page.get_by_role("button", name="Continue").click()
    expect(heading(page)).to_have_text("What must never get lost?")
    check_accessible(page, "setup-rule")
    page.get_by_label("In my own words").last.press_sequentially("every chnage of a price")
    expect(page.locator("#understood")).to_contain_text("chnage")
    page.get_by_label("In my own words").last.fill("every change of a price")
    expect(page.locator("#understood").get_by_role("status")).to_contain_text("changes a price")
    expect(page.locator("#understood .warn")).to_have_count(0)
    check_page(page, "setup-rule-understood")
    page.get_by_role("button", name="Continue").click()
    expect(heading(page)).to_have_text("Where does it come from?")
    expect(page.get_by_text("This is recorded from now on, as rule 1.")).to_be_visible()
    page.get_by_role("button", name="Skip for now").click()
    page.goto(served.url("/rules/"))
    expect(page.get_by_role("link", name=re.compile("price"))).to_be_visible()
    check_accessible(page, "rules-list")
    watch.assert_quiet()


def test_an_ambiguous_sentence_is_answered_with_the_keyboard_alone(page: Page, served: Served) -> None:
    watch = Watch(page, served.address)
    sign_in(page, served)
    page.goto(served.url("/rules/add/"))
    page.get_by_label("What must be recorded, in your own words").focus()
    page.keyboard.type("who turned the alarm off")
    choices = page.locator("#understood").get_by_role("radio")
    expect(choices.first).to_be_visible()
    check_page(page, "rules-question")
    page.keyboard.press("Tab")  # the button that shows what was understood
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(choices.first).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="We understood:")).to_be_visible()
    expect(choices).to_have_count(0)
    page.locator("summary").filter(has_text="What happens:").click()
    check_looks(page, "rules-understood")
    page.get_by_label("deletes", exact=True).check()
    expect(page.locator("#as-said")).to_contain_text("deletes")
    page.get_by_role("button", name="Continue to check").press("Enter")
    expect(heading(page)).to_have_text("Check what will be recorded")
    expect(page.locator(".lead")).to_contain_text("deletes")
    page.get_by_role("button", name="Record this from now on").press("Enter")
    expect(heading(page)).to_have_text("Rule 2")
    check_accessible(page, "rules-rule")
    leave(page)
    watch.assert_quiet()


def test_a_pack_is_added_and_a_rule_of_it_changed_by_two(
    page: Page, served: Served, browser: Browser, browser_context_args: dict[str, object]
) -> None:
    watch = Watch(page, served.address)
    sign_in(page, served)
    page.goto(served.url("/rules/ready/"))
    check_accessible(page, "rules-ready")
    page.get_by_role("link", name="First week").click()
    check_page(page, "rules-pack")
    page.get_by_role("button", name="Look at those that are ticked").click()
    page.get_by_role("button", name="Record these 10 rules from now on").click()
    expect(page.get_by_text("10 rules were added.")).to_be_visible()
    check_page(page, "rules-many")
    page.get_by_role("button", name="Always ask a second person").click()
    expect(page.get_by_text("Every change of a rule needs a second person who agrees.")).to_be_visible()

    page.get_by_role("link", name=re.compile("supplier's bank details")).first.click()
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("What must be recorded, in your own words").fill(
        "every change of a supplier's bank details"
    )
    expect(page.locator("#as-said")).not_to_contain_text("deletes")
    page.get_by_role("button", name="Continue to check").click()
    page.get_by_label("Why it changes").fill("Only changes matter")
    check_page(page, "rules-check-change")
    page.get_by_role("button", name="Ask for a second person").click()
    expect(page.get_by_text("A change of this rule waits for a second person.")).to_be_visible()
    rule = page.url

    page.goto(served.url("/people/invite/"))
    page.get_by_label("E-mail address").fill(DANIEL["email"])
    page.get_by_label("Reviewer").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#link").inner_text()
    theirs = browser.new_context(**browser_context_args)  # type: ignore[arg-type]
    other = theirs.new_page()
    other.goto(link)
    other.get_by_label("Your name").fill(DANIEL["name"])
    other.get_by_label("Password", exact=True).fill(DANIEL["password"])
    other.get_by_role("button", name="Join").click()
    other.goto(rule)
    other.get_by_role("link", name="Look at it").click()
    other.get_by_label("Your password, to sign").fill(DANIEL["password"])
    other.get_by_role("button", name="Approve and sign").click()
    expect(other.get_by_text("Signed and done.")).to_be_visible()
    other.goto(rule)
    versions = other.get_by_role("region", name="What it said, and when")
    expect(versions.get_by_role("heading", name="Version 2")).to_be_visible()
    expect(versions).to_contain_text("Daniel Osei agreed")
    check_page(other, "rules-versions")
    leave(other)
    theirs.close()

    page.goto(rule)
    page.get_by_role("link", name="Switch it off").click()
    page.get_by_role("button", name="Ask for a second person").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why.")
    check_accessible(page, "rules-off")
    leave(page)
    watch.assert_quiet()
