"""What must hold for every page in every look: accessible, as wide as the window, nothing in the console.

`check_page` walks one page through light and dark, wide and narrow. `Watch` collects what the browser
complains about while a page is used: blocked scripts or styles, errors, requests to other hosts.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error, Page, TimeoutError

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
SIZES = {"wide": WIDE, "narrow": NARROW}
COLOURS = ("light", "dark")

# What a colour scheme can change. All the rest is the same page, looked at once a size.
ABOUT_COLOUR = ["color-contrast"]


class Watch:
    """Collects a page's complaints from now on."""

    def __init__(self, page: Page, address: str) -> None:
        self.complaints: list[str] = []
        self._host = urlsplit(address).netloc
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        # A page that answers 4xx on purpose makes the browser say so; that is no complaint about the page.
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.complaints.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.netloc != self._host:
            self.complaints.append(f"request to {parts.netloc}")

    def assert_quiet(self) -> None:
        """Fail if the browser had anything to say."""
        assert self.complaints == []


def leave(page: Page) -> None:
    """Close a page once nothing is on its way any more: closing one that is just going elsewhere can hang for ever.

    A click whose answer nobody waited for may still be on its way, so the page goes nowhere first.
    """
    page.wait_for_load_state()
    with suppress(Error):
        page.goto("about:blank")
    page.close()


def check_page(page: Page, name: str) -> None:
    """Check a page of ours that is open, in every look, and that it says what it is. `name` says which it is."""
    check_looks(page, name)
    check_heading_and_title(page, name)


def check_looks(page: Page, name: str) -> None:
    """Check the page that is open in light and dark, wide and narrow.

    Where `INDELIBLE_SHOTS` names a folder, pictures are left there to look at.
    """
    for colour in COLOURS:
        # Without motion, so that nothing is looked at half-way from one colour to the other.
        page.emulate_media(color_scheme=colour, reduced_motion="reduce")  # type: ignore[arg-type]
        for size, window in SIZES.items():
            page.set_viewport_size(window)  # type: ignore[arg-type]
            look = f"{name}, {colour}, {size}"
            check_width(page, look)
            check_accessible(page, look, ABOUT_COLOUR if colour == "dark" else None)
            take_picture(page, f"{name}-{colour}-{size}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    take_print(page, name)


def check_accessible(page: Page, look: str, only: list[str] | None = None) -> None:
    """Fail on any finding of axe, best practice included; of the rules `only`, where some are named."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "resultTypes": ["violations"],
        **({"runOnly": {"type": "rule", "values": only}} if only else {}),
    }
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    assert not found, f"{look}: {_told(found)}"


def _told(violations: list[dict[str, Any]]) -> str:
    lines = [
        f"{finding['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
        for finding in violations
        for node in finding["nodes"][:3]
    ]
    return "\n".join(lines)


def check_width(page: Page, look: str) -> None:
    """Fail where the page is wider than the window."""
    page.wait_for_function("document.body !== null", polling=50)  # some pages ask for themselves anew
    excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with suppress(TimeoutError):  # a part that is just being replaced may stick out for an instant
        page.wait_for_function(f"{excess} <= 0", timeout=2_000)
    wider = page.evaluate(excess)
    assert wider <= 0, f"{look}: {wider} px wider than the window: {_widest(page)}"


def _widest(page: Page) -> str:
    found: str = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 5).map(e => e.tagName + '.' + e.className).join(', ')"""
    )
    return found


def check_heading_and_title(page: Page, look: str) -> None:
    """Fail unless the page has one h1, one main part, a title of the form "What - Indelible", a language."""
    assert page.locator("h1").count() == 1, look
    assert page.locator("main").count() == 1, look
    assert page.title().endswith(" - Indelible"), look
    assert page.locator("html").get_attribute("lang"), look


def take_picture(page: Page, name: str) -> None:
    """Leave a picture of the whole page where somebody asked for pictures."""
    if folder := os.environ.get("INDELIBLE_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def take_print(page: Page, name: str) -> None:
    """Leave the page as printed where somebody asked for pictures."""
    if folder := os.environ.get("INDELIBLE_SHOTS"):
        page.pdf(path=Path(folder) / f"{name}.pdf", prefer_css_page_size=True)
