"""The tickers: what a worker looks at every few seconds, in one thread beside its jobs.

A job may run for an hour, and what a ticker does must not wait for it. What goes wrong in one round is logged and
tried again in the next: a database that is started anew, or a fault of ours, must not end the looking for good.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.db import close_old_connections, connections

from indelible.web.jobs import Ticker, tickers

log = structlog.get_logger()


def keep_ticking(stopped: threading.Event) -> None:
    """Call every ticker when it is due, until `stopped` is set."""
    due = dict.fromkeys(tickers, 0.0)
    while tickers:
        for each in tickers.values():
            if time.monotonic() >= due[each.name] and not stopped.is_set():
                run_once(each)
                due[each.name] = time.monotonic() + each.every.total_seconds()
        if stopped.wait(max(0.05, min(due.values()) - time.monotonic())):
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
