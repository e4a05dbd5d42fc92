"""Somebody who was handed a pack checks it on a server where they have no account."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import Watch, check_page
from tests.browser.serving import Served
from tests.ledger.packs.flaws import FLAWS
from tests.ledger.packs.making import make_pack

BEGINS_ANEW = True


def send(page: Page, path: Path) -> None:
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Check this file").click()


def test_a_stranger_checks_a_good_and_a_bad_pack(served: Served, page: Page, tmp_path: Path) -> None:
    good = make_pack(tmp_path / "pack.zip", entries=30, kind="whole", by="recorded", withhold=("actor",))
    bad = FLAWS["one-bit-in-a-detail"].make(tmp_path / "bad.zip", None)
    watch = Watch(page, served.address)
    page.goto(served.url("/verify/"))
    check_page(page, "verify-empty")
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("link", name="Choose a file.")).to_be_visible()
    check_page(page, "verify-nothing-chosen")

    send(page, good.path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing in this pack was altered")
    expect(page.get_by_text("Every entry of what was asked for is in it")).to_be_visible()
    expect(page.get_by_text("One thing only you can check")).to_be_visible()
    check_page(page, "verify-good")

    page.get_by_text("What you trust (optional)").click()
    page.get_by_role("textbox", name="Seal words").fill(" ".join(good.words))
    send(page, good.path)
    expect(page.get_by_text("The words you were given are the words of this seal.")).to_be_visible()
    expect(page.get_by_text("One thing only you can check")).to_have_count(0)

    send(page, bad.path)
    expect(page.get_by_role("heading", level=1)).to_have_text("This pack was altered or damaged")
    expect(page.get_by_text("The detail “Thing 1” of entry 5 is not what was recorded.")).to_be_visible()
    check_page(page, "verify-altered")
    watch.assert_quiet()
