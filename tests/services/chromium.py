"""The real Chromium that tests drive: how it is started, and what has to be said about such tests.

Playwright's event loop stays in the process once it has begun, and Django would then refuse database access to
every later test; hence the setting that is made when this is imported.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def launch_args(given: dict[str, Any]) -> dict[str, Any]:
    """Return how Debian's Chromium is started, without what it would ask the network for; skip where it is not."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed here")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", *quiet]
    return {**given, "executable_path": chromium, "args": arguments}


def mark_browser_tests(items: list[pytest.Item], folder: Path) -> None:
    """Mark everything in a folder as a browser test."""
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)
