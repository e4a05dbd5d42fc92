"""Signing in and out, settings, help and error pages in a real browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OWNER, sign_in
from tests.browser.looks import NARROW, WIDE, Watch, check_accessible, check_page, take_picture
from tests.browser.serving import Served


def test_settings_and_help_hold_in_every_look(owner: Page, served: Served) -> None:
    for path, name in (
        ("/settings/", "settings"),
        ("/account/password/", "password"),
        ("/account/sign-out/", "sign-out"),
        ("/help/", "help"),
        ("/help/words/", "words"),
        ("/help/keys/", "keys"),
        ("/no/such/page/", "not-found"),
    ):
        owner.goto(served.url(path))
        check_page(owner, name)


def test_a_changed_zone_changes_the_foot_of_each_page(owner: Page, served: Served) -> None:
    owner.goto(served.url("/settings/yours/"))
    owner.get_by_label("Time zone").select_option("Asia/Tokyo")
    owner.get_by_role("button", name="Save your settings").click()
    expect(owner.get_by_role("status")).to_contain_text("Saved, and recorded.")
    expect(owner.get_by_text("Times are in Tokyo time (UTC+09:00)")).to_be_visible()


def test_the_first_tab_is_the_skip_link(owner: Page, served: Served) -> None:
    owner.goto(served.url("/settings/"))
    owner.keyboard.press("Tab")
    assert owner.evaluate("document.activeElement.textContent") == "Skip to main content"
    owner.keyboard.press("Enter")
    assert owner.evaluate("document.activeElement.id") == "main"


def test_the_menu_opens_on_a_phone_and_closes_with_escape(owner: Page, served: Served) -> None:
    owner.goto(served.url("/settings/"))
    owner.set_viewport_size(NARROW)  # type: ignore[arg-type]
    menu = owner.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    owner.get_by_role("button", name="Menu", exact=True).click()
    expect(menu).to_be_visible()
    check_accessible(owner, "settings with the menu open")
    take_picture(owner, "menu-open")
    owner.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    owner.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_single_keys_lead_to_the_list_of_keys_and_stay_out_of_fields(owner: Page, served: Served) -> None:
    owner.goto(served.url("/settings/yours/"))
    owner.get_by_label("Your name").press("?")
    assert owner.url == served.url("/settings/yours/")
    owner.locator("main").focus()
    owner.keyboard.press("?")
    owner.wait_for_url(served.url("/help/keys/"))


def test_signing_in_without_a_script_ends_on_the_same_page(
    browser: Browser, served: Served, owner_context: Any, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    sign_in(page, served)
    page.goto(served.url("/settings/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    page.get_by_role("button", name="Sign out").last.click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    context.close()


def test_a_wrong_password_is_told_and_what_was_typed_stays(
    browser: Browser, served: Served, owner_context: Any, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    watch = Watch(page, served.address)
    page.goto(served.url("/settings/"))
    check_page(page, "sign-in")
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("E-mail address")).to_have_value(OWNER["email"])
    check_page(page, "sign-in-error")
    watch.assert_quiet()
    context.close()
