"""Opening a pack's page from a file, with the network cut, and reading the answer off it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from playwright.sync_api import Browser, Page

from indelible.ledger.packs import manifest as names
from indelible.verifier.page import build_page
from tests.ledger.packs.making import Made
from tests.ledger.packs.zips import Parts

START = "\nbegin().catch(showFailure);\n"  # the last line of the checker: what makes it begin
READY = "html[data-verdict]"


def inside(parts: Parts) -> dict[str, Callable[[], BinaryIO]]:
    """Return what the page of a pack holds of its files."""
    carried = {
        name: data
        for name, data in parts.items()
        if name.startswith(("proof/", "attachments/")) and not name.startswith(names.PROOFS_FOLDER)
    }
    return {name: (lambda data=data: BytesIO(data)) for name, data in carried.items()}  # type: ignore[misc]


def page_of(inner_manifest: bytes, note: str, files: Mapping[str, Callable[[], BinaryIO]]) -> bytes:
    """Return a whole page."""
    return b"".join(build_page(inner_manifest, note, files))


class Checker:
    """Pages opened from files in a browser without a network; `complaints` says what should not have been."""

    def __init__(self, browser: Browser, folder: Path, **how: Any) -> None:
        # A check of the time zone's name needs one that is not the browser's.
        self._context = browser.new_context(locale="en-GB", timezone_id="Europe/Madrid", offline=True, **how)
        self._folder = folder
        self._count = 0
        self.complaints: list[str] = []

    def close(self) -> None:
        """Close all pages; fail if a page asked for anything but itself, or the browser complained."""
        self._context.close()
        assert self.complaints == []

    def open(self, page_bytes: bytes, before: str | None = None) -> Page:
        """Open a page from a file and wait for its answer. `before` is run in it before its own script."""
        self._count += 1
        place = self._folder / f"{self._count} page.html"
        place.write_bytes(page_bytes)
        page = self._context.new_page()
        if before is not None:
            page.add_init_script(before)
        address = place.as_uri()
        page.on("request", lambda asked: asked.url == address or self.complaints.append(asked.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address, wait_until="commit")
        page.wait_for_selector(READY, state="attached")
        return page


def answer_on(page: Page) -> dict[str, Any]:
    """Return the result that a page shows under its technical details."""
    found: dict[str, Any] = json.loads(page.locator("#result-json").text_content() or "null")
    return found


def heading_on(page: Page) -> str:
    """Return the answer in words."""
    return page.locator("h1").inner_text()


def page_in(made: Made) -> bytes:
    """Return the page of a pack."""
    return made.parts[names.PAGE_NAME]


def seen_by_page(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without the count of files: the page by itself sees fewer."""
    checks = [check for check in report["checks"] if check["code"] != "files"]
    return {**report, "checks": checks}
