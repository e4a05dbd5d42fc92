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
    patience: Patience
    newest: bool
    validity: int
    messages: int


@contextmanager
def signed_in(account: Account, seconds: float) -> Iterator[SignedIn]:
    """Sign in and open the folder; nothing in it may take longer than so many seconds.

    Raises Trouble, also for what breaks off inside.
    """
    import imap_tools

    box: BaseMailBox | None = None
    patience: Patience | None = None
    try:
        for place, password in enumerate(account.passwords or ("",)):
            box = _reached(account)
            patience = Patience(box, seconds)
            try:
                _sign_in(box, account.user, password)
            except Trouble as refused:
                if refused.code != "mailbox-refused" or place + 1 >= len(account.passwords):
                    raise
                patience.stop()
                _leave(box)
                continue
            validity, messages = _opened(box, account)
            yield SignedIn(box, patience, place == 0, validity, messages)
            return
    except (imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, EOFError) as broken:
        late = isinstance(broken, TimeoutError) or (patience is not None and patience.is_over)
        code = "mailbox-slow" if late else "mailbox-away"
        raise Trouble(code, host=account.host, detail=_told(broken)) from None
    finally:
        if patience is not None:
            patience.stop()
        if box is not None:
            _leave(box)


def _reached(account: Account) -> BaseMailBox:
    """Connect, with TLS where it is asked for. Raises Trouble."""
    from indelible.features.sources.kinds.mailbox.client import Box, NoTls

    tls = None if account.tls == NONE else trusting(account.certificate)
    try:
        return Box(account.host, account.port, ANSWERS_WITHIN_SECONDS, tls, at_once=account.tls == IMPLICIT)
    except ssl.SSLCertVerificationError as distrusted:
        raise Trouble(
            "mailbox-certificate", host=account.host, detail=distrusted.verify_message or "unknown"
        ) from None
    except NoTls:
        raise Trouble("mailbox-no-tls", host=account.host) from None
    except socket.gaierror:
        raise Trouble("mailbox-unknown-host", host=account.host) from None
    except (imaplib.IMAP4.error, OSError, EOFError) as away:
        raise Trouble("mailbox-away", host=account.host, detail=_told(away)) from None


def _sign_in(box: BaseMailBox, user: str, password: str) -> None:
    """Show user and password. Raises Trouble where they are refused."""
    import imap_tools

    try:
        if (user + password).isascii():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
    except imap_tools.MailboxLoginError as refused:
        raise _refusal(str(refused.command_result[1])) from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refused:  # how imaplib tells a refusal of AUTHENTICATE
        raise _refusal(str(refused)) from None
    # What it can do is told anew to those who are signed in.
    told = box.client.capability()[1]
    box.client.capabilities = tuple(bytes(told[-1] or b"").decode("ascii", "replace").upper().split())


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


class Patience:
    """Ends the connection once nothing was finished for so many seconds, however slowly the server drips."""

    def __init__(self, box: BaseMailBox, seconds: float) -> None:
        self._box, self._seconds = box, seconds
        self.is_over = False
        self._timer = self._started()

    def again(self) -> None:
        """Something was finished: the time begins anew."""
        self._timer.cancel()
        self._timer = self._started()

    def stop(self) -> None:
        """Wait no longer for anything."""
        self._timer.cancel()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._end)
        timer.daemon = True
        timer.start()
        return timer

    def _end(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self._box.client.socket().shutdown(socket.SHUT_RDWR)


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
