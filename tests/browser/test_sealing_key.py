"""The sealing key in a real browser: a sheet printed and typed back in, a key changed, a stolen one revoked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import check_page
from tests.browser.serving import Served
from tests.browser.test_seal_words import pages_of

WORDS = "violet seal harbour seven"


def test_a_recovery_sheet_is_printed_and_gives_the_key_back(
    owner: Page, served: Served, tmp_path: Path
) -> None:
    owner.goto(served.url("/"))
    owner.get_by_role("link", name="Print the recovery sheet").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Recovery sheet")
    check_page(owner, "key-sheet-ask")
    owner.get_by_label("Passphrase").fill(WORDS)
    owner.get_by_label("The same once more").fill("something else")
    owner.get_by_role("button", name="Show the recovery sheet").click()
    assert owner.title().startswith("Error: ")
    check_page(owner, "key-sheet-error")
    owner.get_by_label("Passphrase").fill(WORDS)
    owner.get_by_label("The same once more").fill(WORDS)
    owner.get_by_role("button", name="Show the recovery sheet").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Recovery sheet of a sealing key")
    expect(owner.get_by_role("button", name="Print the recovery sheet")).to_be_visible()
    check_page(owner, "key-sheet")
    lines = owner.locator("ol.lines > li").all_inner_texts()
    for paper in ("A4", "Letter"):
        file = tmp_path / f"sheet-{paper}.pdf"
        owner.pdf(path=str(file), format=paper)
        assert pages_of(file) == 1

    key = next((served.home / "keys").glob("main.key"))
    before = key.read_text()
    key.rename(tmp_path / "lost")
    (tmp_path / "words").write_text(WORDS)
    program = [sys.executable, "-c", "from indelible.cli import main; main()", "key", "restore"]
    done = subprocess.run(
        [
            *program,
            "--home",
            str(served.home),
            "--sheet",
            "-",
            "--passphrase-file",
            str(tmp_path / "words"),
        ],
        input="\n".join(line.lower() for line in lines),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert key.read_text() == before


def test_a_key_is_changed_and_one_that_was_stolen_is_revoked(owner: Page, served: Served) -> None:
    owner.goto(served.url("/seals/"))
    owner.get_by_role("link", name="Look after the sealing key").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Sealing key")
    check_page(owner, "key")
    owner.get_by_role("link", name="Announce a new key").click()
    check_page(owner, "key-rotate")
    owner.get_by_label("Why").fill("Once a year")
    owner.get_by_role("button", name="Announce the new key").click()
    expect(owner.get_by_text("A new key is announced.")).to_be_visible()
    check_page(owner, "key-joining")
    owner.get_by_role("link", name="End the change").click()
    check_page(owner, "key-finish")
    owner.get_by_role("button", name="Let the new key seal alone").click()
    expect(owner.get_by_text("The new key seals alone from now on.")).to_be_visible()
    owner.get_by_role("link", name="Revoke the key").click()
    check_page(owner, "key-revoke")
    owner.get_by_role("button", name="Revoke the key now").click()
    assert owner.title().startswith("Error: ")
    owner.get_by_label("Why").fill("The laptop was stolen")
    owner.get_by_role("button", name="Revoke the key now").click()
    expect(owner.get_by_text("The old key is revoked.")).to_be_visible()
    check_page(owner, "key-afterwards")
    with owner.expect_download() as download:
        owner.get_by_role("link", name="Download the key card").click()
    card = Path(download.value.path()).read_text()
    assert len(re.findall(r"^\S+\+[0-9a-f]{8}\+\S+$", card, re.MULTILINE)) == 3
