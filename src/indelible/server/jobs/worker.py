"""The worker's loop: keep the clock, take the next job, run it, say that we are alive.

django-tasks-db brings the queue and the running of one job; what it leaves out is here. Looking for work
is one read, and the queue is locked only when there is something to take, so that an idle worker never
stands in the way of an append. SIGTERM asks the running job to stop at its next safe place (`Interrupted`)
and puts it back, so that stopping the server takes seconds however long the job.
"""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from types import FrameType
from typing import Any

import structlog
from django.db import OperationalError, close_old_connections, connections
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from indelible.server.jobs import clock, reaper, tickers
from indelible.server.jobs.models import Worker
from indelible.web.jobs import Interrupted, request_stop, should_stop

LOOK_EVERY_SECONDS = 0.3
BEAT_EVERY_SECONDS = 10
HOUSEKEEPING_EVERY = timedelta(seconds=10)

log = structlog.get_logger()


class Runner(QueueWorker):
    """Runs one job at a time. An interrupted job goes back to waiting instead of counting as failed."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            queue_names=["*"],
            interval=LOOK_EVERY_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )

    def run_next(self) -> bool:
        """Take the next waiting job and run it to its end. Returns whether there was one."""
        waiting = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not waiting.exists():
            return False
        with exclusive_transaction(waiting.db):
            row = waiting.get_locked()
            if row is not None:
                row.claim(self.worker_id)
        if row is None:
            return False
        self.run_task(row)
        self._after(row)
        return True

    def _after(self, row: DBTaskResult[..., Any]) -> None:
        row.refresh_from_db()
        if row.status != TaskResultStatus.FAILED:
            return
        if row.exception_class_path == f"{Interrupted.__module__}.{Interrupted.__qualname__}":
            row.status, row.started_at, row.finished_at = TaskResultStatus.READY, None, None
            row.worker_ids = row.worker_ids[:-1]
            row.exception_class_path = row.traceback = ""
            row.save()
        else:
            log.error("job failed", job=row.task_path, id=str(row.id), traceback=row.traceback)


def work() -> None:
    """Work until told to stop by SIGTERM or SIGINT."""
    woken = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        request_stop()
        woken.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    autodiscover_modules("jobs", "worker")
    runner = Runner(reaper.worker_id())
    beat = threading.Thread(target=_keep_beating, args=(runner.worker_id, woken), name="beat", daemon=True)
    beat.start()
    tickers.start(woken)
    next_look = timezone.now()
    while not should_stop():
        close_old_connections()
        try:
            if timezone.now() >= next_look:
                housekeeping()
                next_look = timezone.now() + HOUSEKEEPING_EVERY
            worked = runner.run_next()
        except OperationalError as busy:
            # A database that is busy or away for a moment is no reason to end: look again a little later.
            log.warning("the queue could not be read", detail=str(busy))
            worked = False
        if not worked:
            woken.wait(LOOK_EVERY_SECONDS)
    Worker.objects.filter(id=runner.worker_id).delete()
    connections.close_all()


def run_waiting() -> int:
    """Run every job that waits now, in this process, and return how many. For tests and small tools."""
    runner = Runner(reaper.worker_id())
    count = 0
    while runner.run_next():
        count += 1
    return count


def housekeeping() -> None:
    """Take up what dead workers left, then ask for what is due."""
    now = timezone.now()
    reaper.put_back(now)
    clock.tick(now)


def _keep_beating(worker_id: str, stopped: threading.Event) -> None:
    """Say every few seconds that this worker is alive, on a connection of its own."""
    began = timezone.now()
    while True:
        try:
            Worker.objects.update_or_create(
                id=worker_id,
                defaults={"seen_at": timezone.now()},
                create_defaults={"seen_at": began, "started_at": began},
            )
        except OperationalError as busy:
            log.warning("the worker could not say that it is alive", detail=str(busy))
        finally:
            connections.close_all()
        if stopped.wait(BEAT_EVERY_SECONDS):
            return
