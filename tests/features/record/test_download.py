"""A list taken away as a table: what stands above it, that nothing in it is run, and that it is recorded."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from .conftest import Put, alter, sql, text_of, told

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def download(client: Client, question: str = "source:AccountsPro", kind: str = "csv") -> Any:
    from urllib.parse import urlencode

    return client.post("/record/download/", {"here": f"/record/?{urlencode({'q': question})}", "as": kind})


def rows_of(answer: Any) -> list[list[str]]:
    data = b"".join(answer)
    answer.close()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def parts_of(rows: list[list[str]]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the head, and the entries by their column titles."""
    gap = rows.index([])
    return {row[0]: row[1] for row in rows[:gap]}, [
        dict(zip(rows[gap + 1], row, strict=True)) for row in rows[gap + 2 :]
    ]


def test_a_table_says_above_itself_what_it_is(signed_in: Client, put: Put, book: Any) -> None:
    from indelible.storage.database import reads

    indexes = put(told(), told("Invoice Deleted", action={"verb": "delete", "said": "Invoice Deleted"}))
    page = text_of(signed_in.get("/record/", {"q": "source:AccountsPro"}))
    size = reads.head(book).size
    head, entries = parts_of(rows_of(download(signed_in)))
    assert f"{head['What is here'].rstrip('.')}, newest recorded first." in page
    assert head["The question as typed"] == "source:AccountsPro"
    assert head["Entries"] == "2, newest recorded first"
    assert head["Times"].startswith("Madrid time (UTC+0")
    assert head["Seal"].startswith(f"Seal {size}, made ")
    assert len(head["Seal words"].split(", ")) == 12
    assert "by Ana Ruiz, Northwind Trading Ltd" in head["Made"]
    assert [row["Entry"] for row in entries] == [str(index + 1) for index in reversed(indexes)]
    assert entries[1]["What happened"].startswith("Maria Lopez changed")
    assert entries[1]["Happened (UTC)"] == "2025-08-01T09:00:00Z"
    assert entries[1]["Happened (Europe/Madrid)"] == "2025-08-01 11:00:00 (UTC+02:00)"
    assert {row["State"] for row in entries} == {""}


def test_the_download_is_an_entry_with_the_fingerprint_of_the_file(
    signed_in: Client, put: Put, book: Any
) -> None:
    from indelible.events.sentence import tell
    from indelible.storage.database import reads

    put(told())
    for kind in ("csv", "xlsx"):
        answer = download(signed_in, kind=kind)
        data = b"".join(answer)
        answer.close()
        assert "attachment" in answer["Content-Disposition"]
        event = reads.get_entry(book, reads.head(book).size - 1).event
        assert event["extra"]["file_digest"] == hashlib.sha256(data).hexdigest()
        assert event["extra"]["row_count"] == 1
        assert tell(event).text.startswith("Ana Ruiz exported one entry") or "1 entry" in tell(event).text


def test_a_workbook_says_the_same_and_runs_nothing(signed_in: Client, put: Put) -> None:
    put(told(actor={"name": '=HYPERLINK("http://evil.example")', "kind": "person"}))
    answer = download(signed_in, kind="xlsx")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert not [name for name in book.namelist() if "rels/sheet" in name]
    answer.close()
    assert not list(sheet.iter(f"{SHEET}f"))
    texts = ["".join(cell.itertext()) for cell in sheet.iter(f"{SHEET}c")]
    assert "What is here" in texts
    assert '=HYPERLINK("http://evil.example")' in texts  # a text, since the sheet has no formula


def test_no_spreadsheet_takes_a_cell_of_the_csv_for_a_formula(signed_in: Client, put: Put) -> None:
    starts = ["=", "+", "-", "@", "\t"]
    put(*[told(actor={"name": f"{start}cmd|' /C calc'!A0", "kind": "person"}) for start in starts])
    _, entries = parts_of(rows_of(download(signed_in)))
    assert len(entries) == len(starts)
    assert all(row["Who"].startswith("'") for row in entries)


def test_an_altered_entry_is_told_above_the_table_and_marked_in_it(signed_in: Client, put: Put) -> None:
    indexes = put(told(), told(), told())
    signed_in.get("/record/")
    alter(indexes[1], "Maria", "Marta")
    sql('DELETE FROM "entry" WHERE "index" = %s', indexes[2])
    rows = rows_of(download(signed_in))
    assert rows[0] == ["Warning", "2 entries in this file were altered. They are marked."]
    _, entries = parts_of(rows)
    assert [row["State"] for row in entries] == ["Removed", "Altered", ""]


def test_more_than_a_table_holds_is_refused_in_words(
    signed_in: Client, put: Put, monkeypatch: pytest.MonkeyPatch, sentences: Any
) -> None:
    from indelible.features.record.download import gathering

    monkeypatch.setattr(gathering, "MOST", 2)
    put(told(), told(), told())
    count = len(sentences())
    answer = download(signed_in)
    assert answer.status_code == 422
    assert "That is too much for a table" in text_of(answer)
    assert not [one for one in sentences()[count:] if "export" in one]


def test_nothing_leaves_while_nothing_can_be_sealed(
    signed_in: Client, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indelible.features.record.views import downloading
    from indelible.storage.database.errors import AppendRefused

    put(told())

    def refuse(*_: Any, **__: Any) -> None:
        raise AppendRefused("entries-wait", "a test")

    monkeypatch.setattr(downloading, "record", refuse)
    answer = download(signed_in)
    assert answer.status_code >= 500
    assert "attachment" not in answer.get("Content-Disposition", "")


def test_another_form_than_those_two_leads_back_to_the_list(signed_in: Client) -> None:
    for kind in ("", "exe", "../csv"):
        assert download(signed_in, kind=kind)["Location"].startswith("/record/")


def test_a_table_is_asked_for_by_a_form_of_ours_from_somebody_signed_in(
    signed_in: Client, stranger: Client, ana: Any
) -> None:
    assert signed_in.get("/record/download/").status_code == 405
    assert stranger.post("/record/download/")["Location"].startswith("/account/")
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post("/record/download/").status_code == 403
