"""What an entry's page and the record say of who outside holds the same seal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from indelible.features.seals.models import Witness
from indelible.features.seals.outside import courier
from indelible.storage.database import clock, reads
from indelible.storage.database.group import close_groups
from indelible.storage.database.models import Holding
from tests.features.record.conftest import text_of
from tests.services.witness import RunningWitness

pytestmark = pytest.mark.django_db(transaction=True)


def panel(client: Client, number: int) -> str:
    return text_of(client.get(f"/record/{number}/"))


def test_with_nobody_outside_the_fourth_fact_says_so(signed_in: Client, book: Any) -> None:
    text = panel(signed_in, 1)
    assert "Others hold the same seal" in text
    assert "Nobody outside is set up to hold our seals." in text


def test_a_fresh_entry_is_on_its_way_then_held(
    signed_in: Client, book: Any, holm: Any, grow: Callable[[int], None]
) -> None:
    courier.send_newest(book)
    grow(1)
    fresh = reads.head(book).size
    assert "Not yet. Its seal goes to the witnesses within ten seconds." in panel(signed_in, fresh)
    courier.send_newest(book)
    text = panel(signed_in, fresh)
    assert f"Holm and Partners holds seal {Holding.objects.latest('size').size:,}, which covers it" in text
    assert "nobody changed it after its seal was held outside" in text


def test_a_witness_that_is_silent_is_named_as_the_reason(
    signed_in: Client, book: Any, holm: Any, witness: RunningWitness, grow: Callable[[int], None]
) -> None:
    courier.send_newest(book)
    witness.stop()
    grow(1)
    fresh = reads.head(book).size
    courier.send_newest(book)
    assert "Not yet: Holm and Partners does not answer, since today" in panel(signed_in, fresh)
    Witness.objects.update(failing_since=None, trouble="")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE checkpoint SET made_at = '2026-01-01T00:00:00.000000Z' WHERE size = %s", [fresh]
        )
    assert "Holm and Partners was not sent the newest seals" in text_of(signed_in.get("/"))


def test_a_holding_that_does_not_fit_is_no_tick(signed_in: Client, book: Any, holm: Any) -> None:
    courier.send_newest(book)
    row = Holding.objects.get()
    line = bytes(row.evidence).decode()
    Holding.objects.update(evidence=line.replace(line[60:64], "AAAA").encode())
    assert "What is on file as held outside does not fit our seals." in panel(signed_in, 1)
    Holding.objects.update(evidence=line.encode(), root=bytes(32))
    assert "What is on file as held outside does not fit our seals." in panel(signed_in, 1)


def test_the_record_shows_the_newest_seal_held_outside_and_the_last_of_each_day(
    signed_in: Client, book: Any, holm: Any, grow: Callable[[int], None]
) -> None:
    assert "covers everything below" in text_of(signed_in.get("/record/"))
    grow(2)
    courier.send_newest(book)
    held = Holding.objects.get().size
    grow(3)
    text = text_of(signed_in.get("/record/"))
    assert f"Seal {held} at" in text
    assert "Holm and Partners holds everything below" in text
    assert "covers everything below" not in text
    above, below = text.split(f"Seal {held} at")
    assert above.count("INV-1043") == 3
    assert below.count("INV-1043") == 2


def test_the_last_seal_of_a_day_stands_between_the_days(
    signed_in: Client, book: Any, grow: Callable[[int], None], monkeypatch: Any
) -> None:
    first = reads.head(book).size
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="microseconds")[:26] + "Z"
    close_groups()
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: tomorrow)
        grow(1)
        close_groups()
    text = text_of(signed_in.get("/record/"))
    assert f"Seal {first} at" in text
    assert "the last of this day" in text
