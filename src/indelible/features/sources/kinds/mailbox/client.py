"""The connection to a mail server: protected as the account says, bounded in what it takes, closed whatever happens."""

from __future__ import annotations

import imaplib
from typing import Any, Final

from imap_tools import BaseMailBox

MOST_MAIL_BYTES: Final = 50_000_000
MOST_ANSWER_BYTES: Final = MOST_MAIL_BYTES + 1_000_000


class NoTls(Exception):
    """The server does not begin an encrypted connection, so nothing is said to it."""


class _Bounded(imaplib.IMAP4):
    """Takes no more in one piece than a mail of the largest size."""

    def read(self, size: int) -> bytes:
        """Read a piece whose size the server has announced."""
        if size > MOST_ANSWER_BYTES:
            raise self.abort(f"an answer of {size} bytes")
        return super().read(size)


class _BoundedTls(imaplib.IMAP4_SSL, _Bounded):
    """The same with TLS from the first byte."""


class Box(BaseMailBox):
    """A mailbox over such a connection. `tls` is a context, None for none; `at_once` says that it begins at once."""

    def __init__(self, host: str, port: int, timeout: float, tls: Any, *, at_once: bool) -> None:
        self._where = host, port, timeout
        self._tls, self._at_once = tls, at_once
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        host, port, timeout = self._where
        if self._tls is not None and self._at_once:
            return _BoundedTls(host, port, ssl_context=self._tls, timeout=timeout)
        client = _Bounded(host, port, timeout=timeout)
        if self._tls is None:
            return client
        try:
            client.starttls(self._tls)
        except imaplib.IMAP4.error as refused:
            client.shutdown()
            raise NoTls from refused
        except BaseException:
            client.shutdown()
            raise
        return client
