"""How the page is built and looks, and what it does in older browsers and without JavaScript."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import FINDING_CODES, Finding
from indelible.verifier.page import PAGE_VERSION, build_checker, build_page, checker_script, page_fingerprint
from indelible.verifier.words import tell_finding
from tests.browser.looks import check_looks
from tests.ledger.packs.making import Made
from tests.verifier.opening import Checker, answer_on, heading_on, inside, page_in, seen_by_page
from tests.verifier.tampering import TAMPERED, tampered_page


def test_the_page_is_always_the_same_for_the_same_pack_and_holds_every_file(selection: Made) -> None:
    manifest = names.inner(selection.parts[names.MANIFEST_NAME])
    pieces = list(build_page(manifest, "a note", inside(selection.parts)))
    again = b"".join(build_page(manifest, "a note", dict(reversed(inside(selection.parts).items()))))
    assert b"".join(pieces) == again
    assert len(pieces) > len(inside(selection.parts))
    for name in (names.MANIFEST_NAME, names.NOTE_NAME, *inside(selection.parts)):
        assert f'data-file="{name}"'.encode() in again


def test_the_policy_allows_the_one_script_by_its_hash_and_no_connection() -> None:
    page = build_checker().decode()
    script = checker_script()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    allowed = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in policy[1]
    assert {"default-src 'none'", "connect-src 'none'", "form-action 'none'", "base-uri 'none'"} <= set(
        policy[1].split("; ")
    )
    assert "unsafe" not in policy[1]
    assert page.count("</script>") == 1
    assert not re.search(
        r"fetch\(|XMLHttpRequest|WebSocket|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script
    )


def test_the_fingerprint_is_that_of_the_code_alone_and_stands_on_every_page(
    checker: Checker, selection: Made
) -> None:
    page = checker.open(page_in(selection))
    assert page.locator("#fingerprint").inner_text() == page_fingerprint()
    assert f"version {PAGE_VERSION}" in page.locator("body").inner_text()
    command = [sys.executable, "-m", "indelible.verifier"]
    told = subprocess.run([*command, "--fingerprint"], capture_output=True, check=True, text=True)
    assert told.stdout == page_fingerprint() + "\n"
    assert subprocess.run(command, capture_output=True, check=True).stdout == build_checker()
    assert subprocess.run([*command, "other"], capture_output=True, check=False).returncode == 2


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        list(build_page(b"{}", "", {}, language="xx"))


WITHOUT_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, how, ...rest) =>
  how === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : importKey(form, key, how, ...rest);
"""
WITHOUT_ANYTHING = """
Object.defineProperty(globalThis, "crypto", {value: undefined});
delete globalThis.DecompressionStream;
delete String.prototype.isWellFormed;
"""


@pytest.mark.parametrize(
    "before", [WITHOUT_ED25519, WITHOUT_ANYTHING], ids=["no-ed25519", "no-crypto-at-all"]
)
def test_a_browser_that_cannot_check_signatures_gets_the_same_answer_by_own_code(
    checker: Checker, whole: Made, before: str
) -> None:
    page = checker.open(page_in(whole), before)
    with whole.path.open("rb") as file:
        assert seen_by_page(answer_on(page)) == seen_by_page(check_pack(file).as_json())
    altered = checker.open(tampered_page(whole, TAMPERED["another-key"].change), before)
    assert answer_on(altered)["verdict"] == "does not match"


def test_without_javascript_the_page_says_how_to_check_and_claims_nothing(
    browser: Browser, selection: Made, tmp_path: Path
) -> None:
    place = tmp_path / "page.html"
    place.write_bytes(page_in(selection))
    page = browser.new_page(java_script_enabled=False)
    page.goto(place.as_uri())
    assert heading_on(page) == "This pack has not been checked yet"
    expect(page.get_by_text("indelible verify --pack PACK.zip", exact=True)).to_be_visible()
    expect(page.locator("#content-panel")).to_be_hidden()
    page.close()


def test_the_page_is_accessible_and_fits_in_light_and_dark_wide_and_narrow(
    browser: Browser, whole: Made, selection: Made, tmp_path: Path
) -> None:
    pages = {
        "good": page_in(whole),
        "altered": tampered_page(selection, TAMPERED["a-byte-of-a-detail"].change),
    }
    context = browser.new_context(bypass_csp=True, offline=True, locale="en-GB")  # for axe itself
    for name, data in pages.items():
        place = tmp_path / f"{name}.html"
        place.write_bytes(data)
        page: Page = context.new_page()
        page.goto(place.as_uri())
        page.wait_for_selector("html[data-verdict]", state="attached")
        for details in page.locator("details").all():
            if details.is_visible():
                details.locator("summary").first.click()
        check_looks(page, f"pack-{name}")
        page.close()
    context.close()


def test_the_first_tab_leads_past_the_head_and_forms_work_from_the_keyboard(
    checker: Checker, selection: Made
) -> None:
    page = checker.open(page_in(selection))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "typed"
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#words-answer")).to_contain_text("Word 1")


def test_python_and_the_page_tell_findings_in_the_same_words(bench: Page) -> None:
    findings = [
        Finding(code, entry, field, file)
        for codes in FINDING_CODES.values()
        for code in codes
        for entry, field, file in (
            (None, None, None),
            (42_817, "targets/3", "2 Cover.pdf"),
            (0, "7", None),
            (1, "extra/amount_paid", "$& {entry}"),
            (2, "numbers/sources/7", None),
            (3, "actor", None),
            (4, "witness.example/w1", None),
            (5, "closed.repeats", None),
        )
    ]
    by_page = bench.evaluate("(all) => all.map(findingWords)", [finding.as_json() for finding in findings])
    by_python = [{"title": told.title, "meaning": told.meaning} for told in map(tell_finding, findings)]
    assert by_page == by_python
