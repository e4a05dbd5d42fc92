"""A pack from the question to the file and to the page inside it, as people do it: with scripts and without."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import HOUSE, OWNER, heading, sign_in, watched_page
from tests.browser.looks import check_page, leave
from tests.browser.serving import Served

WORKER_MS = 60_000
ROWS = [
    {
        "id": f"e-{number}",
        "time": f"2025-08-0{number % 9 + 1}T09:00:00Z",
        "user": "Maria Lopez" if number % 3 else "Tom Reed",
        "action": "changed",
        "object": f"INV-{number}",
        "reason": f"as Maria Lopez said, {number}",
    }
    for number in range(14)
]


@pytest.fixture(scope="module")
def begun(
    owner_context: BrowserContext, served: Served, tmp_path_factory: pytest.TempPathFactory
) -> BrowserContext:
    """Ana's browser, on a record with fourteen entries of AccountsPro."""
    page = owner_context.new_page()
    file = tmp_path_factory.mktemp("files") / "accounts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    page.goto(served.url("/sources/upload/"))
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Send this file").click()
    page.get_by_role("button", name="Record").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("on the record", timeout=WORKER_MS)
    leave(page)
    return owner_context


@pytest.fixture
def page(begun: BrowserContext, served: Served) -> Iterator[Page]:
    """A page in Ana's browser; the test fails if the browser complained about anything."""
    with watched_page(begun, served) as page:
        yield page


def test_from_an_empty_list_to_a_pack_that_checks_itself(
    page: Page, served: Served, browser: Browser, tmp_path: Path
) -> None:
    page.goto(served.url("/packs/"))
    expect(page.get_by_text("No pack was made yet")).to_be_visible()
    check_page(page, "packs-empty")
    page.get_by_role("link", name="Make a pack").first.click()
    check_page(page, "packs-new")
    page.get_by_role("radio", name="Everything of one source").check()
    page.get_by_label("Which source or rule?").select_option(index=1)
    page.get_by_label("The question in your words").fill("All changes of invoices that Maria Lopez knew of")
    page.get_by_role("button", name="Go on to what is hidden").click()

    expect(heading(page)).to_have_text("What must not be shown?")
    check_page(page, "packs-hide")
    page.get_by_label("Who did it", exact=True).check()
    page.get_by_role("button", name="Go on to a look at it").click()

    expect(heading(page)).to_have_text("This is what its reader will see")
    expect(page.locator("main")).not_to_contain_text("Lopez")
    check_page(page, "packs-check")
    page.get_by_role("button", name="Make this pack").click()
    # The page changes by itself once the worker is done.
    expect(heading(page)).to_have_text("An evidence pack of 14 entries", timeout=WORKER_MS)
    check_page(page, "packs-made")

    with page.expect_download() as started:
        page.get_by_role("button", name="Download the pack").click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    page.reload()
    expect(page.get_by_text(f"Downloaded by {OWNER['name']}")).to_be_visible()
    page.get_by_label("Who got it?").fill("Holm and Partners")
    page.get_by_label("How?").fill("by e-mail")
    page.get_by_role("button", name="Record that they got it").click()
    expect(page.get_by_text("Handed to Holm and Partners (by e-mail)")).to_be_visible()
    check_page(page, "packs-handed")
    page.goto(served.url("/packs/"))
    check_page(page, "packs-list")

    with zipfile.ZipFile(path) as pack:
        pack.extractall(tmp_path / "pack")
        assert not any(b"Lopez" in pack.read(name) for name in pack.namelist())
    offline = browser.new_context(offline=True)
    inside = offline.new_page()
    inside.goto((tmp_path / "pack" / "1 Open this page to check.html").as_uri())
    expect(heading(inside)).to_contain_text("Nothing in this pack was altered", timeout=WORKER_MS)
    offline.close()


def test_a_selection_is_made_and_taken_without_scripts(
    begun: BrowserContext,
    served: Served,
    browser: Browser,
    browser_context_args: dict[str, Any],
    tmp_path: Path,
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served)
    page.goto(served.url("/record/?q=who%3Atom"))
    page.get_by_role("link", name="Make a pack").click()
    expect(page.get_by_label("Which entries?")).to_have_value("who:tom")
    page.get_by_role("button", name="Go on to what is hidden").click()
    page.get_by_role("button", name="Go on to a look at it").click()
    expect(page.get_by_text("Other entries may exist.")).to_be_visible()
    page.get_by_role("button", name="Make this pack").click()
    expect(heading(page)).to_be_visible()
    for _try in range(60):
        if "An evidence pack" in heading(page).inner_text():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").click()
    expect(heading(page)).to_contain_text("An evidence pack of 5 entries")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the pack").click()
    started.value.save_as(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        claims = json.loads(pack.read("manifest.json"))["claims"]
    assert (claims["kind"], claims["asked"], claims["organisation"]) == ("selection", 5, HOUSE)
    context.close()
