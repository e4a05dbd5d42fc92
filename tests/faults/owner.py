"""The owner of the machine, who has database, key and seal file, and writes another history.

Everything that lies on the machine is made to fit: the entry, its tile, the tree above it, every seal, the seal
file, the search index. What others hold is out of reach.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from indelible.ledger.checkpoints import Checkpoint, sign_checkpoint
from indelible.ledger.entries import leaf_hashes_of
from indelible.ledger.keys import SigningKey
from indelible.ledger.tree import Tree
from indelible.storage.database import after_commit, search
from indelible.storage.database.checkpoint_file import add_line, checkpoint_path
from indelible.storage.database.group import close_groups
from indelible.storage.database.logbooks import alias_of
from indelible.storage.database.models import Logbook


def key_of(logbook: Logbook) -> SigningKey:
    """Return the sealing key, as anybody with the data folder can read it."""
    return SigningKey.parse(settings.INDELIBLE_HOME.signing_key(logbook.name).read_text().strip())


def change(
    logbook: Logbook, index: int, field: str = "reason", value: Any = "as agreed by telephone"
) -> None:
    """Change what one entry says, in the tables alone."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT content FROM entry WHERE logbook = %s AND "index" = %s', [logbook.pk, index])
        content = json.loads(cursor.fetchone()[0])
        content[field] = value
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        cursor.execute(
            'UPDATE entry SET content = %s WHERE logbook = %s AND "index" = %s', [text, logbook.pk, index]
        )


def seal_tables(logbook: Logbook, key: SigningKey) -> list[tuple[str, str]]:
    """Write tree, tiles, seals and head anew over the entries as they stand; return time and note of each seal."""
    tree, notes = Tree.empty(), []
    with connections[alias_of(logbook)].cursor() as cursor:
        cursor.execute("SELECT size, made_at FROM checkpoint WHERE logbook = %s ORDER BY size", [logbook.pk])
        for size, made_at in cursor.fetchall():
            cursor.execute(
                'SELECT content, secret, recorded_at FROM entry WHERE logbook = %s AND "index" >= %s'
                ' AND "index" < %s ORDER BY "index"',
                [logbook.pk, tree.size, size],
            )
            rows = cursor.fetchall()
            leaves: list[Any] = leaf_hashes_of(
                [row[0] for row in rows], [bytes(row[1]) for row in rows], [row[2] for row in rows]
            )
            for tile in tree.append(leaves):
                cursor.execute(
                    'UPDATE tile SET hashes = %s WHERE logbook = %s AND level = %s AND "index" = %s',
                    [tile.hashes, logbook.pk, tile.level, tile.index],
                )
            fresh = min(len(leaves), size % 256)
            note = sign_checkpoint(Checkpoint(logbook.origin, size, tree.root()), key)
            notes.append((made_at, note))
            cursor.execute(
                "UPDATE checkpoint SET root = %s, note = %s, leaves = %s WHERE logbook = %s AND size = %s",
                [tree.root(), note, b"".join(leaves[len(leaves) - fresh :]), logbook.pk, size],
            )
        for level, hashes in enumerate(tree.tails):
            if level:
                cursor.execute(
                    "UPDATE edge SET hashes = %s WHERE logbook = %s AND level = %s",
                    [hashes, logbook.pk, level],
                )
        cursor.execute("UPDATE logbook SET root = %s WHERE id = %s", [tree.root(), logbook.pk])
    return notes


def seal_again(logbook: Logbook) -> None:
    """Seal the tables anew with the real key, and make seal file and search index fit them."""
    after_commit.flush()  # what is on its way to the seal file must not come after it was written anew
    notes = seal_tables(logbook, key_of(logbook))
    path: Path = checkpoint_path(logbook.name)
    path.unlink(missing_ok=True)
    for made_at, note in notes:
        add_line(path, made_at, note)
    close_groups()
    search.rebuild(logbook)
    after_commit.flush()
    logbook.refresh_from_db()


def rewrite(logbook: Logbook, index: int) -> None:
    """Change one entry and make everything on the machine fit it."""
    change(logbook, index)
    seal_again(logbook)


def forget_outsiders(logbook: Logbook) -> None:
    """Take away what the log remembers of who holds its seals."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM holding WHERE logbook = %s", [logbook.pk])
        cursor.execute("DELETE FROM conflict WHERE logbook = %s", [logbook.pk])
