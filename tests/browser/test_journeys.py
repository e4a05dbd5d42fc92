"""Whole jobs as people do them, in a real browser on a real server, in the order of a first day.

The tests of this module share one record and build on each other; the last one alters the database behind
the server's back, and the pages must say so.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import HOUSE, OWNER, heading, set_up, sign_in, watched_page
from tests.browser.looks import check_page
from tests.browser.serving import Served
from tests.shared import shared_path

BEGINS_ANEW = True

TILL = Path(__file__).parent / "files" / "till.csv"
WORKER_MS = 30_000  # an import or a check waits for the worker


@pytest.fixture(scope="module")
def first_day(
    browser: Browser, served: Served, browser_context_args: dict[str, Any]
) -> Iterator[BrowserContext]:
    """Ana's browser: it opens the set-up link first."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def page(first_day: BrowserContext, served: Served) -> Iterator[Page]:
    """A page in Ana's browser; the test fails if the browser complained about anything."""
    with watched_page(first_day, served) as page:
        yield page


def entries_with(served: Served, text: str) -> int:
    """Count the entries that hold a text, where they rest. The worker may add others meanwhile."""
    with sqlite3.connect(served.home / "indelible.sqlite3") as tables:
        found = tables.execute("SELECT count(*) FROM entry WHERE instr(content, ?)", (text,))
        return int(found.fetchone()[0])


def upload(page: Page, served: Served, file: Path) -> None:
    """Send a file from the page for it."""
    page.goto(served.url("/sources/"))
    page.get_by_role("link", name="Upload a file").first.click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Send this file").click()


def test_from_the_link_to_a_sealed_entry_by_hand(page: Page, served: Served) -> None:
    set_up(page, served)
    expect(page.get_by_text(f"{OWNER['name']} started the record of {HOUSE}.")).to_be_visible()
    page.get_by_label("Write the first one by hand").check()
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_label("Who")).to_have_value(OWNER["name"])
    page.get_by_label("Did what", exact=True).select_option("approve")
    page.get_by_label("To what kind of thing").select_option("contract")
    page.get_by_label("Its number or code").fill("C-88")
    page.get_by_label("Its name").fill("Harrow Freight")
    page.get_by_label("Why, or a note").fill("Agreed at the meeting")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("approved")
    promised = preview.inner_text().strip()
    page.get_by_role("button", name="Continue to check").click()

    expect(heading(page)).to_have_text("Check before it is sealed")
    assert page.locator(".lead").inner_text().strip() == promised
    page.get_by_role("button", name="Seal this entry").dblclick()
    page.wait_for_url(re.compile(r"/record/\d+/\?sealed=1$"))
    expect(page.get_by_text(re.compile(r"Sealed as entry \d+"))).to_be_visible()
    assert entries_with(served, "C-88") == 1
    assert promised.rstrip(".") in heading(page).inner_text()

    page.get_by_role("button", name="Check this entry now").click()
    expect(page.get_by_text("Checked just now")).to_be_visible()
    expect(page.locator("#proof .bad, #proof .warn")).to_have_count(0)


def test_a_draft_is_sealed_once_however_often_its_page_is_sent(page: Page, served: Served) -> None:
    page.goto(served.url("/record/add/"))
    page.get_by_label("Did what", exact=True).select_option("view")
    page.get_by_label("Its number or code").fill("R-2")
    page.get_by_role("button", name="Continue to check").click()
    # Two requests with the same form, as two windows would send them, past the button that waits.
    sent = page.evaluate(
        """async () => {
          const form = document.querySelector('main form');
          const send = () => fetch(location.href, {method: 'POST', body: new FormData(form)});
          return (await Promise.all([send(), send()])).map(answer => answer.status);
        }"""
    )
    assert sent == [200, 200]
    assert entries_with(served, "R-2") == 1


def test_a_file_goes_from_upload_to_a_checked_entry(page: Page, served: Served) -> None:
    upload(page, served, TILL)
    expect(page.get_by_text("Nothing is sealed yet.")).to_be_visible()
    assert page.get_by_text("guess", exact=True).count() >= 5
    rows = page.locator("#preview li")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("Maria Lopez changed")
    expect(rows.first).to_contain_text("in the file: 2026-03-02 09:00:00+01:00")
    check_page(page, "columns-own")

    page.get_by_label("Column Note is").select_option("leave_out")
    page.get_by_label("Column Note is").select_option("reason")
    expect(rows.nth(3)).to_contain_text("Entered twice")
    page.get_by_role("button", name=re.compile("^Record ")).click()
    expect(heading(page)).to_have_text("5 rows are on the record", timeout=WORKER_MS)
    expect(page.get_by_text("A quotation mark in it is never closed.")).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the 1 row with the reason").click()
    left_out = Path(waiting.value.path()).read_text("utf-8-sig")
    assert left_out.startswith("Id,When,User,Action,Object,Old value,New value,Note,Why it was left out")
    assert "A quotation mark in it is never closed." in left_out

    page.get_by_role("link", name=re.compile(r"^entry \d+$")).first.click()
    expect(heading(page)).to_contain_text("Maria Lopez changed")
    page.get_by_role("button", name="Check this entry now").click()
    expect(page.get_by_text("Checked just now")).to_be_visible()
    expect(page.locator("#proof .bad, #proof .warn")).to_have_count(0)


def test_the_rows_left_out_are_mended_and_sent_again(page: Page, served: Served, tmp_path: Path) -> None:
    page.goto(served.url("/sources/"))
    mended = tmp_path / "till-left-out.csv"
    mended.write_text(
        "Id,When,User,Action,Object,Old value,New value,Note,Why it was left out\n"
        "k-5,2026-03-02 09:30:00+01:00,Daniel Osei,view,report Payroll,,,,\n"
        "k-6,2026-03-02 09:31:00+01:00,Daniel Osei,export,report Payroll,,,,mended\n"
    )
    upload(page, served, mended)
    expect(page.get_by_label("Column Why it was left out is")).to_have_value("leave_out")
    page.get_by_role("button", name=re.compile("^Record ")).click()
    expect(heading(page)).to_have_text("1 row is on the record", timeout=WORKER_MS)
    held = page.locator("dt", has_text="Held already").locator("xpath=following-sibling::dd[1]")
    expect(held).to_have_text("1")


def test_the_same_file_again_adds_nothing(page: Page, served: Served) -> None:
    upload(page, served, TILL)
    expect(heading(page)).to_have_text("We already have this file")
    check_page(page, "import-held")
    assert entries_with(served, "INV-1043") == 2


def test_an_export_of_quickbooks_goes_from_upload_to_a_checked_entry(page: Page, served: Served) -> None:
    upload(page, served, shared_path("samples/quickbooks-audit-log.csv"))
    expect(page.get_by_text("QuickBooks").first).to_be_visible()
    if page.locator("[name=given_timezone]").count():
        page.locator("[name=given_timezone]").fill("America/Los_Angeles")
        page.get_by_role("button", name="Show the sentences anew").click()
    expect(page.locator("#preview li")).to_have_count(5)
    check_page(page, "columns-quickbooks")
    button = page.get_by_role("button", name=re.compile(r"^Record \d+ rows?$"))
    rows = int(re.findall(r"\d+", button.inner_text())[0])
    button.click()
    expect(heading(page)).to_have_text(f"{rows} rows are on the record", timeout=WORKER_MS)

    page.get_by_role("link", name="Record", exact=True).click()
    first = page.locator(".thread > .entry").filter(has_text="QuickBooks").first
    told = first.locator(".say a").inner_text()
    first.locator(".say a").click()
    expect(heading(page)).to_have_text(told)
    page.get_by_role("button", name="Check this entry now").click()
    expect(page.get_by_text("Checked just now")).to_be_visible()
    expect(page.locator("#proof .bad, #proof .warn")).to_have_count(0)


def test_without_a_script_the_same_jobs_end_on_the_same_sentences(
    browser: Browser, served: Served, browser_context_args: dict[str, Any], tmp_path: Path
) -> None:
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    sign_in(page, served)
    page.goto(served.url("/record/"))
    page.get_by_label("Search the record").last.fill("Harrow")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".thread > .entry").first).to_contain_text("Harrow Freight")
    page.goto(served.url("/record/"))
    page.locator("summary", has_text="Who").click()
    page.get_by_label(re.compile("^Who")).last.fill("Tom Reed")
    page.get_by_role("button", name="Apply this filter").locator("visible=true").click()
    expect(page.locator(".summary")).to_have_text(re.compile(r"^\s*2 entries"))
    page.locator(".thread .say a").first.click()
    expect(heading(page)).to_contain_text("Tom Reed")

    page.goto(served.url("/record/add/"))
    page.get_by_label("Did what", exact=True).select_option("send")
    page.get_by_label("Its name").fill("The quarterly letter")
    page.get_by_role("button", name="Show the sentence").click()
    promised = page.locator("#preview").inner_text().strip()
    assert "The quarterly letter" in promised
    page.get_by_role("button", name="Continue to check").click()
    page.get_by_role("button", name="Seal this entry").click()
    expect(page.get_by_text(re.compile(r"Sealed as entry \d+"))).to_be_visible()
    assert promised.rstrip(".") in heading(page).inner_text()

    file = tmp_path / "list.csv"
    file.write_text(
        "Id,When,User,Action,Object\nn-1,2026-03-03T10:00:00Z,Alina Popescu,create,folder Plans\n"
    )
    upload(page, served, file)
    expect(page.locator("#preview li").first).to_contain_text("Alina Popescu")
    page.get_by_role("button", name=re.compile("^Record ")).click()
    for _again in range(30):
        if "on the record" in heading(page).inner_text():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").click()
    expect(heading(page)).to_have_text("1 row is on the record")
    context.close()


def test_a_check_says_untouched_on_every_page(page: Page, served: Served) -> None:
    page.goto(served.url("/seals/"))
    page.get_by_role("button", name="Check now").click()
    expect(heading(page)).to_have_text("Your record is untouched", timeout=WORKER_MS)
    page.goto(served.url("/"))
    expect(heading(page)).to_have_text("Your record is untouched")
    expect(page.locator("#pill")).to_contain_text("Untouched")


def test_an_altered_database_is_told_everywhere(page: Page, served: Served) -> None:
    with sqlite3.connect(served.home / "indelible.sqlite3", timeout=20) as tables:
        found = tables.execute("SELECT \"index\" FROM entry WHERE content LIKE '%12000.00%'").fetchone()
        tables.execute(
            "UPDATE entry SET content = replace(content, '12000.00', '1300.00') WHERE \"index\" = ?", found
        )
    number = found[0] + 1
    page.goto(served.url("/seals/"))
    page.get_by_role("button", name="Check now").click()
    expect(heading(page)).to_have_text("The record has been altered", timeout=WORKER_MS)
    expect(page.get_by_text("1 entry no longer matches its seal.")).to_be_visible()
    expect(page.get_by_role("link", name=f"Entry {number}", exact=True).first).to_be_visible()
    check_page(page, "check-altered")
    page.goto(served.url("/"))
    expect(heading(page)).to_have_text("The record has been altered")
    expect(page.locator("#pill")).to_contain_text("Altered · see what we found")
    check_page(page, "home-altered")
    page.goto(served.url(f"/record/{number}/"))
    expect(page.get_by_role("alert")).to_contain_text("This entry reads differently from when it was sealed.")
    check_page(page, "entry-altered")
    page.goto(served.url("/record/"))
    expect(page.locator(".entry.is-altered")).to_have_count(1)
    check_page(page, "record-altered")
    page.goto(served.url("/seals/"))
    check_page(page, "seals-altered")
