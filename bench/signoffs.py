"""O: is what was signed still what is there? A sign-off over 5,000 rows out of a long log, with a row altered since.

The rows lie all over the log, each was decided about, and between two rounds another of them is altered behind the
product's back: a check counts only where it names exactly that row.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from bench.logs import Bench, copy_of
from bench.result import AT_MOST, NotMeasured, Result, of_pairs

ROWS = 5_000
SECONDS_GOAL = 5.0


def signoffs(bench: Bench) -> list[Result | NotMeasured]:
    """O: seconds to check a sign-off over 5,000 rows, one of which was altered; and to sign it."""
    rows = min(ROWS, bench.tenth)
    with copy_of(bench, bench.tenth) as logbook:
        bench.tell(f"a sign-off over {rows:,} of {bench.tenth:,} entries")
        begun = time.perf_counter()
        sign_off, indexes = _signed(logbook, rows)
        signing = [(time.perf_counter() - begun, SECONDS_GOAL)]
        checking = [_checked(sign_off, indexes, turn, bench.rounds) for turn in range(bench.rounds)]
    what = f"sign-off over {rows:,} rows"
    return [
        of_pairs("O", f"{what}: checked, an altered row named", checking, unit="s", sense=AT_MOST, goal=1.0),
        of_pairs("O", f"{what}: frozen, decided and signed", signing, unit="s", sense=AT_MOST, goal=None),
    ]


def _signed(logbook: Any, rows: int) -> tuple[Any, list[int]]:
    """Sign a list of that many rows, each decided about; return the signature and the entries of the rows."""
    from indelible.features.people.models import User
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.freezing import freeze_indexes
    from indelible.features.signoffs.looking import look
    from indelible.features.signoffs.signing import Signer, sign
    from indelible.storage.database.reads import head

    now = datetime.now(UTC)
    size = head(logbook).size
    indexes = [size * place // rows for place in range(rows)]
    who = Signer.of_user(User.objects.create_user("chloe@northwind.example", "Chloe Martin", "violet seal 7"))
    frozen = freeze_indexes(logbook, indexes, None, now, title="Entries of a year", limit=rows)
    look(frozen, who, now)
    for choice, places in (("fine", range(0, rows, 2)), ("ask", range(1, rows, 2))):
        decide(frozen, places, choice, "As the procedure says", who, now)
    made = sign(
        logbook,
        who,
        now,
        subject="run 1 step look",
        title="Yearly review",
        means="checked",
        covers={"step": "look"},
        lists=[frozen],
    )
    return made, indexes


def _checked(sign_off: Any, indexes: list[int], turn: int, turns: int) -> tuple[float, float]:
    """Alter one row, check, and put it back; return the seconds that the check took, and the goal."""
    from django.db import connection

    from indelible.features.signoffs.still import still_there

    index = indexes[len(indexes) * (turn + 1) // (turns + 2)]
    where = [sign_off.logbook_id, index]
    with connection.cursor() as cursor:
        cursor.execute('SELECT "content" FROM "entry" WHERE "logbook" = %s AND "index" = %s', where)
        (content,) = cursor.fetchone()
        change = 'UPDATE "entry" SET "content" = %s WHERE "logbook" = %s AND "index" = %s'
        cursor.execute(change, [content.replace("a", "e", 1), *where])
        begun = time.perf_counter()
        still = still_there(sign_off)
        seconds = time.perf_counter() - begun
        cursor.execute(change, [content, *where])
    if (found := [trouble.index for trouble in still.troubles]) != [index]:
        raise RuntimeError(f"the row of entry {index} was altered, and {found} were named")
    return seconds, SECONDS_GOAL
