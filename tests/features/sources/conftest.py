"""A function that imports text as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Take = Callable[..., Any]


@pytest.fixture
def take(book: Any, tmp_path: Path) -> Take:
    """A function that imports a path, or text under a name, and gives the result."""
    from indelible.features.sources.services import By, import_file
    from indelible.intake.given import Given

    def run(
        what: Path | str, name: str = "list.csv", given: dict[str, str] | None = None, **more: Any
    ) -> Any:
        path = what if isinstance(what, Path) else tmp_path / name
        if isinstance(what, str):
            path.write_text(what, encoding="utf-8")
        pairs = [f"{key}={value}" for key, value in (given or {}).items()]
        by = By({"name": "Ana Ruiz", "kind": "person"})
        return import_file(path, path.name, logbook=book, by=by, given=Given.parse(pairs), **more)

    return run
