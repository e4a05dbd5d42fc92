"""Every page in its main states: accessible, light and dark, wide and narrow, quiet in the console.

One record, one browser: first everything is empty, then a small file is imported by the command line, then
single rows are put into states that pass too quickly to be looked at. What an altered record looks like
stands in test_journeys.py, signing in and settings in test_sign_in.py.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looks import NARROW, WIDE, check_page, check_width, leave
from tests.browser.serving import Served

TILL = Path(__file__).parent / "files" / "till.csv"
AMBIGUOUS = 'When,User,Action,Object,Amount\n03/04/2026 09:00,Tom Reed,create,invoice INV-7,"1,200"\n'
WORKER_MS = 30_000


@contextmanager
def tables(served: Served) -> Iterator[sqlite3.Connection]:
    """The tables of the running server, to put a row into a state; committed at the end."""
    connection = sqlite3.connect(served.home / "indelible.sqlite3", timeout=20)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def test_empty_pages_hold_in_every_look(owner: Page, served: Served) -> None:
    for path, name in (
        ("/", "home-empty"),
        ("/record/?q=who:nobody", "record-no-hits"),
        ("/sources/", "sources-empty"),
        ("/sources/upload/", "upload"),
        ("/checks/", "checks-empty"),
        ("/seals/", "seals-unchecked"),
    ):
        owner.goto(served.url(path))
        check_page(owner, name)


@pytest.fixture(scope="module")
def seeded(owner_context: BrowserContext, served: Served) -> Served:
    """The record with the rows of a small file, imported beside the running server."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("INDELIBLE_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    indelible = str(Path(sys.executable).parent / "indelible")
    subprocess.run(
        [indelible, "import", "--home", str(served.home), str(TILL)],
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return served


@pytest.fixture
def invoice_entry(seeded: Served) -> int:
    """The number of the entry that changed invoice INV-1043."""
    with tables(seeded) as connection:
        found = connection.execute(
            'SELECT "index" FROM entry WHERE instr(content, ?)', ("12000.00",)
        ).fetchone()
    return int(found[0]) + 1


def test_pages_of_the_record_hold_in_every_look(owner: Page, seeded: Served, invoice_entry: int) -> None:
    for path, name in (
        ("/", "home-unchecked"),
        ("/record/", "record"),
        ("/record/?q=from:nowhere+when:2026-13-45+Harow", "record-leftovers"),
        (f"/record/{invoice_entry}/", "entry"),
        (f"/record/{invoice_entry}/correct/", "correct"),
        (f"/record/{invoice_entry}/note/", "note"),
        ("/things/invoice/INV-1043/", "thing"),
        ("/record/add/", "add"),
    ):
        owner.goto(seeded.url(path))
        check_page(owner, name)


def test_an_open_filter_holds_in_every_look(owner: Page, seeded: Served) -> None:
    owner.goto(seeded.url("/record/?q=who:maria"))
    for place in range(owner.locator("details.chip").count()):
        owner.locator("details.chip > summary").nth(place).click()
    check_page(owner, "record-filter-open")


def test_forms_that_come_back_hold_in_every_look(owner: Page, seeded: Served, invoice_entry: int) -> None:
    owner.goto(seeded.url("/record/add/"))
    owner.get_by_label("Who").fill("")
    owner.get_by_role("button", name="Continue to check").click()
    assert owner.title().startswith("Error: ")
    assert owner.evaluate("document.activeElement.className") == "errors"
    check_page(owner, "add-error")
    owner.goto(seeded.url(f"/record/{invoice_entry}/correct/"))
    owner.get_by_role("button", name="Continue to check").click()
    assert owner.title().startswith("Error: ")
    check_page(owner, "correct-error")
    owner.goto(seeded.url("/sources/upload/"))
    owner.get_by_role("button", name="Send this file").click()
    assert owner.title().startswith("Error: ")
    check_page(owner, "upload-error")
    owner.goto(seeded.url("/seals/"))
    owner.get_by_role("button", name="Check this receipt").click()
    expect(owner.get_by_role("alert")).to_contain_text("Choose a file")
    check_page(owner, "receipt-error")


def test_a_correction_shows_on_both_entries_in_every_look(
    owner: Page, seeded: Served, invoice_entry: int
) -> None:
    owner.goto(seeded.url(f"/record/{invoice_entry}/correct/"))
    owner.get_by_label("Which detail is wrong").fill("amount")
    owner.get_by_label("What is right").fill("1300.00")
    owner.get_by_label("Why").fill("Typing mistake on the delivery note")
    owner.get_by_role("button", name="Continue to check").click()
    check_page(owner, "correct-check")
    owner.get_by_role("button", name="Seal this entry").click()
    expect(owner.get_by_text("Sealed as entry")).to_be_visible()
    check_page(owner, "entry-sealed-now")
    owner.goto(seeded.url(f"/record/{invoice_entry}/"))
    expect(owner.get_by_text("Corrected by")).to_be_visible()
    owner.get_by_role("button", name="Check this entry now").click()
    expect(owner.get_by_text("Checked just now")).to_be_visible()
    check_page(owner, "entry-corrected-checked")


def test_pages_of_sources_hold_in_every_look(owner: Page, seeded: Served, tmp_path: Path) -> None:
    owner.goto(seeded.url("/sources/"))
    check_page(owner, "sources")
    owner.get_by_role("link", name="Table of events").click()
    check_page(owner, "source")
    owner.get_by_role("link", name="till.csv").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("5 rows are on the record")
    check_page(owner, "import-done")
    done = owner.url
    owner.get_by_role("link", name="Mark this import as a mistake").click()
    check_page(owner, "import-mistake")
    key = int(done.rstrip("/").rpartition("/")[2])
    for stage, title in (("recording", "Recording till.csv"), ("stopped", "Stopped: till.csv")):
        with tables(seeded) as connection:
            connection.execute("UPDATE sources_import SET stage = ?, taken = 3 WHERE id = ?", (stage, key))
        owner.goto(done)
        expect(owner.get_by_role("heading", level=1)).to_have_text(title)
        check_page(owner, f"import-{stage}")
    with tables(seeded) as connection:
        connection.execute("UPDATE sources_import SET stage = 'done', taken = 6 WHERE id = ?", (key,))


def test_a_file_that_raises_a_question_holds_in_every_look(
    owner: Page, seeded: Served, tmp_path: Path
) -> None:
    file = tmp_path / "cash.csv"
    file.write_text(AMBIGUOUS)
    owner.goto(seeded.url("/sources/upload/"))
    owner.get_by_label("File").set_input_files(file)
    owner.get_by_role("button", name="Send this file").click()
    expect(owner.get_by_role("heading", name="What the file does not say")).to_be_visible()
    check_page(owner, "columns-question")
    owner.get_by_role("button", name="Record this file").or_(
        owner.get_by_role("button", name="Record 1 row")
    ).click()
    assert owner.title().startswith("Error: ")
    check_page(owner, "columns-error")
    owner.goto(seeded.url("/sources/"))
    expect(owner.get_by_text("cash.csv")).to_be_visible()
    check_page(owner, "sources-waiting")


def test_a_file_that_cannot_be_read_holds_in_every_look(owner: Page, seeded: Served, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"%PDF-1.4 no table at all\n%%EOF\n")
    owner.goto(seeded.url("/sources/upload/"))
    owner.get_by_label("File").set_input_files(file)
    owner.get_by_role("button", name="Send this file").click()
    expect(owner.get_by_text("Nothing was recorded")).to_be_visible()
    check_page(owner, "import-refused")


def test_pages_of_seals_and_checks_hold_in_every_look(owner: Page, seeded: Served, tmp_path: Path) -> None:
    owner.goto(seeded.url("/seals/"))
    owner.get_by_role("button", name="Check now").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Your record is untouched", timeout=WORKER_MS)
    check_page(owner, "check-done")
    done = owner.url
    for path, name in (
        ("/", "home-untouched"),
        ("/seals/", "seals"),
        ("/checks/", "checks"),
        ("/seals/list/", "seal-list"),
        ("/seals/2/", "seal"),
    ):
        owner.goto(seeded.url(path))
        check_page(owner, name)
    receipt = tmp_path / "entry.tlog-proof"
    receipt.write_bytes(owner.request.get(seeded.url("/record/2/receipt/")).body())
    owner.goto(seeded.url("/seals/"))
    owner.get_by_label("Receipt").set_input_files(receipt)
    owner.get_by_role("button", name="Check this receipt").click()
    expect(owner.get_by_text("The receipt of entry 2 holds.")).to_be_visible()
    check_page(owner, "receipt-good")

    key = int(done.rstrip("/").rpartition("/")[2])
    with tables(seeded) as connection:
        report = json.loads(
            connection.execute("SELECT report FROM seals_check WHERE id = ?", (key,)).fetchone()[0]
        )
        partial = {**report, "verdict": "could not be checked", "intact": None}
        partial["questions"][0] |= {"verdict": "could not be checked", "message": "A disk does not answer."}
        connection.execute(
            "UPDATE seals_check SET verdict = 'could not be checked', report = ? WHERE id = ?",
            (json.dumps(partial), key),
        )
    for path, name in ((f"/checks/{key}/", "check-partial"), ("/", "home-partial")):
        owner.goto(seeded.url(path))
        expect(owner.get_by_role("heading", level=1)).to_have_text("Not everything could be checked")
        check_page(owner, name)
    for state in ("running", "stopped", "failed"):
        with tables(seeded) as connection:
            connection.execute("UPDATE seals_check SET state = ?, done = 3 WHERE id = ?", (state, key))
        owner.goto(done)
        check_page(owner, f"check-{state}")
        if state == "running":
            owner.goto(seeded.url("/"))
            expect(owner.get_by_role("heading", level=1)).to_contain_text("Checking")
            check_page(owner, "home-checking")
    with tables(seeded) as connection:
        connection.execute(
            "UPDATE seals_check SET state = 'done', verdict = 'matches', report = ?,"
            " finished_at = datetime('now', '-30 hours') WHERE id = ?",
            (json.dumps(report), key),
        )
    owner.goto(seeded.url("/"))
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Not checked since")
    check_page(owner, "home-stale")


def test_pages_of_failures_hold_in_every_look(owner_context: BrowserContext, seeded: Served) -> None:
    page = owner_context.new_page()  # without a watch: the browser is to complain here
    page.goto(seeded.url("/account/sign-out/"))
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(e => e.value = 'x')")
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign out")
    check_page(page, "error-403")
    with tables(seeded) as connection:
        key = connection.execute("SELECT max(id) FROM seals_check").fetchone()[0]
        connection.execute("UPDATE seals_check SET report = '{\"findings\": [1]}' WHERE id = ?", (key,))
    answer = page.goto(seeded.url(f"/checks/{key}/"))
    assert answer is not None
    assert answer.status == 500
    expect(page.get_by_text("Something went wrong on our side")).to_be_visible()
    check_page(page, "error-500")
    leave(page)


def test_a_search_keeps_the_focus_tells_the_count_and_can_be_gone_back_from(
    owner: Page, seeded: Served
) -> None:
    owner.goto(seeded.url("/record/"))
    # The number may rise meanwhile: that somebody looks is put on record too.
    everything, harrow = (
        re.compile(rf"^\s*\d+ entr(y|ies)\b.*{words}") for words in ("Every entry of the record", "Harrow")
    )
    expect(owner.locator(".summary")).to_have_text(everything)
    field = owner.locator("#q")
    field.fill("Harrow")
    field.press("Enter")
    owner.wait_for_url("**/record/?q=Harrow*")
    summary = owner.locator(".summary[role=status]")
    expect(summary).not_to_have_text(everything)
    expect(summary).to_have_text(harrow)
    assert owner.evaluate("document.activeElement.id") == "q"
    owner.go_back()
    expect(summary).to_have_text(everything)
    owner.go_forward()
    expect(summary).to_have_text(harrow)
    owner.reload()
    expect(summary).to_have_text(harrow)


def test_wider_text_spacing_keeps_pages_within_a_phone(
    owner: Page, seeded: Served, invoice_entry: int
) -> None:
    owner.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for path in ("/", "/record/", f"/record/{invoice_entry}/", "/record/add/", "/sources/", "/seals/"):
        owner.goto(seeded.url(path))
        owner.evaluate(
            """() => document.querySelectorAll('body *').forEach(each => Object.assign(each.style,
              {lineHeight: 1.5, letterSpacing: '.12em', wordSpacing: '.16em'}))"""
        )
        check_width(owner, path)
    owner.set_viewport_size(WIDE)  # type: ignore[arg-type]


def test_single_keys_walk_through_the_entries(owner: Page, seeded: Served) -> None:
    owner.goto(seeded.url("/record/"))
    owner.locator("main").focus()
    owner.keyboard.press("j")
    owner.keyboard.press("j")
    assert owner.evaluate(
        "document.activeElement.closest('.entry') === document.querySelectorAll('.entry')[1]"
    )
    owner.keyboard.press("k")
    told = owner.evaluate("document.activeElement.innerText")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", level=1)).to_have_text(told)
    owner.goto(seeded.url("/record/"))
    owner.locator("main").focus()
    owner.keyboard.press("/")
    assert owner.evaluate("document.activeElement.id") == "q"
    owner.keyboard.press("j")
    expect(owner.locator("#q")).to_have_value("j")


def test_when_the_server_is_lost_a_word_says_so_and_what_was_typed_stays(
    owner_context: BrowserContext, seeded: Served
) -> None:
    page = owner_context.new_page()  # without a watch: the browser is to complain here
    page.goto(seeded.url("/record/add/"))
    owner_context.set_offline(True)
    try:
        page.get_by_label("Its name").fill("Harrow Freight")
        page.get_by_label("Its name").blur()
        expect(
            page.get_by_text("We could not reach the server. Nothing was sealed. Try again.")
        ).to_be_visible()
        expect(page.get_by_label("Its name")).to_have_value("Harrow Freight")
        check_page(page, "server-lost")
    finally:
        owner_context.set_offline(False)
    page.get_by_label("Its name").fill("Harrow Freight Ltd")
    page.get_by_label("Its name").blur()
    expect(page.get_by_text("We could not reach the server.")).to_have_count(0)
    leave(page)
