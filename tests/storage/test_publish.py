"""Publishing: the files of tlog-tiles, added to as the log grows, and never a second history."""

from __future__ import annotations

import hashlib

import pytest
from django.db import connections

from indelible.ledger.hashing import leaf_hash
from indelible.ledger.tiles import decode_bundle, entries_path, tile_path, tiles_of_size
from indelible.ledger.tree import root_of_leaves
from indelible.storage.database.append import Draft, append
from indelible.storage.database.errors import EntryDiffers, StorageError
from indelible.storage.database.publish import publish
from indelible.storage.database.reads import get_checkpoint, head


def grow(logbook, count):
    append(logbook, [Draft({"action": {"verb": "change", "said": f"secret {n}"}}) for n in range(count)])


def published_root(folder, size):
    leaves = []
    for level, index, width in tiles_of_size(size):
        hashes = (folder / tile_path(level, index, width)).read_bytes()
        assert len(hashes) == 32 * width
        if level == 0:
            bundle = decode_bundle((folder / entries_path(index, width)).read_bytes())
            assert b"".join(map(leaf_hash, bundle)) == hashes
            leaves += [leaf_hash(data) for data in bundle]
    return root_of_leaves(leaves)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 513])
def test_the_files_lead_to_the_published_checkpoint(logbook, tmp_path, size):
    if size > 1:
        grow(logbook, size - 1)
    done = publish(logbook, tmp_path / "log")
    assert done.entries == size
    assert done.checkpoint == (tmp_path / "log" / "checkpoint").read_text() == get_checkpoint(logbook).note
    assert published_root(tmp_path / "log", size) == head(logbook).root
    assert done.files == done.written == sum(1 for path in (tmp_path / "log").rglob("*") if path.is_file())


def test_publishing_again_writes_only_what_is_new(logbook, tmp_path):
    grow(logbook, 299)
    publish(logbook, tmp_path)
    full = tmp_path / tile_path(0, 0)
    stamp = full.stat().st_mtime_ns, full.stat().st_ino
    assert publish(logbook, tmp_path).written == 1
    grow(logbook, 300)
    assert publish(logbook, tmp_path).entries == 600
    assert (full.stat().st_mtime_ns, full.stat().st_ino) == stamp
    assert published_root(tmp_path, 600) == head(logbook).root
    assert not (tmp_path / tile_path(0, 1, 44)).exists()  # full now, so its unfinished form is gone
    assert (tmp_path / tile_path(1, 0, 1)).exists()  # unfinished still, and an earlier checkpoint needs it


def test_no_content_and_no_plain_digest_of_it_is_published(logbook, tmp_path):
    grow(logbook, 3)
    publish(logbook, tmp_path)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secret" not in everything
    assert hashlib.sha256(b"secret 1").digest() not in everything


def test_an_altered_entry_stops_publishing_and_is_named(logbook, tmp_path):
    publish(logbook, tmp_path)
    before = (tmp_path / "checkpoint").read_text()
    grow(logbook, 20)
    with connections[logbook._state.db].cursor() as cursor:
        sql = """UPDATE "entry" SET "content" = replace("content", 't 5', 'T 5') WHERE "logbook" = %s"""
        cursor.execute(sql, [logbook.pk])
    with pytest.raises(EntryDiffers) as refusal:
        publish(logbook, tmp_path)
    assert refusal.value.index == 6
    assert (tmp_path / "checkpoint").read_text() == before


def test_an_altered_tile_is_not_published(logbook, tmp_path):
    grow(logbook, 300)
    with connections[logbook._state.db].cursor() as cursor:
        cursor.execute('SELECT "hashes" FROM "tile" WHERE "logbook" = %s AND "level" = 0', [logbook.pk])
        hashes = bytearray(cursor.fetchone()[0])
        hashes[70] ^= 1
        cursor.execute('UPDATE "tile" SET "hashes" = %s WHERE "logbook" = %s', [bytes(hashes), logbook.pk])
    with pytest.raises(StorageError):
        publish(logbook, tmp_path)
    assert not (tmp_path / "checkpoint").exists()


def test_a_folder_of_another_log_or_ahead_of_this_one_is_left_alone(logbook, tmp_path, database, log_on):
    publish(logbook, tmp_path)
    other = log_on(database)
    with pytest.raises(StorageError) as refusal:
        publish(other, tmp_path)
    assert refusal.value.code == "folder-holds-other-log"
    (tmp_path / "checkpoint").write_text((tmp_path / "checkpoint").read_text().replace("\n1\n", "\n2\n"))
    with pytest.raises(StorageError) as refusal:
        publish(logbook, tmp_path)
    assert refusal.value.code == "folder-is-ahead"
    (tmp_path / "checkpoint").write_text("nonsense")
    with pytest.raises(StorageError) as refusal:
        publish(logbook, tmp_path)
    assert refusal.value.code == "folder-holds-other-log"
