"""The log records of an OTLP request in protobuf, each with the bytes that it came as.

The message itself is read by the library of its makers. What it does not keep is where a record lies in the request,
and an entry keeps what was received, byte for byte: so the three levels that lead to a record are walked here.

Source: opentelemetry/proto/collector/logs/v1 (ExportLogsServiceRequest.resource_logs = 1), logs/v1
(ResourceLogs.scope_logs = 2, ScopeLogs.log_records = 2); protobuf encoding, wire types 0, 1, 2 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

PATH: Final = (1, 2, 2)
_FIXED: Final = {1: 8, 5: 4}  # bytes, by wire type
_LENGTH: Final = 2


class NotWire(ValueError):
    """These bytes are no protobuf message."""


def records_in(request: bytes) -> Iterator[bytes]:
    """Give each log record's bytes, in the order of the request. Raises NotWire."""
    yield from _inner(memoryview(request), PATH)


def _inner(message: memoryview, path: tuple[int, ...]) -> Iterator[bytes]:
    if not path:
        yield bytes(message)
        return
    for inner in _fields(message, path[0]):
        yield from _inner(inner, path[1:])


def _fields(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """Give the content of each field of that number that has a length."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _LENGTH:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise NotWire("a field that goes on beyond its message")
            if number == wanted:
                yield message[at : at + size]
            at += size
        elif wire_type == 0:
            _, at = _varint(message, at)
        elif wire_type in _FIXED:
            at += _FIXED[wire_type]
        else:
            raise NotWire(f"wire type {wire_type}")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and the place behind it."""
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise NotWire("a number that does not end")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def status_message(code: int, message: str) -> bytes:
    """Return a google.rpc.Status (code = 1, message = 2), as OTLP wants errors told."""
    text = message.encode()[:2_000]
    return b"\x08" + _as_varint(code) + b"\x12" + _as_varint(len(text)) + text


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
