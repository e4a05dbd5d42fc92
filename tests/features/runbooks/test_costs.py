"""What pages cost the database: as much with few runs as with many, and nothing is looked for without an index."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.features.runbooks.runs.conftest import Browser, as_, people, put_in_force, run, supplier_change
from tests.features.runbooks.runs.test_pages import at

__all__ = ["as_", "people", "put_in_force", "run", "supplier_change"]

As = Callable[[str], Browser]
PAGES = (
    ("ben", "/runs/"),
    ("ben", "/runs/?show=ended"),
    ("ben", "/runs/?person=2"),
    ("ben", "/"),
    ("ana", "/runs/"),
    ("ana", "/runbooks/"),
    ("ana", "/runbooks/handbook/"),
    ("ana", "/runbooks/SUP-1/"),
    ("ana", "/reviews/"),
    ("ana", "/reviews/access/"),
    ("ana", "/reviews/samples/"),
    ("ana", "/runs/figures/"),
    ("ana", "/people/waiting/"),
)


def asked(browser: Browser, path: str) -> list[tuple[str, Any]]:
    """Return what a page asks the database, once its caches are warm."""
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    browser.see(path)
    with connection.execute_wrapper(note):
        browser.see(path)
    return found


def test_pages_ask_no_more_often_for_more_runs(
    supplier_change: Any, people: dict[str, Any], run: Any, as_: As
) -> None:
    from indelible.features.runbooks.running import altering, roles
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.opening import open_run

    ana, browsers = Doer.of_user(people["ana"]), {name: as_(name) for name in ("ana", "ben")}
    pages = [*PAGES, ("ben", at(run)), ("ben", at(run, "request"))]
    costs: list[list[int]] = []
    opened = 1
    for count in (2, 9):
        while opened < count:
            opened += 1
            one = open_run(supplier_change, ana, run.opened_at, cause_key=f"more {opened}", about="Holm")
            if opened % 2:
                told = {"user": people["dora"], "stand_in": people["emil"], "told": "Away"}
                roles.fill(one, "head", ana, run.opened_at, **told)
            over = open_run(supplier_change, ana, run.opened_at, cause_key=f"over {opened}")
            altering.end(over, ana, "withdrawn", "By mistake", run.opened_at)
        costs.append([len(asked(browsers[who], path)) for who, path in pages])
    few, many = costs
    grown = [(page, a, b) for page, a, b in zip(pages, few, many, strict=True) if b > a]
    assert grown == []
    assert max(many) < 70


@pytest.mark.parametrize("count", [2_000])
def test_nothing_is_looked_for_without_an_index(
    supplier_change: Any, people: dict[str, Any], run: Any, as_: As, count: int
) -> None:
    """Among thousands of runs that have ended; the planner says how it would go about each question."""
    from django.db import connection

    from indelible.features.runbooks.models import Run, RunRole, RunStep

    told = {
        "logbook": run.logbook,
        "runbook": run.runbook,
        "version": run.version,
        "state": "closed",
        "cause": "hand",
        "opened_at": run.opened_at,
        "ended_at": run.opened_at,
        "due_at": run.opened_at,
        "entry": 1,
    }
    made = Run.objects.bulk_create(Run(title="Old", cause_key=f"old {n}", **told) for n in range(count))
    RunStep.objects.bulk_create(RunStep(run=one, key="request", place=0, state="done") for one in made)
    RunRole.objects.bulk_create(RunRole(run=one, role="clerk_a", user=people["ben"]) for one in made)
    ours = re.compile(
        r"SCAN (runbooks_(?:run|runstep|runrole|stepwork|stepsignature|stepcheck|mailing|runentry))\b(?! USING)"
    )
    scans = set()
    pages = (*PAGES, ("ben", at(run)), ("ben", at(run, "request")), ("ben", at(run, "request", "sign/")))
    browsers = {name: as_(name) for name in ("ana", "ben")}
    for who, path in pages:
        for sql, params in asked(browsers[who], path):
            if not sql.startswith("SELECT") or "runbooks_" not in sql:
                continue
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                plan = [str(row[3]).replace('"', "") for row in cursor.fetchall()]
            scans |= {(path, found[1], sql[-400:]) for line in plan if (found := ours.search(line))}
    assert sorted(scans) == []
