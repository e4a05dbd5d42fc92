"""People outside who get receipts of our seals by mail: who they are, when one is due, and sending it.

A receipt is the last seal of the period just over, with its words and the note itself as `seal.txt`. It goes out
after the midnight that ends the period, in the organisation's zone, and only if there is something new: what
Indelible notes about receipts themselves is nothing new, so that a quiet record sends no mail about its mails.

A mail counts once the server took it; then it is held outside, and is an entry. If this process ends between the
two, the mail goes out once more: better two receipts than none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email import encoders
from email.mime.base import MIMEBase
from email.utils import make_msgid
from typing import Final
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from indelible.events import own_receipts
from indelible.events.event import Context
from indelible.features.people.models import User
from indelible.features.people.queries import house
from indelible.features.seals import minutes, ours, receipt_text
from indelible.features.seals.models import Recipient
from indelible.features.settings import mail
from indelible.features.settings.mail import MailError
from indelible.ledger.checkpoints import bare
from indelible.ledger.strict import write_base64
from indelible.storage.database import outside, reads
from indelible.storage.database.append import Draft, append
from indelible.storage.database.codes import repeat_code
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.storage.database.models import Holding, Logbook
from indelible.web.acts import OWN_SOURCE, party_of
from indelible.web.chrome import House
from indelible.web.moments import Reader

FIRST_RETRY: Final = timedelta(minutes=10)
LAST_RETRY: Final = timedelta(hours=6)
CLAIMED_FOR: Final = timedelta(minutes=15)
_LOOKED_AT: Final = 200


class RecipientKnown(Exception):
    """The address gets receipts already."""


def recipients(logbook: Logbook) -> list[Recipient]:
    """Return who gets receipts or once did: those in force first, by name."""
    return sorted(
        Recipient.objects.filter(logbook=logbook),
        key=lambda row: (row.ended_at is not None, row.name.lower()),
    )


def add_recipient(
    logbook: Logbook,
    name: str,
    address: str,
    pace: str,
    *,
    by: User,
    context: Context,
    once: str | None = None,
) -> Recipient:
    """Have receipts go to an address from now on. Raises RecipientKnown, and what `append` raises."""
    address = address.strip().lower()
    with transaction.atomic():
        row = Recipient.objects.filter(logbook=logbook, email=address).first() or Recipient(
            logbook=logbook, email=address
        )
        if row.pk and row.ended_at is None:
            raise RecipientKnown
        row.name, row.pace, row.ended_at = " ".join(name.split()), pace, None
        row.save()
        event = own_receipts.recipient_added(party_of(by), row.name, address, pace, context=context)
        append(logbook, [Draft(event, source=OWN_SOURCE, repeat=_form(once))])
    return row


def end_recipient(
    row: Recipient, now: datetime, *, by: User, context: Context, once: str | None = None
) -> None:
    """Send no more receipts to somebody. What they hold stays good."""
    with transaction.atomic():
        changed = Recipient.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, next_try_at=None)
        if changed:
            event = own_receipts.recipient_ended(party_of(by), row.name, row.email, context=context)
            append(row.logbook, [Draft(event, source=OWN_SOURCE, repeat=_form(once))])


def _form(once: str | None) -> bytes | None:
    return repeat_code(OWN_SOURCE, f"form {once}") if once else None


# When one is due --------------------------------------------------------------------------------------


def period_end(pace: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the midnight in `zone` that ended the last whole period of that pace before `now`."""
    local = now.astimezone(zone)
    day = local.date()
    if pace == Recipient.Pace.WEEKLY:
        day -= timedelta(days=day.weekday())
    elif pace == Recipient.Pace.MONTHLY:
        day = day.replace(day=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def due_seal(row: Recipient, now: datetime, zone: ZoneInfo) -> reads.StoredCheckpoint | None:
    """Return the seal that is to go to somebody now by the clock; None where nothing is due, or nothing is new."""
    end = period_end(row.pace, now, zone)
    if end <= (row.answered_at or row.added_at):
        return None
    seal = minutes.last_seal_before(row.logbook, end)
    return seal if seal is not None and _is_news(row, seal) else None


def _is_news(row: Recipient, seal: reads.StoredCheckpoint) -> bool:
    """Whether a seal covers anything since the one they hold, but our own notes about receipts."""
    if seal.size - row.size > _LOOKED_AT:
        return True
    entries = reads.get_entries(row.logbook, row.size, seal.size - 1, _LOOKED_AT)
    return any(
        entry.event.get("action", {}).get("said") != own_receipts.RECEIPT_SENT for entry in entries
    ) or (seal.size > row.size and not entries)


def send_due(now: datetime) -> int:
    """Send every receipt that is due, also those that could not go out before; return how many went."""
    try:
        mail.mail_server()
    except MailError:
        return 0  # the page says that mail is not set up; what is due goes out once it is
    ours_ = house()
    zone = Reader(zone=ours_.zone if ours_ else "UTC").tz
    waiting = (
        Recipient.objects.select_related("logbook")
        .filter(ended_at=None)
        .filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    )
    sent = 0
    for row in waiting.order_by("pk"):
        seal = due_seal(row, now, zone)
        if seal is None and row.failing_since is not None:
            seal = reads.get_checkpoint(row.logbook)  # asked for by hand, and could not go out then
        if seal is not None and _claim(row, now):
            sent += send(row, seal, now) is None
    return sent


def _claim(row: Recipient, now: datetime) -> bool:
    """Take a recipient for this process, so that two workers do not send the same mail."""
    free = Recipient.objects.filter(pk=row.pk).filter(Q(next_try_at=None) | Q(next_try_at__lte=now))
    return free.update(next_try_at=now + CLAIMED_FOR) == 1


# Sending ----------------------------------------------------------------------------------------------


def send(
    row: Recipient,
    seal: reads.StoredCheckpoint,
    now: datetime,
    *,
    by: User | None = None,
    context: Context | None = None,
) -> MailError | None:
    """Mail a receipt of `seal` to somebody; return what was wrong, None once their mail server took it."""
    try:
        server = mail.mail_server()
    except MailError as unset:
        return unset  # no attempt was made: the page says what is missing
    try:
        if not ours.stands(row.logbook, seal):
            raise MailError("receipt-seal-differs", f"seal {seal.size}")
        message = compose(row, seal, server, house() or House(row.logbook.name))
        mail.send(server, message)
    except MailError as trouble:
        _failed(row, trouble, now)
        return trouble
    _went(row, seal, str(message.extra_headers["Message-ID"]), now, by=by, context=context)
    return None


def compose(
    row: Recipient, seal: reads.StoredCheckpoint, server: mail.MailServer, organisation: House
) -> EmailMessage:
    """Return the mail: the paragraph, the words, how to check, and the note as `seal.txt`."""
    note = outside.cosigned(row.logbook, seal.note, seal.size)
    found = minutes.words_of(row.logbook, seal)
    message = EmailMessage(
        subject=receipt_text.subject(found, organisation),
        body=receipt_text.body(found, organisation, note, ours.signer_of(row.logbook, seal).text),
        from_email=server.sender,
        to=[row.email],
        headers={"Message-ID": make_msgid(domain=server.domain), "Auto-Submitted": "auto-generated"},
    )
    # In base64, so that no mail server touches a byte; said here, since other code may change what is usual.
    attached = MIMEBase("text", "plain", charset="utf-8")
    attached.set_payload(note.encode())
    encoders.encode_base64(attached)
    attached.add_header("Content-Disposition", "attachment", filename="seal.txt")
    message.attach(attached)
    return message


def _went(
    row: Recipient,
    seal: reads.StoredCheckpoint,
    message: str,
    now: datetime,
    *,
    by: User | None,
    context: Context | None,
) -> None:
    """Keep that somebody holds a seal now, and say so on the record, as one act."""
    event = own_receipts.receipt_sent(
        party_of(by) if by else None,
        row.name,
        row.email,
        seal.size,
        write_base64(seal.root),
        message,
        context=context,
    )
    try:
        with transaction.atomic():
            _hold(row, seal, message, now)
            append(row.logbook, [Draft(event, source=OWN_SOURCE)])
    except (AppendRefused, AppendFailed):
        # It has left, whatever may be appended at present: that they hold it must not be forgotten.
        _hold(row, seal, message, now)


def _hold(row: Recipient, seal: reads.StoredCheckpoint, message: str, now: datetime) -> None:
    note = bare(seal.note, row.logbook.origin)
    outside.hold(row.logbook, note, Holding.Kind.RECEIPT, row.email, message.encode())
    Recipient.objects.filter(pk=row.pk).update(
        asked_at=now, answered_at=now, size=max(row.size, seal.size), failing_since=None, trouble="", detail="",
        next_try_at=None, failures=0,
    )  # fmt: skip


def _failed(row: Recipient, trouble: MailError, now: datetime) -> None:
    """Keep what was wrong, and when to try again: soon at first, then at a slower pace."""
    Recipient.objects.filter(pk=row.pk).update(
        asked_at=now, failing_since=row.failing_since or now, trouble=trouble.code, detail=trouble.detail,
        failures=row.failures + 1, next_try_at=now + min(FIRST_RETRY * 2 ** min(row.failures, 8), LAST_RETRY),
    )  # fmt: skip
