"""A large file sent piece by piece: what arrived is kept, goes on where it stopped, and belongs to who sent it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from indelible.features.sources import pieces, uploads
from tests.features.sources.test_pages import ROWS

FACTS = {"name": "list.csv", "size": len(ROWS), "modified": 7}


def begun(client: Client, **facts: Any) -> Any:
    return client.post("/sources/upload/pieces/", {**FACTS, **facts})


def put(client: Client, url: str, offset: int, data: bytes) -> Any:
    return client.post(f"{url}?offset={offset}", data, content_type="application/octet-stream")


def left_over() -> list[str]:
    return [path.name for path in Path(settings.INDELIBLE_HOME.uploads).glob("*.pieces*")]


@pytest.fixture(autouse=True)
def _nothing_left_over(record: None) -> None:
    """Put away what other tests left unfinished."""
    for path in Path(settings.INDELIBLE_HOME.uploads).glob("*.pieces*"):
        path.unlink()


@pytest.fixture
def ben(ana: Any) -> Client:
    """Another member's browser."""
    from indelible.features.people.models import User

    other = User.objects.create_user(
        email="ben@northwind.example", name="Ben Hall", password="harbour violin 33"
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(other)
    return client


def test_a_file_in_pieces_is_looked_at_like_any_other(signed_in: Client) -> None:
    from indelible.features.sources.models import Import

    told = begun(signed_in).json()
    assert (told["received"], told["size"]) == (0, len(ROWS))
    assert told["until"].startswith("tomorrow ")
    half = len(ROWS) // 2
    assert put(signed_in, told["url"], 0, ROWS[:half]).json()["received"] == half
    assert signed_in.post(f"{told['url']}finish/").status_code == 409  # half of it is no file
    again = begun(signed_in).json()  # the page was closed, and the same file chosen again
    assert (again["id"], again["received"]) == (told["id"], half)
    assert put(signed_in, told["url"], half, ROWS[half:]).status_code == 200
    url = signed_in.post(f"{told['url']}finish/").json()["url"]
    row = Import.objects.get()
    assert url == f"/imports/{row.pk}/columns/"
    assert (row.file_name, Path(row.held_at).read_bytes()) == ("list.csv", ROWS)
    assert "ana@example.com" in signed_in.get(url).content.decode()
    assert left_over() == []


def test_a_piece_goes_nowhere_but_where_it_comes_next(signed_in: Client) -> None:
    url = begun(signed_in).json()["url"]
    assert put(signed_in, url, 5, b"x").json()["received"] == 0
    assert put(signed_in, url, 0, ROWS[:10]).status_code == 200
    twice = put(signed_in, url, 0, ROWS[:10])
    assert (twice.status_code, twice.json()["received"]) == (409, 10)
    assert put(signed_in, url, 10, ROWS).status_code == 422  # more than was said
    assert put(signed_in, url, -1, b"x").status_code == 409
    assert (
        signed_in.post(f"{url}?offset=ten", b"x", content_type="application/octet-stream").status_code == 400
    )
    assert signed_in.get(url).json()["received"] == 10


def test_one_request_at_a_time_writes(signed_in: Client, ana: Any) -> None:
    told = begun(signed_in).json()
    with pieces._held(told["id"], pieces.find(ana, told["id"])):
        assert put(signed_in, told["url"], 0, ROWS[:10]).status_code == 409
    assert put(signed_in, told["url"], 0, ROWS[:10]).status_code == 200


def test_nobody_else_reaches_an_upload(signed_in: Client, ben: Client, stranger: Client) -> None:
    url = begun(signed_in).json()["url"]
    put(signed_in, url, 0, ROWS[:10])
    assert ben.get(url).status_code == 404
    assert put(ben, url, 10, b"x").status_code == 404
    assert ben.post(f"{url}finish/").status_code == 404
    assert ben.post(f"{url}cancel/").status_code == 404
    assert stranger.get(url).status_code == 302
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = signed_in.cookies
    assert put(strict, url, 10, b"x").status_code == 403
    assert signed_in.get(url).json()["received"] == 10
    assert signed_in.get("/sources/upload/pieces/..%2f..%2fetc/").status_code == 404


def test_bounds_hold_for_pieces_too(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun(signed_in, size=uploads.MOST_BYTES + 1).status_code == 413
    assert begun(signed_in, size=0).status_code == 422
    assert begun(signed_in, size="many").status_code == 400
    for number in range(pieces.MOST_UNFINISHED):
        assert begun(signed_in, modified=number).status_code == 200
    assert begun(signed_in, modified=99).status_code == 429
    url = begun(signed_in, modified=0).json()["url"]
    assert put(signed_in, url, 0, bytes(pieces.PIECE_BYTES + 1)).status_code == 400
    monkeypatch.setattr(uploads, "LEFT_FREE_BYTES", 1 << 60)
    assert put(signed_in, url, 0, b"x").status_code == 507
    assert signed_in.post(f"{url}cancel/").status_code == 200
    assert len(left_over()) == 2 * (pieces.MOST_UNFINISHED - 1)


def test_what_is_unfinished_is_told_and_can_be_removed_without_a_script(signed_in: Client) -> None:
    told = begun(signed_in).json()
    put(signed_in, told["url"], 0, ROWS[: len(ROWS) // 2])
    page = signed_in.get("/sources/upload/").content.decode()
    assert f"list.csv: {100 * (len(ROWS) // 2) // len(ROWS)}% has arrived, and is kept until" in page
    assert signed_in.post(f"{told['url']}forget/").status_code == 302
    assert left_over() == []


def test_what_is_left_unfinished_is_swept_after_a_day(signed_in: Client, ana: Any) -> None:
    old, new = begun(signed_in, modified=1).json()["id"], begun(signed_in, modified=2).json()["id"]
    long_ago = time.time() - pieces.KEPT.total_seconds() - 60
    os.utime(pieces._data(old), (long_ago, long_ago))
    copy = Path(settings.INDELIBLE_HOME.uploads) / "left.message"
    copy.write_bytes(b"{}")
    os.utime(copy, (long_ago, long_ago))
    uploads.sweep_copies()
    assert not copy.exists()
    assert pieces.sweep() == 1
    assert [each.id for each in pieces.unfinished_of(ana)] == [new]


def test_the_same_file_in_pieces_is_stopped_with_who_and_when(signed_in: Client) -> None:
    from tests.features.sources.test_versions import take_in

    take_in(signed_in, "list.csv", ROWS.decode())
    told = begun(signed_in, name="other.csv").json()
    put(signed_in, told["url"], 0, ROWS)
    page = signed_in.get(signed_in.post(f"{told['url']}finish/").json()["url"])
    assert page.status_code == 409
    assert "Ana Ruiz" in page.content.decode()


def test_a_file_for_a_source_is_read_as_its_last_one(signed_in: Client) -> None:
    from tests.features.sources.test_versions import FIRST, SECOND, newest_import, take_in

    source = take_in(signed_in, "a.csv", FIRST, given_timezone="Europe/Berlin", source_name="Belege").source
    data = SECOND.encode()
    told = signed_in.post(f"/sources/upload/pieces/?source={source.pk}", {**FACTS, "size": len(data)}).json()
    put(signed_in, told["url"], 0, data)
    page = signed_in.get(signed_in.post(f"{told['url']}finish/").json()["url"]).content.decode()
    assert "As last time (version 1 of Belege)" in page
    assert newest_import().source_name == "Belege"
