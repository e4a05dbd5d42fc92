"""From a question to an outsider's answer: a pack is made, downloaded, opened without a network, and compared.

The outsider's browser is another one: it has no account, no network, and nothing but the file.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import watched_page
from tests.browser.looks import Watch, check_page, leave
from tests.browser.serving import Served

TILL = Path(__file__).parent / "files" / "till.csv"
WORKER_MS = 60_000


@pytest.fixture(scope="module")
def outsider(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """A browser without an account, cut off from every network."""
    context = browser.new_context(**browser_context_args)
    context.set_offline(True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def pack(owner_context: BrowserContext, served: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole pack of an uploaded source, who did things hidden, made and downloaded by the pages."""
    with watched_page(owner_context, served) as page:
        page.goto(served.url("/sources/"))
        page.get_by_role("link", name="Upload a file").first.click()
        page.get_by_label("File").set_input_files(TILL)
        page.get_by_role("button", name="Send this file").click()
        record_rows = page.get_by_role("button", name="Record ")
        over = page.get_by_role("link", name="Mark this import as a mistake")
        expect(record_rows.or_(over)).to_be_visible(timeout=WORKER_MS)
        if record_rows.is_visible():
            record_rows.click()
        expect(over).to_be_visible(timeout=WORKER_MS)

        page.goto(served.url("/record/"))
        page.get_by_role("link", name="Make a pack").click()
        page.get_by_role("radio", name="Everything of one source").check()
        page.get_by_label("Which source or rule?").select_option(index=1)
        page.get_by_label("The question in your words").fill("Every entry of the till")
        page.get_by_role("button", name="Go on to what is hidden").click()
        page.get_by_role("checkbox", name="Who did it").check()
        page.get_by_role("button", name="Go on to a look at it").click()
        expect(page.get_by_text("Every entry of the till")).to_be_visible()
        page.get_by_role("button", name="Make this pack").click()
        expect(page.get_by_role("button", name="Download the pack")).to_be_visible(timeout=WORKER_MS)
        with page.expect_download() as downloading:
            page.get_by_role("button", name="Download the pack").click()
        path = tmp_path_factory.mktemp("outside") / "pack.zip"
        downloading.value.save_as(path)
    return path


def unpacked(pack: Path) -> Path:
    """Unpack a pack beside itself; return its page."""
    folder = pack.with_suffix("")
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    return folder / "1 Open this page to check.html"


def open_offline(outsider: BrowserContext, page_file: Path) -> tuple[Page, list[str]]:
    """Open the page of a pack from the disk; what it asks any network for is collected."""
    page = outsider.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.goto(page_file.as_uri())
    expect(page.locator("html[data-verdict]")).to_be_attached(timeout=30_000)
    return page, asked


def result_of(page: Page) -> Any:
    return json.loads(page.locator("#result-json").text_content() or "")


def test_an_outsider_opens_the_pack_and_compares_the_words_of_the_minutes(
    owner: Page, served: Served, outsider: BrowserContext, pack: Path
) -> None:
    page_file = unpacked(pack)
    page, asked = open_offline(outsider, page_file)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing in this pack was altered")
    expect(page.get_by_text("Every entry of the till").first).to_be_visible()
    result = result_of(page)
    assert (result["verdict"], result["kind"], result["key"]) == ("matches", "whole", "not compared")

    size = json.loads((page_file.parent / "manifest.json").read_text())["seal"]["size"]
    owner.goto(served.url(f"/seals/{size}/"))
    words = owner.locator("ol.words > li").all_inner_texts()
    assert words == result["words"]
    page.get_by_label("Paste or type the words").fill(" ".join(words))
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The same 12 words", exact=True)).to_be_visible()
    wrong = [*words[:3], words[4], *words[4:]]  # a word of the list, at the wrong place
    page.get_by_label("Paste or type the words").fill(" ".join(wrong))
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text(f"Word 4 is “{words[3]}” here, you typed “{wrong[3]}”")).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    leave(page)


def test_one_changed_byte_of_a_proof_turns_the_answer_red(
    outsider: BrowserContext, pack: Path, tmp_path: Path
) -> None:
    page_text = unpacked(pack).read_text()
    block = re.search(r'(data-file="proof/tree.txt">)([A-Za-z0-9+/=]+)(<)', page_text)
    assert block is not None
    hashes = gzip.decompress(base64.b64decode(block[2]))
    bent = (b"A" if hashes[:1] != b"A" else b"B") + hashes[1:]
    data = base64.b64encode(gzip.compress(bent)).decode()
    changed = tmp_path / "changed.html"
    changed.write_text(page_text.replace(block[0], f"{block[1]}{data}{block[3]}"))
    page, _asked = open_offline(outsider, changed)
    result = result_of(page)
    assert result["verdict"] == "does not match"
    assert "tree-differs" in {finding["code"] for finding in result["findings"]}
    expect(page.get_by_role("heading", level=1)).to_contain_text("altered")
    leave(page)


def test_any_indelible_checks_it_without_an_account_and_keeps_nothing(
    browser: Browser, browser_context_args: dict[str, Any], served: Served, pack: Path
) -> None:
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    watch = Watch(page, served.address)
    page.goto(served.url("/verify/"))
    page.get_by_label("File").set_input_files(pack)
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing in this")
    check_page(page, "verified")
    leftovers = [path for path in (served.home / "uploads").rglob("*") if path.is_file()]
    assert leftovers == []
    context.close()
    watch.assert_quiet()


def test_who_the_pack_went_to_stands_on_the_record(owner: Page, served: Served, pack: Path) -> None:
    owner.goto(served.url("/packs/"))
    check_page(owner, "packs")
    owner.get_by_role("link", name="Every entry of the till").click()
    check_page(owner, "pack-made")
    owner.get_by_label("Who got it?").fill("Ingrid Holm, auditor")
    owner.get_by_label("How?").fill("on a memory stick")
    owner.get_by_role("button", name="Record that they got it").click()
    expect(owner.get_by_text("Ingrid Holm, auditor").first).to_be_visible()
    owner.goto(served.url("/record/?q=Ingrid"))
    expect(owner.get_by_text("Ingrid Holm, auditor").first).to_be_visible()
