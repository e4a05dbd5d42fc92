"""Sending mail through the server that the installation uses, by Django's own mail machinery.

Which server that is can be said on the page Settings, E-mail. Whoever runs the machine can say it instead, and then
their word counts:

    INDELIBLE_MAIL=smtp://user:password@host:port/?tls=starttls|tls|none
    INDELIBLE_MAIL_FROM=Indelible <audit@example.com>

Both hold a password: it is read here, handed to the connection, and never logged or shown; what a mail server says
of a failure is shown without it.
"""

from __future__ import annotations

import smtplib
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from indelible.features.settings.models import MailAccount
from indelible.storage import boxes

BACKEND: Final = "django.core.mail.backends.smtp.EmailBackend"
PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
TIMEOUT_SECONDS: Final = 10
DETAIL_CHARACTERS: Final = 300
BOX: Final = "settings mail password"  # what the box of the password is for


class MailError(Exception):
    """A mail did not go out. `code` is a key of explanations.toml, `detail` what the server or the machine said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and from which address it comes."""

    host: str
    port: int
    tls: str  # starttls, tls or none
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        """The part of the sender's address behind the @."""
        return parseaddr(self.sender)[1].rpartition("@")[2]

    @property
    def shown(self) -> str:
        """The server as a page may show it."""
        return f"{self.host}:{self.port}"


def mail_server() -> MailServer:
    """Return the server that mail goes through.

    Raises MailError: `mail-not-set-up`, `mail-setting-unreadable`, `mail-password-unreadable`.
    """
    if is_set_by_server():
        return read_setting(settings.INDELIBLE_MAIL, settings.INDELIBLE_MAIL_FROM)
    account = MailAccount.objects.filter(pk=1).first()
    if account is None:
        raise MailError("mail-not-set-up")
    return server_of(account)


def is_set_by_server() -> bool:
    """Whether whoever runs the machine named the mail server, so that the page does not."""
    return bool(settings.INDELIBLE_MAIL or settings.INDELIBLE_MAIL_FROM)


def server_of(account: MailAccount) -> MailServer:
    """Return the server of an account, with its password. Raises MailError `mail-password-unreadable`."""
    password = ""
    if account.password_box:
        try:
            password = boxes.unlock(BOX, bytes(account.password_box))
        except boxes.BoxError:
            raise MailError("mail-password-unreadable") from None
    return MailServer(account.host, account.port, account.security, account.sender, account.user, password)


def read_setting(address: str, sender: str) -> MailServer:
    """Return the server that the two settings stand for. Raises MailError, whose detail shows no password."""
    if not address and not sender:
        raise MailError("mail-not-set-up")
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:  # its message may quote what stands behind the colon, so it is not passed on
        raise MailError("mail-setting-unreadable", "INDELIBLE_MAIL is no address") from None
    tls = parse_qs(parts.query).get("tls", ["starttls"])[0]
    if parts.scheme != "smtp" or not host or tls not in PORTS:
        raise MailError(
            "mail-setting-unreadable", "INDELIBLE_MAIL is not smtp://host:port/?tls=starttls|tls|none"
        )
    if not is_sender(sender):
        raise MailError(
            "mail-setting-unreadable", "INDELIBLE_MAIL_FROM is no address that mail can come from"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(host, port or PORTS[tls], tls, sender, user, password)


def is_sender(text: str) -> bool:
    """Whether mail can come from this address, with or without a name before it."""
    return "@" in parseaddr(text)[1] and text.isprintable()


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand one mail over; returns once the server took it.

    Raises MailError: `mail-refused` where the server said no (to us, or to the address), `mail-server-away` where it
    did not answer.
    """
    connection = get_connection(
        BACKEND,
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls == "starttls",
        use_ssl=server.tls == "tls",
        timeout=TIMEOUT_SECONDS,
    )
    message.connection = connection
    try:
        message.send()
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as gone:
        raise MailError("mail-server-away", _told(server, gone)) from None
    except smtplib.SMTPException as refusal:
        raise MailError("mail-refused", _told(server, refusal)) from None
    except OSError as gone:
        raise MailError("mail-server-away", _told(server, gone)) from None
    finally:
        # After a refused sign-in Django leaves the connection open.
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def _told(server: MailServer, error: Exception) -> str:
    """Return what an error says, short, on one line, and without the password whoever repeated it."""
    said = " ".join(_said(error).split()) or type(error).__name__
    if server.password:
        said = said.replace(server.password, "(password)")
    return said[:DETAIL_CHARACTERS]


def _said(error: Exception) -> str:
    """Return the mail server's own words where it gave any: its code and what stands behind it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_words(code, text) for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error)


def _words(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {said}"
