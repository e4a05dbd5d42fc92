"""Proofs in a log of ten million entries against one of a million (T10).

The tiles are made straight from random leaf hashes and stored as an append stores them, since a proof
reads nothing else.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.installation import opened, set_up
from bench.logs import Bench
from bench.result import AT_MOST, NotMeasured, Result, of_pairs, share

PROVE_GOAL, CHECK_GOAL = 3.0, 2.0
PROOFS = 400
_LEAVES = 65_536  # at a time


def proofs(bench: Bench) -> list[Result | NotMeasured]:
    """T10: making and checking proofs of entries at random, in turn."""
    sizes = bench.entries * 10, bench.entries
    made: list[list[float]] = []
    checked: list[list[float]] = []
    with tempfile.TemporaryDirectory(dir=bench.folder, prefix="tiles-") as name:
        roots = []
        for size in sizes:
            bench.tell(f"tiles of {size:,} leaves")
            with opened(Path(name) / str(size)):
                roots.append(_store_tiles(set_up(), size))
        for turn in range(bench.rounds):
            pairs = []
            for size, root in zip(sizes, roots, strict=True):
                with opened(Path(name) / str(size)):
                    pairs.append(_times(size, root, bench.at_most(PROOFS), turn))
            made.append([share(one[0], 0.5) * 1e3 for one in pairs])
            checked.append([share(one[1], 0.5) * 1e3 for one in pairs])
    versus = f"at {sizes[0]:,} against {sizes[1]:,} leaves, p50"
    return [
        of_pairs(
            "T10",
            f"{what} {versus}",
            [(one[0], one[1]) for one in measured],
            unit="ms",
            sense=AT_MOST,
            goal=goal,
        )
        for what, measured, goal in (
            ("a proof", made, PROVE_GOAL),
            ("checking one", checked, CHECK_GOAL),
        )
    ]


def _times(size: int, root: bytes, count: int, seed: int) -> tuple[list[float], list[float]]:
    """Return the seconds of making and of checking each of `count` proofs, no tile kept in memory by us."""
    from indelible.ledger.proofs import check_inclusion, prove_inclusion
    from indelible.storage.database.reads import stored_hashes
    from indelible.web.acts import logbook_in_use

    logbook = logbook_in_use()
    pick = random.Random(seed)
    made, checked = [], []
    for place in range(count + 20):
        index = pick.randrange(size)
        begun = time.perf_counter()
        path = prove_inclusion(index, size, stored_hashes(logbook))
        between = time.perf_counter()
        tile = stored_hashes(logbook).hashes(0, index // 256)
        leaf = tile[index % 256 * 32 : index % 256 * 32 + 32]
        before = time.perf_counter()
        check_inclusion(leaf, index, size, path, root)
        after = time.perf_counter()
        if place >= 20:  # the first ones open connections and fill caches
            made.append(between - begun)
            checked.append(after - before)
    return made, checked


def _store_tiles(logbook: Any, size: int) -> bytes:
    """Store the tree over `size` random leaves in place of the logbook's own; return its root."""
    from django.db import connection, transaction

    from indelible.ledger.tree import FullTile, Tree

    tree = Tree.empty()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("tile", "edge", "checkpoint"):
            cursor.execute(f'DELETE FROM "{table}" WHERE "logbook" = %s', [logbook.pk])

        def store(tiles: Sequence[FullTile]) -> None:
            cursor.executemany(
                'INSERT INTO "tile" ("logbook", "level", "index", "hashes") VALUES (%s, %s, %s, %s)',
                [(logbook.pk, tile.level, tile.index, tile.hashes) for tile in tiles],
            )

        for start in range(0, size, _LEAVES):
            count = min(_LEAVES, size - start)
            random_bytes = os.urandom(32 * count)
            store(tree.append([random_bytes[at : at + 32] for at in range(0, 32 * count, 32)]))
        tails = tree.tails
        cursor.executemany(
            'INSERT INTO "edge" ("logbook", "level", "hashes") VALUES (%s, %s, %s)',
            [(logbook.pk, level, hashes) for level, hashes in enumerate(tails) if level],
        )
        cursor.execute(
            'INSERT INTO "checkpoint" ("logbook", "size", "root", "note", "made_at", "leaves")'
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [logbook.pk, size, tree.root(), "", "", tails[0]],
        )
    return tree.root()
