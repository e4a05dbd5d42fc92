"""The log given out piece by piece: every piece fits the newest checkpoint, or does not leave."""

from __future__ import annotations

import pytest
from django.db import connections

from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import CosigningKey
from indelible.ledger.tiles import ENTRIES_LEVEL, decode_bundle, entries_path, tile_path, tiles_of_size
from indelible.storage.database import outside
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import NotFound, StorageError
from indelible.storage.database.hashes import StoredHashes
from indelible.storage.database.models import Holding
from indelible.storage.database.publish import follow, publish
from indelible.storage.database.reads import entries_before, get_checkpoint, get_entry, stored_hashes
from indelible.storage.database.served import served_checkpoint, served_tile


def grow(logbook, count):
    append(logbook, [Draft({"action": {"verb": "change", "said": f"secret {n}"}}) for n in range(count)])


def cosign(logbook, holder="Holm"):
    note = get_checkpoint(logbook).note
    line = CosigningKey("witness.example/w1", bytes(32)).cosign(
        note.partition("\n\n")[0] + "\n", 1_780_000_000
    )
    outside.hold(logbook, note, Holding.Kind.WITNESS, holder, line.encode())
    return note + line


@pytest.mark.parametrize("size", [1, 256, 257, 600])
def test_what_is_served_is_what_is_published(logbook, tmp_path, size):
    if size > 1:
        grow(logbook, size - 1)
    publish(logbook, tmp_path)
    assert served_checkpoint(logbook) == (tmp_path / "checkpoint").read_text()
    for level, index, width in tiles_of_size(size):
        assert (
            served_tile(logbook, level, index, width)
            == (tmp_path / tile_path(level, index, width)).read_bytes()
        )
        if level == 0:
            bundle = served_tile(logbook, ENTRIES_LEVEL, index, width)
            assert bundle == (tmp_path / entries_path(index, width)).read_bytes()
            assert len(decode_bundle(bundle)) == width


def test_the_beginning_of_a_tile_is_served_and_nothing_beyond_the_log(logbook):
    grow(logbook, 299)
    whole = served_tile(logbook, 0, 0, 256)
    assert served_tile(logbook, 0, 0, 7) == whole[: 7 * 32]
    assert [leaf_hash(data) for data in decode_bundle(served_tile(logbook, ENTRIES_LEVEL, 0, 2))] == [
        whole[:32], whole[32:64],
    ]  # fmt: skip
    for level, index, width in (
        (0, 1, 45),
        (0, 1, 256),
        (0, 2, 1),
        (1, 0, 2),
        (2, 0, 1),
        (63, 0, 1),
        (-1, 1, 45),
    ):
        with pytest.raises(NotFound):
            served_tile(logbook, level, index, width)


def test_a_forged_upper_tile_is_found_from_below(logbook, database):
    grow(logbook, 599)
    with connections[database].cursor() as cursor:
        cursor.execute('SELECT "hashes" FROM "edge" WHERE "logbook" = %s AND "level" = 1', [logbook.pk])
        hashes = bytearray(cursor.fetchone()[0])
        hashes[40] ^= 1
        cursor.execute('UPDATE "edge" SET "hashes" = %s WHERE "logbook" = %s', [bytes(hashes), logbook.pk])
    for index in (0, 1, 2):
        with pytest.raises(StorageError) as refusal:
            served_tile(logbook, 0, index, 10)
        assert refusal.value.code == "tree-differs"


def test_an_edge_that_a_commit_replaces_while_it_is_read_is_not_mistaken_for_the_tile(logbook):
    grow(logbook, 300)
    stored = stored_hashes(logbook)
    asked = []

    def fetch(sql, values):
        asked.append(sql)
        if len(asked) == 2:  # between looking for the full tile and reading the edge
            return [(b"\x01" * 32,)]
        if len(asked) == 3:
            return [(b"\x02" * 8192,)]
        return []

    assert StoredHashes(fetch, logbook.pk).hashes(1, 0) == b"\x02" * 8192
    assert len(stored.hashes(1, 0)) == 32


def test_the_cosigned_checkpoint_is_published_and_followed(logbook, tmp_path):
    states = []
    steps = iter([lambda: grow(logbook, 300), lambda: cosign(logbook), lambda: None])

    def wait():
        step = next(steps, None)
        if step:
            step()
        return step is not None

    last = follow(logbook, tmp_path, states.append, wait)
    assert [state.entries for state in states] == [1, 301, 301]
    assert last.checkpoint == cosign(logbook) == (tmp_path / "checkpoint").read_text()
    again = publish(logbook, tmp_path)
    assert (again.files, again.written) == (last.files, 1)  # what was passed over is there
    assert last.files == sum(1 for path in tmp_path.rglob("*") if path.is_file())


def test_a_moment_is_found_among_the_entries(logbook):
    for count in (3, 1, 4):
        grow(logbook, count)
    for index in (0, 3, 5, 8):
        at = get_entry(logbook, index).recorded_at
        assert entries_before(logbook, at) <= index
        assert entries_before(logbook, at + "0") > index
    assert entries_before(logbook, "1970-01-01T00:00:00.000000Z") == 0
    assert entries_before(logbook, "9999-01-01T00:00:00.000000Z") == 9
