"""When a folder is looked at: soon after the system tells of something, and by the clock where it tells nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.features.sources.folders.conftest import CSV, Looker, rows


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """A function that watches a folder as a worker does, from a minute's rest on."""
    from indelible.features.sources.live.watching import Watch

    begun: list[Any] = []

    def begin() -> Any:
        made = Watch(tmp_path, deep=True)
        made.looked(time.monotonic(), 60.0)
        begun.append(made)
        return made

    yield begin
    for each in begun:
        each.end()


def is_due_within(watch: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if watch.is_due(time.monotonic()):
            return True
        time.sleep(0.05)
    return False


def test_a_notice_makes_the_look_come_sooner(watch: Callable[[], Any], tmp_path: Path) -> None:
    noticed = watch()
    noticed.begin()
    for place in range(40):  # until the system has begun to tell
        (tmp_path / f"{place}.csv").write_text("x")
        if is_due_within(noticed, 0.5):
            break
    assert noticed.is_due(time.monotonic())


def test_without_notices_the_minute_remains(
    watch: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    def none_left(*_paths: Any, **_more: Any) -> Any:
        raise OSError("inotify watch limit reached")

    monkeypatch.setattr(watchfiles, "watch", none_left)
    unheard = watch()
    unheard.begin()
    (tmp_path / "a.csv").write_text("x")
    assert not is_due_within(unheard, 0.3)
    assert unheard.is_due(time.monotonic() + 60.0)


def test_a_costly_look_is_followed_by_a_rest(watch: Callable[[], Any]) -> None:
    from indelible.features.sources.live.watching import REST_PER_COST

    now = time.monotonic()
    costly = watch()
    costly.looked(now - 20.0, 1.0)  # it took 20 seconds, and would go on in one
    assert not costly.is_due(now + 20.0 * REST_PER_COST - 1.0)
    assert costly.is_due(now + 20.0 * REST_PER_COST + 1.0)


def test_each_round_looks_at_what_is_due_and_a_fault_stops_no_other(
    watched: Callable[..., Looker], monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.sources.live import watching
    from indelible.features.sources.live.connecting import pause
    from indelible.features.sources.models import Kind
    from indelible.features.sources.services import By

    monkeypatch.setattr(watching, "MOST_WATCHED", 0)  # no threads here
    monkeypatch.setattr(watching, "_watches", {})
    first = watched("folder")
    (first.folder / "a.csv").write_text(CSV + rows(0, 1))
    looked: list[int] = []

    def look(source: Any, _quiet: Any, _hold: Any) -> float:
        looked.append(source.pk)
        if len(looked) == 1:
            raise ValueError("a fault of ours")
        return 60.0

    watching.go_round(Kind.FOLDER, look)
    watching.go_round(Kind.FOLDER, look)
    assert looked == [first.source.pk]  # it rests after its fault
    watching._watches[Kind.FOLDER, first.source.pk].wait(0)
    watching.go_round(Kind.FOLDER, look)
    assert len(looked) == 2
    pause(first.source, "The vendor moves house", By())
    watching.go_round(Kind.FOLDER, look)
    assert watching._watches == {}
