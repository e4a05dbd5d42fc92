"""Outside time stamps: asked for, checked under pinned roots, kept, sealed as entries, and never going in circles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rfc3161_client import decode_timestamp_response

from indelible.events.own_outside import STAMP_RECEIVED
from indelible.features.seals.models import Authority as Row
from indelible.features.seals.outside import courier, pacing
from indelible.features.seals.queries import authorities, held_outside
from indelible.ledger.stamps import bare_token, check_stamp, read_roots
from indelible.storage.database import reads
from indelible.storage.database.models import Holding
from tests.services.authority import Authority, running_authority

pytestmark = pytest.mark.django_db(transaction=True)


def stamp_once(book: Any) -> courier.Sent:
    return courier.send_newest(book, witnesses=False, stamps=True)


def due_again(row: Any) -> None:
    Row.objects.filter(pk=row.pk).update(next_try_at=None)


def test_a_stamp_is_kept_whole_and_its_token_is_sealed(book: Any, stamps: Any, authority: Authority) -> None:
    size = reads.head(book).size
    assert stamp_once(book).took == ["Stamps Ltd"]
    held = Holding.objects.get()
    response = bytes(held.evidence)
    roots = read_roots(authority.root_pem)
    assert (
        check_stamp(response, held.note.encode(), roots, nonce=int(held.nonce)).gen_time[:16] in held.held_at
    )
    entry = reads.get_entry(book, reads.head(book).size - 1)
    assert entry.event["action"]["said"] == STAMP_RECEIVED
    token = decode_timestamp_response(response).time_stamp_token()
    assert entry.event["extra"]["token_digest"] == sha256(token).hexdigest()
    assert held_outside(book).size == held.size == size
    assert authorities(book) == [{"name": "Stamps Ltd", "policy": "", "roots": authority.root_pem}]


def test_the_entry_of_a_stamp_calls_for_no_further_stamp(
    book: Any, stamps: Any, authority: Authority, grow: Callable[[int], None]
) -> None:
    assert len(courier.go_round()) == 1
    for _again in range(3):
        due_again(stamps)
        assert courier.go_round() == []
    assert authority.requests == 1
    grow(1)
    due_again(stamps)
    assert len(courier.go_round()) == 1
    assert authority.requests == 2


def test_a_busy_log_is_stamped_every_ten_minutes(book: Any, stamps: Any, grow: Callable[[int], None]) -> None:
    courier.go_round()
    grow(1)
    assert courier.go_round() == []
    later = datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    assert len(courier.go_round(at=lambda: later)) == 1


def test_a_quiet_log_is_stamped_after_each_midnight_of_the_organisation(book: Any, stamps: Any) -> None:
    courier.go_round()
    stamps.refresh_from_db()
    size = reads.head(book).size
    madrid = ZoneInfo("Europe/Madrid")
    answered = datetime(2026, 6, 12, 21, 59, tzinfo=UTC)  # 23:59 in Madrid
    stamps.answered_at, stamps.next_try_at = answered, None
    assert pacing.zone() == madrid
    assert not pacing.is_authority_due(stamps, book, size, answered + timedelta(seconds=59))
    assert pacing.is_authority_due(stamps, book, size, answered + timedelta(seconds=61))


def test_a_rogue_authority_is_refused_and_nothing_is_kept(
    book: Any, stamps: Any, authority: Authority
) -> None:
    Row.objects.update(url=authority.rogue().url)
    assert stamp_once(book).missing == {"Stamps Ltd": "stamp-untrusted"}
    assert not Holding.objects.exists()
    stamps.refresh_from_db()
    assert (stamps.trouble, stamps.failures) == ("stamp-untrusted", 1)
    assert stamps.failing_since is not None


def test_an_old_answer_played_back_is_refused(
    book: Any, stamps: Any, authority: Authority, odd: Any, grow: Callable[[int], None]
) -> None:
    stamp_once(book)
    kept = bytes(Holding.objects.get().evidence)
    Holding.objects.all().delete()
    odd.says("200 OK", kept, "application/timestamp-reply")
    Row.objects.update(url=odd.url)
    assert stamp_once(book).missing == {"Stamps Ltd": "stamp-differs"}
    assert not Holding.objects.exists()


@pytest.mark.parametrize(
    ("status", "body", "media_type", "code"),
    [
        ("200 OK", b"\x30\x03\x02\x01", "application/timestamp-reply", "stamp-unreadable"),
        ("200 OK", b"<html>", "text/html", "stamp-refused"),
        ("500 Oops", b"", "application/timestamp-reply", "stamp-refused"),
        ("302 Found", b"", "text/html", "stamp-refused"),
        ("200 OK", b"x" * 300_000, "application/timestamp-reply", "too-much"),
    ],
)
def test_what_is_no_stamp_is_told_apart(
    book: Any, stamps: Any, odd: Any, status: str, body: bytes, media_type: str, code: str
) -> None:
    odd.says(status, body, media_type)
    Row.objects.update(url=odd.url)
    assert stamp_once(book).missing == {"Stamps Ltd": code}


def test_a_stamp_of_another_time_is_refused(
    book: Any, stamps: Any, authority: Authority, monkeypatch: Any
) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=6)
    monkeypatch.setattr(courier, "now", lambda: ahead)
    assert stamp_once(book).missing == {"Stamps Ltd": "stamp-clock"}


def test_another_policy_than_the_one_insisted_on_is_refused(book: Any, stamps: Any) -> None:
    Row.objects.update(policy="1.2.3.4")
    assert stamp_once(book).missing == {"Stamps Ltd": "stamp-policy"}


def test_the_first_stamp_on_a_seal_stays(book: Any, stamps: Any, authority: Authority) -> None:
    stamp_once(book)
    first = Holding.objects.get()
    from django.db import connection

    # As where the entry of the stamp could not be recorded: the same seal is stamped once more.
    size = first.size
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM checkpoint WHERE size > %s", [size])
    stamp_once(book)
    assert bytes(Holding.objects.get().evidence) == bytes(first.evidence)
    assert reads.head(book).size == size + 1


def test_an_authority_whose_certificates_come_unsorted_is_taken(book: Any, tmp_path: Path) -> None:
    with running_authority(tmp_path / "between", between_inside=True) as authority:
        Row.objects.create(logbook=book, name="Between", url=authority.url, roots=authority.root_pem)
        assert stamp_once(book).took == ["Between"]
    held = Holding.objects.get()
    entry = reads.get_entry(book, reads.head(book).size - 1)
    token = bare_token(bytes(held.evidence))
    assert entry.event["extra"]["token_digest"] == sha256(token).hexdigest()
