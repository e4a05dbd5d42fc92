"""Mails that carry a link: to whom it is for, and to nobody else."""

from __future__ import annotations

from email.utils import make_msgid

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from indelible.features.people.models import OnceLink
from indelible.features.people.queries import organisation


def send_link(row: OnceLink, url: str) -> str:
    """Mail a link to whom it is for; return the code of what was wrong, empty once the mail server took it."""
    from indelible.features.settings import mail  # settings know people

    try:
        server = mail.mail_server()
        mail.send(server, _message(row, url, server))
    except mail.MailError as trouble:
        return trouble.code
    return ""


def _message(row: OnceLink, url: str, server: object) -> EmailMessage:
    ours = organisation()
    facts = {
        "name": row.made_by.name,
        "organisation": ours.name if ours else "Indelible",
        "url": url,
        "days": 7,
    }
    if row.user is None:
        subject = _("%(name)s invites you to the record of %(organisation)s")
        body = _(
            "%(name)s invites you to the record of %(organisation)s, which is kept with Indelible.\n\n"
            "Open this link to choose your name and password. It works once, for %(days)s days:\n\n%(url)s\n\n"
            "If you do not know %(name)s, do nothing: without you the link opens nothing.\n"
        )
    else:
        subject = _("A new password for the record of %(organisation)s")
        body = _(
            "%(name)s made a link with which you can choose a new password for the record of %(organisation)s. "
            "It works once, for %(days)s days:\n\n%(url)s\n\n"
            "Your present password goes on working until then. If you did not ask for this, tell another owner.\n"
        )
    return EmailMessage(
        subject=" ".join((subject % facts).split()),
        body=body % facts,
        from_email=server.sender,  # type: ignore[attr-defined]
        to=[row.email],
        headers={
            "Message-ID": make_msgid(domain=server.domain),  # type: ignore[attr-defined]
            "Auto-Submitted": "auto-generated",
        },
    )
