"""Background jobs: asked for once, run once, taken up again where a worker died."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from indelible.server.jobs import clock, reaper
from indelible.server.jobs.jobs import prune_sessions, sweep_results
from indelible.server.jobs.models import Schedule, Worker
from indelible.server.jobs.worker import run_waiting
from indelible.web import jobs

pytestmark = pytest.mark.django_db


def running(worker: str, tries: int = 1) -> DBTaskResult:
    jobs.ask(sweep_results)
    row = DBTaskResult.objects.get()
    row.status, row.worker_ids, row.started_at = TaskResultStatus.RUNNING, [worker] * tries, timezone.now()
    row.save()
    return row


def test_a_job_is_run_and_tells_how_it_stands() -> None:
    job = jobs.ask(sweep_results)
    waiting = jobs.find_job(job)
    assert waiting is not None and waiting.state == "waiting"
    assert run_waiting() == 1
    done = jobs.find_job(job)
    assert done is not None and done.state == "done"
    assert jobs.find_job("nonsense") is None


def test_a_second_press_joins_the_job_that_waits() -> None:
    assert jobs.ask_once(sweep_results) == jobs.ask_once(sweep_results)
    assert jobs.ask_once(prune_sessions) != jobs.ask_once(sweep_results)
    assert DBTaskResult.objects.count() == 2


def test_the_job_of_a_dead_worker_is_put_back_and_of_a_live_one_is_left() -> None:
    dead = running("elsewhere:1:1")
    now = timezone.now()
    assert reaper.put_back(now) == 0  # it may still be alive
    Worker.objects.create(id="elsewhere:1:1", started_at=now, seen_at=now)
    assert reaper.put_back(now + timedelta(seconds=59)) == 0
    assert reaper.put_back(now + timedelta(seconds=61)) == 1
    dead.refresh_from_db()
    assert dead.status == TaskResultStatus.READY


def test_a_worker_of_this_machine_that_has_no_process_is_dead_at_once() -> None:
    alive = running(reaper.worker_id())
    assert reaper.put_back(timezone.now()) == 0
    node, number, began = reaper.worker_id().rsplit(":", 2)
    alive.worker_ids = [f"{node}:{number}:{int(began) - 1}"]  # the number was given again since
    alive.save()
    assert reaper.put_back(timezone.now()) == 1


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    row = running("elsewhere:1:1", tries=reaper.MOST_TRIES)
    reaper.put_back(timezone.now() + timedelta(hours=1))
    row.refresh_from_db()
    assert row.status == TaskResultStatus.FAILED


def test_the_clock_asks_once_for_each_time_however_many_look() -> None:
    now = timezone.now()
    first = clock.tick(now)
    assert any(name.endswith("sweep_results") for name in first)
    assert clock.tick(now) == []
    Schedule.objects.update(due_at=now - timedelta(days=9))
    clock.tick(now)
    assert DBTaskResult.objects.count() == len(first)  # still waiting: joined, not doubled
