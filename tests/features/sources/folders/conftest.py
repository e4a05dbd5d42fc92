"""A folder with a source that looks at it, and looks made by hand: no notices, and no waiting but on our own clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CSV = "id,time,user,action,object\n"


def rows(first: int, last: int) -> str:
    """Rows of a table that every reading understands."""
    return "".join(f"k-{n},2026-03-01T09:00:00Z,user{n % 7},update,doc {n}\n" for n in range(first, last))


@dataclass
class Looker:
    """Looks at a source's folder as the worker does, and keeps the time."""

    source: Any
    folder: Path
    look: Callable[..., float]
    now: float = 1000.0
    quiet: Any = field(default=None)

    def __post_init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what a process remembers, as a worker does that died."""
        from indelible.features.sources.live.watching import Quiet

        self.quiet = Quiet()

    def once(self, after: float = 3.0) -> float:
        """Look once, so many seconds after the last time; return in how many seconds to look again."""
        from indelible.features.sources.live.watching import Hold

        self.now += after
        self.source.refresh_from_db()
        return self.look(self.source, self.quiet, Hold(self.source), self.now)

    def settle(self) -> None:
        """Look twice, so that what stands still is dealt with."""
        self.once()
        self.once()

    @property
    def problem(self) -> str | None:
        """The code of what is wrong."""
        from indelible.features.sources.models import Health

        return (Health.objects.get(pk=self.source.pk).problem or {}).get("code")

    def items(self) -> dict[str, Any]:
        """The rows of the files, by name."""
        from indelible.features.sources.models import SourceItem

        return {row.name: row for row in SourceItem.objects.filter(source=self.source)}


@pytest.fixture
def watched(book: Any, tmp_path: Path) -> Callable[..., Looker]:
    """A function that sets up a source of a kind over a new folder."""
    from indelible.features.sources.kinds import load
    from indelible.features.sources.live.connecting import connect
    from indelible.features.sources.services import By

    def begin(kind: str, **more: Any) -> Looker:
        folder = tmp_path / kind
        folder.mkdir()
        chosen = load()[kind]
        settings = {"folder": str(folder), "patterns": "", "deep": True, **more}
        if kind == "folder":
            from indelible.features.sources.kinds.folder.looking import look

            source = connect(book, chosen, "Exports", By(), settings={"after": "stay", **settings})
        else:
            from indelible.features.sources.kinds.oversight.looking import look

            source = connect(book, chosen, "Contracts", By(), settings=settings)
        return Looker(source, folder, look)

    return begin


@pytest.fixture
def files(watched: Callable[..., Looker]) -> Looker:
    """A watched folder."""
    return watched("folder")


@pytest.fixture
def overseen(watched: Callable[..., Looker]) -> Looker:
    """An overseen folder."""
    return watched("oversight")
