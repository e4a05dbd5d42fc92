"""A folder is watched from a page: the first file raises a question, the second needs nobody. And one is overseen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_page
from tests.browser.serving import Served

FIRST = "when,who,did,what\n03/04/2026 10:00,ana,changed,doc 1\n05/04/2026 11:30,ben,deleted,doc 2\n"
SECOND = "when,who,did,what\n06/04/2026 09:15,chloe,changed,doc 3\n"


def refresh_until(page: Page, what: Locator) -> None:
    """Ask for the page anew, as a person does who waits for something, until it is there."""
    for _ in range(120):
        if what.count():
            return
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").click()
    raise AssertionError("it did not appear")


def test_a_watched_folder_asks_once_and_an_overseen_one_tells_changes(
    owner: Page, served: Served, tmp_path: Path
) -> None:
    owner.set_default_timeout(60_000)
    folder = tmp_path / "exports"
    folder.mkdir()
    owner.goto(served.url("/sources/add/"))
    owner.get_by_role("link", name="Watch a folder").click()
    owner.get_by_label("What do you call it?").fill("Payroll exports")
    owner.get_by_label("Which folder?").fill(str(served.home))
    owner.get_by_role("button", name="Set up this source").click()
    expect(owner.get_by_text("holds Indelible's own data").first).to_be_visible()
    check_page(owner, "folder-set-up")
    owner.get_by_label("Which folder?").fill(str(folder))
    owner.get_by_label("Which files?").fill("*.csv")
    owner.get_by_role("button", name="Set up this source").click()
    expect(heading(owner)).to_have_text("Payroll exports")
    expect(owner.get_by_text("No file yet. Put one into the folder")).to_be_visible()

    # The page says by itself that the first file has come, and that it waits for an answer.
    (folder / "march.csv").write_text(FIRST)
    expect(owner.get_by_text("First file received")).to_be_visible(timeout=90_000)
    expect(owner.get_by_text("Waits for your answer")).to_be_visible(timeout=90_000)
    owner.get_by_role("link", name="march.csv").first.click()
    owner.get_by_label("The day first").check()
    owner.get_by_label(re.compile("zone")).select_option("Europe/Madrid")
    owner.get_by_role("button", name=re.compile("^Record ")).click()
    expect(heading(owner)).to_contain_text("2 rows are on the record", timeout=90_000)

    # The second file is of the same kind: nobody is asked.
    (folder / "april.csv").write_text(SECOND)
    owner.goto(served.url("/sources/"))
    owner.get_by_role("link", name="Payroll exports").click()
    refresh_until(owner, owner.get_by_role("row").filter(has_text="april.csv").filter(has_text="Recorded"))
    expect(owner.get_by_text("Working")).to_be_visible()
    check_page(owner, "folder-files")

    documents = tmp_path / "contracts"
    documents.mkdir()
    (documents / "lease.txt").write_text("Rent: 1,200")
    owner.goto(served.url("/sources/add/oversight/"))
    owner.get_by_label("What do you call it?").fill("Contracts")
    owner.get_by_label("Which folder?").fill(str(documents))
    owner.get_by_role("button", name="Set up this source").click()
    expect(owner.get_by_role("row").filter(has_text="lease.txt")).to_be_visible(timeout=90_000)
    (documents / "lease.txt").write_text("Rent: 12,000")
    entry = owner.get_by_role("row").filter(has_text="lease.txt").get_by_role("link")
    first = entry.inner_text()
    refresh_until(owner, entry.filter(has_not_text=first))
    entry.click()
    expect(heading(owner)).to_contain_text("size” of the file lease.txt from before: 11 to after: 12")
    owner.go_back()
    check_page(owner, "oversight-files")
