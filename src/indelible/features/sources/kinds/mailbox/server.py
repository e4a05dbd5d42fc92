"""The mail server: reaching it, signing in, and what it answers when that does not work.

The program that speaks IMAP is imap-tools over Python's own imaplib. What it leaves to us: an end to all waiting, a
bound to what the server makes us hold, and telling a refused password from a server that is away.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils import timezone

from indelible.features.sources.live.certificates import trusting
from indelible.features.sources.live.looking import Trouble
from indelible.features.sources.live.secrets import secrets_of
from indelible.features.sources.models import Source

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

PASSWORD: Final = "password"  # noqa: S105 - what the secret is kept under
IMPLICIT, STARTTLS, NONE = "tls", "starttls", "none"
PORTS: Final = {IMPLICIT: 993, STARTTLS: 143, NONE: 143}
OWN_MACHINE: Final = ("127.0.0.1", "localhost", "::1")

ANSWERS_WITHIN_SECONDS: Final = 10.0
MOST_MAIL_BYTES: Final = 50_000_000
MOST_ANSWER_BYTES: Final = MOST_MAIL_BYTES + 1_000_000

# Many servers shut an account after some wrong passwords in a row: ours are few and far between.
REFUSED_REST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Account:
    """Which mailbox, and what lets us in: passwords from the newest on."""

    host: str
    port: int
    tls: str
    user: str
    folder: str
    certificate: str
    passwords: tuple[str, ...]

    @property
    def place(self) -> str:
        """What tells this folder from any other one."""
        return f"{self.user}\x1f{self.host}\x1f{self.port}\x1f{self.folder}"


def account_of(settings: dict[str, Any], passwords: list[str]) -> Account:
    """Return the account that a source's settings tell."""
    return Account(
        settings["host"],
        int(settings["port"]),
        settings["tls"],
        settings["user"],
        settings["folder"],
        settings.get("certificate", ""),
        tuple(passwords),
    )


def account_of_source(source: Source) -> Account:
    """Return the account of a source, with its passwords out of their boxes. Raises BoxError."""
    return account_of(source.settings, secrets_of(source, PASSWORD))


def end_older_passwords(source: Source) -> None:
    """Let the newest password alone hold from now on: it was let in."""
    now = timezone.now()
    newest = source.secrets.filter(name=PASSWORD).first()
    if newest is not None:
        older = source.secrets.filter(name=PASSWORD, pk__lt=newest.pk)
        older.filter(Q(ends_at=None) | Q(ends_at__gt=now)).update(ends_at=now)


@dataclass(slots=True)
class SignedIn:
    """A mailbox that let us in. `newest` says that the newest password did; else an older one, which still holds."""

    box: BaseMailBox
    newest: bool
    validity: int
    messages: int


@contextmanager
def signed_in(account: Account, seconds: float) -> Iterator[SignedIn]:
    """Sign in and open the folder, for at most so many seconds. Raises Trouble, also for what breaks off inside."""
    import imap_tools

    box: BaseMailBox | None = None
    ended = threading.Event()
    try:
        for place, password in enumerate(account.passwords or ("",)):
            box = _reached(account)
            with _ending(box, seconds, ended):
                try:
                    _sign_in(box, account.user, password)
                except Trouble as refused:
                    if refused.code != "mailbox-refused" or place + 1 >= len(account.passwords):
                        raise
                    _leave(box)
                    continue
                validity, messages = _opened(box, account)
                yield SignedIn(box, place == 0, validity, messages)
                return
    except (imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, EOFError) as broken:
        late = ended.is_set() or isinstance(broken, TimeoutError)
        raise Trouble(
            "mailbox-slow" if late else "mailbox-away", host=account.host, detail=_told(broken)
        ) from None
    finally:
        if box is not None:
            _leave(box)


def _reached(account: Account) -> BaseMailBox:
    """Connect, with TLS where it is asked for. Raises Trouble."""
    import imap_tools

    waits: dict[str, Any] = {"timeout": ANSWERS_WITHIN_SECONDS}
    if account.tls != NONE:
        waits["ssl_context"] = trusting(account.certificate)
    kinds: dict[str, Any] = {
        IMPLICIT: imap_tools.MailBox,
        STARTTLS: imap_tools.MailBoxStartTls,
        NONE: imap_tools.MailBoxUnencrypted,
    }
    try:
        box: BaseMailBox = kinds[account.tls](account.host, account.port, **waits)
    except ssl.SSLCertVerificationError as distrusted:
        raise Trouble(
            "mailbox-certificate", host=account.host, detail=distrusted.verify_message or "unknown"
        ) from None
    except imap_tools.ImapToolsError:  # it does not begin TLS, and no password goes out without
        raise Trouble("mailbox-no-tls", host=account.host) from None
    except socket.gaierror:
        raise Trouble("mailbox-unknown-host", host=account.host) from None
    except (imaplib.IMAP4.error, OSError, EOFError) as away:
        raise Trouble("mailbox-away", host=account.host, detail=_told(away)) from None
    _bound(box)
    return box


def _bound(box: BaseMailBox) -> None:
    """Let the server not make us hold more than a mail of the largest size."""
    client: Any = box.client
    read = client.read

    def bounded(size: int) -> bytes:
        if size > MOST_ANSWER_BYTES:
            raise imaplib.IMAP4.abort(f"an answer of {size} bytes")
        found: bytes = read(size)
        return found

    client.read = bounded


def _sign_in(box: BaseMailBox, user: str, password: str) -> None:
    """Show user and password. Raises Trouble where they are refused."""
    import imap_tools

    try:
        if (user + password).isascii():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
        # What it can do is told anew to those who are signed in.
        told = box.client.capability()[1]
        box.client.capabilities = tuple(bytes(told[-1] or b"").decode("ascii", "replace").upper().split())
    except imap_tools.MailboxLoginError as refused:
        raise _refusal(str(refused.command_result[1])) from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refused:  # how imaplib tells a refusal of AUTHENTICATE
        raise _refusal(str(refused)) from None


def _refusal(said: str) -> Trouble:
    """Tell a wrong password from a server that cannot say at present (RFC 5530)."""
    if "[UNAVAILABLE]" in said or "[INUSE]" in said or "[LIMIT]" in said:
        return Trouble("mailbox-not-now", detail=said[:200])
    return Trouble("mailbox-refused", REFUSED_REST)


def _opened(box: BaseMailBox, account: Account) -> tuple[int, int]:
    """Open the folder; return its UIDVALIDITY and how many mails it holds. Raises Trouble."""
    import imap_tools

    try:
        answer = box.folder.set(account.folder)
    except imap_tools.MailboxFolderSelectError:
        raise Trouble("mailbox-no-folder", folder=account.folder) from None
    told = box.client.response("UIDVALIDITY")[1]
    validity = int(told[0]) if told and told[0] else 0
    return validity, int(answer[1][0] or 0)


@contextmanager
def _ending(box: BaseMailBox, seconds: float, ended: threading.Event) -> Iterator[None]:
    """End the connection under us after so many seconds, however slowly the server drips."""

    def end() -> None:
        ended.set()
        with suppress(OSError):
            box.client.socket().shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _leave(box: BaseMailBox) -> None:
    """Say good-bye, and close whatever becomes of it."""
    import imap_tools

    with suppress(imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, EOFError):
        box.logout()
    with suppress(OSError):
        box.client.shutdown()


def _told(broken: BaseException) -> str:
    """Return what a program said, short and without line breaks: it may come from outside."""
    return " ".join(str(broken).split())[:200] or type(broken).__name__
