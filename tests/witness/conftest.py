"""A judge with a real state file, and a log that asks it; both in one process and quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indelible.witness.evidence import Refused
from indelible.witness.folder import open_folder
from indelible.witness.judging import Judge
from tests.witness.asking import Asker, Bench

NAME = "witness.example/w1"
NOW = 1_767_225_600


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A witness that watches one log and has cosigned nothing yet. Its clock stands at `NOW`."""
    key, state = open_folder(tmp_path / "witness", NAME)
    told: list[tuple[str, Refused]] = []
    times = [NOW]
    judge = Judge(key, state, lambda: times[0], lambda origin, refused: told.append((origin, refused)))
    log = Asker()
    state.add_key(log.key.verifier, NOW)
    yield Bench(judge, state, key, log, told, times)
    state.close()
