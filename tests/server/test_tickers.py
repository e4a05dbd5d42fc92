"""What a worker looks at every few seconds: each in its own thread, again and again, whatever goes wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError

from indelible.server.jobs import tickers
from indelible.web import jobs

pytestmark = pytest.mark.django_db


def ticker(run: Callable[[], None]) -> jobs.Ticker:
    return jobs.Ticker("test", timedelta(milliseconds=5), run)


@pytest.mark.parametrize("failure", [OperationalError("away"), ValueError("ours")])
def test_a_ticker_that_fails_is_called_again(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    stopped = threading.Event()

    def run() -> None:
        called.append(1)
        if len(called) < 3:
            raise failure
        stopped.set()

    monkeypatch.setattr(jobs, "tickers", {"test": ticker(run)})
    monkeypatch.setattr(tickers, "tickers", {"test": ticker(run)})
    tickers.start(stopped)
    assert stopped.wait(10)
    assert len(called) >= 3


def test_a_slow_ticker_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, ticked = threading.Event(), threading.Event()

    def slow() -> None:
        stopped.wait(10)

    rows = {"slow": ticker(slow), "quick": ticker(ticked.set)}
    monkeypatch.setattr(tickers, "tickers", rows)
    tickers.start(stopped)
    assert ticked.wait(10)
    stopped.set()
    time.sleep(0.02)


def test_seals_are_carried_by_tickers_and_not_by_jobs() -> None:
    from indelible.features.seals import jobs as seals

    assert seals.carry_seals_outside.__name__ == "carry_seals_outside"
    every = {name.rpartition(".")[2]: each.every for name, each in jobs.tickers.items()}
    assert every["carry_seals_outside"] <= timedelta(seconds=2)
    assert "look_at_witnesses" in every
    assert not any("carry_seals" in name for name in jobs.periodic_jobs)
