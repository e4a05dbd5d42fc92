"""The people and the supplier change of the engine's tests, and their browsers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.features.runbooks.running.conftest import people, put_in_force, supplier_change

__all__ = ["people", "put_in_force", "supplier_change"]


class Browser(Client):
    """A browser that fills forms with the stamp and token of the page it has open, as people's do."""

    def see(self, path: str, status: int = 200) -> str:
        """Open a page and return its text."""
        answer = self.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.content.decode()

    def send(self, path: str, status: int = 302, seen: int | None = None, **sent: Any) -> str:
        """Open a page and send its form; return where it leads, or the page that comes back."""
        import re

        page = self.get(path).content.decode()
        hidden = {}
        for name in ("seen", "lists"):
            if found := re.search(rf'name="{name}" value="([^"]*)"', page):
                hidden[name] = found[1]
        if seen is not None:
            hidden["seen"] = str(seen)
        answer = self.post(path, {**hidden, **sent})
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-3000:])
        return answer.headers["Location"] if status == 302 else answer.content.decode()


@pytest.fixture
def as_(people: dict[str, Any]) -> Callable[[str], Browser]:
    """A function that gives the browser in which somebody is signed in."""

    def of(name: str) -> Browser:
        browser = Browser(SERVER_NAME="localhost")
        browser.force_login(people[name])
        return browser

    return of


@pytest.fixture
def run(supplier_change: Any, people: dict[str, Any]) -> Any:
    """A supplier change about Harrow Freight, just started."""
    from datetime import UTC, datetime

    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    now = datetime.now(UTC)
    return open_run(supplier_change, Doer.of_user(people["ana"]), now, cause_key="1", about="Harrow Freight")


@pytest.fixture
def library() -> Path:
    """Where the ready runbooks lie."""
    import indelible.features.runbooks.library as ready

    return Path(ready.__file__).parent
