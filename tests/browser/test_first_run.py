"""From the one-time link to a sealed first entry, as a person sees it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import HOUSE, OWNER
from tests.browser.looks import Watch, check_page
from tests.browser.serving import Served

BEGINS_ANEW = True


def test_the_link_leads_to_a_sealed_first_entry(page: Page, served: Served) -> None:
    watch = Watch(page, served.address)
    page.goto(served.url("/record/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This record is not set up yet")
    check_page(page, "setup-needs-link")

    page.goto(served.setup_link)
    assert "key=" not in page.url
    check_page(page, "setup-start")
    page.get_by_role("link", name="Start").click()
    check_page(page, "setup-who")
    page.get_by_label("Your name").fill(OWNER["name"])
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill("too short")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Your name")).to_have_value(OWNER["name"])
    assert page.evaluate("document.activeElement.className") == "errors"
    check_page(page, "setup-who-error")

    page.get_by_label("Password", exact=True).fill(OWNER["password"])
    page.get_by_role("button", name="Show password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Madrid")
    check_page(page, "setup-name")

    page.goto(served.url("/setup/"))
    expect(page.get_by_text("You stopped at question 2")).to_be_visible()
    check_page(page, "setup-resumed")
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("Name of the organisation").fill(HOUSE)
    page.get_by_role("button", name="Continue").click()
    sealed = f"Entry 1 is sealed: {OWNER['name']} started the record of {HOUSE}."
    expect(page.get_by_text(sealed)).to_be_visible()
    page.get_by_role("button", name="Skip for now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where does it come from?")
    check_page(page, "setup-first")
    page.get_by_role("button", name="Skip for now").click()

    page.goto(served.url("/setup/"))
    assert "/setup/" not in page.url
    watch.assert_quiet()


def test_a_second_person_with_the_link_is_sent_to_sign_in(page: Page, served: Served) -> None:
    page.goto(served.setup_link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
