"""A table nobody has described, from upload to the record by visible words alone; and a large one on a bad line."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import heading
from tests.browser.looks import check_page, leave
from tests.browser.serving import Served

WORKER_MS = 30_000  # a recording waits for the worker
HEAD = "Moment;Kollege;Tat;Beleg Nr;Summe;Notiz\n"
MARCH = (
    "03/04/2026 09:15;Maria Lopez;Gezahlt;00017;1.200;wie vereinbart\n"
    "05/04/2026 10:00;;Gezahlt;00018;85.500;\n"
    "07/04/2026 16:40;Daniel Osei;Storniert;00017;1.200;doppelt\n"
)


def send(page: Page, served: Served, file: Path) -> None:
    page.goto(served.url("/sources/"))
    page.get_by_role("link", name="Upload a file").first.click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Send this file").click()


def test_an_unknown_table_is_mapped_by_hand_and_the_next_one_asks_nothing(
    owner: Page, served: Served, tmp_path: Path
) -> None:
    page = owner
    first, second = tmp_path / "march.csv", tmp_path / "april.csv"
    first.write_text(HEAD + MARCH, encoding="cp1252")
    second.write_text(HEAD + MARCH.replace("0001", "0002"), encoding="cp1252")
    send(page, served, first)
    expect(heading(page)).to_have_text("Which column is what?")
    for column, role in {
        "Moment": "when it happened",
        "Kollege": "the person",
        "Tat": "what was done",
        "Beleg Nr": "the id of what it was done to",
        "Summe": "the amount",
        "Notiz": "the person",  # a slip
    }.items():
        page.get_by_label(f"Column {column} is", exact=True).select_option(label=role)
    page.get_by_role("button", name="Show the sentences anew").click()
    expect(page.get_by_role("alert")).to_contain_text("Two columns say who did it.")
    page.get_by_label("Column Notiz is", exact=True).select_option(label="the reason or note")
    page.get_by_role("button", name="Show the sentences anew").click()
    expect(page.get_by_text("Line 2, column Moment, says 03/04/2026 09:15.").first).to_be_visible()
    check_page(page, "columns-asks")
    page.get_by_label("The day first: 3 April 2026").check()
    page.get_by_label("A comma: 1.200 → 1,200").check()
    page.locator("[name=given_timezone]").select_option("Europe/Berlin")
    page.get_by_text("What is the same for every row").click()
    page.get_by_label("Currency of the amounts").fill("eur")
    expect(page.get_by_text("1 row names nobody")).to_be_visible()
    page.get_by_label("Name of the source").fill("Kassenbuch")
    page.get_by_role("button", name="Show the sentences anew").click()
    rows = page.locator("#preview li")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("3 April 2026, 09:15")
    expect(page.locator("td").filter(has_text="00017").first).to_be_visible()
    check_page(page, "columns-decided")
    page.get_by_role("button", name="Record 3 rows").click()
    expect(heading(page)).to_have_text("3 rows are on the record", timeout=WORKER_MS)

    page.get_by_role("link", name="Kassenbuch").click()
    expect(page.get_by_role("heading", name="How it is read")).to_be_visible()
    check_page(page, "source-how-read")
    page.get_by_role("link", name="Upload its next file").click()
    page.get_by_label("File").set_input_files(second)
    page.get_by_role("button", name="Send this file").click()
    expect(page.get_by_text("As last time (version 1 of Kassenbuch)")).to_be_visible()
    expect(page.get_by_text("What the file does not say")).to_have_count(0)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download how this is read").click()
    assert '"Summe": "amount"' in Path(waiting.value.path()).read_text("utf-8")
    page.get_by_role("button", name="Record 3 rows").click()
    expect(heading(page)).to_have_text("3 rows are on the record", timeout=WORKER_MS)


def test_a_large_file_goes_on_where_its_connection_broke(
    owner_context: BrowserContext, served: Served, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    line = "2026-03-01T09:00:00Z,ana@example.com,update,invoice 17,{}\n"
    large.write_text("time,user,action,object,note\n" + "".join(line.format(n) for n in range(300_000)))
    page = owner_context.new_page()
    page.route(re.compile(r"offset=8000000$"), lambda route: route.abort())
    send(page, served, large)
    expect(page.get_by_role("heading", name=re.compile(r"The upload stopped at \d\d%"))).to_be_visible()
    expect(page.get_by_text("we keep the part that arrived until tomorrow")).to_be_visible()
    check_page(page, "upload-stopped")
    page.unroute_all()
    page.reload()  # as somebody who comes back
    expect(page.get_by_text(re.compile(r"large\.csv: \d\d% has arrived"))).to_be_visible()
    page.get_by_label("File").set_input_files(large)
    page.get_by_role("button", name="Send this file").click()
    expect(heading(page)).to_have_text("Which column is what?")
    expect(page.get_by_text("its first 10,000 rows")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Record about 3\d\d,\d\d\d rows"))).to_be_visible()
    leave(page)
