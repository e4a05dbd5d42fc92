"""What can go wrong here, in words that the reader of a log file understands."""

from __future__ import annotations


class ClientError(Exception):
    """Something of this package failed. Its text says what, what it means, and what to do."""


class SpoolFull(ClientError):
    """The spool has reached its bound, so the event was not taken: the server has been away for too long."""


class EventRefused(ClientError):
    """The server cannot record this event. It is kept with the reason in the spool's file of refused events."""


class ReceiptError(ClientError):
    """A receipt does not hold, or is not for what it should be. `code` says how, as in the ledger's own errors."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
