"""The courier: hands what waits to the mail server, and tries until it went or nobody waits for it any more.

A claim keeps two workers from sending one mail at once. A mail is handed over **at least once**: where a worker dies
between the mail server's "taken" and writing so down, another sends it again when the claim has run out. The second is
to the byte the same as the first, Message-ID and Date included, so that a mailbox can know it as a repeat; SMTP itself
has no way to ask whether a mail was taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from indelible.features.runbooks.models import Mailing
from indelible.features.runbooks.reminding.letters import written_of
from indelible.features.settings import mail

A_ROUND: Final = 20
CLAIM: Final = timedelta(minutes=2)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=2)
MOST_TRIES: Final = 40
GIVEN_UP: Final = timedelta(days=3)
NOBODY: Final = "reminder-nobody"
OURS: Final = ("mail-not-set-up", "mail-setting-unreadable", "mail-password-unreadable", "mail-server-away")

log = structlog.get_logger()


def carry(now: datetime, *, most: int = A_ROUND) -> int:
    """Send what waits; return how many went. Where the server itself is the trouble, the rest waits with it."""
    went = 0
    try:
        server = mail.mail_server() if waiting(now).exists() else None
    except mail.MailError as trouble:
        _all_fail(trouble, now)
        return 0
    if server is None:
        return 0
    for key in list(waiting(now).order_by("pk").values_list("pk", flat=True)[:most]):
        row = _claim(key, now)
        if row is None:
            continue
        written = written_of(row)
        if written is None:
            Mailing.objects.filter(pk=key).update(given_up_at=now, claimed_until=None, problem=NOBODY)
            continue
        try:
            mail.send(server, written.message(server))
        except mail.MailError as trouble:
            _failed(row, trouble, now)
            if trouble.code in OURS:
                break
            continue
        Mailing.objects.filter(pk=key).update(sent_at=now, claimed_until=None, problem="")
        went += 1
    return went


def waiting(now: datetime) -> QuerySet[Mailing]:
    """Return what may be tried now."""
    rows = Mailing.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=now)
    return rows.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))


def _claim(key: int, now: datetime) -> Mailing | None:
    """Take a row for as long as sending takes; None where another worker has it."""
    with transaction.atomic():
        skips = connection.features.has_select_for_update_skip_locked
        row = (
            waiting(now)
            .select_for_update(of=("self",), skip_locked=skips)
            .select_related("user", "run", "logbook")
            .filter(pk=key)
            .first()
        )
        if row is None:
            return None
        row.claimed_until = now + CLAIM
        row.save(update_fields=["claimed_until"])
    return row


def _failed(row: Mailing, trouble: mail.MailError, now: datetime) -> None:
    """Wait longer each time; give up after days, so that a dead address gathers nothing for ever."""
    row.tries += 1
    row.problem, row.claimed_until = trouble.code, None
    row.next_try_at = now + min(FIRST_WAIT * 2 ** min(row.tries - 1, 10), LONGEST_WAIT)
    if row.tries >= MOST_TRIES or now - row.made_at > GIVEN_UP:
        row.given_up_at = now
    row.save(update_fields=["tries", "problem", "claimed_until", "next_try_at", "given_up_at"])
    log.warning("a reminder was not sent", mailing=row.pk, code=trouble.code, detail=trouble.detail)


def _all_fail(trouble: mail.MailError, now: datetime) -> None:
    """Let all that waits wait on: no mail leaves at present. What is old by then is given up."""
    rows = waiting(now)
    rows.filter(made_at__lt=now - GIVEN_UP).update(given_up_at=now, problem=trouble.code)
    waiting(now).update(problem=trouble.code, next_try_at=now + FIRST_WAIT * 10)
