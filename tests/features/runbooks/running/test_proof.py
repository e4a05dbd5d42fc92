"""The proof of a run: its page, its paper, its pack, and whether what was signed is still there."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client

from tests.features.runbooks.running.conftest import NOON
from tests.features.runbooks.running.test_running import ANSWERS, HOUR, opened, step, to_approval


def finished(book: Any, people: dict[str, Any]) -> Any:
    from indelible.features.runbooks.running import doing, moving, signing
    from indelible.features.runbooks.running.doers import Doer

    run = opened(book, people["ana"])
    to_approval(run, people)
    signing.sign(step(run, "approve"), Doer.of_user(people["dora"]), NOON + 3 * HOUR)
    later = step(run, "wait").wait_until + HOUR
    moving.advance(run, later)
    doing.finish(step(run, "release"), Doer.of_user(people["carla"]), later)
    run.refresh_from_db()
    return run


def test_page_paper_and_pack_tell_the_same_run(
    supplier_change: Any, people: dict[str, Any], signed_in: Client
) -> None:
    from indelible.features.packs.models import Pack
    from indelible.features.packs.services import carry_out, file_of
    from indelible.features.runbooks.models import RunEntry
    from indelible.features.sources.origins import By

    run = finished(supplier_change, people)
    page = signed_in.get(f"/runs/{run.pk}/proof/").content.decode()
    assert "Finished on 4 December 2026" in page and "in time. 6 of 6 steps done" in page
    assert "Nothing. Every step went by its text." in page
    assert page.count("Entry ") >= 3 and "I approve this" in page
    checked = signed_in.post(f"/runs/{run.pk}/proof/").content.decode()
    assert "3 signatures, and all is as it was signed." in checked
    answer = signed_in.get(f"/runs/{run.pk}/proof/paper/")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    made = signed_in.post(f"/runs/{run.pk}/proof/pack/")
    pack = Pack.objects.get()
    assert made["Location"] == f"/packs/{pack.name}/" and pack.state == Pack.State.WAITING
    assert carry_out(pack, By())
    pack.refresh_from_db()
    own = set(RunEntry.objects.filter(run=run).values_list("index", flat=True))
    assert pack.entries >= len(own) + 1  # and the text it went by
    with ZipFile(BytesIO(file_of(pack).read_bytes())) as zipped:
        assert any("check" in name for name in zipped.namelist())


@pytest.mark.parametrize("state", ["not_concluded", "withdrawn"])
def test_a_run_that_did_not_reach_its_end_is_not_told_as_gone_by_its_text(
    supplier_change: Any, people: dict[str, Any], signed_in: Client, state: str
) -> None:
    from indelible.features.runbooks.models import RunStep
    from indelible.features.runbooks.proof.telling import deviations
    from indelible.features.runbooks.running import altering, doing, queries, signing
    from indelible.features.runbooks.running.doers import Doer

    run = opened(supplier_change, people["ana"])
    where = f"/runs/{run.pk}/proof/"
    page = signed_in.get(where).content.decode()
    assert "Nothing so far." in page and "went by its text" not in page
    ben = Doer.of_user(people["ben"])
    doing.finish(step(run, "request"), ben, NOON, values=ANSWERS)
    signing.sign(step(run, "request"), ben, NOON)
    RunStep.objects.filter(run=run).update(due_at=NOON)
    assert deviations(queries.view_of(run, NOON)) == ["Nothing so far."]
    RunStep.objects.filter(run=run, place__gt=1).update(due_at=None)
    assert deviations(queries.view_of(run, NOON + HOUR)) == ["1 step is overdue."]
    altering.end(run, Doer.of_user(people["ana"]), state, "Taken back", NOON)
    page = signed_in.get(where).content.decode()
    assert "5 steps were not finished when the run ended." in page
    assert "Nothing so far." not in page and "went by its text" not in page


def test_a_signature_whose_row_was_altered_is_named(
    supplier_change: Any, people: dict[str, Any], signed_in: Client
) -> None:
    run = finished(supplier_change, people)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE signoffs_signoff SET by_name = 'Somebody Else' WHERE means = 'approved'")
    page = signed_in.post(f"/runs/{run.pk}/proof/").content.decode()
    assert "Something that was signed reads differently now." in page


def test_what_auditors_ask_for_is_counted(
    supplier_change: Any, people: dict[str, Any], signed_in: Client
) -> None:
    from indelible.features.runbooks.models import RunState
    from indelible.features.runbooks.proof.measures import measured
    from indelible.features.runbooks.running import altering, doing
    from indelible.features.runbooks.running.doers import Doer
    from indelible.features.runbooks.running.errors import Barred

    finished(supplier_change, people)
    ana = Doer.of_user(people["ana"])
    second = opened(supplier_change, people["ana"], "2")
    with pytest.raises(Barred):
        doing.finish(step(second, "request"), Doer.of_user(people["dora"]), NOON, values=ANSWERS)
    altering.end(second, ana, RunState.NOT_CONCLUDED, "Taken back", NOON)
    opened(supplier_change, people["ana"], "3")
    (found,) = measured(second.logbook, NOON, NOON + timedelta(days=30), NOON + timedelta(days=20))
    assert (found.due, found.in_time, found.not_concluded, found.under_way, found.late) == (3, 1, 1, 1, 1)
    assert found.refused == 1 and found.failed == 0
    assert found.median_open is not None and found.median_open > timedelta(days=3)
    page = signed_in.get("/runs/figures/?first=2026-12-01&last=2026-12-31").content.decode()
    assert "SUP-1 Supplier change</a>" in page and "1 try refused" in page
    assert signed_in.get("/runs/figures/?first=2026-12-31&last=2026-12-01").status_code == 422
    assert (
        "No run was due in this period."
        in signed_in.get("/runs/figures/?first=2020-01-01&last=2020-02-01").content.decode()
    )
