"""People in a real browser: invited by link, another role, a group, and a second person without JavaScript."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import heading, watched_page
from tests.browser.looks import check_page
from tests.browser.serving import Served

DANIEL = {"name": "Daniel Osei", "email": "daniel@northwind.example", "password": "orchid ladder pencil 9"}
BEN = {"name": "Ben Hall", "email": "ben@northwind.example", "password": "copper meadow stamp 4"}


def invited(page: Page, served: Served, email: str, role: str) -> str:
    """Invite somebody as the owner, and return the link that is shown once."""
    page.goto(served.url("/people/"))
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("radio", name=role).check()
    page.get_by_role("button", name="Make the link").click()
    expect(heading(page)).to_have_text("The link, this once")
    return page.locator("#link").inner_text()


def accept(page: Page, link: str, who: dict[str, str]) -> None:
    """Follow a link, and begin an account by keyboard alone."""
    page.goto(link)
    expect(heading(page)).to_have_text("Join the record of Northwind Trading Ltd")
    page.get_by_label("Your name").press_sequentially(who["name"])
    page.keyboard.press("Tab")
    page.keyboard.insert_text(who["password"])  # as pasted
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name=who["name"]).first).to_be_visible()


def test_somebody_invited_signs_what_another_asked(
    owner: Page,
    served: Served,
    browser: Browser,
    browser_context_args: dict[str, Any],
    owner_context: BrowserContext,
) -> None:
    daniels = browser.new_context(**browser_context_args)
    link = invited(owner, served, DANIEL["email"], "Owner")
    with watched_page(daniels, served) as daniel:
        daniel.goto(link)
        check_page(daniel, "people-accept")
        daniel.get_by_role("button", name="Join").click()
        expect(daniel.get_by_role("alert")).to_contain_text("Choose a password")
        accept(daniel, link, DANIEL)
        assert link.partition("key=")[2] not in daniel.url
    bens = browser.new_context(**browser_context_args, java_script_enabled=False)
    ben = bens.new_page()
    accept(ben, invited(owner, served, BEN["email"], "Reviewer"), BEN)
    ben.goto(served.url("/people/"))
    expect(ben.get_by_role("link", name="Invite somebody")).to_have_count(0)
    ben.goto(served.url("/people/invite/"))
    expect(heading(ben)).to_have_text("Your role does not include this")
    bens.close()

    # The effect is told first; a third owner needs both.
    owner.goto(served.url("/people/"))
    check_page(owner, "people")
    owner.get_by_role("link", name="Ben Hall").click()
    owner.get_by_role("radio", name="Member").check()
    owner.get_by_role("button", name="Show what will change").click()
    effect = owner.get_by_role("region", name="What will change")
    expect(effect).to_contain_text("Ben Hall is Reviewer and becomes Member.")
    check_page(owner, "people-account")
    effect.get_by_role("button", name="Change access").click()
    expect(owner.get_by_text("Ben Hall is now: Member.")).to_be_visible()
    owner.get_by_role("radio", name="Owner").check()
    owner.get_by_role("button", name="Show what will change").click()
    owner.get_by_role("button", name="Ask another owner").click()
    expect(heading(owner)).to_have_text("Make Ben Hall an owner")
    expect(owner.get_by_text("Daniel Osei can sign it.")).to_be_visible()
    expect(owner.get_by_role("button", name="Approve and sign")).to_have_count(0)
    check_page(owner, "people-request-own")
    asked = owner.url

    # The second person, by links and forms alone.
    state = daniels.storage_state()
    plain = browser.new_context(**browser_context_args, java_script_enabled=False, storage_state=state)
    page = plain.new_page()
    page.goto(served.url("/"))
    page.get_by_role("link", name="Ana Ruiz asks you to agree: make Ben Hall an owner").click()
    assert page.url == asked
    page.get_by_label("Your password, to sign").fill("not mine")
    page.get_by_role("button", name="Approve and sign").click()
    expect(page.get_by_role("alert")).to_contain_text("The password does not fit. Nothing is signed.")
    page.get_by_label("Your password, to sign").fill(DANIEL["password"])
    page.get_by_role("button", name="Approve and sign").click()
    expect(page.get_by_text("Signed and done.")).to_be_visible()
    plain.close()
    daniels.close()
    owner.goto(served.url("/record/"))
    told = re.compile("changed the role of Ben Hall .*Member .*Owner, with the agreement of Daniel Osei")
    expect(owner.get_by_role("link", name=told)).to_be_visible()


def test_a_group_is_made_and_filled(owner: Page, served: Served) -> None:
    owner.goto(served.url("/people/groups/"))
    owner.get_by_label("Name of the group").fill("Finance")
    owner.get_by_role("button", name="Make this group").click()
    expect(heading(owner)).to_have_text("Finance")
    owner.get_by_label("Person").fill("Maria Lopez")
    owner.get_by_label("From").fill("2025-03-01")
    owner.get_by_role("button", name="Add to the group").click()
    expect(owner.get_by_role("region", name="Who belongs to it")).to_contain_text("since 1 March 2025")
    check_page(owner, "people-group")
    owner.get_by_role("link", name="Groups").first.click()
    expect(owner.get_by_text("1 person today")).to_be_visible()
