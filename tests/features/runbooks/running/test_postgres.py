"""Runs over PostgreSQL: the same rows, one run of a cause and one signature whoever presses at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services import postgres

STORY = """
import threading
import django
django.setup()
from datetime import UTC, datetime, timedelta
from pathlib import Path
from django.core.management import call_command
from django.db import connections
from indelible.server.prepare import bring_tables_up_to_date
bring_tables_up_to_date()
call_command("createcachetable", verbosity=0)
from indelible.features.people.models import User
from indelible.features.runbooks.books import appointing, drafting, publishing
from indelible.features.runbooks.models import Run, RunStep, StepSignature
from indelible.features.runbooks.running import doing, moving, queries, signing
from indelible.features.runbooks.running.doers import Doer
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.running.opening import open_run
from indelible.features.signoffs.still import still_there
from indelible.storage.database.logbooks import create_logbook

create_logbook(first_event={"action": {"verb": "create", "said": "begun"}, "outcome": "success"})
now = datetime(2026, 12, 1, 11, tzinfo=UTC)
people = {
    name: User.objects.create_user(f"{name}@northwind.example", name.title(), role=role)
    for name, role in (("ana", "owner"), ("ben", "member"), ("carla", "member"), ("dora", "reviewer"))
}
doers = {name: Doer.of_user(user) for name, user in people.items()}
book = drafting.import_text(Path(TEXT).read_text(), people["ana"], now)
publishing.publish(book, people["ana"], now, note="First", seen=book.draft_stamp)
for role, name in (("clerk_a", "ben"), ("clerk_b", "carla"), ("head", "dora")):
    appointing.appoint(book, role, people[name], None, people["ana"], now)


def at_once(act):
    def run():
        try:
            found.append(act())
        except RunError as refused:
            found.append(refused.code)
        finally:
            connections.close_all()

    found = []
    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def step(key):
    rows = RunStep.objects.select_related("run__runbook", "run__version", "run__logbook")
    return rows.get(run__title="Supplier change: Harrow Freight", key=key)


runs = at_once(lambda: open_run(book, doers["ana"], now, cause_key="1", about="Harrow Freight"))
assert len({run.pk for run in runs}) == 1 and Run.objects.count() == 1, runs
answers = {"supplier": "Harrow Freight", "signs": "no", "untouched": "yes"}
finished = at_once(lambda: doing.finish(step("request"), doers["ben"], now, values=answers))
assert sorted(type(one).__name__ for one in finished) == ["RunStep", "str", "str", "str"], finished
signing.sign(step("request"), doers["ben"], now)
doing.open_step(step("look"), doers["ben"], now)
doing.finish(step("look"), doers["ben"], now)
doing.finish(step("call_back"), doers["carla"], now, values={"number": "1"})
signing.sign(step("call_back"), doers["carla"], now)
signed = at_once(lambda: signing.sign(step("approve"), doers["dora"], now))
assert sorted(type(one).__name__ for one in signed) == ["StepSignature", "str", "str", "str"], signed
assert all(still_there(one.sign_off).verdict == "matches" for one in StepSignature.objects.all())
later = step("wait").wait_until + timedelta(hours=1)
at_once(lambda: moving.advance(Run.objects.get(), later))
doing.finish(step("release"), doers["carla"], later)
run = Run.objects.select_related("runbook", "version", "logbook").get()
assert run.state == "closed", run.state
view = queries.view_of(run, later)
assert view.done == view.all == 6
print("as on SQLite")
"""


@pytest.mark.postgres
def test_runs_hold_on_postgresql(postgres_installation: Callable[[str], str], tmp_path: Path) -> None:
    story = STORY.replace("TEXT", repr(str(Path(__file__).parent / "supplier.toml")))
    told = postgres.tell(story, postgres_installation("runs"), tmp_path / "home")
    assert told.endswith("as on SQLite"), told
