"""Receipts by mail, from the page to a real mail server, by hand and by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from indelible.features.seals import receipts
from indelible.features.seals.models import Recipient
from indelible.features.settings.mail import read_setting
from indelible.ledger.checkpoints import open_checkpoint
from indelible.ledger.keys import CosigningKey, VerifierKey
from indelible.ledger.words import seal_words
from indelible.storage.database import outside, reads
from indelible.storage.database.models import Holding
from tests.features.record.conftest import text_of
from tests.features.seals.conftest import alter, run_jobs, told
from tests.services.mailbox import Mailbox, running_mailbox

pytestmark = pytest.mark.django_db(transaction=True)

SENDER = "Indelible <audit@northwind.example>"
MADRID = ZoneInfo("Europe/Madrid")
HOLM = {"name": "Holm and Partners", "email": "Seals@Holm.example", "pace": "daily"}


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    """A mail server that the installation uses."""
    with running_mailbox() as running:
        settings.INDELIBLE_MAIL, settings.INDELIBLE_MAIL_FROM = running.setting, SENDER
        yield running


@pytest.fixture
def holm(signed_in: Client, book: Any) -> Recipient:
    """Holm and Partners, who get a receipt every day."""
    assert signed_in.post("/seals/receipts/", HOLM).status_code == 302
    return Recipient.objects.get()


def first_mail(box: Mailbox) -> EmailMessage:
    mail = message_from_bytes(box.mails[0], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def backdate(size: int, at: str) -> None:
    """Say of the newest entry and seal that they were made then."""
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "checkpoint" SET "made_at" = %s WHERE "size" = %s', [at, size])
        cursor.execute('UPDATE "entry" SET "recorded_at" = %s WHERE "index" < %s', [at, size])


def test_without_mail_settings_the_page_says_so_and_how(signed_in: Client, holm: Recipient) -> None:
    page = text_of(signed_in.get("/seals/receipts/"))
    assert "Mail is not set up on this server." in page
    assert "INDELIBLE_MAIL" in page
    answer = text_of(signed_in.post(f"/seals/receipts/{holm.pk}/send/", follow=True))
    assert "Mail is not set up on this server." in answer
    assert receipts.send_due(datetime.now(UTC) + timedelta(days=2)) == 0
    assert not Holding.objects.exists()


def test_a_setting_that_cannot_be_read_is_said_without_its_password(
    signed_in: Client, book: Any, settings: Any
) -> None:
    settings.INDELIBLE_MAIL, settings.INDELIBLE_MAIL_FROM = "smtp://a:hush@x:y/", SENDER
    page = text_of(signed_in.get("/seals/receipts/"))
    assert "The mail settings of this server cannot be read." in page
    assert "hush" not in page


def test_a_recipient_is_added_once_and_ended_on_record(
    signed_in: Client, holm: Recipient, sentences: Callable[[], list[str]]
) -> None:
    assert holm.email == "seals@holm.example"
    again = signed_in.post("/seals/receipts/", HOLM)
    assert again.status_code == 422
    assert "This address gets receipts already." in text_of(again)
    assert (
        text_of(signed_in.post("/seals/receipts/", {"name": "", "email": "x", "pace": "never"})).count(
            "Error"
        )
        > 0
    )
    signed_in.post(f"/seals/receipts/{holm.pk}/end/")
    signed_in.post(f"/seals/receipts/{holm.pk}/end/")
    assert sentences()[-2:] == [
        "Ana Ruiz added Holm and Partners to those who get receipts of our seals by mail",
        "Ana Ruiz ended the receipts for Holm and Partners",
    ]
    assert "No longer" in text_of(signed_in.get("/seals/receipts/"))
    signed_in.post("/seals/receipts/", HOLM)  # and may come back
    assert Recipient.objects.get().ended_at is None


def test_send_now_mails_the_newest_seal_and_keeps_that_it_is_held(
    signed_in: Client, holm: Recipient, box: Mailbox, sentences: Callable[[], list[str]]
) -> None:
    seal = reads.get_checkpoint(holm.logbook)
    answer = signed_in.post(f"/seals/receipts/{holm.pk}/send/", follow=True)
    assert f"The mail server took the receipt of seal {seal.size}" in text_of(answer)
    mail = first_mail(box)
    assert box.recipients == ["seals@holm.example"]
    assert mail["From"] == SENDER
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].startswith(f"Seal {seal.size} of Northwind Trading Ltd, ")
    body = mail.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "The record of Northwind Trading Ltd was sealed on" in text
    assert "How to check: whenever somebody asks, send this mail back." in text
    for place, word in enumerate(seal_words(seal.note.partition("\n\n")[0] + "\n"), 1):
        assert f"{place} {word}" in text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "seal.txt"
    note = attached.get_payload(decode=True)
    assert note == seal.note.encode()
    assert (
        open_checkpoint(note, holm.logbook.origin, [VerifierKey.parse(holm.logbook.public_key)]).size
        == seal.size
    )
    held = Holding.objects.get()
    assert (held.kind, held.holder, held.size) == ("receipt", "seals@holm.example", seal.size)
    assert bytes(held.evidence).decode() == mail["Message-ID"]
    assert mail["Message-ID"].endswith("@northwind.example>")
    assert sentences()[-1] == f"Ana Ruiz mailed the receipt of seal {seal.size} to Holm and Partners"
    assert f"Holds seal {seal.size}" in text_of(signed_in.get("/seals/receipts/"))


def test_a_double_press_sends_one_mail(signed_in: Client, holm: Recipient, box: Mailbox) -> None:
    for _press in range(2):
        signed_in.post(f"/seals/receipts/{holm.pk}/send/", {"once": "b" * 24})
    assert len(box.mails) == 1


def test_the_attached_seal_carries_the_cosignatures(signed_in: Client, holm: Recipient, box: Mailbox) -> None:
    seal = reads.get_checkpoint(holm.logbook)
    line = CosigningKey("witness.example/w1", bytes(32)).cosign(
        seal.note.partition("\n\n")[0] + "\n", 1_780_000_000
    )
    outside.hold(holm.logbook, seal.note, Holding.Kind.WITNESS, "W1", line.encode())
    signed_in.post(f"/seals/receipts/{holm.pk}/send/")
    (attached,) = first_mail(box).iter_attachments()
    assert attached.get_payload(decode=True) == (seal.note + line).encode()


def test_what_the_mail_server_says_no_to_is_shown_and_tried_again(
    signed_in: Client, holm: Recipient, box: Mailbox
) -> None:
    box.refuse_with = "550 no such mailbox"
    answer = text_of(signed_in.post(f"/seals/receipts/{holm.pk}/send/", follow=True))
    assert "The mail server refused the message." in answer
    assert "no such mailbox" in answer
    holm.refresh_from_db()
    assert (holm.trouble, holm.failures) == ("mail-refused", 1)
    assert holm.next_try_at is not None
    first = holm.next_try_at - holm.asked_at  # type: ignore[operator]
    assert not Holding.objects.exists()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert receipts.send_due(tomorrow) == 0
    holm.refresh_from_db()
    assert holm.failures == 2
    assert holm.next_try_at - tomorrow > first  # type: ignore[operator]
    assert receipts.send_due(tomorrow + timedelta(minutes=1)) == 0
    holm.refresh_from_db()
    assert holm.failures == 2  # not before its time
    box.refuse_with = ""
    assert receipts.send_due(tomorrow + timedelta(hours=7)) == 1
    holm.refresh_from_db()
    assert (holm.trouble, holm.failures, holm.failing_since, holm.next_try_at) == ("", 0, None, None)


def test_what_was_sent_by_hand_and_refused_is_tried_again_by_the_clock(
    signed_in: Client, holm: Recipient, box: Mailbox
) -> None:
    box.refuse_with = "450 later"
    signed_in.post(f"/seals/receipts/{holm.pk}/send/")
    box.refuse_with = ""
    now = datetime.now(UTC)
    assert receipts.send_due(now) == 0
    assert receipts.send_due(now + timedelta(minutes=11)) == 1
    assert receipts.send_due(now + timedelta(minutes=40)) == 0
    assert len(box.mails) == 1


def test_the_clock_sends_each_day_once_and_only_what_is_new(
    holm: Recipient, box: Mailbox, grow: Callable[[int], None]
) -> None:
    grow(3)
    now = datetime.now(UTC)
    midnight = receipts.period_end("daily", now + timedelta(days=1), MADRID)
    assert receipts.send_due(now) == 0
    assert receipts.send_due(midnight - timedelta(minutes=1)) == 0
    assert receipts.send_due(midnight + timedelta(minutes=1)) == 1
    assert receipts.send_due(midnight + timedelta(minutes=2)) == 0
    # The day after, the record only grew by the entry about that receipt.
    assert receipts.send_due(midnight + timedelta(days=1, minutes=1)) == 0
    grow(1)
    assert receipts.send_due(midnight + timedelta(days=2, minutes=1)) == 1
    assert len(box.mails) == 2


def test_the_mailed_seal_is_the_last_of_the_day_not_of_the_morning_after(
    holm: Recipient, box: Mailbox, grow: Callable[[int], None]
) -> None:
    grow(3)
    last = reads.head(holm.logbook).size
    yesterday = datetime.now(UTC) - timedelta(days=1)
    backdate(last, yesterday.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    grow(2)
    Recipient.objects.update(added_at=datetime.now(UTC) - timedelta(days=3))
    found = receipts.due_seal(Recipient.objects.get(), datetime.now(UTC), MADRID)
    assert found is not None
    assert found.size == last


@pytest.mark.parametrize(
    ("pace", "now", "end"),
    [
        ("daily", "2026-06-12T22:30:00+00:00", "2026-06-13T00:00:00+02:00"),
        ("daily", "2026-06-12T21:30:00+00:00", "2026-06-12T00:00:00+02:00"),
        ("weekly", "2026-06-12T12:00:00+00:00", "2026-06-08T00:00:00+02:00"),
        ("weekly", "2026-06-14T22:00:01+00:00", "2026-06-15T00:00:00+02:00"),
        ("monthly", "2026-05-31T21:59:59+00:00", "2026-05-01T00:00:00+02:00"),
        ("monthly", "2026-05-31T22:00:00+00:00", "2026-06-01T00:00:00+02:00"),
        ("monthly", "2026-01-10T12:00:00+00:00", "2026-01-01T00:00:00+01:00"),
        ("daily", "2026-03-29T12:00:00+00:00", "2026-03-29T00:00:00+01:00"),  # the day the clocks change
    ],
)
def test_periods_end_at_the_midnight_of_the_organisation(pace: str, now: str, end: str) -> None:
    found = receipts.period_end(pace, datetime.fromisoformat(now), MADRID)
    assert found == datetime.fromisoformat(end)


def test_the_worker_sends_what_is_due(holm: Recipient, box: Mailbox, grow: Callable[[int], None]) -> None:
    from indelible.features.seals.jobs_receipts import mail_receipts
    from indelible.web.jobs import ask

    last = reads.head(holm.logbook).size
    backdate(last, (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    Recipient.objects.update(added_at=datetime.now(UTC) - timedelta(days=5))
    ask(mail_receipts)
    run_jobs()
    assert len(box.mails) == 1
    assert Holding.objects.get().size == last


def test_an_altered_record_mails_no_words_and_says_why(
    signed_in: Client, holm: Recipient, box: Mailbox, checked: Callable[..., Any]
) -> None:
    checked("does not match", report=told("does not match"))
    signed_in.post(f"/seals/receipts/{holm.pk}/send/")
    body = first_mail(box).get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "We give no seal words while the record does not fit its seals." in text
    assert (
        "1 " + seal_words(reads.get_checkpoint(holm.logbook, 2).note.partition("\n\n")[0] + "\n")[0]
        not in text
    )


def test_a_seal_that_the_record_does_not_fit_is_held_back(
    signed_in: Client, holm: Recipient, box: Mailbox
) -> None:
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "checkpoint" SET "leaves" = zeroblob(length("leaves"))')
    answer = text_of(signed_in.post(f"/seals/receipts/{holm.pk}/send/", follow=True))
    assert "The receipt was held back." in answer
    assert box.mails == []


def test_a_name_with_a_line_end_cannot_add_a_header(holm: Recipient, settings: Any) -> None:
    from indelible.web.chrome import House

    server = read_setting("smtp://127.0.0.1:9/?tls=none", SENDER)
    seal = reads.get_checkpoint(holm.logbook)
    mail = receipts.compose(holm, seal, server, House("Evil\nBcc: x@y.example"))
    assert mail.message()["Bcc"] is None


def test_strangers_reach_none_of_it(stranger: Client, holm: Recipient) -> None:
    for path in ("/seals/receipts/", "/seals/receipt/", "/seals/minutes/", "/seals/words/", "/seals/1/card/"):
        assert stranger.get(path)["Location"].startswith("/account/sign-in/"), path
    assert stranger.post(f"/seals/receipts/{holm.pk}/send/").status_code == 302
    assert Recipient.objects.get().ended_at is None


def test_altering_an_entry_does_not_reach_a_mailed_receipt(
    signed_in: Client, holm: Recipient, box: Mailbox, grow: Callable[[int], None]
) -> None:
    grow(2)
    alter(3)
    signed_in.post(f"/seals/receipts/{holm.pk}/send/")
    assert len(box.mails) == 1  # the seal itself stands: that the entry differs is for a check to say
