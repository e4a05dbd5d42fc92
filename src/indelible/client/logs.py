"""A logging handler: what a program says to an audit logger becomes an event.

    logger = logging.getLogger("payroll.audit")
    logger.addHandler(AuditHandler(audit))
    logger.info("invoice.approved", extra={"actor": "maria@example.com", "target": ("invoice", "INV-1043")})

The message is what is said; the facts of `events.make_event` are taken from `extra`. A record without any of them is an
event of the program itself.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from .client import Client

FACTS = (
    "actor",
    "verb",
    "target",
    "targets",
    "before",
    "after",
    "outcome",
    "reason",
    "on_behalf_of",
    "context",
    "event_id",
)


class AuditHandler(logging.Handler):
    """Sends log records as events. One that cannot be kept is reported as logging reports its own failures."""

    def __init__(self, client: Client, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record. Records of this package itself are passed over, since they would call for more."""
        if record.name.startswith("indelible.client"):
            return
        try:
            self._client.record(record.getMessage(), **self._facts(record))
        except Exception:
            self.handleError(record)

    def _facts(self, record: logging.LogRecord) -> dict[str, Any]:
        facts = {name: value for name in FACTS if (value := getattr(record, name, None)) is not None}
        if (id := facts.pop("event_id", None)) is not None:
            facts["id"] = str(id)
        extra = {"logger": record.name, "level": record.levelname}
        if record.exc_info and record.exc_info[0] is not None:
            extra["error"] = record.exc_info[0].__name__
            facts.setdefault("outcome", "failure")
        facts.setdefault("actor", {"name": record.processName or record.name, "kind": "service"})
        return {**facts, "extra": extra, "occurred_at": datetime.fromtimestamp(record.created, UTC)}
