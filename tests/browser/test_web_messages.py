"""A person has GitHub send its messages: sets it up, sees the first one, and changes the secret without a gap."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

from playwright.sync_api import Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_page
from tests.browser.serving import Served
from tests.features.sources.hooks import signing


def send(address: str, body: bytes, secret: str, delivery: str) -> int:
    """Post a signed delivery as GitHub does; return the status."""
    request = urllib.request.Request(
        address, body, signing.github(body, secret=secret, delivery=delivery), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_github_is_connected_its_first_message_seen_and_its_secret_changed(
    owner: Page, served: Served
) -> None:
    owner.goto(served.url("/sources/add/"))
    owner.get_by_role("link", name="Messages from a web service").click()
    # What only another service needs is asked once it is chosen.
    expect(owner.get_by_label("Header with the signature")).to_be_hidden()
    owner.get_by_label("Another service").check()
    expect(owner.get_by_label("Header with the signature")).to_be_visible()
    check_page(owner, "web-messages-set-up")
    owner.get_by_label("GitHub").check()
    owner.get_by_label("What do you call it?").fill("GitHub of Northwind")
    owner.get_by_role("button", name="Set up this source").click()
    expect(heading(owner)).to_have_text("GitHub of Northwind")
    expect(owner.get_by_text("every message is refused")).to_be_visible()
    page = owner.url
    address = owner.locator("#hook-address").inner_text()

    owner.get_by_role("link", name="Make the signing secret").click()
    check_page(owner, "web-messages-secret")
    owner.get_by_role("button", name="Make one and show it").click()
    first = owner.locator("#signing-secret").inner_text()
    check_page(owner, "web-messages-secret-made")
    owner.get_by_role("link", name="I have copied it").click()
    expect(owner.get_by_text("Nothing yet. The first message appears here when it arrives.")).to_be_visible()

    assert send(address, signing.push("refs/heads/release"), first, "d-1") == 200
    # It appears by itself.
    expect(owner.locator("#hook-now").get_by_text("refs/heads/release")).to_be_visible(timeout=15_000)
    assert send(address, signing.push(), "a wrong secret", "d-2") == 401
    time.sleep(0.1)
    owner.goto(page)
    expect(owner.get_by_text("1 message was not signed with our secret.")).to_be_visible()
    check_page(owner, "web-messages-source")

    owner.get_by_role("link", name="Change the signing secret").click()
    owner.get_by_role("button", name="Make a new one").click()
    second = owner.locator("#signing-secret").inner_text()
    assert second != first
    owner.get_by_role("link", name="I have copied it").click()
    expect(owner.get_by_text("The one before is accepted until")).to_be_visible()
    for number, secret in enumerate((first, second)):
        assert send(address, signing.push(f"refs/heads/next-{number}"), secret, f"n-{number}") == 200
    body = json.dumps({"zen": "Speak like a human.", "hook_id": 1}).encode()
    assert send(address, body, second, "ping-1") == 200
    owner.goto(page)
    expect(owner.locator("#hook-now").get_by_text("refs/heads/next-1")).to_be_visible()
