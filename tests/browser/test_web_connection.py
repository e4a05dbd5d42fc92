"""A web connection: set up on its page, its password made, and its first message seen as it comes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_looks, check_page
from tests.browser.serving import Served

CURL = Path("/usr/bin/curl")


def test_a_web_connection_is_set_up_and_its_first_message_is_seen(owner: Page, served: Served) -> None:
    if not CURL.exists():
        pytest.skip("curl is not installed here")
    owner.goto(served.url("/sources/add/"))
    owner.get_by_role("link", name="Web connection").click()
    owner.get_by_role("button", name="Set up this source").click()
    expect(
        owner.get_by_text("Give it a name, so that entries can say where they come from.").first
    ).to_be_visible()
    owner.get_by_label("What do you call it?").fill("Payroll Cloud")
    check_looks(owner, "web-set-up")
    owner.get_by_role("button", name="Set up this source").click()

    expect(heading(owner)).to_have_text("Payroll Cloud")
    expect(owner.get_by_text("Nothing came yet.")).to_be_visible()
    command = owner.locator("#curl").inner_text()
    owner.get_by_role("button", name="Make a connection password").click()
    password = owner.locator("#connection-password").inner_text().strip()
    owner.get_by_role("link", name="I have copied it").click()

    command = command.replace("YOUR-CONNECTION-PASSWORD", password).replace(
        "curl ", f"{CURL} -sS --fail-with-body ", 1
    )
    sent = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30, check=False)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    first = owner.locator("#first-message")  # nobody presses anything: the page looks by itself
    expect(first.get_by_text("First message received")).to_be_visible()
    expect(first.get_by_text(re.compile(r"\d\d:\d\d:\d\d"))).to_be_visible()
    expect(first.get_by_role("link")).to_contain_text("Test")
    owner.reload()
    expect(owner.get_by_text("127.0.0.1", exact=True)).to_be_visible()
    check_page(owner, "web-first")
    first.get_by_role("link").click()
    expect(heading(owner)).to_contain_text("Test")

    owner.goto(served.url("/api/v1/docs"))
    check_page(owner, "api-page")
