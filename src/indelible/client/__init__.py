"""What other programs import to send events to Indelible and to check what came back.

    from indelible import client

    audit = client.Client("https://audit.example.com", password, spool="/var/lib/payroll/audit")
    audit.record("invoice.approved", actor="maria@example.com", target=("invoice", "INV-1043"))

`record` returns once the event is in the spool, a folder on this machine's disk: it survives the end of the
program, however sudden, and an outage of the server. A thread sends what is in there, in batches, until the server
has acknowledged it; each event has an id of its own, so that one sent twice is recorded once. What the server
cannot take is kept beside it with the reason, never dropped.

From the bottom up: `events` (keyword arguments -> an event), `spool` (events on disk), `calls` (one request),
`delivery` (which of them, again when), `client` (all of it together); `receipts` checks what came back. On top:
`logs` (a logging handler), `django` and `asgi` (middleware), `deeds` (a decorator).

Standard library and `indelible.ledger` only: nothing else comes along into the program that imports it.
"""

from __future__ import annotations

from .client import Client
from .deeds import recorded
from .delivery import Acknowledged
from .errors import ClientError, EventRefused, ReceiptError, SpoolFull
from .logs import AuditHandler
from .receipts import CheckedReceipt, Receipt, check_receipt

__all__ = [
    "Acknowledged",
    "AuditHandler",
    "CheckedReceipt",
    "Client",
    "ClientError",
    "EventRefused",
    "Receipt",
    "ReceiptError",
    "SpoolFull",
    "check_receipt",
    "recorded",
]
