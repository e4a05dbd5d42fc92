"""A real Chromium and a real server for whole journeys.

The server is a process of its own, so these tests never touch the database through Django.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.browser.looks import WIDE, Watch, leave
from tests.browser.serving import Served, serving
from tests.services.chromium import launch_args, mark_browser_tests

OWNER = {"name": "Ana Ruiz", "email": "ana@northwind.example", "password": "violet seal harbour 7"}
HOUSE = "Northwind Trading Ltd"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    mark_browser_tests(items, Path(__file__).parent)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, without what it would ask the network for."""
    return launch_args(browser_type_launch_args)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """An English browser in Madrid."""
    return {**browser_context_args, "viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/Madrid"}


@dataclass(frozen=True, slots=True)
class Settled:
    """A data folder in which the owner has set the record up, and what their browser remembers of it."""

    home: Path
    remembered: Any


@pytest.fixture(scope="session")
def settled(
    browser: Browser, browser_context_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Settled:
    """The set-up that modules start from, walked through once; the server has stopped."""
    home = tmp_path_factory.mktemp("settled") / "home"
    with serving(home) as served:
        context = browser.new_context(**browser_context_args)
        _finish_set_up(context, served)
        remembered = context.storage_state()
        context.close()
    return Settled(home, remembered)


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server shared by the tests of one module: on a record that is set up, or on a new data folder.

    A module that walks through the set-up itself says so: `BEGINS_ANEW = True`.
    """
    home = tmp_path_factory.mktemp("served") / "home"
    if not getattr(request.module, "BEGINS_ANEW", False):
        shutil.copytree(request.getfixturevalue("settled").home, home)
    with serving(home) as running:
        yield running


def set_up(page: Page, served: Served) -> None:
    """Walk through the set-up as the owner, up to the question where the first entry comes from."""
    page.goto(served.setup_link)
    page.get_by_role("link", name="Start").click()
    page.get_by_label("Your name").fill(OWNER["name"])
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill(OWNER["password"])
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the organisation").fill(HOUSE)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Skip for now").click()  # what must never get lost


def sign_in(page: Page, served: Served) -> None:
    """Sign the owner in."""
    page.goto(served.url("/account/sign-in/"))
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill(OWNER["password"])
    page.get_by_role("button", name="Sign in").click()


def _finish_set_up(context: BrowserContext, served: Served) -> None:
    """Set the record up as the owner, without a first entry; the browser is then signed in."""
    page = context.new_page()
    set_up(page, served)
    page.get_by_role("button", name="Skip for now").click()
    page.wait_for_url(served.url("/"))
    leave(page)


@pytest.fixture(scope="module")
def owner_context(
    request: pytest.FixtureRequest, browser: Browser, served: Served, browser_context_args: dict[str, Any]
) -> Iterator[BrowserContext]:
    """A browser in which the owner has set the record up and is signed in."""
    if served.setup_link:
        context = browser.new_context(**browser_context_args)
        _finish_set_up(context, served)
    else:
        remembered = request.getfixturevalue("settled").remembered
        context = browser.new_context(**browser_context_args, storage_state=remembered)
    yield context
    context.close()


@contextmanager
def watched_page(context: BrowserContext, served: Served) -> Iterator[Page]:
    """Give a page in a browser; fail at the end if the browser complained about anything."""
    page = context.new_page()
    watch = Watch(page, served.address)
    yield page
    leave(page)
    watch.assert_quiet()


@pytest.fixture
def owner(owner_context: BrowserContext, served: Served) -> Iterator[Page]:
    """A page of the signed-in owner; the test fails if the browser complained about anything."""
    with watched_page(owner_context, served) as page:
        yield page


def heading(page: Page) -> Locator:
    """Return the page's one heading of level 1."""
    return page.get_by_role("heading", level=1)
