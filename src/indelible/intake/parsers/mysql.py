"""MySQL audit logs: three ways to write the same facts, brought under one set of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indelible.intake.fields import Record, as_text
from indelible.intake.parsers.registry import Unpacked, unpacks

_INNER = (
    "general_data",
    "connection_data",
    "table_access_data",
    "startup_data",
    "shutdown_data",
    "message_data",
)


@unpacks
def mysql_record(record: Record) -> list[Unpacked]:
    """Return one record by our names: time, said, actor, ip, target, outcome, reason and what is kept."""
    inner = record.get("audit_record")
    if isinstance(inner, Mapping):
        return [Unpacked(_flat(inner))]
    if "NAME" in record:
        return [Unpacked(_flat({key.lower(): value for key, value in record.items()}))]
    return [Unpacked(_nested(record))]


def _nested(record: Record) -> dict[str, Any]:
    data = next((value for name in _INNER if isinstance(value := record.get(name), Mapping)), {})
    account, login = _object(record, "account"), _object(record, "login")
    database, table = as_text(data.get("db")), as_text(data.get("table"))
    is_statement = record.get("class") == "general"
    said = (as_text(data.get("sql_command")) if is_statement else "") or as_text(record.get("event"))
    made = {
        "time": as_text(record.get("timestamp")),
        "said": said,
        "actor": as_text(account.get("user")) or as_text(login.get("user")),
        "ip": as_text(login.get("ip")),
        "host": as_text(account.get("host")),
        "target": f"{database}.{table}" if database and table else database,
        "session": as_text(record.get("connection_id")),
        "class": as_text(record.get("class")),
        "database": database,
        "command": as_text(data.get("command")),
        "statement": as_text(data.get("query")),
    }
    return made | _ended(as_text(data.get("status")))


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record of the flat forms: Percona's JSON, and XML of both generations."""
    name = as_text(record.get("name"))
    user = as_text(record.get("user"))
    said = as_text(record.get("command_class")) if name in ("Query", "Execute", "Prepare", "") else name
    made = {
        "time": as_text(record.get("timestamp")),
        "said": said or name,
        # `user[privileges] @ host [address]`; a plain name for connections.
        "actor": user.partition("[")[0].partition(" @ ")[0].strip() or as_text(record.get("priv_user")),
        "ip": as_text(record.get("ip")),
        "host": as_text(record.get("host")),
        "target": as_text(record.get("db")),
        "session": as_text(record.get("connection_id")),
        "statement": as_text(record.get("sqltext")),
        "server": as_text(record.get("server_id")),
        "record_id": as_text(record.get("record_id") or record.get("record")),
        "command": name if name != said else "",
    }
    status = record.get("status", record.get("status_code"))
    return made | _ended(as_text(status))


def _object(record: Record, name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _ended(status: str) -> dict[str, str]:
    """Return the outcome that an error number tells: zero is none."""
    if not status:
        return {}
    return {"outcome": "success"} if status == "0" else {"outcome": "failure", "reason": status}
