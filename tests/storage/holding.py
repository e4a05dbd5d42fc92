"""What must hold of any log at rest, asked of the tables with nothing but the ledger's own functions."""

from __future__ import annotations

import json
from typing import Any

from django.db import connections

from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.entries import leaf_hashes_of
from indelible.ledger.tree import Tree
from indelible.storage.database.keys import log_keys
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook


def rows_of(logbook: Logbook, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT with one `%s`, which stands for the logbook."""
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute(sql, [logbook.pk])
        return cursor.fetchall()


def check_log(logbook: Logbook) -> int:
    """Hold entries, tree, tiles, checkpoints and running numbers against each other; return the size."""
    keys = log_keys(logbook)
    entries = rows_of(
        logbook,
        'SELECT "index", "content", "secret", "recorded_at" FROM "entry"'
        ' WHERE "logbook" = %s ORDER BY "index"',
    )
    assert [entry[0] for entry in entries] == list(range(len(entries)))
    ats = [entry[3] for entry in entries]
    assert ats == sorted(ats)
    leaves = leaf_hashes_of([e[1] for e in entries], [bytes(e[2]) for e in entries], ats)
    notes = rows_of(
        logbook,
        'SELECT "size", "root", "note", "leaves" FROM "checkpoint" WHERE "logbook" = %s ORDER BY "size"',
    )
    tree, tiles = Tree.empty(), []
    for size, root, note, tail in notes:
        fresh = leaves[tree.size : size]
        tiles += [(tile.level, tile.index, tile.hashes) for tile in tree.append(fresh)]
        assert tree.root() == bytes(root)
        checkpoint = open_checkpoint(note, logbook.origin, keys)
        assert (checkpoint.size, checkpoint.root) == (size, tree.root())
        kept = min(len(fresh), size % 256)
        assert bytes(tail) == b"".join(fresh[len(fresh) - kept :])
    assert tree.size == len(entries)
    head = rows_of(logbook, 'SELECT "size", "root", "last_at" FROM "logbook" WHERE "id" = %s')[0]
    assert (head[0], bytes(head[1])) == (tree.size, tree.root())
    assert head[2] == (ats[-1] if ats else "")
    stored = rows_of(logbook, 'SELECT "level", "index", "hashes" FROM "tile" WHERE "logbook" = %s')
    assert sorted((level, index, bytes(hashes)) for level, index, hashes in stored) == sorted(tiles)
    edges = rows_of(logbook, 'SELECT "level", "hashes" FROM "edge" WHERE "logbook" = %s')
    assert {level: bytes(hashes) for level, hashes in edges} == dict(list(enumerate(tree.tails))[1:])
    _check_numbers(logbook, [entry[1] for entry in entries])
    return tree.size


def _check_numbers(logbook: Logbook, contents: list[str]) -> None:
    """Check that entries are numbered from 1 without hole, of each source and rule, as they were recorded."""
    last: dict[str, int] = {}
    for content in contents:
        given = [item for item in json.loads(content).items() if item[0].startswith("numbers/")]
        assert [name.split("/")[1] for name, _ in given].count("sources") == 1
        for disclosed, number in given:
            name = disclosed.removeprefix("numbers/")
            last[name] = last.get(name, 0) + 1
            assert number == last[name]
    assert dict(rows_of(logbook, 'SELECT "name", "last" FROM "number" WHERE "logbook" = %s')) == last
