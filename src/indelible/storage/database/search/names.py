"""Names that only look like the one that was asked for.

A filter for `admin@example.com` is exact, so an impostor written with a Cyrillic letter is not among its
answers. Whoever filters should still be told that there is one.
"""

from __future__ import annotations

from django.db import connections

from indelible.events.folding import exact_code, plain, skeleton

from ..logbooks import alias_of
from ..models import Logbook
from . import tokens
from .indexing import catch_up, head_size, store_of, stored_text
from .rows import parties_of
from .store import Slice
from .terms import KEYS, WHO, Term

_LOOKED_THROUGH = 200


def look_alikes(logbook: Logbook, name: str, *, limit: int = 5) -> list[str]:
    """Return names and addresses of actors on the record that look like `name` and are not it.

    Looks through the newest 200 entries that qualify: enough to warn, no full list.
    """
    catch_up(logbook, seconds=1.0)
    asked = [Term(KEYS, tokens.look_alike_key(name))]
    if skeleton(name) != plain(name):  # the name asked for is the odd one: its plain twin has no key
        asked.append(Term(WHO, skeleton(name)))
    part = Slice(0, head_size(logbook), (tuple(asked),))
    places = store_of(logbook).places(logbook.pk, part, _LOOKED_THROUGH, newest_first=True)
    found: dict[str, str] = {}
    connection = connections[alias_of(logbook)]
    content_column = stored_text("content", connection.vendor)
    sql = f'SELECT {content_column} FROM entry WHERE logbook = %s AND "index" = %s'  # noqa: S608 (our own)
    with connection.cursor() as cursor:
        for place in places:
            cursor.execute(sql, [logbook.pk, place])
            for (content,) in cursor.fetchall():
                for one in parties_of(content):
                    if skeleton(one) == skeleton(name) and exact_code(one) != exact_code(name):
                        found.setdefault(exact_code(one), one)
            if len(found) >= limit:
                break
    return list(found.values())[:limit]
