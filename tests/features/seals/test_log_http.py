"""The log over HTTP: closed until it is opened, exact addresses, and nothing that does not fit its seal."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from indelible.features.seals.models import Door
from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import CosigningKey, VerifierKey
from indelible.ledger.tiles import decode_bundle, entries_path, tile_path, tiles_of_size
from indelible.ledger.tree import root_of_leaves
from indelible.storage.database import outside, reads
from indelible.storage.database.models import Holding
from tests.features.record.conftest import text_of
from tests.features.seals.conftest import alter

pytestmark = pytest.mark.django_db(transaction=True)

WITNESS = CosigningKey("witness.example/w1", bytes(range(32)))


@pytest.fixture
def opened(signed_in: Client, book: Any) -> Client:
    """A stranger's program, after Ana opened the log."""
    assert signed_in.post("/seals/log/main/open/").status_code == 302
    return Client(SERVER_NAME="localhost")


def body(client: Client, path: str) -> bytes:
    answer = client.get(f"/log/main/{path}")
    assert answer.status_code == 200, (path, answer.content)
    return bytes(answer.content)


def test_nothing_is_served_until_an_owner_opens_the_log(
    signed_in: Client, stranger: Client, book: Any, sentences: Callable[[], list[str]]
) -> None:
    for client in (stranger, signed_in):
        for path in ("checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"):
            assert client.get(f"/log/main/{path}").status_code == 404
    page = text_of(signed_in.get("/seals/log/"))
    assert "Of each entry: when it was recorded" in page
    assert "Every value: no name, no address, no amount, no text, no file." in page
    signed_in.post("/seals/log/main/open/")
    assert sentences()[-1] == "Ana Ruiz let anybody read the fingerprints of the logbook main"
    assert stranger.get("/log/main/checkpoint").status_code == 200
    assert "http://localhost/log/main/" in text_of(signed_in.get("/seals/log/"))
    signed_in.post("/seals/log/main/close/")
    assert stranger.get("/log/main/checkpoint").status_code == 404
    assert sentences()[-1] == "Ana Ruiz closed the fingerprints of the logbook main to others"


def test_a_stranger_cannot_open_the_log(stranger: Client, ana: Any) -> None:
    assert stranger.post("/seals/log/main/open/").status_code == 302
    assert stranger.get("/seals/log/").status_code == 302
    assert not Door.objects.filter(open=True).exists()


def test_opening_twice_is_one_act(signed_in: Client, book: Any, sentences: Callable[[], list[str]]) -> None:
    for _press in range(2):
        signed_in.post("/seals/log/main/open/", {"once": "a" * 24})
    assert sum("let anybody read" in each for each in sentences()) == 1


@pytest.mark.parametrize("entries", [1, 254, 255, 600])
def test_all_files_lead_to_the_signed_root(
    opened: Client, book: Any, grow: Callable[[int], None], entries: int
) -> None:
    grow(entries)
    checkpoint = open_checkpoint(
        body(opened, "checkpoint"), book.origin, [VerifierKey.parse(book.public_key)]
    )
    leaves = []
    for level, index, width in tiles_of_size(checkpoint.size):
        hashes = body(opened, tile_path(level, index, width))
        assert len(hashes) == 32 * width
        if level == 0:
            bundle = decode_bundle(body(opened, entries_path(index, width)))
            assert b"".join(map(leaf_hash, bundle)) == hashes
            leaves += map(leaf_hash, bundle)
    assert root_of_leaves(leaves) == checkpoint.root == reads.head(book).root


def test_every_earlier_seal_still_has_its_unfinished_tiles(
    opened: Client, book: Any, grow: Callable[[int], None]
) -> None:
    seen = {}
    for count in (3, 4, 260):
        grow(count)
        size = reads.head(book).size
        seen |= {
            tile_path(level, index, width): body(opened, tile_path(level, index, width))
            for level, index, width in tiles_of_size(size)
        }
    assert {path: body(opened, path) for path in seen} == seen


def test_every_other_spelling_is_refused(opened: Client, book: Any, grow: Callable[[int], None]) -> None:
    grow(300)
    assert opened.get("/log/main/tile/0/000").status_code == 200
    for path in (
        "main/tile/00/000", "main/tile/0/0", "main/tile/0/x000/000", "main/tile/0/000.p/0",
        "main/tile/0/000.p/256", "main/tile/0/000.p/01", "main/tile/64/000", "main/tile/0/000/",
        "main/tile/-1/000", "main/tile/entries/0", "main/checkpoint/", "main/", "", "MAIN/checkpoint",
        "other/checkpoint", "main/tile/0/..", "main/tile/0/001", "main/tile/7/000.p/1", "main/tile/0/001.p/255",
        "main/tile/0/000%0A", "main/tile/0/x999/x999/x999/x999/x999/x999/999",
    ):  # fmt: skip
        assert opened.get(f"/log/{path}").status_code == 404, path
    refused = opened.post("/log/main/checkpoint")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")


def test_caches_are_told_what_may_be_kept_and_no_cookie_is_set(
    opened: Client, signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(40)
    kinds = {
        "checkpoint": ("text/plain; charset=utf-8", "no-cache"),
        "tile/0/000.p/5": ("application/octet-stream", "max-age=31536000, immutable"),
        "tile/entries/000.p/5": ("application/octet-stream", "max-age=31536000, immutable"),
    }
    for client in (opened, signed_in):
        for path, (kind, caching) in kinds.items():
            answer = client.get(f"/log/main/{path}")
            assert (answer["Content-Type"], answer["Cache-Control"]) == (kind, caching)
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert not answer.cookies
            assert "Cookie" not in answer.get("Vary", "")
            head = client.head(f"/log/main/{path}")
            assert (head.content, head["Content-Length"]) == (b"", str(len(answer.content)))
    assert opened.get("/log/main/tile/0/009")["Cache-Control"] == "no-store"


def test_a_bundle_is_packed_for_readers_that_take_it(
    opened: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(40)
    plain = opened.get("/log/main/tile/entries/000.p/40")
    packed = opened.get("/log/main/tile/entries/000.p/40", headers={"Accept-Encoding": "br, gzip"})
    refused = opened.get("/log/main/tile/entries/000.p/40", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content == refused.content
    assert len(packed.content) < len(plain.content)


def test_no_value_leaves_through_any_file(opened: Client, book: Any, grow: Callable[[int], None]) -> None:
    grow(20)
    size = reads.head(book).size
    everything = body(opened, "checkpoint")
    for level, index, width in tiles_of_size(size):
        everything += body(opened, tile_path(level, index, width))
        if level == 0:
            everything += body(opened, entries_path(index, width))
    for secret in (
        "Maria",
        "Lopez",
        "INV-1043",
        "Invoice",
        "Ana",
        "Ruiz",
        "northwind",
        "Madrid",
        "127.0.0.1",
    ):
        assert secret.encode() not in everything
    assert b'"names":["action","actor"' in everything


def test_an_altered_entry_is_never_served_and_the_others_are(
    opened: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(300)
    alter(260)
    assert opened.get("/log/main/tile/entries/000").status_code == 200
    refused = opened.get("/log/main/tile/entries/001.p/20")
    assert refused.status_code == 503
    assert b"INV" not in refused.content
    assert opened.get("/log/main/tile/0/001.p/20").status_code == 200


def test_a_tile_that_does_not_fit_the_seal_is_never_served(
    opened: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(600)
    with connection.cursor() as cursor:
        cursor.execute('SELECT "hashes" FROM "tile" WHERE "level" = 0 AND "index" = 1')
        hashes = bytearray(cursor.fetchone()[0])
        hashes[7] ^= 1
        cursor.execute('UPDATE "tile" SET "hashes" = %s WHERE "level" = 0 AND "index" = 1', [bytes(hashes)])
    assert opened.get("/log/main/tile/0/001").status_code == 503
    assert opened.get("/log/main/tile/0/001.p/3").status_code == 503
    assert opened.get("/log/main/tile/0/000").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "edge" SET "hashes" = zeroblob(64) WHERE "level" = 1')
    assert opened.get("/log/main/tile/0/000").status_code == 503


def test_the_seal_is_served_with_the_cosignatures_gathered_for_it(
    opened: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(3)
    newest = reads.get_checkpoint(book)
    line = WITNESS.cosign(newest.note.partition("\n\n")[0] + "\n", 1_780_000_000)
    outside.hold(book, newest.note, Holding.Kind.WITNESS, "Holm", line.encode())
    assert body(opened, "checkpoint").decode() == newest.note + line
    grow(1)  # not cosigned yet: for a minute the cosigned one is worth more
    assert body(opened, "checkpoint").decode() == newest.note + line
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE "checkpoint" SET "made_at" = %s WHERE "size" = %s',
            ["2026-01-01T00:00:00.000000Z", newest.size],
        )
    assert body(opened, "checkpoint").decode() == reads.get_checkpoint(book).note


def test_the_log_is_there_before_anybody_is_set_up_but_says_nothing(stranger: Client) -> None:
    answer = stranger.get("/log/main/checkpoint")
    assert (answer.status_code, answer.content) == (404, b"not found\n")
