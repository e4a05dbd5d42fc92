"""Background jobs as features see them: define one, ask for it, see how it stands, stop it.

A feature writes its jobs in its own `jobs.py` with `@job` and, where the clock should start it,
`@periodic(...)`; the worker (server/jobs) finds them by that name, and by `worker.py` what else it has to load.
Asking for a job is a row in the caller's own transaction, so work is never asked for by an act that was rolled
back. Every job is run again where a worker died in the middle, so every job is safe to run twice, and a long one
asks `should_stop()` between its steps and raises `Interrupted`, which puts it back to be gone on with.

What must be looked at every few seconds is no job, since each would be a row of the queue: it is a `@ticker(...)`,
a function that every worker calls in a thread of its own. Which of them does the work is for the function to settle.

Behind this module: django-tasks with its database backend. Nothing else may import it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django_tasks import task as job
from django_tasks.base import Task, TaskResultStatus
from django_tasks.utils import get_module_path, normalize_json
from django_tasks_db.models import DBTaskResult

__all__ = [
    "Interrupted",
    "JobState",
    "Periodic",
    "ask",
    "ask_once",
    "find_job",
    "job",
    "periodic",
    "periodic_jobs",
    "request_stop",
    "should_stop",
    "ticker",
    "tickers",
]

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
_STATE_OF = {
    TaskResultStatus.READY: WAITING,
    TaskResultStatus.RUNNING: RUNNING,
    TaskResultStatus.SUCCESSFUL: DONE,
    TaskResultStatus.FAILED: FAILED,
}


class Interrupted(Exception):
    """A job stopped half-way because its worker is ending. It will be run again from where it stood."""


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job stands. `result` is what it returned, None until it is done."""

    id: str
    state: str  # waiting, running, done or failed
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: Any

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in (DONE, FAILED)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that the clock starts: at the worker's first tick, then `every` so often."""

    name: str
    every: timedelta
    job: Task[[], Any]


@dataclass(frozen=True, slots=True)
class Ticker:
    """A function that each worker calls again and again, `every` so often, beside its jobs."""

    name: str
    every: timedelta
    run: Callable[[], None]


periodic_jobs: dict[str, Periodic] = {}
tickers: dict[str, Ticker] = {}
_stopping = threading.Event()


def periodic(every: timedelta) -> Callable[[Task[[], Any]], Task[[], Any]]:
    """Have the clock start a job (written above `@job`, which takes no arguments) every so often."""

    def register(task: Task[[], Any]) -> Task[[], Any]:
        name = get_module_path(task.func)
        periodic_jobs[name] = Periodic(name, every, task)
        return task

    return register


def ticker(every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have each worker call a quick function every so often. It may be called in several workers at once."""

    def register(run: Callable[[], None]) -> Callable[[], None]:
        name = get_module_path(run)
        tickers[name] = Ticker(name, every, run)
        return run

    return register


def ask(task: Task[..., Any], *args: object, **kwargs: object) -> str:
    """Ask for a job, within the caller's transaction. Returns its id. Arguments must be plain JSON values."""
    return str(task.enqueue(*args, **kwargs).id)


def ask_once(task: Task[..., Any], *args: object, **kwargs: object) -> str:
    """Ask for a job, or join the same one (same arguments) where it is already waiting or running."""
    wanted = normalize_json({"args": args, "kwargs": kwargs})
    open_rows = DBTaskResult.objects.filter(
        task_path=get_module_path(task.func),
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
    )
    for row in open_rows:
        if row.args_kwargs == wanted:
            return str(row.id)
    return ask(task, *args, **kwargs)


def find_job(job_id: str) -> JobState | None:
    """Return how a job stands; None where no such job is known (results are kept for some days only)."""
    try:
        row = DBTaskResult.objects.get(id=job_id)
    except (DBTaskResult.DoesNotExist, ValidationError):
        return None
    return JobState(
        str(row.id),
        _STATE_OF[TaskResultStatus(row.status)],
        row.enqueued_at,
        row.started_at,
        row.finished_at,
        row.return_value,
    )


def should_stop() -> bool:
    """Whether this process is ending: a long job then raises `Interrupted` at its next safe place."""
    return _stopping.is_set()


def request_stop() -> None:
    """Tell the jobs of this process to stop at their next safe place. The worker calls it on SIGTERM."""
    _stopping.set()
