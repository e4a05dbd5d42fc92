"""A file sent to a page: looked at, decided about, recorded by the worker, and accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.features.sources import uploads
from indelible.features.sources.left_out import harmless_cell
from indelible.features.sources.models import Import, Source, Stage
from tests.shared import shared_path

ROWS = b"id,time,user,action,object,result\nx-1,2026-03-01T09:00:00Z,ana@example.com,update,o,ok\n"


def send(client: Client, name: str, data: bytes) -> Any:
    return client.post("/sources/upload/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def run_jobs() -> None:
    from indelible.server.jobs.worker import run_waiting

    run_waiting()


def test_nobody_sends_a_file_without_signing_in(stranger: Client, ana: Any) -> None:
    assert stranger.post("/sources/upload/", {"file": SimpleUploadedFile("a.csv", ROWS)}).status_code == 302
    assert not Import.objects.exists()


def test_an_empty_list_says_what_to_do(signed_in: Client) -> None:
    assert "Add a source" in signed_in.get("/sources/").content.decode()


def test_a_file_goes_from_upload_over_columns_to_entries(signed_in: Client, sentences: Any) -> None:
    page = send(signed_in, "list.csv", ROWS)
    assert page.status_code == 200
    text = page.content.decode()
    assert "ana@example.com" in text
    row = Import.objects.get()
    assert row.stage == Stage.RECEIVED
    before = len(sentences())
    form = dict(page.context["form"].initial.items())
    form |= {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    shown = signed_in.post(f"/imports/{row.pk}/preview/", form)
    assert shown.status_code == 200
    assert "ana@example.com" in shown.content.decode()
    assert len(sentences()) == before  # nothing is sealed before the button
    assert signed_in.post(f"/imports/{row.pk}/columns/", form).status_code == 302
    run_jobs()
    row.refresh_from_db()
    assert (row.stage, row.recorded, row.by_name) == (Stage.DONE, 1, "Ana Ruiz")
    assert not Path(row.held_at).exists()
    result = signed_in.get(f"/imports/{row.pk}/").content.decode()
    assert f"/record/{row.first_number}/" in result
    assert signed_in.get(f"/sources/{Source.objects.get(system='generic_csv').pk}/").status_code == 200


def test_the_same_file_is_stopped_with_who_and_when(signed_in: Client) -> None:
    page = send(signed_in, "list.csv", ROWS)
    row = Import.objects.get()
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    signed_in.post(f"/imports/{row.pk}/columns/", form)
    run_jobs()
    again = send(signed_in, "other-name.csv", ROWS)
    assert again.status_code == 409
    assert "Ana Ruiz" in again.content.decode()
    assert Import.objects.count() == 1


def test_what_the_file_does_not_say_is_asked_before_anything_is_sealed(signed_in: Client) -> None:
    data = shared_path("samples/zoom-admin-activity-ambiguous.csv").read_bytes()
    page = send(signed_in, "zoom.csv", data)
    row = Import.objects.get()
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    assert {"given_date_order", "given_timezone"} <= set(form)
    assert signed_in.post(f"/imports/{row.pk}/columns/", form).status_code == 422
    form |= {"given_date_order": "MDY", "given_timezone": "America/New_York"}
    assert signed_in.post(f"/imports/{row.pk}/columns/", form).status_code == 302
    run_jobs()
    row.refresh_from_db()
    assert (row.recorded, row.given) == (6, {"date_order": "MDY", "timezone": "America/New_York"})


@pytest.mark.parametrize("name", ["empty.csv", "not-a-log.pdf", "whitespace-only.txt"])
def test_a_file_that_cannot_be_read_is_told_in_words_and_removed(signed_in: Client, name: str) -> None:
    page = send(signed_in, name, shared_path(f"samples/{name}").read_bytes() or b"\n")
    assert page.status_code == 200
    assert "Nothing was recorded" in page.content.decode()
    row = Import.objects.get()
    assert row.stage == Stage.REFUSED
    assert not Path(row.held_at).exists()


def test_a_file_beyond_the_bound_is_not_taken_in(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    page = send(signed_in, "list.csv", ROWS)
    assert page.status_code == 413
    assert not Import.objects.exists()


def test_no_cell_of_a_download_begins_a_formula() -> None:
    for text in ("=1+1", "+1+x", "-cmd", "@x", "\t=1", "\uff1d1"):
        assert harmless_cell(text).startswith("'")
    assert harmless_cell("plain") == "plain"
    assert harmless_cell("-1,200.50") == "-1,200.50"  # a number runs nothing


def test_the_button_says_how_many_rows_it_records_and_what_is_left_out(signed_in: Client) -> None:
    rows = ROWS + b'x-2,2026-03-01T09:05:00Z,ana@example.com,update,o,ok\n"x-3,2026-03-01\n'
    text = send(signed_in, "list.csv", rows).content.decode()
    assert "Record 2 rows" in text
    assert "1 row needs a look." in text
    assert "A quotation mark in it is never closed." in text


def test_a_date_that_can_be_read_two_ways_is_asked_in_full(signed_in: Client) -> None:
    rows = b"time,user,action,object\n03/04/2026 09:00,ana@example.com,update,o\n"
    page = send(signed_in, "list.csv", rows)
    text = page.content.decode()
    assert "The day first: 3 April 2026" in text
    assert "The month first: 4 March 2026" in text
    assert "Choose a zone" in text
    row = Import.objects.get()
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    form |= {"given_date_order": "DMY", "given_timezone": "Europe/Madrid"}
    shown = signed_in.post(f"/imports/{row.pk}/preview/", form).content.decode()
    assert "3 April 2026, 09:00" in shown


def test_rows_left_out_come_back_in_the_form_they_had(signed_in: Client) -> None:
    rows = ROWS.replace(b",", b";") + b'x-2;2026-03-01T10:00:00Z;=cmd;"delete\n'
    page = send(signed_in, "list.csv", rows)
    row = Import.objects.get()
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    signed_in.post(f"/imports/{row.pk}/columns/", form)
    run_jobs()
    answer = signed_in.get(f"/imports/{row.pk}/rejects/")
    assert f"list-left-out-{row.pk}.csv" in answer["Content-Disposition"]
    head, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head == "id;time;user;action;object;result;Why it was left out"
    assert line == "x-2;2026-03-01T10:00:00Z;'=cmd;delete;;;A quotation mark in it is never closed."


def test_rows_mended_are_recorded_and_those_held_are_told_as_repeats(signed_in: Client) -> None:
    page = send(signed_in, "list.csv", ROWS)
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    signed_in.post(f"/imports/{Import.objects.get().pk}/columns/", form)
    run_jobs()
    head, row = ROWS.decode().splitlines()
    mended = f"{head},Why it was left out\n{row},\n{row.replace('x-1', 'x-2')},A quotation mark\n"
    page = send(signed_in, "list-left-out-1.csv", mended.encode())
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    again = Import.objects.latest("pk")
    signed_in.post(f"/imports/{again.pk}/columns/", form)
    run_jobs()
    again.refresh_from_db()
    assert (again.recorded, again.duplicates, again.rejected) == (1, 1, 0)
