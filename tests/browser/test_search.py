"""Searching the record in plain words, in a real browser: with scripts and without, each ends on the same sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in, watched_page
from tests.browser.looks import check_looks
from tests.browser.serving import Served
from tests.services.sources import run_in

FILL = """
import django
django.setup()
from indelible.features.people.models import KnownPerson
from indelible.storage.database.append import Draft, append
from indelible.web.acts import logbook_in_use

def told(at, who, verb, number, kind="invoice.sales"):
    return {
        "occurred_at": at,
        "actor": {"name": who},
        "action": {"verb": verb, "category": "money", "said": verb},
        "targets": [{"kind": kind, "id": number}],
        "outcome": "success",
        "source": {"name": "Ledger", "system": "ledger"},
    }

events = [
    told("2025-02-10T09:00:00Z", "Maria Lopez", "change", "INV-1"),
    told("2025-03-10T09:00:00Z", "Maria Silva", "change", "INV-2"),
    told("2025-03-11T09:00:00Z", "Tom Reed", "change", "INV-3"),
    told("2025-03-12T09:00:00Z", "Tom Reed", "delete", "INV-4"),
    *(told(f"2025-04-01T09:00:{n:02}Z", "Payroll Cloud", "create", f"P-{n}", "employee") for n in range(20)),
]
append(logbook_in_use(), [Draft(event, source=7) for event in events])
for name in ("Maria Lopez", "Maria Silva", "Tom Reed"):
    KnownPerson.objects.create(name=name)
print("filled")
"""


@pytest.fixture(scope="module")
def filled(owner_context: BrowserContext, served: Served) -> None:
    """Entries of two Marias, who are both known, of Tom, and of a program that added twenty people in a minute."""
    run_in(served.home, FILL)


@pytest.fixture(params=["with scripts", "without scripts"])
def reader(
    request: pytest.FixtureRequest,
    browser: Browser,
    filled: None,
    served: Served,
    browser_context_args: dict[str, Any],
) -> Iterator[Page]:
    """A page of the owner, in a browser that runs scripts and in one that does not."""
    scripts = request.param == "with scripts"
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": scripts})
    with watched_page(context, served) as page:
        sign_in(page, served)
        page.goto(served.url("/record/"))
        yield page
    context.close()


def search(page: Page, words: str) -> None:
    page.get_by_label("Search the record").last.fill(words)
    page.get_by_role("button", name="Search", exact=True).click()


def status(page: Page) -> Any:
    return page.locator("p.summary")


def test_from_plain_words_to_a_saved_view_and_a_table(reader: Page, request: pytest.FixtureRequest) -> None:
    page, name = reader, request.node.callspec.id
    search(page, "invoices changed by Maria")
    expect(page.get_by_text("Nothing is listed before you choose.")).to_be_visible()
    page.get_by_role("link", name="Maria Lopez", exact=True).click()
    expect(status(page)).to_contain_text("1 entry. Entries where")
    chips = page.locator("a.chip.on")
    before = chips.count()
    chips.filter(has_text="Who").click()
    expect(chips).to_have_count(before - 1)
    expect(status(page)).to_contain_text("3 entries. Entries where")

    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name of the view").fill(f"Changed invoices, {name}")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_text("Only you see it.")).to_be_visible()
    tab = page.get_by_role("link", name=f"Changed invoices, {name}")
    expect(tab).to_have_attribute("aria-current", "page")
    words = status(page).inner_text()

    with page.expect_download() as taken:
        page.get_by_role("button", name="Download as CSV").click()
    told = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    sentence = re.search(r"entries\. (.*), newest recorded first", words)
    assert sentence and f"What is here,{sentence[1]}" in told.replace('"', "")
    assert told.count("INV-") >= 3
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download for Excel").click()
    assert taken.value.suggested_filename.endswith(".xlsx")


def test_what_is_not_known_is_looked_for_in_the_text_and_nothing_found_shows_a_way_on(reader: Page) -> None:
    page = reader
    search(page, "about:INV-1 harlowxyz")
    expect(page.get_by_text("We searched the text for “harlowxyz”.")).to_be_visible()
    expect(page.get_by_role("heading", name="No entry answers this question")).to_be_visible()
    page.get_by_role("link", name="Search without this part").click()
    expect(status(page)).to_contain_text("1 entry.")


def test_every_state_of_the_list_is_fit_to_be_used(owner: Page, filled: None, served: Served) -> None:
    for words, name in (
        ("source:Ledger", "search-folded"),
        ("who changed invoices in 2025?", "search-chips"),
        ("invoices changed by Maria", "search-question"),
        ("about:INV-1 harlowxyz", "search-nothing"),
    ):
        owner.goto(served.url("/record/"))
        search(owner, words)
        expect(owner.get_by_label("Search the record").last).to_have_value(words)
        check_looks(owner, name)
        if name == "search-folded":
            owner.get_by_text("20 times").click()
            expect(owner.get_by_text("P-7")).to_be_visible()
            check_looks(owner, "search-unfolded")
    owner.goto(served.url("/record/views/save/?q=about:invoice"))
    check_looks(owner, "search-save")
    owner.goto(served.url("/record/views/"))
    check_looks(owner, "search-views")
