"""A real Chromium for the page in the pack: its modules in an empty page, and whole pages from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from indelible.verifier.page import checker_script
from tests.ledger.packs.making import Made, make_pack
from tests.services.chromium import launch_args, mark_browser_tests
from tests.verifier.opening import START, Checker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    mark_browser_tests(items, Path(__file__).parent)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, without what it would ask the network for."""
    return launch_args(browser_type_launch_args)


@pytest.fixture(scope="module")
def bench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """An empty page from a file, in which the checker's modules are at hand but nothing was begun."""
    place = tmp_path_factory.mktemp("bench") / "bench.html"
    script = checker_script()
    assert script.endswith(START)
    trying = Path(__file__).with_name("trying.js").read_text("utf-8")
    parts = (f"<script>{part}</script>" for part in (script.removesuffix(START), trying))
    place.write_text("<!doctype html><title>Bench</title>" + "".join(parts), "utf-8")
    page = browser.new_page()
    page.goto(place.as_uri())
    yield page
    page.close()


@pytest.fixture
def checker(browser: Browser, tmp_path: Path) -> Iterator[Checker]:
    """A browser without a network, in which pages of packs can be opened."""
    opened = Checker(browser, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def selection(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A selection with attached files."""
    return make_pack(tmp_path_factory.mktemp("selection") / "pack.zip", entries=8)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A whole pack of a period, with hidden and erased details, under a second key."""
    path = tmp_path_factory.mktemp("whole") / "pack.zip"
    how: dict[str, Any] = {"kind": "whole", "by": "recorded", "withhold": ["actor"], "erased": True}
    return make_pack(path, entries=8, rotated=True, **how)
