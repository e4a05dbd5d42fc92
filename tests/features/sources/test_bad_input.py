"""What nobody should send, sent all the same: words for it, nothing twice or lost, and all goes on after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.explanations import explain
from indelible.features.sources.models import Import, Stage
from indelible.storage.database.reads import get_entries, head
from tests.bad_files import TABLE, Bad, bad_files

BAD = pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)


def own_entries(book: Any) -> int:
    """Return how many entries came from files, held against each other by their own ids."""
    entries = get_entries(book, 0, head(book).size - 1, 1_000)
    ids = [e.event["source"]["id"] for e in entries if "id" in e.event.get("source", {})]
    assert len(ids) == len(set(ids))
    return len(ids)


@BAD
def test_every_record_is_accounted_for_and_a_second_time_nothing_is_added(
    book: Any, take: Any, tmp_path: Path, bad: Bad
) -> None:
    path = tmp_path / bad.name
    path.write_bytes(bad.data)
    size = head(book).size
    result = take(path)
    if bad.code:
        assert result.refusal["code"] == bad.code
        assert (head(book).size, Import.objects.count()) == (size, 0)
        return
    assert result.is_carried_out
    assert (result.recorded, result.read, result.rejected) == (
        bad.recorded,
        bad.read,
        bad.read - bad.recorded,
    )
    assert own_entries(book) == bad.recorded
    again = take(path)
    assert (again.recorded, again.duplicates, again.rejected) == (0, bad.recorded, result.rejected)
    assert own_entries(book) == bad.recorded


def test_what_a_cut_file_lost_comes_with_the_whole_one(book: Any, take: Any, tmp_path: Path) -> None:
    cut = next(bad for bad in bad_files() if bad.name == "cut.csv.gz")
    path = tmp_path / cut.name
    path.write_bytes(cut.data)
    assert take(path).recorded == 9
    whole = take(TABLE, name="whole.csv")
    assert (whole.recorded, whole.duplicates, whole.conflicts, whole.rejected) == (11, 9, 0, 0)


@BAD
def test_the_page_says_what_it_is_and_stays_in_service(signed_in: Client, bad: Bad) -> None:
    from indelible.server.jobs.worker import run_waiting
    from indelible.web.acts import logbook_in_use

    page = signed_in.post("/sources/upload/", {"file": SimpleUploadedFile(bad.name, bad.data)}, follow=True)
    if bad.name == "empty.csv":  # the form itself sees that there is nothing in it
        assert page.status_code == 422
        assert "empty" in page.content.decode()
        assert not Import.objects.exists()
        return
    assert page.status_code == 200
    row = Import.objects.get()
    if bad.code:
        assert explain(bad.code, name=bad.name).title in page.content.decode()
    else:
        form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
        assert signed_in.post(f"/imports/{row.pk}/columns/", form).status_code == 302
    run_waiting()
    row.refresh_from_db()
    assert row.stage == (Stage.REFUSED if bad.code else Stage.DONE)
    assert (row.recorded, row.read) == (bad.recorded, bad.read)
    assert not Path(row.held_at).exists()
    assert own_entries(logbook_in_use()) == bad.recorded
    for address in (f"/imports/{row.pk}/", "/sources/", "/record/"):
        assert signed_in.get(address).status_code == 200
