"""The third child of `serve`: there while a source wants to be listened for, and started again when it dies."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indelible.server.supervisor import Child, Wanted
from tests.browser.serving import serving
from tests.features.sources.lines.conftest import (
    Listened,
    begun_home,
    counted,
    free_port,
    in_house,
    line,
    until,
)

__all__ = ["begun_home"]  # a fixture of the tests of log lines


def receivers(home: Path) -> list[int]:
    """The processes that receive lines for this data folder, as the system lists them."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            settings = (folder / "environ").read_bytes().split(b"\0")
            is_one = b"indelible.server.child" in words and b"lines" in words
            if is_one and f"INDELIBLE_HOME={home}".encode() in settings:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_it_is_there_while_it_is_wanted_and_started_again_when_it_dies(
    begun_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(begun_home, home)
    with in_house(home) as house, serving(home):
        assert receivers(home) == []
        port = free_port()
        source = Listened(house, house.ask("connect", name="Gate", how="tcp", port=port), port)
        source.await_listening()
        source.send(counted(line(1)))
        source.await_count(1)
        (first,) = receivers(home)
        os.kill(first, signal.SIGKILL)
        until(lambda: receivers(home), lambda found: found not in ([], [first]))
        until(lambda: sent(source), lambda went_well: went_well)
        source.await_count(2)
        source.ask("act", what="pause")
        until(
            lambda: receivers(home), lambda found: not found
        )  # it ended by itself, and is not started again
    assert receivers(home) == []


def sent(source: Listened) -> bool:
    try:
        source.send(counted(line(2)))
    except OSError:
        return False
    return True


class Ended:
    """A process that has ended."""

    def __init__(self, code: int) -> None:
        self.returncode = code


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Child("lines", [], wanted=Wanted(lambda: True))
    assert made.wanted is not None
    made.wanted._answer = True
    started: list[float] = []
    monkeypatch.setattr(made, "start", lambda: started.append(1.0))
    made.started = started  # type: ignore[attr-defined]
    return made


def test_it_is_started_again_at_once_then_with_growing_pauses(child: Any) -> None:
    now, waits = 1_000.0, []
    for _death in range(5):
        child.process = Ended(1)
        child.start_where_wanted(now)
        before = now
        while not child.started:
            now += 1
            child.start_where_wanted(now)
        waits.append(now - before)
        child.started.clear()
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[-1] >= 8


def test_one_that_ended_by_itself_did_not_die(child: Any) -> None:
    child.wanted._answer = False
    child.process = Ended(0)
    child.start_where_wanted(5.0)
    assert not child.started
    assert not child.deaths
    child.wanted._answer = True
    child.start_where_wanted(6.0)
    assert child.started


def test_a_database_that_is_away_leaves_the_last_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from indelible.server import supervisor

    monkeypatch.setattr(supervisor, "ASK_EVERY_SECONDS", 0.01)
    answers: list[Callable[[], bool]] = [lambda: True, lambda: 1 // 0 == 1]
    asked = []

    def ask() -> bool:
        asked.append(1)
        return answers[min(len(asked), 2) - 1]()

    wanted = Wanted(ask)
    wanted.start()
    ends = time.monotonic() + 10
    while len(asked) < 4 and time.monotonic() < ends:
        time.sleep(0.01)
    wanted.stop()
    assert wanted.is_set()
