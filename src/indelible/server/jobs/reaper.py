"""The reaper: what a dead worker left running is put back, and old results are swept away.

A worker that ends by `kill -9` or a power cut leaves its job marked as running for ever. Each worker
says every few seconds that it is alive; a job whose worker has been silent for a minute, or whose worker
on this same machine has no process any more, goes back to the queue. After some tries it is given up as
failed, so that a job that kills its worker cannot do so for ever.
"""

from __future__ import annotations

import os
import platform
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from indelible.server.jobs.models import Worker

SILENT_AFTER = timedelta(seconds=60)
MOST_TRIES = 5
KEEP_RESULTS = timedelta(days=14)


def worker_id() -> str:
    """Return this process's id as a worker: machine, process number, and the moment the process began."""
    return f"{platform.node()[:30]}:{os.getpid()}:{_began(os.getpid())}"


def put_back(now: datetime) -> int:
    """Put the jobs of dead workers back to waiting, or give them up; return how many there were."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    if not running.exists():
        return 0
    seen = dict(Worker.objects.values_list("id", "seen_at"))
    left = [row for row in running if _is_dead(row, seen, now)]
    for row in left:
        _give_back(row)
    return len(left)


def _is_dead(row: DBTaskResult[..., Any], seen: dict[str, datetime], now: datetime) -> bool:
    worker = row.worker_ids[-1] if row.worker_ids else ""
    return _process_is_gone(worker) or seen.get(worker, row.started_at or now) < now - SILENT_AFTER


def _process_is_gone(worker: str) -> bool:
    """Whether the worker was a process of this machine that no longer runs; False where nobody can tell."""
    machine, number, began = (["", "", *worker.rsplit(":", 2)])[-3:]
    if machine != platform.node()[:30] or not number.isdigit() or not Path("/proc/self/stat").exists():
        return False
    return _began(int(number)) != began


def _began(process: int) -> str:
    """Return when a process of this machine began, in the kernel's ticks; empty where it does not run.

    A process number alone is given again: in a container every worker may be number 7.
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _give_back(row: DBTaskResult[..., Any]) -> None:
    with transaction.atomic():
        changed = DBTaskResult.objects.filter(
            id=row.id, status=TaskResultStatus.RUNNING, worker_ids=row.worker_ids
        )
        if len(row.worker_ids) < MOST_TRIES:
            changed.update(status=TaskResultStatus.READY, started_at=None)
        else:
            changed.update(
                status=TaskResultStatus.FAILED,
                finished_at=row.started_at,
                exception_class_path="builtins.RuntimeError",
                traceback=f"given up: its worker died {MOST_TRIES} times while it ran",
            )


def sweep(now: datetime) -> None:
    """Remove the results of jobs that ended long ago, and workers not seen since."""
    old = now - KEEP_RESULTS
    DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()
    Worker.objects.filter(seen_at__lt=old).delete()
