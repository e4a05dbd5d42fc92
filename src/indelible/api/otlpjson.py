"""An OTLP request read into log records: from JSON, or from protobuf by the library of its makers.

Source: OTLP 1.5, "JSON Protobuf Encoding": lower camel case names, ids in hex, 64-bit integers as text or numbers,
unknown names ignored.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from indelible.api.otlp import LogRecord, NotARecord
from indelible.api.otlpwire import NotWire, records_in
from indelible.api.problems import Problem
from indelible.api.strictjson import LARGEST, JsonRefused, parse
from indelible.intake.jsontext import NumberText

MOST_RECORDS: Final = 10_000
MOST_NANOS: Final = 2**64 - 1


class _ScopeLogs(msgspec.Struct):
    scope: msgspec.Raw = msgspec.Raw(b"{}")
    logRecords: list[msgspec.Raw] | None = None


class _ResourceLogs(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"{}")
    scopeLogs: list[_ScopeLogs] | None = None


class _Request(msgspec.Struct):
    resourceLogs: list[_ResourceLogs] | None = None


# JSON ------------------------------------------------------------------------------------------------


def from_json(body: bytes) -> list[LogRecord | NotARecord]:
    """Return the log records of a request in JSON. Raises Problem where it is none."""
    try:
        body.decode()
        request = msgspec.json.decode(body, type=_Request)
    except UnicodeDecodeError as fault:
        raise Problem(400, "body-not-utf8", place=fault.start + 1) from fault
    except (msgspec.DecodeError, RecursionError) as fault:
        raise Problem(400, "body-not-json", detail=str(fault)) from fault
    found: list[LogRecord | NotARecord] = []
    for resource_logs in request.resourceLogs or ():
        for scope_logs in resource_logs.scopeLogs or ():
            for raw in scope_logs.logRecords or ():
                found.append(_read(bytes(raw), bytes(resource_logs.resource), bytes(scope_logs.scope)))
                _check_count(len(found))
    return found


def _check_count(count: int) -> None:
    if count > MOST_RECORDS:
        raise Problem(413, "too-many-events", most=f"{MOST_RECORDS:,}")


def _read(raw: bytes, resource: bytes, scope: bytes) -> LogRecord | NotARecord:
    try:
        told = _object(parse(raw.decode()), "logRecord")
        above = _object(parse(resource.decode()), "resource")
        within = _object(parse(scope.decode()), "scope")
        return LogRecord(
            raw,
            True,
            time_nanos=_nanos(told, "timeUnixNano"),
            observed_nanos=_nanos(told, "observedTimeUnixNano"),
            severity_number=_whole(told.get("severityNumber")),
            severity_text=_text(told, "severityText"),
            event_name=_text(told, "eventName"),
            body=_value(told.get("body")),
            attributes=_attributes(told.get("attributes")),
            trace_id=_text(told, "traceId"),
            span_id=_text(told, "spanId"),
            resource=_attributes(above.get("attributes")),
            scope=_scope(
                _text(within, "name"), _text(within, "version"), _attributes(within.get("attributes"))
            ),
        )
    except JsonRefused as fault:
        return NotARecord(fault.detail, raw.decode())
    except NotARecord as fault:
        return NotARecord(str(fault), raw.decode())


def _object(value: Any, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise NotARecord(f"{what}: an object expected")
    return value


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if type(value) is not str:
        raise NotARecord(f"{name}: text expected")
    return value


def _whole(value: Any) -> int:
    """Return an integer, which may be written as text; 0 for nothing, and for what is none."""
    if type(value) is int:
        return value
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 21
        else 0
    )


def _nanos(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    nanos = _whole(value)
    if (not nanos and value not in (None, 0, "0", "")) or not 0 <= nanos <= MOST_NANOS:
        raise NotARecord(f"{name}: no nanoseconds since 1970")
    return nanos


def _attributes(value: Any) -> dict[str, Any]:
    """Return a list of keys and values as an object. A key given twice is refused: which would count?"""
    if value is None:
        return {}
    if not isinstance(value, list):
        raise NotARecord("attributes: a list expected")
    found: dict[str, Any] = {}
    for pair in value:
        pair = _object(pair, "attributes")
        key = pair.get("key")
        if type(key) is not str or key in found:
            raise NotARecord(f"attributes: {str(key)[:80]!r} is no key, or is there twice")
        found[key] = _value(pair.get("value"))
    return found


def _value(value: Any) -> Any:
    """Return an AnyValue as plain JSON. Its depth was bounded when it was parsed."""
    told = _object(value, "value")
    if "stringValue" in told:
        return _text(told, "stringValue")
    if "boolValue" in told:
        return bool(told["boolValue"])
    if "intValue" in told:
        return _number(told["intValue"])
    if "doubleValue" in told:
        said = told["doubleValue"]
        return said if type(said) is int else str(said)
    if "arrayValue" in told:
        values = _object(told["arrayValue"], "arrayValue").get("values") or []
        return [_value(inner) for inner in values] if isinstance(values, list) else []
    if "kvlistValue" in told:
        return _attributes(_object(told["kvlistValue"], "kvlistValue").get("values"))
    return _text(told, "bytesValue") or None


def _number(said: Any) -> Any:
    if type(said) is str and said.lstrip("-").isdecimal() and len(said) < 21 and said.isascii():
        said = int(said)
    if type(said) is int:
        return said if abs(said) <= LARGEST else str(said)
    if isinstance(said, str | NumberText):
        return str(said)
    raise NotARecord("intValue: a whole number expected")


def _scope(name: str, version: str, attributes: dict[str, Any]) -> dict[str, Any]:
    told = {"name": name, "version": version, "attributes": attributes}
    return {key: said for key, said in told.items() if said}


# Protobuf --------------------------------------------------------------------------------------------


def from_protobuf(body: bytes) -> list[LogRecord | NotARecord]:
    """Return the log records of a request in protobuf. Raises Problem where it is none."""
    # The library is dear to load, and few send this.
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    try:
        originals = list(_bounded(records_in(body)))
        request = ExportLogsServiceRequest.FromString(body)
    except (DecodeError, NotWire) as fault:
        raise Problem(400, "body-not-protobuf") from fault
    told = list(_told_in(request))
    if len(told) != len(originals):  # two readings of one request: neither can be trusted
        raise Problem(400, "body-not-protobuf")
    found: list[LogRecord | NotARecord] = []
    for original, (record, resource, scope) in zip(originals, told, strict=True):
        try:
            found.append(_plain(original, record, resource, scope))
        except NotARecord as fault:
            found.append(NotARecord(str(fault), base64.b64encode(original).decode()))
    return found


def _bounded(records: Iterator[bytes]) -> Iterator[bytes]:
    for count, record in enumerate(records, 1):
        _check_count(count)
        yield record


def _told_in(request: Any) -> Iterator[tuple[Any, Any, Any]]:
    for resource_logs in request.resource_logs:
        for scope_logs in resource_logs.scope_logs:
            for record in scope_logs.log_records:
                yield record, resource_logs.resource, scope_logs.scope


def _plain(original: bytes, record: Any, resource: Any, scope: Any) -> LogRecord:
    return LogRecord(
        original,
        False,
        time_nanos=record.time_unix_nano,
        observed_nanos=record.observed_time_unix_nano,
        severity_number=record.severity_number,
        severity_text=record.severity_text,
        event_name=record.event_name,
        body=_plain_value(record.body),
        attributes=_plain_pairs(record.attributes),
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        resource=_plain_pairs(resource.attributes),
        scope=_scope(scope.name, scope.version, _plain_pairs(scope.attributes)),
    )


def _plain_pairs(pairs: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        if pair.key in found:
            raise NotARecord(f"attributes: {pair.key[:80]!r} is there twice")
        found[pair.key] = _plain_value(pair.value)
    return found


def _plain_value(value: Any) -> Any:
    """Return an AnyValue as plain JSON. Its depth was bounded when it was parsed."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "int_value":
            return _number(value.int_value)
        case "double_value":
            return _plain_double(value.double_value)
        case "array_value":
            return [_plain_value(inner) for inner in value.array_value.values]
        case "kvlist_value":
            return _plain_pairs(value.kvlist_value.values)
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode() or None
    return None


def _plain_double(value: float) -> str | int:
    if math.isfinite(value) and value.is_integer() and abs(value) <= LARGEST:
        return int(value)
    return repr(value)
