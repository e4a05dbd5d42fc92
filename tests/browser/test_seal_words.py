"""Seal words and receipts in a real browser: copied for the minutes, compared, printed on a card."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import check_page
from tests.browser.serving import Served


def words_on(page: Page) -> list[str]:
    return page.locator("ol.words > li").all_inner_texts()


def pages_of(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def test_the_secretary_copies_the_paragraph_and_compares_it_later(owner: Page, served: Served) -> None:
    owner.goto(served.url("/seals/"))
    shown = words_on(owner)
    assert len(shown) == 12
    check_page(owner, "seals-with-words")
    owner.get_by_role("link", name="Copy for the minutes").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Seal words for the minutes")
    paragraph = owner.get_by_label("Paragraph for the minutes").input_value()
    assert paragraph.startswith("The record of Northwind Trading Ltd was sealed on ")
    assert ", ".join(shown) in paragraph
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.get_by_role("button", name="Copy the paragraph").click()
    expect(owner.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert owner.evaluate("navigator.clipboard.readText()") == paragraph
    check_page(owner, "minutes")

    owner.get_by_role("link", name="Compare words of earlier minutes").click()
    check_page(owner, "compare")
    owner.get_by_label("Paste or type the words").fill(paragraph)
    owner.get_by_role("button", name="Compare", exact=True).click()
    expect(owner.get_by_role("status").filter(has_text="The same 12 words.")).to_be_visible()
    check_page(owner, "compare-same")

    wrong = [*shown[:3], "lattice" if shown[3] != "lattice" else "lantern", *shown[4:]]
    owner.get_by_label("Paste or type the words").fill(" ".join(wrong))
    owner.get_by_role("button", name="Compare", exact=True).click()
    expect(owner.get_by_text(f"Word 4 is {shown[3]} here, you typed {wrong[3]}.")).to_be_visible()
    check_page(owner, "compare-different")
    owner.get_by_label("Paste or type the words").fill("")
    owner.get_by_role("button", name="Compare", exact=True).click()
    assert owner.title().startswith("Error: ")
    check_page(owner, "compare-error")


def test_the_card_prints_on_one_sheet_of_either_size(owner: Page, served: Served, tmp_path: Path) -> None:
    owner.goto(served.url("/seals/"))
    owner.get_by_role("link", name="Print the seal card").click()
    expect(owner.get_by_role("button", name="Print the seal card")).to_be_visible()
    check_page(owner, "card")
    for sheet in ("A4", "Letter"):
        pdf = tmp_path / f"card-{sheet}.pdf"
        owner.pdf(path=pdf, format=sheet)
        assert pages_of(pdf) == 1, sheet
        text = subprocess.run(
            ["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=False
        ).stdout
        if text:  # where that program is installed
            for word in words_on(owner):
                assert word in text
            assert "These words are public, not a password." in text
            assert "Main" not in text


def test_a_copied_seal_comes_back_and_fits(owner: Page, served: Served) -> None:
    owner.goto(served.url("/seals/"))
    owner.get_by_role("link", name="Open this seal").click()
    note = owner.locator("pre").first.inner_text()
    owner.goto(served.url("/seals/"))
    owner.get_by_role("link", name="Paste a mail, a code or words instead").click()
    check_page(owner, "returned")
    owner.get_by_label("Or paste it").fill(note)
    owner.get_by_role("button", name="Check this receipt").click()
    expect(owner.get_by_role("status").filter(has_text="is still the same.")).to_be_visible()
    check_page(owner, "returned-same")


def test_a_pack_that_is_given_as_a_receipt_arrives_at_the_page_for_packs(
    owner: Page, served: Served, tmp_path: Path
) -> None:
    pack = tmp_path / "pack.zip"
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("manifest.json", "{}")
    owner.goto(served.url("/seals/"))
    owner.get_by_label("Receipt").set_input_files(pack)
    owner.get_by_role("button", name="Check this receipt").click()
    owner.wait_for_url("**/verify/")
    expect(owner.get_by_text("pack.zip").first).to_be_visible()


def test_pages_of_receipts_and_of_the_open_log_hold_in_every_look(owner: Page, served: Served) -> None:
    owner.goto(served.url("/seals/receipts/"))
    expect(owner.get_by_text("Mail is not set up on this server.")).to_be_visible()
    owner.get_by_role("button", name="Add this person").click()
    assert owner.title().startswith("Error: ")
    check_page(owner, "receipts-error")
    owner.get_by_label("Name").fill("Holm and Partners")
    owner.get_by_label("E-mail address").fill("seals@holm.example")
    owner.get_by_role("button", name="Add this person").click()
    expect(owner.get_by_text("Holm and Partners gets receipts from now on.")).to_be_visible()
    expect(owner.get_by_text("Nothing sent yet")).to_be_visible()
    check_page(owner, "receipts")
    owner.goto(served.url("/seals/log/"))
    check_page(owner, "door-closed")
    owner.get_by_role("button", name="Let anybody read these fingerprints").click()
    expect(owner.get_by_text("Anybody can read its fingerprints")).to_be_visible()
    check_page(owner, "door-open")
    owner.get_by_role("button", name="Close it again").click()
    expect(owner.get_by_text("Nothing is handed out")).to_be_visible()
