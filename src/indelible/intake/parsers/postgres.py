"""PostgreSQL: pgAudit's message is comma-separated text within a cell of the server's own log."""

from __future__ import annotations

import csv
from typing import Any

from indelible.intake.fields import Record
from indelible.intake.parsers.registry import Unpacked, unpacks

_MARK = "AUDIT: "
_FIELDS = (
    "type", "statement_id", "substatement_id", "class", "command", "object_type", "object", "statement",
    "parameters",
)  # fmt: skip
_FAILED = ("ERROR", "FATAL", "PANIC")
_NO_RIGHT = "42501"  # insufficient_privilege. Source: PostgreSQL, appendix A, error codes
_DONE = ("connection authorized", "disconnection", "connection received")
_NOT_TOLD = ("<none>", "<not logged>", "<previously logged>")


@unpacks
def postgres_message(record: Record) -> list[Unpacked]:
    """Put what the message says in its place: `text`, `outcome`, `reason`, and the parts of an audit message."""
    text = str(record.get("message") or "")
    told: dict[str, Any] = _audit(text) if text.startswith(_MARK) else {"text": text}
    if record.get("error_severity") in _FAILED:
        refused = record.get("sql_state_code") == _NO_RIGHT
        told |= {"outcome": "denied" if refused else "failure", "reason": text}
    elif "command" in told or text.startswith(_DONE):
        told["outcome"] = "success"
    return [Unpacked({**record, "message": told})]


def _audit(text: str) -> dict[str, str]:
    """Return the fields of an audit message by name; the whole text where it cannot be taken apart."""
    try:
        cells = next(csv.reader([text.removeprefix(_MARK)], strict=True), [])
    except csv.Error:
        return {"text": text}
    if len(cells) < len(_FIELDS) - 1:
        return {"text": text}
    return {name: cell for name, cell in zip(_FIELDS, cells, strict=False) if cell and cell not in _NOT_TOLD}
