"""On PostgreSQL a search walks row by row or asks the index, by what a sample holds. Either finds the same."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from indelible.storage.database import search
from indelible.storage.database.append import Draft, append
from indelible.storage.database.models import Logbook
from indelible.storage.database.search import postgres
from indelible.storage.database.search.indexing import store_of
from indelible.storage.database.search.store import Slice
from indelible.storage.database.search.terms import ANYWHERE, Term

ENTRIES = 400


@pytest.mark.postgres
@pytest.mark.parametrize("walk", [10, 60, 200])
def test_walking_and_the_index_find_the_same(
    postgres_alias: str,
    log_on: Callable[[str], Logbook],
    django_db_blocker: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    walk: int,
) -> None:
    monkeypatch.setattr(postgres, "SAMPLE", 20)
    monkeypatch.setattr(postgres, "WALK", walk)
    pick = random.Random(walk)
    # Often, sometimes, hardly ever, only long ago, only lately.
    held = {
        "common": [place for place in range(ENTRIES) if pick.random() < 0.5],
        "seldom": [place for place in range(ENTRIES) if pick.random() < 0.05],
        "rare": [17, 203],
        "early": [place for place in range(60) if pick.random() < 0.5],
        "late": list(range(ENTRIES - 9, ENTRIES)),
    }
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        logbook = log_on(postgres_alias)
        drafts = []
        for place in range(ENTRIES):
            said = " ".join(["Noted", *(word for word, places in held.items() if place in places)])
            drafts.append(Draft({"action": {"verb": "change", "said": said}, "outcome": "success"}))
        append(logbook, drafts)
        search.catch_up(logbook)
        table = store_of(logbook)
        for word, places in held.items():
            true = [place + 1 for place in places]  # the first entry says that the logbook was begun
            for limit in (1, 7, 500):
                for low, high in ((0, ENTRIES + 1), (0, 150), (90, 300), (380, ENTRIES + 1)):
                    part = Slice(low, high, ((Term(ANYWHERE, word),),))
                    within = [place for place in true if low <= place < high]
                    newest = table.places(logbook.pk, part, limit, newest_first=True)
                    oldest = table.places(logbook.pk, part, limit, newest_first=False)
                    assert newest == within[::-1][:limit], (word, limit, low, high)
                    assert oldest == within[:limit], (word, limit, low, high)
                    assert table.count(logbook.pk, part, limit) == min(len(within), limit)
