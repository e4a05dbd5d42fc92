"""Telling those who can decide that something waits for them, by mail where mail works."""

from __future__ import annotations

import logging
from email.utils import make_msgid
from typing import Final

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from indelible.features.people.models import Request, User
from indelible.web.jobs import job

logger = logging.getLogger("indelible.people")

MOST_TOLD: Final = 20


@job
def mail_deciders(key: int) -> int:
    """Mail those who may decide a request that is still open; return how many mails left."""
    from indelible.features.people.second import services
    from indelible.features.settings import mail  # settings know people

    row = Request.objects.select_related("by").filter(pk=key).first()
    if row is None or not row.is_open:
        return 0
    try:
        server = mail.mail_server()
    except mail.MailError:
        return 0  # no mail is set up: Home shows what waits
    sent = 0
    for user in services.deciders(row)[:MOST_TOLD]:
        try:
            mail.send(server, _message(row, user, server.sender, server.domain))
        except mail.MailError as trouble:
            logger.warning("a second person was not told by mail (%s)", trouble.code)
            break  # the others would fare alike; Home shows what waits
        sent += 1
    return sent


def _message(row: Request, to: User, sender: str, domain: str) -> EmailMessage:
    return EmailMessage(
        subject=_("Indelible: %(name)s asks for a second person") % {"name": row.by.name},
        body=_(
            "%(name)s asked for a second person: %(title)s\n\n"
            "You can approve it or send it back. Open Indelible as you always do: it stands on Home, under "
            "“Waiting for you”. This message has no link on purpose.\n"
        )
        % {"name": row.by.name, "title": row.title},
        from_email=sender,
        to=[to.email],
        headers={"Message-ID": make_msgid(domain=domain), "Auto-Submitted": "auto-generated"},
    )
