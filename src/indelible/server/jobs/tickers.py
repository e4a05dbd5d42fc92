"""The tickers: what a worker looks at every few seconds, beside its jobs.

A job may run for an hour, and what a ticker does must not wait for it, nor for another ticker. What goes wrong in one
round is logged and tried again in the next: a database that is started anew, or a fault of ours, must not end the
looking for good.
"""

from __future__ import annotations

import threading

import structlog
from django.db import close_old_connections, connections

from indelible.web.jobs import Ticker, tickers

log = structlog.get_logger()


def start(stopped: threading.Event) -> None:
    """Begin calling every ticker, each in a thread of its own, until `stopped` is set."""
    for each in tickers.values():
        threading.Thread(target=_keep_ticking, args=(each, stopped), name=each.name, daemon=True).start()


def _keep_ticking(each: Ticker, stopped: threading.Event) -> None:
    while True:
        run_once(each)
        if stopped.wait(each.every.total_seconds()):
            break
    connections.close_all()


def run_once(each: Ticker) -> bool:
    """Call one ticker; False where it failed, which is logged."""
    close_old_connections()
    try:
        each.run()
    except Exception as failure:
        # Whatever it was, the next round must come: nobody would notice a thread that ended.
        log.error("a ticker failed", ticker=each.name, exc_info=failure)
        connections.close_all()
        return False
    return True
